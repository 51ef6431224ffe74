import './Timeline.css';
import type { TimelineEntry } from '../../../api/outages.js';
import { localTime } from '../../../words/times.js';
import { timelineSentence } from './timelineSentence.js';

interface TimelineProps {
  readonly entries: readonly TimelineEntry[];
  readonly now: number;
}

/** What happened to the outage, newest first: the last change is what somebody asks for. */
export function Timeline({ entries, now }: TimelineProps) {
  if (entries.length === 0) return <p className="faint">Nothing has happened yet</p>;
  return (
    <ol className="timeline">
      {entries.toReversed().map((entry) => (
        <li key={`${entry.log.partition} ${entry.log.offset} ${entry.what} ${entry.at} ${entry.to ?? ''}`}>
          <time dateTime={entry.at}>{localTime(entry.at, now)}</time>
          <div>
            <strong>{timelineSentence(entry)}</strong>
            {entry.reason !== null && <p>{entry.reason}</p>}
            <p className="faint">{causeText(entry)}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}

function causeText({ by, cause }: TimelineEntry): string {
  if (by === null || by === 'stream') return cause === null ? 'by correlation' : `by correlation, on ${cause}`;
  return `by ${by}`;
}
