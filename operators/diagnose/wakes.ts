/** Nodes by the time at which they want to be solved again: a binary heap. What was pushed and holds no more is passed over. */
export class Wakes {
  readonly #times: number[] = [];
  readonly #nodes: number[] = [];

  push(time: number, node: number): void {
    const times = this.#times;
    const nodes = this.#nodes;
    let at = times.length;
    times.push(time);
    nodes.push(node);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (times[above]! <= time) break;
      times[at] = times[above]!;
      nodes[at] = nodes[above]!;
      at = above;
    }
    times[at] = time;
    nodes[at] = node;
  }

  /** Calls `each` with every node whose time has come, and forgets it. */
  due(now: number, each: (node: number) => void): void {
    while (this.#times.length > 0 && this.#times[0]! <= now) each(this.#pop());
  }

  #pop(): number {
    const times = this.#times;
    const nodes = this.#nodes;
    const first = nodes[0]!;
    const time = times.pop()!;
    const node = nodes.pop()!;
    if (times.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= times.length) break;
      if (below + 1 < times.length && times[below + 1]! < times[below]!) below++;
      if (times[below]! >= time) break;
      times[at] = times[below]!;
      nodes[at] = nodes[below]!;
      at = below;
    }
    times[at] = time;
    nodes[at] = node;
    return first;
  }
}
