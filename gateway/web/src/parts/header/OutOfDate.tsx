import './OutOfDate.css';
import type { FeedSnapshot } from '../../feed/feed.js';
import { ageText, clockTime } from '../../words/times.js';

/** Says in words that the page may be behind, and what is being done about it. Nothing while all is well. */
export function OutOfDate({ feed: { connection, asOf, failure }, now }: { feed: FeedSnapshot; now: number }) {
  if (failure !== null) {
    const wait = failure.retryAt - now;
    return (
      <div className="out-of-date" role="alert">
        <strong>
          {failure.message};{' '}
          <span aria-live="off">{wait > 0 ? `trying again in ${ageText(wait + 999)}` : 'trying again now'}</span>.
        </strong>{' '}
        {asOf === null ? 'Nothing is known yet.' : `What you see is as of ${clockTime(asOf)}.`}
      </div>
    );
  }
  if (connection.state !== 'reconnecting') return null;
  return (
    <div className="out-of-date" role="alert">
      <strong>Live updates are interrupted.</strong> The list is fetched every 10 s meanwhile
      {asOf === null ? '.' : <span aria-live="off">, last at {clockTime(asOf)}.</span>}
    </div>
  );
}
