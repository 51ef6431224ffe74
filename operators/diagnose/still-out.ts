import { onsetsOf } from './explanation.js';
import type { Fault } from './fault.js';
import { lastSlot, type Slots } from './returns.js';
import { SETTLE_MS, SLOT_MS } from './terms.js';

/**
 * Neighbours back, this one not: the deepest node over those of a fault's reporters who are still out, once returns had the time
 * to be told, if nobody below it is back.
 * @param watermark the key's, epoch ms
 * @returns null: all are back, or none, or those who are not lie everywhere
 */
export function stillOut({ explanation, solver: { tree } }: Fault, watermark: number): number | null {
  if (explanation === null || explanation.returns.length === 0) return null;
  const { sums, returns, node } = explanation;
  if (sums.returned >= sums.reporters || watermark < settledAt(returns)) return null;
  let first = Infinity;
  let last = -Infinity;
  const back: number[] = [];
  for (const onset of onsetsOf(explanation)) {
    const place = tree.first[onset.node]!;
    // A reporter whose registry row is wrong lies elsewhere.
    if (!tree.isInside(onset.node, node)) continue;
    if (onset.returns.length > 0) {
      back.push(place);
      continue;
    }
    first = Math.min(first, place);
    last = Math.max(last, place);
  }
  if (last < first) return null;
  const over = tree.nodeOver(first, last);
  if (tree.width(over) >= tree.width(node)) return null;
  return back.some((place) => place >= tree.first[over]! && place < tree.end[over]!) ? null : over;
}

/** From when on W says that who has not returned yet is still out; epoch ms. */
export function settledAt(returns: Slots): number {
  return (lastSlot(returns) + 1) * SLOT_MS + SETTLE_MS;
}
