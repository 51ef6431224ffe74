import type { OpenOutage } from './openOutages.js';

export interface Totals {
  readonly open: number;
  readonly customersOut: number;
  readonly critical: number;
}

/** What the header counts: open outages only, whatever the filter. */
export function totals(outages: readonly OpenOutage[]): Totals {
  let open = 0;
  let out = 0;
  let critical = 0;
  for (const { record, restoredSeenAt } of outages) {
    if (restoredSeenAt !== null) continue;
    open++;
    out += record.customersOut;
    if (record.severity === 'critical') critical++;
  }
  return { open, customersOut: out, critical };
}
