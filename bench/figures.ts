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

/** A quantity that was measured several times. */
export interface Quantity {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What several measurements of a quantity come to. */
export function quantityOf(name: string, unit: string, values: readonly number[]): Quantity {
  return { name, unit, median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** The middle one of several values. */
export function median(values: readonly number[]): number {
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
  for (const run of Object.values(candidates)) run();
  const runs = new Map(Object.keys(candidates).map((name) => [name, [] as Taken[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(candidates)) runs.get(name)!.push(run());
  }
  return [...runs].map(([name, taken]) => figureOf(name, taken));
}

/** What several runs of one thing come to. */
export function figureOf(name: string, taken: readonly Taken[]): Figure {
  const perSecond = taken.map(({ events, wallMs }) => (events / wallMs) * 1000);
  return {
    name,
    events: taken[0]!.events,
    medianPerSecond: Math.round(median(perSecond)),
    minPerSecond: Math.round(Math.min(...perSecond)),
    maxPerSecond: Math.round(Math.max(...perSecond)),
    cpuMicrosPerEvent: Number(median(taken.map(({ events, cpuMs }) => (cpuMs / events) * 1000)).toFixed(3)),
  };
}
