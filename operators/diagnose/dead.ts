import { onsetsOf, type Explanation } from './explanation.js';
import { DEAD_BEFORE_MS } from './terms.js';
import { COUNTS, type DeviceTree } from './tree.js';

/** So few are added one by one. */
const FEW = 8;

/**
 * Who was out already when an opening came: meters, ONUs and customers by phase, summed over what began at least ten seconds
 * before it and was not over. Of a long episode by sums from its beginning, as each of its items is asked for.
 */
export class Dead {
  /** The sum over what was open when the episode began. */
  readonly #before = new Array<number>(COUNTS).fill(0);
  /** Of these, what nobody returned from, by the topmost node with the same customers. */
  readonly #unreturned = new Map<number, Explanation[]>();
  /** For each place the sum over the unused items before it; null: it is to be made. */
  #sums: Int32Array | null = null;
  /** Unused items that are over before the last one comes. */
  #ending: readonly number[] = [];

  /**
   * @param items those of the episode, in order
   * @param used which of them are explained already
   * @param open explanations of earlier episodes that were not over when it began
   */
  constructor(
    private readonly tree: DeviceTree,
    private readonly items: readonly Explanation[],
    private readonly used: Uint8Array,
    open: readonly Explanation[],
  ) {
    for (const one of open) {
      add(this.#before, one, 1);
      if (one.returns.length > 0) continue;
      const top = tree.top[one.node]!;
      const there = this.#unreturned.get(top);
      if (there) there.push(one);
      else this.#unreturned.set(top, [one]);
    }
  }

  /** More items are used. */
  change(): void {
    this.#sums = null;
  }

  /**
   * Who was out when a seed came.
   * @param core the places of what lies within its tolerance
   * @param result what was explained so far
   */
  at({ t }: Explanation, core: readonly number[], result: readonly Explanation[]): number[] {
    const dead = this.#before.slice();
    if (this.#unreturned.size > 0) this.#withoutThoseWhoSpeak(core, dead);
    this.#addUnused(t, dead);
    for (const one of result) if (one.t < t - DEAD_BEFORE_MS && one.end > t) add(dead, one, 1);
    return dead;
  }

  /** A fresh last gasp proves supply: an outage from which nobody returned is over for those who report from inside it. */
  #withoutThoseWhoSpeak(core: readonly number[], dead: number[]): void {
    const { tree } = this;
    const over = new Set<Explanation>();
    for (const place of core) {
      const item = this.items[place]!;
      const { node, phases, reporters } = item;
      if (reporters === 0) continue;
      for (let top = tree.top[node]!; top >= 0; top = tree.up[top]! < 0 ? -1 : tree.top[tree.up[top]!]!) {
        for (const one of this.#unreturned.get(top) ?? []) {
          if (!(phases & one.phases) || over.has(one) || !isHeardFrom(one, item)) continue;
          over.add(one);
          add(dead, one, -1);
        }
      }
    }
  }

  /** Adds the unused items that began long enough before `t`. No core reaches that far back. */
  #addUnused(t: number, dead: number[]): void {
    const { items, used } = this;
    const count = this.#countBefore(t - DEAD_BEFORE_MS);
    if (count <= FEW) {
      for (let place = 0; place < count; place++) {
        const item = items[place]!;
        if (used[place] === 0 && item.end > t && !item.isTrip) add(dead, item, 1);
      }
      return;
    }
    const sums = (this.#sums ??= this.#sumUp());
    for (let i = 0; i < COUNTS; i++) dead[i]! += sums[count * COUNTS + i]!;
    for (const place of this.#ending) if (place < count && items[place]!.end <= t) add(dead, items[place]!, -1);
  }

  #countBefore(t: number): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.items[middle]!.t < t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #sumUp(): Int32Array {
    const { items, used } = this;
    const lastT = items[items.length - 1]!.t;
    const sums = new Int32Array((items.length + 1) * COUNTS);
    const ending: number[] = [];
    for (let place = 0; place < items.length; place++) {
      const item = items[place]!;
      const isCounted = used[place] === 0 && !item.isTrip;
      for (let i = 0; i < COUNTS; i++)
        sums[(place + 1) * COUNTS + i] = sums[place * COUNTS + i]! + (isCounted ? item.sums.lost[i]! : 0);
      if (isCounted && item.end <= lastT) ending.push(place);
    }
    this.#ending = ending;
    return sums;
  }
}

/** Has an item a reporter among the customers of another explanation, below whose node it lies? */
function isHeardFrom({ only }: Explanation, item: Explanation): boolean {
  if (only === null) return true;
  for (const { node } of onsetsOf(item)) if (only.has(node)) return true;
  return false;
}

function add(dead: number[], { sums }: Explanation, sign: 1 | -1): void {
  for (let i = 0; i < COUNTS; i++) dead[i]! += sign * sums.lost[i]!;
}
