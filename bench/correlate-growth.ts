import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Correlator } from '../operators/correlate/correlate.js';
import { denseStorm } from './correlate.js';
import { inTurns, Meter, quantityOf, type Figure, type Quantity, type Taken } from './figures.js';
import type { Window } from './live-window.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const METERS_PER_FEEDER = 500_000;
/** So many events are measured at least: with few live, in several windows one after the other. */
const MEASURED = 200_000;

/**
 * What an event costs with so many live, and until twice as many are: columns grow by doubling, so each of them does it
 * once, however the events are shared out to feeders.
 */
function withLive(live: number, feeders: number): Taken {
  const meter = new Meter();
  for (let measured = 0; measured < MEASURED; measured += live) fillAndMeasure(live, feeders, meter);
  return meter.taken;
}

/** Fills a window until so many events are live, and measures until twice as many are. */
function fillAndMeasure(live: number, feeders: number, meter: Meter): void {
  const correlator = new Correlator();
  let events = 0;
  let offset = 0;
  const shape = { feeders, metersPerFeeder: METERS_PER_FEEDER, eventsPerFeeder: (2 * live) / feeders };
  for (const batches of denseStorm(shape)) {
    const work = (): void => {
      for (const { key, entries } of batches) correlator.apply(key, entries, { partition: 0, offset: offset++ });
    };
    const count = batches.reduce((sum, { entries }) => sum + entries.length, 0);
    if (events < live) work();
    else meter.count(count, work);
    events += count;
  }
}

/** What a process holds and how long a snapshot takes, with a million live events: of processes that do nothing else. */
function windows(): Quantity[] {
  const program = fileURLToPath(new URL('live-window.js', import.meta.url));
  const taken = Array.from(
    { length: ROUNDS },
    () => JSON.parse(execFileSync(process.execPath, [program], { encoding: 'utf8' })) as Window,
  );
  const values = (of: (window: Window) => number): number[] => taken.map(of);
  return [
    quantityOf(
      '1 M live events: most memory of the process',
      'MB resident',
      values(({ residentMb }) => residentMb),
    ),
    quantityOf(
      '1 M live events: snapshots of all keys',
      'ms',
      values(({ encodeMs }) => encodeMs),
    ),
    quantityOf(
      '1 M live events: snapshots of all keys',
      'MB',
      values(({ snapshotMb }) => snapshotMb),
    ),
    quantityOf(
      '1 M live events: restored from them',
      'ms',
      values(({ restoreMs }) => restoreMs),
    ),
  ];
}

/** How the cost of an event, and the memory, grow with the live events and with the feeders they are on. */
export function benchCorrelateGrowth(): (Figure | Quantity)[] {
  const shapes: [name: string, live: number, feeders: number][] = [
    ['10 k live events, 200 feeders', 10_000, 200],
    ['100 k live events, 200 feeders', 100_000, 200],
    ['1 M live events, 200 feeders', 1_000_000, 200],
    ['1 M live events, 10 feeders', 1_000_000, 10],
    ['1 M live events, 2 000 feeders', 1_000_000, 2000],
  ];
  const candidates = Object.fromEntries(
    shapes.map(([name, live, feeders]) => [`an event with ${name}`, () => withLive(live, feeders)]),
  );
  return [...inTurns(ROUNDS, candidates), ...windows()];
}
