/** One thing that was measured: how many events a second, over several runs. */
export interface Figure {
  readonly name: string;
  readonly events: number;
  readonly medianPerSecond: number;
  readonly minPerSecond: number;
  readonly maxPerSecond: number;
  /** CPU time of this process for one event, microseconds (median). */
  readonly cpuMicrosPerEvent: number;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** What one run of a candidate took, of what counts: making its input does not. */
export interface Taken {
  readonly events: number;
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Adds up what the pieces of work take that count. */
export class Meter {
  #events = 0;
  #wallMs = 0;
  #cpuMs = 0;

  /** Does a piece of work on so many events. */
  count(events: number, work: () => void): void {
    const cpu = process.cpuUsage();
    const wall = performance.now();
    work();
    this.#wallMs += performance.now() - wall;
    const { user, system } = process.cpuUsage(cpu);
    this.#cpuMs += (user + system) / 1000;
    this.#events += events;
  }

  get taken(): Taken {
    return { events: this.#events, wallMs: this.#wallMs, cpuMs: this.#cpuMs };
  }
}

/**
 * Runs each candidate once to warm up, then `rounds` times in turns, so that what slows the machine slows all alike.
 * @param candidates by name
 */
export function inTurns(rounds: number, candidates: Readonly<Record<string, () => Taken>>): Figure[] {
  const runs = new Map(Object.entries(candidates).map(([name, run]) => [name, { warm: run(), taken: [] as Taken[] }]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(candidates)) runs.get(name)!.taken.push(run());
  }
  return [...runs].map(([name, { warm, taken }]) => {
    const perSecond = taken.map(({ events, wallMs }) => (events / wallMs) * 1000);
    return {
      name,
      events: warm.events,
      medianPerSecond: Math.round(median(perSecond)),
      minPerSecond: Math.round(Math.min(...perSecond)),
      maxPerSecond: Math.round(Math.max(...perSecond)),
      cpuMicrosPerEvent: Number(median(taken.map(({ events, cpuMs }) => (cpuMs / events) * 1000)).toFixed(3)),
    };
  });
}
