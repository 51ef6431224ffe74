import './Header.css';
import type { FeedSnapshot } from '../../feed/feed.js';
import { totals } from '../../feed/totals.js';
import type { ThemeChoice } from '../../theme/palette.js';
import { THEME_CHOICES } from '../../theme/useTheme.js';
import { words } from '../../words/words.js';
import { useClock } from '../clock.js';
import { LiveState } from './LiveState.js';

interface HeaderProps {
  readonly feed: FeedSnapshot;
  readonly views: readonly { readonly id: string; readonly title: string }[];
  readonly current: string;
  readonly theme: ThemeChoice;
  readonly onTheme: (choice: ThemeChoice) => void;
}

const { clock, count, zone } = words.format;

export function Header({ feed, views, current, theme, onTheme }: HeaderProps) {
  const { open, customersOut, critical } = totals(feed.outages);
  // Before the first list there is nothing to count, which is not the same as nought.
  const known = feed.asOf !== null || open > 0;
  return (
    <header className="header">
      <h1>{words.product}</h1>
      <nav aria-label={words.header.views}>
        {views.map(({ id, title }) => (
          <a key={id} href={`#/${id}`} aria-current={id === current ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <dl className="totals">
        <div>
          <dt>{words.header.open}</dt>
          <dd data-testid="open-count">{known ? count(open) : words.unknown}</dd>
        </div>
        <div>
          <dt>{words.header.customersOut}</dt>
          <dd data-testid="customers-out">{known ? count(customersOut) : words.unknown}</dd>
        </div>
        <div className={critical > 0 ? 'is-critical' : undefined}>
          <dt>{words.header.critical}</dt>
          <dd data-testid="critical-count">{known ? count(critical) : words.unknown}</dd>
        </div>
      </dl>
      <LiveState connection={feed.connection} />
      <WallClock />
      <select
        className="theme"
        aria-label={words.header.colours}
        value={theme}
        onChange={(event) => onTheme(THEME_CHOICES.find((choice) => choice === event.target.value) ?? 'system')}
      >
        {THEME_CHOICES.map((choice) => (
          <option key={choice} value={choice}>
            {words.header.theme[choice]}
          </option>
        ))}
      </select>
    </header>
  );
}

function WallClock() {
  const time = useClock(clock);
  const zoneName = useClock(zone);
  return (
    <time className="wall-clock" aria-label={words.header.localTime}>
      {time} <span className="faint">{zoneName}</span>
    </time>
  );
}
