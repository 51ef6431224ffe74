import type { Explanation } from './explanation.js';
import { isSameList } from './node.js';
import { EPISODE_MS, HIT, toleranceMs } from './terms.js';
import type { DeviceTree } from './tree.js';

/** One whose registry row is wrong is of so few reporters, and each costs this much. */
const MOST_STRAYS = 2;
const STRAY_COST = 5;

/** What reached the head, and who of it belongs to another though the registry says otherwise. */
export interface Head {
  readonly items: readonly Explanation[];
  readonly homes: ReadonlyMap<Explanation, Explanation>;
}

interface HeadEpisode {
  readonly items: readonly Explanation[];
  readonly homes: ReadonlyMap<Explanation, Explanation>;
}

const NO_HOMES: ReadonlyMap<Explanation, Explanation> = new Map();

/** The head of a tree: keeps what it found for episodes that are what they were. */
export class HeadSolver {
  #episodes: readonly HeadEpisode[] = [];

  constructor(private readonly tree: DeviceTree) {}

  solve(items: readonly Explanation[]): Head {
    const episodes: HeadEpisode[] = [];
    let at = 0;
    for (let begin = 0; begin < items.length;) {
      let end = begin + 1;
      while (end < items.length && items[end]!.t - items[end - 1]!.t <= EPISODE_MS) end++;
      const own = items.slice(begin, end);
      while (at < this.#episodes.length && this.#episodes[at]!.items[0]!.t < own[0]!.t) at++;
      const old = this.#episodes[at];
      episodes.push(old && isSameList(old.items, own) ? old : { items: own, homes: this.#homes(own) });
      begin = end;
    }
    this.#episodes = episodes;
    const found = episodes.filter(({ homes }) => homes.size > 0);
    const homes = found.length === 0 ? NO_HOMES : new Map(found.flatMap((episode) => [...episode.homes]));
    return { items, homes };
  }

  /** Who of the same episode joins whom: reporters that are simultaneous with a larger one, and neighbours of it. */
  #homes(items: readonly Explanation[]): ReadonlyMap<Explanation, Explanation> {
    let homes: Map<Explanation, Explanation> | null = null;
    if (items.length === 1) return NO_HOMES;
    for (const stray of items) {
      const transformer = this.#transformerOf(stray);
      if (transformer === null) continue;
      const joined = stray.reportCount * HIT - stray.reporters * STRAY_COST;
      if (joined < Math.max(0, stray.gainAlone)) continue;
      let best: Explanation | null = null;
      for (const home of items) {
        if (home === stray || homes?.has(home) || !isLarger(home, stray)) continue;
        if (Math.abs(home.t - stray.t) > toleranceMs(stray.reporters, home.reporters)) continue;
        if (this.#isNear(transformer, home) && (best === null || home.reporters > best.reporters)) best = home;
      }
      if (best) (homes ??= new Map()).set(stray, best);
    }
    return homes ?? NO_HOMES;
  }

  /** The one transformer at which a small explanation without a trip is; null: it is none that may be a stray. */
  #transformerOf({ node, reporters, hasTrip }: Explanation): number | null {
    if (reporters > MOST_STRAYS || reporters === 0 || hasTrip) return null;
    const at = this.tree.kinds[node] === 'customer' ? this.tree.up[node]! : node;
    return this.tree.kinds[at] === 'transformer' ? at : null;
  }

  #isNear(transformer: number, { node, phases }: Explanation): boolean {
    const { tree } = this;
    return tree
      .near(transformer)
      .some(
        (near) =>
          (tree.isInside(near, node) && (phases >> tree.phase[near]!) & 1) ||
          (tree.kinds[node] === 'customer' && tree.up[node] === near),
      );
  }
}

/** Has one more reporters than another? Ties by gain, and by node. */
function isLarger(one: Explanation, other: Explanation): boolean {
  if (one.reporters !== other.reporters) return one.reporters > other.reporters;
  return one.gain === other.gain ? one.node >= other.node : one.gain > other.gain;
}

/** To whom a stray belongs in the end, or an explanation itself. */
export function homeOf({ homes }: Head, explanation: Explanation): Explanation {
  let home = explanation;
  for (let next = homes.get(home); next; next = homes.get(home)) home = next;
  return home;
}
