import './ListFilters.css';
import { OPEN_STATUSES, type Status } from '../../api/outages.js';
import { NO_FILTER, type ListFilter } from './listing.js';
import { words } from '../../words/words.js';

const text = words.outages;

const STATUSES: readonly Status[] = [...OPEN_STATUSES, 'restored'];

interface ListFiltersProps {
  readonly filter: ListFilter;
  readonly feeders: readonly string[];
  readonly onChange: (filter: ListFilter) => void;
}

export function ListFilters({ filter, feeders, onChange }: ListFiltersProps) {
  const filtered = filter.text !== '' || filter.feederId !== '' || filter.status !== '';
  // A feeder chosen stays on offer when its last outage is gone.
  const offered = filter.feederId === '' || feeders.includes(filter.feederId) ? feeders : [filter.feederId, ...feeders];
  return (
    <div className="filters" role="search" aria-label={text.filter}>
      <input
        type="search"
        placeholder={text.find}
        aria-label={text.findLabel}
        value={filter.text}
        onChange={(event) => onChange({ ...filter, text: event.target.value })}
      />
      <select
        aria-label={text.feeder}
        value={filter.feederId}
        onChange={(event) => onChange({ ...filter, feederId: event.target.value })}
      >
        <option value="">{text.allFeeders}</option>
        {offered.map((feederId) => (
          <option key={feederId}>{feederId}</option>
        ))}
      </select>
      <select
        aria-label={text.status}
        value={filter.status}
        onChange={(event) => onChange({ ...filter, status: event.target.value as Status | '' })}
      >
        <option value="">{text.anyStatus}</option>
        {STATUSES.map((status) => (
          <option key={status} value={status}>
            {words.status[status]}
          </option>
        ))}
      </select>
      {filtered && (
        <button type="button" className="plain" onClick={() => onChange(NO_FILTER)}>
          {text.clear}
        </button>
      )}
    </div>
  );
}
