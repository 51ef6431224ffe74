import { Dead } from './dead.js';
import { addReporters, byOrder, Explanation, phasesOfReporters } from './explanation.js';
import { endOf } from './ending.js';
import {
  claimedSlots,
  mergedSlots,
  NO_SLOTS,
  poolWindow,
  reachOf,
  sameNumbers,
  withoutClaimed,
  type Claim,
  type Pool,
} from './returns.js';
import { scoreOf, type Scene } from './score.js';
import { inOrderOfSeeds } from './seeds.js';
import { DEAD_BEFORE_MS, EPISODE_MS, toleranceMs } from './terms.js';
import { tryPhases, type Opening, type Trial } from './trial.js';

/** An own trip is sharp; a report is as sharp as it is many. */
const TRIP_TOLERANCE_MS = 1500;
const TRIP_TOLERANCE_ONE_MS = 5500;

/** What one node made of items that lie close together in time. */
export interface Episode {
  readonly items: readonly Explanation[];
  /** Explanations of earlier episodes whose customers were still out when it began. */
  readonly open: readonly Explanation[];
  /** The slots in which returns would have been claimed, and what was there; `to` before `from`: none. */
  readonly from: number;
  readonly to: number;
  readonly pool: Pool;
  /** What goes up, in order. */
  readonly result: readonly Explanation[];
  readonly claims: readonly Claim[];
  /** By how much what was tried, and is not so, was beaten: for each item of its core the best. */
  readonly rejected: ReadonlyMap<Explanation, number>;
  /** The least W that would settle one of its scores. */
  readonly wake: number;
  /** What was tried around each seed; none of an episode of one item, which is kept or not as a whole. */
  readonly attempts: ReadonlyMap<Explanation, Attempt>;
}

/**
 * What was tried around a seed, and came of it. In a storm episodes are long: what was tried from the same is not tried again,
 * and what was made of it stays, object and all.
 */
interface Attempt {
  readonly core: readonly Explanation[];
  readonly far: readonly Explanation[];
  readonly dead: readonly number[];
  readonly tried: readonly number[];
  readonly pool: Pool;
  /** What it explains if it was accepted; null: it was not. */
  readonly made: Explanation | null;
  readonly claim: Claim | null;
  /** What it would explain, or does. */
  readonly taken: readonly Explanation[];
  readonly margin: number;
  readonly wake: number;
}

/** What is known while an episode is solved. */
interface Solving {
  readonly scene: Scene;
  readonly node: number;
  readonly items: readonly Explanation[];
  readonly open: readonly Explanation[];
  readonly dead: Dead;
  readonly used: Uint8Array;
  readonly result: Explanation[];
  readonly claims: Claim[];
  readonly rejected: Map<Explanation, number>;
  readonly attempts: Map<Explanation, Attempt>;
  readonly old: readonly Episode[];
  wake: number;
  pool: Pool;
}

/** What an episode is solved from. */
export interface EpisodeInput {
  readonly node: number;
  readonly items: readonly Explanation[];
  readonly open: readonly Explanation[];
  readonly pool: Pool;
  /** Episodes of the same time that were solved before. */
  readonly old: readonly Episode[];
}

/**
 * Solves an episode of a node: seed by seed, whether one opening of the node explains what lies around it better than what is
 * explained already.
 */
export function solveEpisode(scene: Scene, { node, items, open, pool: wholePool, old }: EpisodeInput): Episode {
  for (const item of items) {
    item.isJudged = false;
    if (item.takenBy?.node === node) item.takenBy = null;
  }
  const [from, to] = reachOfItems(items);
  const pool = windowOf(wholePool, from, to);
  const used = new Uint8Array(items.length);
  const solving: Solving = {
    scene,
    node,
    items,
    open,
    dead: new Dead(scene.tree, items, used, open),
    used,
    result: [],
    claims: [],
    rejected: new Map(),
    attempts: new Map(),
    old,
    wake: Infinity,
    pool,
  };
  for (const place of inOrderOfSeeds(items, node)) if (used[place] === 0) trySeed(solving, place);
  items.forEach((item, place) => {
    if (used[place] === 0) solving.result.push(item);
  });
  const { result, claims, rejected, wake, attempts } = solving;
  return { items, open, from, to, pool, result: result.sort(byOrder), claims, rejected, wake, attempts };
}

