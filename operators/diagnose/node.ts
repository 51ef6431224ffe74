import { solveEpisode, type Episode } from './episode.js';
import { byOrder, isBelieved, type Explanation } from './explanation.js';
import { isWindow, mergedPools, withoutClaimed, type Pool, type Slots } from './returns.js';
import type { Scene } from './score.js';
import { EPISODE_MS } from './terms.js';

/** What a node, and all below it, come to. */
export interface NodeSolution {
  /** In order. */
  readonly items: readonly Explanation[];
  /** Returns that nothing accounts for yet. */
  readonly pool: Pool;
  readonly episodes: readonly Episode[];
  /** The least W that would settle one of its scores; Infinity: nothing waits. */
  readonly wake: number;
}

/** What a node is solved from. */
export interface NodeInput {
  readonly node: number;
  /** Its trips, and what its children came to; each list in order. */
  readonly lists: readonly (readonly Explanation[])[];
  readonly pools: readonly Pool[];
  /** Explanations by an earlier tree, or of what is forgotten, whose customers may still be out. */
  readonly inherited: readonly Explanation[];
  /** What it came to before; null: nothing of it holds any more. */
  readonly before: NodeSolution | null;
}

const NO_EPISODES: readonly Episode[] = [];

/**
 * Solves a node: what goes into it is cut into episodes at gaps over 60 s, and an episode whose inputs are what they were keeps
 * its result, object and all.
 */
export function solveNode(scene: Scene, { node, lists, pools, inherited, before }: NodeInput): NodeSolution {
  const items = inOrder(lists);
  const old = before?.episodes ?? NO_EPISODES;
  const episodes: Episode[] = [];
  const result: Explanation[] = [];
  let pool = mergedPools(pools);
  let open: Explanation[] = [];
  let at = 0;
  let isAsBefore = before !== null;
  for (let begin = 0; begin < items.length;) {
    const end = endOfEpisode(items, begin);
    const startT = items[begin]!.t;
    if (open.some((one) => one.end <= startT)) open = open.filter((one) => one.end > startT);
    while (at < old.length && old[at]!.items[0]!.t < startT) at++;
    let kept = keptEpisode(old, at, items, begin, end);
    if (kept && (scene.watermark >= kept.wake || !isPoolKept(kept, pool))) kept = null;
    // As long as all before it was kept, so was what they left open.
    isAsBefore &&= kept === null || kept === old[episodes.length];
    const standing = inherited.filter((one) => one.t < startT && one.end > startT);
    const openNow = standing.length === 0 ? open : [...standing, ...open];
    if (kept && !isAsBefore && !isSameList(kept.open, openNow)) kept = null;
    const episode =
      kept ??
      solveEpisode(scene, {
        node,
        items: items.slice(begin, end),
        open: openNow.slice(),
        pool,
        old: overlapping(old, startT, items[end - 1]!.t),
      });
    if (episode !== old[episodes.length]) isAsBefore = false;
    episodes.push(episode);
    for (const claim of episode.claims) if (pool.length > 0) pool = withoutClaimed(pool, claim);
    for (const one of episode.result) {
      result.push(one);
      if (one.end > startT && isBelieved(one)) open.push(one);
    }
    begin = end;
  }
  const wake = episodes.reduce((least, episode) => Math.min(least, episode.wake), Infinity);
  return { items: result, pool, episodes, wake };
}

/** Lists that are in order as one that is. */
function inOrder(lists: readonly (readonly Explanation[])[]): readonly Explanation[] {
  if (lists.length === 0) return [];
  if (lists.length === 1) return lists[0]!;
  const all: Explanation[] = [];
  for (const list of lists) for (const item of list) all.push(item);
  // It knows runs that are in order, and merges them.
  return all.sort(byOrder);
}

function endOfEpisode(items: readonly Explanation[], begin: number): number {
  let end = begin + 1;
  while (end < items.length && items[end]!.t - items[end - 1]!.t <= EPISODE_MS) end++;
  return end;
}

/** The episode that was solved from the same items. */
function keptEpisode(
  old: readonly Episode[],
  from: number,
  items: readonly Explanation[],
  begin: number,
  end: number,
): Episode | null {
  const first = items[begin]!;
  for (let i = from; i < old.length && old[i]!.items[0]!.t === first.t; i++) {
    const { items: had } = old[i]!;
    if (had.length !== end - begin) continue;
    let same = true;
    for (let j = 0; same && j < had.length; j++) same = had[j] === items[begin + j];
    if (same) return old[i]!;
  }
  return null;
}

/** The episodes that have something between two times. */
function overlapping(old: readonly Episode[], from: number, to: number): readonly Episode[] {
  let low = 0;
  let high = old.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { items } = old[middle]!;
    if (items[items.length - 1]!.t < from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < old.length && old[end]!.items[0]!.t <= to) end++;
  return old.slice(low, end);
}

function isPoolKept({ from, to, pool }: Episode, whole: Pool): boolean {
  return from > to || isWindow(whole, from, to, pool);
}

/** Are two lists the same objects in the same order? */
export function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Whether what a node comes to is what it was, for those above it. */
export function isSameSolution(a: { items: readonly Explanation[]; pool: Slots }, b: typeof a): boolean {
  return isSameList(a.items, b.items) && isSameList(a.pool, b.pool);
}
