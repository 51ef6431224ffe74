import './Header.css';
import type { FeedSnapshot } from '../../feed/feed.js';
import { totals } from '../../pages/outages/listing.js';
import { count } from '../../words/wording.js';
import { THEME_CHOICES, type ThemeChoice } from '../../theme/useTheme.js';
import { clockTime, zoneName } from '../../words/times.js';
import { LiveState } from './LiveState.js';

interface HeaderProps {
  readonly feed: FeedSnapshot;
  readonly views: readonly { readonly id: string; readonly title: string }[];
  readonly current: string;
  readonly theme: ThemeChoice;
  readonly now: number;
  readonly onTheme: (choice: ThemeChoice) => void;
}

const THEME_WORDS: Record<ThemeChoice, string> = { system: 'System colours', dark: 'Dark', light: 'Light' };

export function Header({ feed, views, current, theme, now, onTheme }: HeaderProps) {
  const { open, customersOut, critical } = totals(feed.outages);
  // Before the first list there is nothing to count, which is not the same as nought.
  const known = feed.asOf !== null || open > 0;
  return (
    <header className="header">
      <h1>OMS</h1>
      <nav aria-label="Views">
        {views.map(({ id, title }) => (
          <a key={id} href={`#/${id}`} aria-current={id === current ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <dl className="totals">
        <div>
          <dt>open outages</dt>
          <dd data-testid="open-count">{known ? count(open) : '–'}</dd>
        </div>
        <div>
          <dt>customers out</dt>
          <dd data-testid="customers-out">{known ? count(customersOut) : '–'}</dd>
        </div>
        <div className={critical > 0 ? 'is-critical' : undefined}>
          <dt>critical</dt>
          <dd data-testid="critical-count">{known ? count(critical) : '–'}</dd>
        </div>
      </dl>
      <LiveState connection={feed.connection} now={now} />
      <time className="wall-clock" aria-label="Local time">
        {clockTime(now)} <span className="faint">{zoneName(now)}</span>
      </time>
      <select
        className="theme"
        aria-label="Colours"
        value={theme}
        onChange={(event) => onTheme(THEME_CHOICES.find((choice) => choice === event.target.value) ?? 'system')}
      >
        {THEME_CHOICES.map((choice) => (
          <option key={choice} value={choice}>
            {THEME_WORDS[choice]}
          </option>
        ))}
      </select>
    </header>
  );
}
