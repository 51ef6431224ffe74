import './MapLegend.css';
import { SEVERITY_WORDS } from '../words/wording.js';
import type { Severity } from '../api/outages.js';

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

export function MapLegend({ onShowAll }: { onShowAll: () => void }) {
  return (
    <div className="legend">
      <ul aria-label="Colours of outages">
        {SEVERITIES.map((severity) => (
          <li key={severity} data-severity={severity}>
            {SEVERITY_WORDS[severity]}
          </li>
        ))}
      </ul>
      <span className="faint legend-size">size: customers out</span>
      <button type="button" onClick={onShowAll}>
        Whole network
      </button>
    </div>
  );
}