function windowOf(pool: Pool, from: number, to: number): Pool {
  return from <= to ? poolWindow(pool, from, to) : NO_SLOTS;
}

function reachOfItems(items: readonly Explanation[]): [from: number, to: number] {
  let first = Infinity;
  let last = -Infinity;
  for (const { returns } of items) {
    if (returns.length === 0) continue;
    const [from, to] = reachOf(returns);
    first = Math.min(first, from);
    last = Math.max(last, to);
  }
  return [first, last];
}

function trySeed(solving: Solving, place: number): void {
  const { scene, node, items, attempts, used } = solving;
  const seed = items[place]!;
  if (scene.switching.isCancelled(node, seed.t)) return;
  const isOwn = seed.isTrip && seed.node === node;
  const [core, far] = around(solving, place, isOwn);
  const tried = phasesToTry(solving, seed, core, isOwn);
  if (tried.length === 0) return;
  const opening: Opening = {
    node,
    items,
    seed,
    word: isOwn ? (seed.isConfirmed ? 'confirmed' : 'trip') : 'none',
    core,
    far,
    dead: solving.dead.at(seed, core, solving.result),
    pool: solving.pool,
  };
  const attempt = knownAttempt(solving, opening, tried) ?? attemptAt(solving, opening, tried);
  if (items.length > 1) attempts.set(seed, attempt);
  solving.wake = Math.min(solving.wake, attempt.wake);
  const { made, claim, taken, margin } = attempt;
  if (made === null) {
    for (const item of taken) {
      const before = solving.rejected.get(item);
      if (before === undefined || margin > before) solving.rejected.set(item, margin);
    }
    return;
  }
  for (const item of taken) item.takenBy = made;
  for (const at of core) if (items[at]!.takenBy === made) used[at] = 1;
  for (const at of far) if (items[at]!.takenBy === made) used[at] = 1;
  solving.dead.change();
  solving.result.push(made);
  if (claim === null) return;
  solving.claims.push(claim);
  solving.pool = withoutClaimed(solving.pool, claim);
}

/** What was tried from the same before; null: nothing was, or W says more of it now. */
function knownAttempt({ scene, old }: Solving, opening: Opening, tried: readonly number[]): Attempt | null {
  for (const { attempts } of old) {
    const known = attempts.get(opening.seed);
    if (!known) continue;
    const isSame =
      scene.watermark < known.wake &&
      sameNumbers(known.dead, opening.dead) &&
      sameNumbers(known.tried, tried) &&
      isAt(opening, opening.core, known.core) &&
      isAt(opening, opening.far, known.far) &&
      sameNumbers(known.pool, windowOf(opening.pool, ...reachOfItems(known.core)));
    return isSame ? known : null;
  }
  return null;
}

/** Do items still stand at places? */
function isAt({ items }: Opening, places: readonly number[], had: readonly Explanation[]): boolean {
  return places.length === had.length && places.every((at, i) => items[at] === had[i]);
}

/** Tries a seed: accepts the best set of phases if it beats what its parts say, or if there was a trip. */
function attemptAt({ scene }: Solving, opening: Opening, tried: readonly number[]): Attempt {
  scene.wake = Infinity;
  const { items, pool, dead } = opening;
  const trials = tried.map((phases) => tryPhases(scene, opening, phases));
  let best = trials[0]!;
  for (const trial of trials) if (trial.margin > best.margin) best = trial;
  const isAccepted = best.margin > 0 || opening.word !== 'none';
  const made = isAccepted ? explained(scene, opening, best, nextBest(trials, best)) : null;
  const core = opening.core.map((at) => items[at]!);
  const places = isAccepted ? [...best.taken, ...best.satellites.taken] : best.taken;
  return {
    core,
    far: opening.far.map((at) => items[at]!),
    dead,
    tried,
    pool: windowOf(pool, ...reachOfItems(core)),
    made,
    claim: isAccepted && best.returns.length > 0 ? best.claim : null,
    taken: places.map((at) => items[at]!),
    margin: best.margin,
    wake: scene.wake,
  };
}

