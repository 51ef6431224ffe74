import './OutOfDate.css';
import type { FeedSnapshot } from '../../feed/feed.js';
import { POLL_MS } from '../../feed/machine.js';
import { failureText, words } from '../../words/words.js';
import { useClock } from '../clock.js';

const { connection: text, format } = words;

/** Says in words that the page may be behind, and what is being done about it. Nothing while all is well. */
export function OutOfDate({ feed: { connection, asOf, failure } }: { feed: FeedSnapshot }) {
  if (failure !== null) {
    return (
      <div className="out-of-date" role="alert">
        <strong>
          {failureText(failure.why, words.failure.unreadableList)}; <Retry at={failure.retryAt} />.
        </strong>{' '}
        {asOf === null ? text.nothingKnown : text.asOf(format.clock(asOf))}
      </div>
    );
  }
  if (connection.state !== 'reconnecting') return null;
  return (
    <div className="out-of-date" role="alert">
      <strong>{text.interrupted}</strong> {text.fetched(POLL_MS / 1_000)}
      {asOf === null ? text.neverFetched : <span aria-live="off">{text.lastFetched(format.clock(asOf))}</span>}
    </div>
  );
}

function Retry({ at }: { at: number }) {
  // Rounded up to the second: it does not say "in 0 s".
  const wait = useClock((now) => (now < at ? text.retryIn(format.age(at - now + 999)) : text.retryNow));
  return <span aria-live="off">{wait}</span>;
}
