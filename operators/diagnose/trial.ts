import { addReporters, noSums, phasesOfReporters, type Explanation, type Sums } from './explanation.js';
import { addClaimed, firstSlot, mergedSlots, type Claim, type Pool, type Slots } from './returns.js';
import { metersOf, satellitesOf, type Satellites } from './satellite.js';
import { scoreOf, type Scene, type Word } from './score.js';
import { SLOT_MS } from './terms.js';
import { COUNTS } from './tree.js';

/** What is tried: that a node opened, and that it explains what lies around a seed. */
export interface Opening {
  readonly node: number;
  readonly items: readonly Explanation[];
  readonly seed: Explanation;
  readonly word: Word;
  /** Places of what lies within tolerance of the seed, the seed among them. */
  readonly core: readonly number[];
  /** Places of what lies around, up to 60 s away. */
  readonly far: readonly number[];
  /** Meters, ONUs and customers that were out already, by phase. */
  readonly dead: readonly number[];
  readonly pool: Pool;
}

/** One set of phases tried. */
export interface Trial {
  readonly phases: number;
  readonly t: number;
  /** By how much it beats what its parts say for themselves. */
  readonly margin: number;
  readonly gain: number;
  readonly gainAlone: number;
  readonly timeCost: number;
  readonly sums: Sums;
  readonly returns: Slots;
  readonly claim: Claim;
  readonly taken: readonly number[];
  readonly satellites: Satellites;
}

/** What a node's opening for some phases would explain, and how well. */
export function tryPhases(scene: Scene, opening: Opening, phases: number): Trial {
  const { node, items, seed, word, pool } = opening;
  const sums = noSums();
  const taken: number[] = [];
  const returnLists: Slots[] = [];
  let weightedT = 0;
  let apart = 0;
  let timeCost = 0;
  let meters = 0;
  for (const place of opening.core) {
    const item = items[place]!;
    const isOwn = item.isTrip && item.node === node;
    if (!isOwn && phasesOfReporters(item) & ~phases) continue;
    taken.push(place);
    addReporters(sums, item);
    meters += metersOf(item);
    if (item.returns.length > 0) returnLists.push(item.returns);
    if (!item.isTrip) for (let i = 0; i < COUNTS; i++) sums.lost[i]! += item.sums.lost[i]!;
    weightedT += item.t * item.reporters;
    apart += Math.max(0, item.gain);
    timeCost += item.timeCost;
  }
  makeLive(scene, opening, phases, sums.lost);
  const returns = mergedSlots(returnLists);
  const claim: Claim = { t: seed.t, phases, returns };
  addClaimed(pool, claim, sums.claimed);
  for (const place of taken)
    for (let phase = 0; phase < 4; phase++) sums.claimed[phase]! += items[place]!.sums.claimed[phase]!;

  const t = word !== 'none' || sums.reporters === 0 ? seed.t : Math.round(weightedT / sums.reporters);
  const satellites = satellitesOf(scene.switching, items, opening.far, {
    t,
    phases,
    hasTrip: word !== 'none',
    reporters: sums.reporters,
    meters,
    returns,
    backAt: returns.length > 0 ? (firstSlot(returns) + 0.5) * SLOT_MS : Infinity,
  });
  const score = scoreOf(scene, { node, phases, sums, returns, word, dead: opening.dead });
  // Satellites do not help a core of one reporter: it may itself be the one whose clock was off.
  const isAlone = taken.length === 1 && sums.reporters <= 1 && word === 'none';
  return {
    phases,
    t,
    margin: score.gain - timeCost - apart + (isAlone ? 0 : satellites.margin),
    gain: score.gain - timeCost,
    gainAlone: score.gainAlone - timeCost,
    timeCost,
    sums,
    returns,
    claim,
    taken,
    satellites,
  };
}

/** Makes of the sum of what the core took out what was live: per phase the larger of that and all less the dead, at most all. */
function makeLive({ tree }: Scene, { node, dead }: Opening, phases: number, lost: number[]): void {
  for (let i = 0; i < COUNTS; i++) {
    if (!((phases >> (i & 3)) & 1)) {
      lost[i] = 0;
      continue;
    }
    const all = tree.counts[node * COUNTS + i]!;
    lost[i] = Math.min(all, Math.max(lost[i]!, all - dead[i]!));
  }
}
