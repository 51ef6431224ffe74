import { phasesOfReporters, type Explanation } from './explanation.js';
import { openingOf } from './onset.js';
import { someFit, type Slots } from './returns.js';
import type { Switching } from './switching.js';
import { HIT, REPORT } from './terms.js';
import { METERS, ONUS } from './tree.js';

/** A meter's time is within a second or two, or its clock is off by some 20 s, or by anything: shares and spread (s). */
const SHARP = 0.3;
const SHARP_SPREAD = 2 * 1.8 * 1.8;
const OFF = 0.28;
const OFF_SPREAD = 2 * 20 * 20;
const ANYTHING = 8e-3;
/** ONUs' clocks do not drift. */
const ONU_REACH_S = 6.5;
const ONU_FAR = Math.log(1e-6) + HIT;
const ONU_NEAR = HIT + HIT - REPORT;
/** Bad clocks are learnt on the spot, from a tenth on. */
const BAD_PRIOR = 1;
const ALL_PRIOR = 10;
const MOST_BAD = 0.5;
const LONE_REPORTERS = 3;
/** Both returned, and not together. */
const APART = -4;
/** Who is out already does not report again. */
const AGAIN = -7;
const AGAIN_AT_LEAST = -6;
/** A satellite is small beside its core; a trip makes up for some. */
const CORE_SHARE = 0.5;
const BESIDE_TRIP = 5;
/** One that lies at a trip of its own so far away is that one's. */
const OTHER_TRIP_MS = 3000;

/** What satellites are taken to. */
export interface Core {
  readonly t: number;
  readonly phases: number;
  readonly hasTrip: boolean;
  readonly reporters: number;
  readonly meters: number;
  readonly returns: Slots;
  /** When its customers began to come back; Infinity: nobody did. */
  readonly backAt: number;
}

export interface Satellites {
  readonly taken: readonly number[];
  /** What they add to the margin. */
  readonly margin: number;
  /** What they cost, for good. */
  readonly timeCost: number;
}

const NONE: Satellites = { taken: [], margin: 0, timeCost: 0 };

/**
 * The reports around a core whose clock or line was off.
 * @param items those of the episode
 * @param far the places of those that lie around, up to 60 s away, and are not in the core
 */
export function satellitesOf(
  switching: Switching,
  items: readonly Explanation[],
  far: readonly number[],
  core: Core,
): Satellites {
  if (far.length === 0) return NONE;
  const badShare = shareOfBadClocks(items, far, core);
  const most = Math.max(core.hasTrip ? BESIDE_TRIP : 0, core.reporters * CORE_SHARE);
  const taken: number[] = [];
  let margin = 0;
  let timeCost = 0;
  for (const place of far) {
    const item = items[place]!;
    if (phasesOfReporters(item) & ~core.phases || item.reporters > most) continue;
    const tripAt = switching.tripAt(item.node, item.t);
    if (tripAt !== null && Math.abs(tripAt - core.t) > OTHER_TRIP_MS) continue;
    const odds = oddsOf(item, core.t, badShare);
    const isApart = core.returns.length > 0 && item.returns.length > 0 && !someFit(item.returns, core.returns);
    const isWhileOut = item.t > core.t && item.t < core.backAt;
    const alone = isWhileOut ? Math.max(AGAIN_AT_LEAST, item.gainAlone + AGAIN) : Math.max(0, item.gainAlone);
    const gained = odds + (isApart ? APART : 0) - alone;
    if (gained <= 0) continue;
    taken.push(place);
    margin += gained;
    timeCost += Math.max(0, item.reportCount * HIT - odds);
  }
  return { taken, margin, timeCost };
}

/** Of the meters around, how many clocks are bad: as many more lone ones as there are beside the core. */
function shareOfBadClocks(items: readonly Explanation[], far: readonly number[], core: Core): number {
  let lone = 0;
  for (const place of far) {
    const item = items[place]!;
    if (phasesOfReporters(item) & ~core.phases || item.reporters > LONE_REPORTERS) continue;
    const { reporting } = item.sums;
    if (reporting[ONUS]! + reporting[ONUS + 1]! + reporting[ONUS + 2]! + reporting[ONUS + 3]! === 0)
      lone += item.reporters;
  }
  return Math.min(MOST_BAD, (BAD_PRIOR + lone) / (ALL_PRIOR + core.meters + lone));
}

/** The log odds of an item's reports, as reports of an opening at `t` told by clocks or lines that were off, against noise. */
function oddsOf(item: Explanation, t: number, badShare: number): number {
  let odds = 0;
  if (item.parts !== null) {
    for (const part of item.parts) odds += oddsOf(part, t, badShare);
    return odds;
  }
  for (const report of item.reports) {
    const awayS = (openingOf(report) - t) / 1000;
    if (report.speaker === 'onu') odds += Math.abs(awayS) <= ONU_REACH_S ? ONU_NEAR : ONU_FAR;
    else if (report.speaker === 'meter') odds += meterOdds(awayS, badShare);
  }
  return odds;
}

function meterOdds(awayS: number, badShare: number): number {
  const squared = awayS * awayS;
  const off = OFF * Math.exp(-squared / OFF_SPREAD) + ANYTHING;
  return Math.log(SHARP * Math.exp(-squared / SHARP_SPREAD) + badShare * off) + HIT;
}

/** Meters among the reporters of an item, of all phases. */
export function metersOf({ sums: { reporting } }: Explanation): number {
  return reporting[METERS]! + reporting[METERS + 1]! + reporting[METERS + 2]! + reporting[METERS + 3]!;
}
