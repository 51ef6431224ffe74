import './SeverityBadge.css';
import type { Severity } from '../api/outages.js';
import { words } from '../words/words.js';

/** Severity as a word and a number of bars, so that it does not hang on colour. */
export function SeverityBadge({ severity }: { severity: Severity }) {
  return (
    <span className="severity" data-severity={severity}>
      <span className="severity-bars" aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </span>
      {words.severity[severity]}
    </span>
  );
}