/** The places of what lies within tolerance of a seed, and of what lies around that. Used ones are neither. */
function around({ node, items, used }: Solving, place: number, isOwn: boolean): [core: number[], far: number[]] {
  const seed = items[place]!;
  const core: number[] = [];
  const far: number[] = [];
  let at = place;
  while (at > 0 && seed.t - items[at - 1]!.t <= EPISODE_MS) at--;
  for (; at < items.length && items[at]!.t - seed.t <= EPISODE_MS; at++) {
    if (used[at] !== 0) continue;
    const item = items[at]!;
    const tolerance = isOwn
      ? TRIP_TOLERANCE_MS + TRIP_TOLERANCE_ONE_MS / Math.sqrt(Math.max(1, item.reporters))
      : toleranceMs(item.reporters, seed.reporters);
    if (at === place || Math.abs(item.t - seed.t) <= tolerance) {
      // Another trip of this node is another opening.
      if (at === place || !(item.isTrip && item.node === node)) core.push(at);
    } else if (!item.hasTrip) far.push(at);
  }
  return [core, far];
}

const POLES = [1, 2, 4];
const POLES_AND_PAIRS = [1, 2, 3, 4, 5, 6];

/** The sets of phases for which a node may have opened: all; of a device with poles also each, with a trip also each pair. */
function phasesToTry(solving: Solving, seed: Explanation, core: readonly number[], isOwn: boolean): number[] {
  const { tree } = solving.scene;
  const all = tree.phases[solving.node]!;
  const tried = [all];
  if (tree.hasPoles(solving.node))
    for (const some of isOwn ? POLES_AND_PAIRS : POLES) if ((some & all) === some && some !== all) tried.push(some);
  if (isOwn) return tried;
  const ofSeed = phasesOfReporters(seed);
  const isLone = core.length === 1 && seed.reporters === 1;
  return tried.filter((phases) => !(ofSeed & ~phases) && !(isLone && isOpenFor(solving, phases, seed.t)));
}

/** Is the node open for some phases already, when a lone report comes? */
function isOpenFor({ node, open, result }: Solving, phases: number, t: number): boolean {
  const isFor = (one: Explanation): boolean => one.node === node && (one.phases & phases) === phases;
  return open.some(isFor) || result.some((one) => isFor(one) && one.t < t - DEAD_BEFORE_MS && one.end > t);
}

/** Of the other sets of phases the best. */
function nextBest(trials: readonly Trial[], best: Trial): Trial | null {
  let next: Trial | null = null;
  for (const trial of trials) if (trial !== best && (next === null || trial.margin > next.margin)) next = trial;
  return next;
}

/** A trial as an explanation, its satellites with it. */
function explained(scene: Scene, opening: Opening, best: Trial, next: Trial | null): Explanation {
  const { node, items, word, pool } = opening;
  const { phases, t, sums } = best;
  const places = [...best.taken, ...best.satellites.taken].sort((a, b) => a - b);
  const all = places.map((at) => items[at]!);
  const isOwnTrip = (item: Explanation): boolean => item.isTrip && item.node === node;
  const parts = all.filter((item) => !isOwnTrip(item));
  const ofSatellites = best.satellites.taken.map((at) => items[at]!);
  for (const item of ofSatellites) {
    addReporters(sums, item);
    sums.satellites += item.reportCount - item.sums.satellites;
  }
  const returns = mergedSlots([best.returns, ...ofSatellites.map((item) => item.returns)].filter((r) => r.length > 0));
  const reports = all.filter(isOwnTrip).flatMap((item) => item.reports);
  const made = new Explanation({ node, phases, t, sums, reports, parts, returns });
  const scored = ofSatellites.length > 0 ? scoreOf(scene, { ...opening, phases, sums, returns }) : null;
  made.timeCost = best.timeCost + best.satellites.timeCost;
  made.gain = scored ? scored.gain - made.timeCost : best.gain;
  made.gainAlone = scored ? scored.gainAlone - made.timeCost : best.gainAlone;
  made.hasTrip = word !== 'none';
  made.isConfirmed = word === 'confirmed';
  if (word === 'none') made.margin = best.margin;
  if (next) {
    made.rival = best.margin - next.margin;
    made.rivalPhases = next.phases;
  }
  made.end = endOf(scene, made);
  if (best.returns.length > 0) made.ownClaims = claimedSlots(pool, best.claim);
  made.claims = mergedSlots([made.ownClaims, ...parts.map(({ claims }) => claims)].filter((c) => c.length > 0));
  return made;
}
