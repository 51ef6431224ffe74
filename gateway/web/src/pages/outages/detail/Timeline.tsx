import './Timeline.css';
import type { TimelineEntry } from '../../../api/outages.js';
import { useToday } from '../../../parts/clock.js';
import { words } from '../../../words/words.js';
import { causeSentence, timelineSentence } from './timelineSentence.js';

/** What happened to the outage, newest first: the last change is what somebody asks for. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const today = useToday();
  if (entries.length === 0) return <p className="faint">{words.timeline.nothing}</p>;
  return (
    <ol className="timeline">
      {entries.toReversed().map((entry) => (
        <li key={`${entry.log.partition} ${entry.log.offset} ${entry.what} ${entry.at} ${entry.to ?? ''}`}>
          <time dateTime={entry.at}>{words.format.time(entry.at, today)}</time>
          <div>
            <strong>{timelineSentence(entry)}</strong>
            {entry.reason !== null && <p>{entry.reason}</p>}
            <p className="faint">{causeSentence(entry)}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}
