import type { DeviceType } from '../network/network.js';

/**
 * The numbers of the contract of diagnosis, each with why. Times in ms, all else in natural logarithms of odds unless its
 * name says otherwise. What two files use stands here; what one uses, with it.
 */

/** What a node of a tree is. */
export type NodeKind = 'source' | DeviceType | 'transformer' | 'customer';

/** How late a last gasp is told on the average: a report's own time less this is that of the opening. */
export const METER_BIAS_MS = 1000;
export const ONU_BIAS_MS = 5000;

/** Log rate at which one unit of a kind opens, in 10 s of a storm. */
export const PRIOR: Readonly<Record<NodeKind, number>> = {
  source: -9,
  breaker: -7,
  recloser: -7,
  switch: -9.5,
  fuse: -9,
  transformer: -10.5,
  customer: -13.5,
};

/** A supplied customer's device says "out" within 10 s once in 160 000: what each report is worth against noise. */
export const REPORT = 12;

/** What a report is worth that is known to be one of this opening: a fifth of them would have been lost. */
export const HIT = REPORT - 0.8;

/** A lone return within reach is due to something else once in 500. */
export const STRAY_RETURN = Math.log(500);

/** Items of a node no more than this apart are one episode; so far from its core a report may lie whose clock is off. */
export const EPISODE_MS = 60_000;

/** Who lost supply this long before an opening was out when it came. */
export const DEAD_BEFORE_MS = 10_000;

/** Returns are counted in slots of this length. */
export const SLOT_MS = 10_000;

/** Returns are late, at most this much: then a score is settled, and a close accounts for no more of them. */
export const SETTLE_MS = 200_000;

/** The explanation of an outage that nobody ends holds so long, and so long is kept what is over. */
export const HOLD_MS = 6 * 3_600_000;

/** Watched devices tell of their trips: 3 % are lost. */
export const WATCHED: ReadonlySet<NodeKind> = new Set(['source', 'breaker', 'recloser']);

/** Devices that may open one pole alone. */
export const WITH_POLES: ReadonlySet<NodeKind> = new Set(['fuse', 'switch', 'recloser']);

/** Tolerance between two onsets, by the reporters of each: a mean of many is sharp. */
export function toleranceMs(reporters: number, otherReporters: number): number {
  return 2000 + 4000 / Math.sqrt(Math.max(1, reporters)) + 4000 / Math.sqrt(Math.max(1, otherReporters));
}
