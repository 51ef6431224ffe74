import './OutageRow.css';
import { memo } from 'react';
import { shortId } from '../../api/outages.js';
import type { OpenOutage } from '../../feed/openOutages.js';
import { Age } from '../../parts/Age.js';
import { useClock, useToday } from '../../parts/clock.js';
import { SeverityBadge } from '../../parts/SeverityBadge.js';
import { isNew } from './newness.js';
import { words } from '../../words/words.js';

const { format, outages: text } = words;

/** Fixed, so that a list of thousands can tell which rows are in sight without measuring. */
export const ROW_HEIGHT_PX = 58;

interface OutageRowProps {
  readonly outage: OpenOutage;
  readonly id: string;
  readonly index: number;
  readonly rows: number;
  readonly active: boolean;
  readonly selected: boolean;
  readonly onSelect: (outageId: string) => void;
}

export const OutageRow = memo(function OutageRow(props: OutageRowProps) {
  const { outage, id, index, rows, active, selected, onSelect } = props;
  const { record, restoredSeenAt } = outage;
  const fresh = useClock((now) => isNew(outage, now));
  const today = useToday();
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
          {fresh && <span className="tag tag-new">{text.isNew}</span>}
          {record.acknowledgedBy.length > 0 && <span className="tag">{text.acknowledged}</span>}
          {record.incidentId !== null && <span className="tag">{text.substation}</span>}
        </span>
        <span className="row-status">
          {words.status[record.status]}{' '}
          <span className="faint" title={text.confidence}>
            {text.confidenceIs(record.confidence)}
          </span>
        </span>
      </span>
      <span className="row-customers">
        <span className="row-out">
          {format.count(record.customersOut)} <small>{text.out}</small>
        </span>
        <span className="faint">{text.ofAffected(record.customersAffected)}</span>
      </span>
      <span className="row-time">
        <time dateTime={record.firstDetectedAt}>{format.time(record.firstDetectedAt, today)}</time>
        <span className="faint">
          <Age since={Date.parse(record.firstDetectedAt)} />
        </span>
      </span>
    </div>
  );
});
