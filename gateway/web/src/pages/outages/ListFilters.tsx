import './ListFilters.css';
import { OPEN_STATUSES, type Status } from '../../api/outages.js';
import { NO_FILTER, type ListFilter } from './listing.js';
import { STATUS_WORDS } from '../../words/wording.js';

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
    <div className="filters" role="search" aria-label="Filter outages">
      <input
        type="search"
        placeholder="Find by id, feeder, crew…"
        aria-label="Find by id, feeder, substation, severity or crew"
        value={filter.text}
        onChange={(event) => onChange({ ...filter, text: event.target.value })}
      />
      <select
        aria-label="Feeder"
        value={filter.feederId}
        onChange={(event) => onChange({ ...filter, feederId: event.target.value })}
      >
        <option value="">All feeders</option>
        {offered.map((feederId) => (
          <option key={feederId}>{feederId}</option>
        ))}
      </select>
      <select
        aria-label="Status"
        value={filter.status}
        onChange={(event) => onChange({ ...filter, status: event.target.value as Status | '' })}
      >
        <option value="">Any status</option>
        {STATUSES.map((status) => (
          <option key={status} value={status}>
            {STATUS_WORDS[status]}
          </option>
        ))}
      </select>
      {filtered && (
        <button type="button" className="plain" onClick={() => onChange(NO_FILTER)}>
          Clear
        </button>
      )}
    </div>
  );
}
