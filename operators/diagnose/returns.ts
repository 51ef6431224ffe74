import { SLOT_MS } from './terms.js';

/**
 * Returns, counted in slots of 10 s, as flat lists of numbers in order of the slots: those of an explanation as pairs of a slot
 * and a count, the pool of those that nobody claimed yet as a slot and a count for each phase.
 */
export type Slots = readonly number[];
const PAIR = 2;
export type Pool = readonly number[];
export const POOL = 5;

export const NO_SLOTS: Slots = [];

/** So many slots away a return still fits. */
const NEAR_SLOTS = 9;
const NEAR_SHARE = 0.25;

export function slotOf(t: number): number {
  return Math.floor(t / SLOT_MS);
}

/** Lists as one: counts of one slot add up. `width` numbers stand for a slot, the first of them its own. */
function merged(a: readonly number[], b: readonly number[], width: number): number[] {
  const out: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const slot = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    const hasA = a[i] === slot;
    const hasB = b[j] === slot;
    out.push(slot);
    for (let c = 1; c < width; c++) out.push((hasA ? a[i + c]! : 0) + (hasB ? b[j + c]! : 0));
    if (hasA) i += width;
    if (hasB) j += width;
  }
  return out;
}

function mergedAll(lists: readonly (readonly number[])[], from: number, to: number, width: number): readonly number[] {
  if (to - from === 0) return NO_SLOTS;
  if (to - from === 1) return lists[from]!;
  const half = (from + to) >> 1;
  return merged(mergedAll(lists, from, half, width), mergedAll(lists, half, to, width), width);
}

export function mergedSlots(lists: readonly Slots[]): Slots {
  return mergedAll(lists, 0, lists.length, PAIR);
}

export function mergedPools(lists: readonly Pool[]): Pool {
  return mergedAll(lists, 0, lists.length, POOL);
}

/** The sum of the counts. */
export function countOf(slots: Slots): number {
  let sum = 0;
  for (let i = 1; i < slots.length; i += PAIR) sum += slots[i]!;
  return sum;
}

export function firstSlot(slots: Slots): number {
  return slots[0]!;
}

export function lastSlot(slots: Slots): number {
  return slots[slots.length - PAIR]!;
}

/** The slot by which more than a share of the returns (`isMore`), or at least that share of them, were in; null of none. */
export function slotOfShare(slots: Slots, share: number, isMore = false): number | null {
  const wanted = share * countOf(slots);
  let sum = 0;
  for (let i = 0; i < slots.length; i += PAIR) {
    sum += slots[i + 1]!;
    if (isMore ? sum > wanted : sum >= wanted) return slots[i]!;
  }
  return null;
}

/** Does a return in that slot fit others: is at least a quarter of them, and one, within 9 slots? */
export function fits(slots: Slots, slot: number): boolean {
  let near = 0;
  let all = 0;
  for (let i = 0; i < slots.length; i += PAIR) {
    const count = slots[i + 1]!;
    all += count;
    if (Math.abs(slots[i]! - slot) <= NEAR_SLOTS) near += count;
  }
  return near > 0 && near >= NEAR_SHARE * all;
}

/** Does any of some returns fit others? */
export function someFit(some: Slots, others: Slots): boolean {
  for (let i = 0; i < some.length; i += PAIR) if (fits(others, some[i]!)) return true;
  return false;
}

/** Calls `each` with the slot and the count of returns, in order. */
export function eachSlot(slots: Slots, each: (slot: number, count: number) => void): void {
  for (let i = 0; i < slots.length; i += PAIR) each(slots[i]!, slots[i + 1]!);
}

/** What an explanation took from the pool: what ended after `t`, is of its phases, and fits its returns. */
export interface Claim {
  readonly t: number;
  readonly phases: number;
  readonly returns: Slots;
}

function isClaimed(pool: Pool, at: number, { t, returns }: Claim): boolean {
  return (pool[at]! + 1) * SLOT_MS > t && fits(returns, pool[at]!);
}

/** Adds what a claim would take to the counts by phase. */
export function addClaimed(pool: Pool, claim: Claim, counts: number[]): void {
  if (claim.returns.length === 0) return;
  for (let at = 0; at < pool.length; at += POOL) {
    if (!isClaimed(pool, at, claim)) continue;
    for (let phase = 0; phase < POOL - 1; phase++)
      if ((claim.phases >> phase) & 1) counts[phase]! += pool[at + 1 + phase]!;
  }
}

/** What a claim takes, by slot. */
export function claimedSlots(pool: Pool, claim: Claim): Slots {
  const out: number[] = [];
  for (let at = 0; at < pool.length; at += POOL) {
    if (!isClaimed(pool, at, claim)) continue;
    let count = 0;
    for (let phase = 0; phase < POOL - 1; phase++) if ((claim.phases >> phase) & 1) count += pool[at + 1 + phase]!;
    if (count > 0) out.push(pool[at]!, count);
  }
  return out.length === 0 ? NO_SLOTS : out;
}

/** What a claim leaves of a pool. */
export function withoutClaimed(pool: Pool, claim: Claim): Pool {
  const out: number[] = [];
  for (let at = 0; at < pool.length; at += POOL) {
    const taken = isClaimed(pool, at, claim) ? claim.phases : 0;
    let left = 0;
    for (let phase = 0; phase < POOL - 1; phase++) if (!((taken >> phase) & 1)) left += pool[at + 1 + phase]!;
    if (left === 0) continue;
    out.push(pool[at]!);
    for (let phase = 0; phase < POOL - 1; phase++) out.push((taken >> phase) & 1 ? 0 : pool[at + 1 + phase]!);
  }
  return out;
}

/** The part of a pool within reach of returns from one slot to another. */
export function poolWindow(pool: Pool, from: number, to: number): Pool {
  const begin = placeOf(pool, from);
  const end = placeOf(pool, to + 1);
  return begin === end ? NO_SLOTS : pool.slice(begin, end);
}

/** Is a part of a pool still what it was? */
export function isWindow(pool: Pool, from: number, to: number, window: Pool): boolean {
  const begin = placeOf(pool, from);
  if (placeOf(pool, to + 1) - begin !== window.length) return false;
  for (let i = 0; i < window.length; i++) if (pool[begin + i] !== window[i]) return false;
  return true;
}

/** The slots around some returns in which others may fit. */
export function reachOf(slots: Slots): [from: number, to: number] {
  return [firstSlot(slots) - NEAR_SLOTS, lastSlot(slots) + NEAR_SLOTS];
}

/** Where the first slot of a pool stands that is not before one. */
function placeOf(pool: Pool, slot: number): number {
  let low = 0;
  let high = pool.length / POOL;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pool[middle * POOL]! < slot) low = middle + 1;
    else high = middle;
  }
  return low * POOL;
}

/** Are two lists of numbers the same? */
export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
