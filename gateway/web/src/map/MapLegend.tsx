import { SEVERITY_WORDS } from '../outages/wording.js';
import type { Severity } from '../api/outages.js';

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

export function MapLegend({ onShowAll }: { onShowAll: () => void }) {
  return (
    <div className="legend">
      <ul aria-label="Colours of outages; a circle grows with the customers out">
        {SEVERITIES.map((severity) => (
          <li key={severity} data-severity={severity}>
            {SEVERITY_WORDS[severity]}
          </li>
        ))}
      </ul>
      <button type="button" onClick={onShowAll}>
        Whole network
      </button>
    </div>
  );
}
