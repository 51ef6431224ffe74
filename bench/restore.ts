import { quantityOf, type Quantity } from './figures.js';
import type { MeterStorm } from './meter-storm.js';
import { PARTITIONS, StormOnKafka } from './storm-on-kafka.js';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 1_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
/** Two and a half hours of storm: all of it is still in the window of six hours and a half. */
const STORM: MeterStorm = { feeders: 200, metersPerFeeder: 1000, events: EVENTS };
const PREFIX = 'window.';
const PER_POST = 100;
const SECOND_MS = 1000;

/**
 * One correlate process with all partitions and a window of a million live events: what it holds, and how long it takes
 * from `kill -9` until its successor stands where it stood: process started, group joined, every partition restored.
 */
export function benchRestore(): Promise<Quantity[]> {
  return StormOnKafka.with(async (kafka) => {
    await kafka.prepare(PREFIX, STORM, PER_POST);
    await kafka.reset(PREFIX, 'place');
    await kafka.run(PREFIX, { stage: 'place', processes: 1 }, EVENTS);
    let running = await kafka.start(PREFIX, 'correlate');
    await kafka.caughtUp(PREFIX, 'correlate');
    const residentMb = [running.peakRssMb];
    const seconds: number[] = [];
    const restoredMb: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await running.kill();
      const killedAt = performance.now();
      running = await kafka.start(PREFIX, 'correlate');
      await running.says(/restored with/, PARTITIONS);
      seconds.push(Number(((performance.now() - killedAt) / SECOND_MS).toFixed(2)));
      restoredMb.push(running.peakRssMb);
    }
    await running.stop();
    const live = `${EVENTS / 1e6} M live events`;
    return [
      quantityOf(`correlate, ${live}: most memory while it took them in`, 'MB resident', residentMb),
      quantityOf(`correlate, ${live}: kill -9 to restored`, 's', seconds),
      quantityOf(`correlate, ${live}: most memory once restored`, 'MB resident', restoredMb),
    ];
  });
}
