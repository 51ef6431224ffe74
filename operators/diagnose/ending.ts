import type { Explanation } from './explanation.js';
import { slotOfShare } from './returns.js';
import type { Scene } from './score.js';
import { HOLD_MS, SLOT_MS } from './terms.js';

/** Returns are told late, by so much on the average. */
const TOLD_LATE_MS = 60_000;

/**
 * When most of what an explanation took out had supply again, as far as later onsets go: in the middle of the slot by which half
 * its returns were in, less a minute; with none, at the close of a device that tripped; else after six hours.
 * @returns epoch ms
 */
export function endOf({ switching }: Scene, { node, t, returns, hasTrip }: Explanation): number {
  const slot = slotOfShare(returns, 0.5);
  if (slot !== null) return (slot + 0.5) * SLOT_MS - TOLD_LATE_MS;
  const closedAt = hasTrip ? switching.closeAfter(node, t) : null;
  return closedAt ?? t + HOLD_MS;
}
