import { writeFileSync } from 'node:fs';
import { figureOf, type Figure, type Taken } from './figures.js';
import type { MeterStorm } from './meter-storm.js';
import { plot } from './plot.js';
import { StormOnKafka } from './storm-on-kafka.js';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 1_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const STORM: MeterStorm = { feeders: 200, metersPerFeeder: 1000, events: EVENTS };
const PREFIX = 'scaling.';
const PER_POST = 100;
const PROCESSES = [1, 2, 3];

/** The same log taken by one, two and three correlate processes: what an event costs, summed over them. */
export function benchScaling(): Promise<Figure[]> {
  return StormOnKafka.with(async (kafka) => {
    await kafka.prepare(PREFIX, STORM, PER_POST);
    await kafka.reset(PREFIX, 'place');
    await kafka.run(PREFIX, { stage: 'place', processes: 1 }, EVENTS);
    const taken = new Map(PROCESSES.map((processes) => [processes, [] as Taken[]]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const processes of PROCESSES) {
        await kafka.reset(PREFIX, 'correlate');
        taken.get(processes)!.push(await kafka.run(PREFIX, { stage: 'correlate', processes }, EVENTS));
      }
    }
    const figures = PROCESSES.map((processes) => figureOf(`correlate, processes: ${processes}`, taken.get(processes)!));
    const curve = {
      name: 'correlate',
      points: figures.map(({ cpuMicrosPerEvent }, i): [number, number] => [PROCESSES[i]!, cpuMicrosPerEvent]),
    };
    const labels = { title: 'What an event costs, by processes', xLabel: 'processes', yLabel: 'us CPU' };
    writeFileSync('docs/scaling.svg', plot({ ...labels, curves: [curve] }));
    return figures;
  });
}
