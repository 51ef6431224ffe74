import './OutageRow.css';
import { memo } from 'react';
import { ageText, localTime } from '../../words/times.js';
import type { OpenOutage } from '../../feed/openOutages.js';
import { SeverityBadge } from '../../parts/SeverityBadge.js';
import { count, percent, shortId, STATUS_WORDS } from '../../words/wording.js';

/** Fixed, so that a list of thousands can tell which rows are in sight without measuring. */
export const ROW_HEIGHT_PX = 58;

interface OutageRowProps {
  readonly outage: OpenOutage;
  readonly id: string;
  readonly index: number;
  readonly rows: number;
  readonly active: boolean;
  readonly selected: boolean;
  readonly isNew: boolean;
  /** Whole minutes do for rows older than a minute; see the list. */
  readonly now: number;
  readonly onSelect: (outageId: string) => void;
}

export const OutageRow = memo(function OutageRow(props: OutageRowProps) {
  const { outage, id, index, rows, active, selected, isNew, now, onSelect } = props;
  const { record, restoredSeenAt } = outage;
  const states = [active && 'is-active', selected && 'is-selected', restoredSeenAt !== null && 'is-restored'];
  return (
    <div
      id={id}
      role="option"
      aria-selected={selected}
      aria-posinset={index + 1}
      aria-setsize={rows}
      className={['outage-row', ...states].filter(Boolean).join(' ')}
      style={{ top: index * ROW_HEIGHT_PX, height: ROW_HEIGHT_PX }}
      data-testid="outage-row"
      data-outage-id={record.outageId}
      data-severity={record.severity}
      onClick={() => onSelect(record.outageId)}
    >
      <span className="row-severity">
        <SeverityBadge severity={record.severity} />
        <span className="row-id">{shortId(record.outageId)}</span>
      </span>
      <span className="row-what">
        <span className="row-feeder">
          {record.feederId}
          {isNew && <span className="tag tag-new">New</span>}
          {record.acknowledgedBy.length > 0 && <span className="tag">Ack</span>}
          {record.incidentId !== null && <span className="tag">Substation</span>}
        </span>
        <span className="row-status">
          {STATUS_WORDS[record.status]}{' '}
          <span className="faint" title="Confidence">
            · {percent(record.confidence)}
          </span>
        </span>
      </span>
      <span className="row-customers">
        <span className="row-out">
          {count(record.customersOut)} <small>out</small>
        </span>
        <span className="faint">of {count(record.customersAffected)}</span>
      </span>
      <span className="row-time">
        <time dateTime={record.firstDetectedAt}>{localTime(record.firstDetectedAt, now)}</time>
        <span className="faint">{ageText(now - Date.parse(record.firstDetectedAt))}</span>
      </span>
    </div>
  );
});
