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

/**
 * Runs each candidate once to warm up, then `rounds` times in turns, so that what slows the machine slows all alike.
 * @param candidates by name: each does its work and returns how many events that was
 */
export function inTurns(rounds: number, candidates: Readonly<Record<string, () => number>>): Figure[] {
  const runs = new Map<string, { perSecond: number[]; cpuMicros: number[]; events: number }>();
  for (const [name, run] of Object.entries(candidates)) runs.set(name, { perSecond: [], cpuMicros: [], events: run() });
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(candidates)) {
      const cpuBefore = process.cpuUsage();
      const before = performance.now();
      const events = run();
      const seconds = (performance.now() - before) / 1000;
      const { user, system } = process.cpuUsage(cpuBefore);
      runs.get(name)!.perSecond.push(events / seconds);
      runs.get(name)!.cpuMicros.push((user + system) / events);
    }
  }
  return [...runs].map(([name, { perSecond, cpuMicros, events }]) => ({
    name,
    events,
    medianPerSecond: Math.round(median(perSecond)),
    minPerSecond: Math.round(Math.min(...perSecond)),
    maxPerSecond: Math.round(Math.max(...perSecond)),
    cpuMicrosPerEvent: Number(median(cpuMicros).toFixed(3)),
  }));
}
