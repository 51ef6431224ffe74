import type { Customer } from '../../operators/network/network.js';
import type { Random } from '../random.js';

const MINUTE_MS = 60_000;
/** Two steps are farther apart than this: closer, they are one. */
const APART_MS = 6 * MINUTE_MS;

/** A part of those who are out is back at one time. */
export interface Step {
  readonly atMs: number;
  /** Of those who lost supply at the onset. */
  readonly customers: number;
}

/** How supply comes back below a device. */
export interface Return {
  /** By time; at the last one all are back. */
  readonly steps: readonly Step[];
  /** When the device itself closes. */
  readonly closedMs: number;
  /** When a customer who is out is back. */
  readonly backMs: (customer: Customer) => number;
}

/** All are back as the device closes. */
export function atOnce(customers: number, restoredMs: number): Return {
  return { steps: [{ atMs: restoredMs, customers }], closedMs: restoredMs, backMs: () => restoredMs };
}

/**
 * Two or three steps: some branches are fed from elsewhere first, and the device closes last; or what failed is cut off,
 * the device closes first, and those behind the cut wait.
 * @param branches who is out, by branch: at least two, none empty
 * @param onsetMs when they lost supply
 * @param restoredMs when the last are back, at least 20 min later
 */
export function inSteps(
  branches: readonly (readonly Customer[])[],
  onsetMs: number,
  restoredMs: number,
  random: Random,
): Return {
  const times = timesOf(branches.length, onsetMs, restoredMs, random);
  const left = [...branches];
  const backMs = new Map<string, number>();
  const counts = new Map(times.map((atMs) => [atMs, 0]));
  for (let drawn = 0; left.length > 0; drawn++) {
    const [branch] = left.splice(random.integer(0, left.length - 1), 1);
    // Each step has a branch; what is left of them goes anywhere.
    const atMs = times[drawn] ?? random.pick(times);
    counts.set(atMs, counts.get(atMs)! + branch!.length);
    for (const { customerId } of branch!) backMs.set(customerId, atMs);
  }
  return {
    steps: times.map((atMs) => ({ atMs, customers: counts.get(atMs)! })),
    closedMs: random.chance(0.5) ? times[0]! : restoredMs,
    backMs: ({ customerId }) => backMs.get(customerId) ?? restoredMs,
  };
}

/** The times of the steps, the last of which is when all are back. */
function timesOf(most: number, onsetMs: number, restoredMs: number, random: Random): number[] {
  const first = Math.round(onsetMs + random.between(0.2, 0.5) * (restoredMs - onsetMs));
  const from = first + APART_MS;
  const to = restoredMs - APART_MS;
  if (most < 3 || from >= to || random.chance(0.5)) return [first, restoredMs];
  return [first, Math.round(random.between(from, to)), restoredMs];
}
