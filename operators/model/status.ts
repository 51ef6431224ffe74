/**
 * The statuses of an outage, in the contract's order of precedence, and what each says of it: `open`, somebody is out;
 * `restored`, all are back, and who goes out again opens another; `over`, people or policies ended it, or another took it over.
 */
const STAGES = {
  merged: 'over',
  cancelled: 'over',
  closed: 'over',
  restored: 'restored',
  partially_restored: 'open',
  in_progress: 'open',
  confirmed: 'open',
  detected: 'open',
} as const satisfies Record<string, 'open' | 'restored' | 'over'>;

export type Status = keyof typeof STAGES;

export const STATUSES = Object.keys(STAGES) as readonly Status[];

/** Those of outages by which somebody is out, from the first that an outage has. */
export const OPEN_STATUSES: readonly Status[] = STATUSES.filter((status) => STAGES[status] === 'open').reverse();

/** Whether somebody is out. */
export function isOpen(status: Status): boolean {
  return STAGES[status] === 'open';
}

/** Whether nothing is expected to come: it was closed or cancelled, or is part of another. */
export function isOver(status: Status): boolean {
  return STAGES[status] === 'over';
}
