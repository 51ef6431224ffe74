import './MapLegend.css';
import type { Severity } from '../api/outages.js';
import { words } from '../words/words.js';

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

export function MapLegend({ onShowAll }: { onShowAll: () => void }) {
  return (
    <div className="legend">
      <ul aria-label={words.map.legend}>
        {SEVERITIES.map((severity) => (
          <li key={severity} data-severity={severity}>
            {words.severity[severity]}
          </li>
        ))}
      </ul>
      <span className="faint legend-size">{words.map.size}</span>
      <button type="button" onClick={onShowAll}>
        {words.map.wholeNetwork}
      </button>
    </div>
  );
}
