import { BetaOdds } from './beta.js';
import type { Sums } from './explanation.js';
import { lastSlot, type Slots } from './returns.js';
import type { Switching } from './switching.js';
import { PRIOR, REPORT, SETTLE_MS, SLOT_MS, STRAY_RETURN, WATCHED } from './terms.js';
import { COUNTS, CUSTOMERS, METERS, ONUS, type DeviceTree } from './tree.js';

/** Single poles open less often. */
const SOME_PHASES = -1.5;
/** False trips are rare; of a watched device 3 % are lost. */
const WITH_TRIP = 14;
const WATCHED_WITHOUT_TRIP = -3.5;
/** An operator's word. */
export const CONFIRMED = 1000;
/** What carries no load does not trip. */
const DEAD_SHARE = 2;
/** So many of the reporters must be back before those who are not say anything. */
const RETURNED_SHARE = 0.7;

/** How many report is not known, differs per fault, and is integrated out: meters weakly, ONUs mostly do. */
const METERS_REPORT = new BetaOdds(2, 2);
const ONUS_REPORT = new BetaOdds(3, 1.2);
/** How many tell of their return, once all have had the time to; and before. */
const RETURNS_TOLD = new BetaOdds(6, 0.7);
const RETURNS_SO_FAR = new BetaOdds(1, 1);

/** What explanations are judged by: the tree, what SCADA said, and how far the key's time has come. */
export interface Scene {
  readonly tree: DeviceTree;
  readonly switching: Switching;
  /** W, epoch ms. */
  watermark: number;
  /** The least W that would settle a score that was asked for: set low by each. */
  wake: number;
}

/** What somebody said of an opening itself. */
export type Word = 'none' | 'trip' | 'confirmed';

/** What is scored: a node that opened for some phases. */
export interface Scored {
  readonly node: number;
  readonly phases: number;
  readonly sums: Sums;
  /** R: its reporters' returns. */
  readonly returns: Slots;
  readonly word: Word;
  /** Meters, ONUs and customers that were out already, by phase. */
  readonly dead: readonly number[];
}

export interface Score {
  /** Log odds against noise. */
  readonly gain: number;
  /** The same without what returns say. */
  readonly gainAlone: number;
}

/**
 * The log odds that a node opened for some phases, against noise: `prior + phase + watch - 2 x dead share + ln B(2,2; m) +
 * ln B(3,1.2; o) + 12 x reports + returns`, as the contract says (diagnosis, section 2).
 */
export function scoreOf(scene: Scene, scored: Scored): Score {
  const { node, phases, sums, returns, word, dead } = scored;
  const { tree } = scene;
  const { reporting, customers, claimed, lost } = sums;
  let meters = 0;
  let onus = 0;
  let liveMeters = 0;
  let liveOnus = 0;
  let reporters = 0;
  let live = 0;
  let back = 0;
  for (let phase = 0; phase < 4; phase++) {
    if (!((phases >> phase) & 1)) continue;
    meters += reporting[METERS + phase]!;
    onus += reporting[ONUS + phase]!;
    liveMeters += lost[METERS + phase]!;
    liveOnus += lost[ONUS + phase]!;
    reporters += customers[phase]!;
    live += lost[CUSTOMERS + phase]!;
    back += claimed[phase]!;
  }
  liveMeters = Math.max(liveMeters, meters);
  liveOnus = Math.max(liveOnus, onus);
  const silent = Math.max(live, reporters + back) - reporters;

  let gain = PRIOR[tree.kinds[node]!] - DEAD_SHARE * deadShareOf(tree, node, dead);
  if (phases !== tree.phases[node]) gain += SOME_PHASES;
  if (word !== 'none') gain += word === 'confirmed' ? CONFIRMED : WITH_TRIP;
  else if (WATCHED.has(tree.kinds[node]!)) gain += WATCHED_WITHOUT_TRIP;
  gain += METERS_REPORT.ln(meters, liveMeters) + ONUS_REPORT.ln(onus, liveOnus) + (meters + onus) * REPORT;
  return { gain: gain + returnsTerm(scene, returns, sums, back, silent), gainAlone: gain };
}

/** Which share of a node's customers was out already, 0 to 1. */
function deadShareOf(tree: DeviceTree, node: number, dead: readonly number[]): number {
  let all = 0;
  let gone = 0;
  for (let phase = 0; phase < 4; phase++) {
    all += tree.counts[node * COUNTS + CUSTOMERS + phase]!;
    gone += dead[CUSTOMERS + phase]!;
  }
  return all === 0 ? 0 : Math.max(0, Math.min(1, gone / all));
}

function returnsTerm(scene: Scene, returns: Slots, sums: Sums, back: number, silent: number): number {
  const isTold = returns.length > 0 && sums.returned >= RETURNED_SHARE * sums.reporters;
  if (!isTold && back === 0) return 0;
  if (isTold) {
    const settledAt = (lastSlot(returns) + 1) * SLOT_MS + SETTLE_MS;
    if (scene.watermark >= settledAt) return RETURNS_TOLD.ln(back, silent) + back * STRAY_RETURN;
    scene.wake = Math.min(scene.wake, settledAt);
  }
  // More may come.
  return Math.max(0, RETURNS_SO_FAR.ln(back, silent) + back * STRAY_RETURN);
}
