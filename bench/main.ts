import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { benchCorrelate } from './correlate.js';
import type { Figure } from './figures.js';
import { soak } from './soak.js';
import { benchSqlFunction } from './sql-function.js';
import { benchSqlReplay } from './sql-replay.js';
import { benchGateway } from './gateway.js';
import { benchLatency } from './latency.js';
import { benchSink } from './sink.js';
import { benchStages } from './stages.js';

/** Every benchmark by name; `npm run bench -- NAME` runs one. */
const BENCHMARKS: Readonly<Record<string, () => Figure[] | Promise<Figure[]>>> = {
  correlate: benchCorrelate,
  gateway: benchGateway,
  sink: benchSink,
  'sql-function': benchSqlFunction,
  stages: benchStages,
};

/** Minutes long: only for those who ask. */
const ON_DEMAND = ['latency', 'soak', 'sql-replay'];

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in BENCHMARKS) && !ON_DEMAND.includes(name));
if (unknown !== undefined) {
  console.error(`No benchmark "${unknown}": there are ${Object.keys(BENCHMARKS).join(', ')}, ${ON_DEMAND.join(', ')}.`);
  process.exit(2);
}
// For a heap that is collected before it is measured: node --expose-gc.
if (wanted.includes('soak')) soak();
if (wanted.includes('latency')) await benchLatency();
if (wanted.includes('sql-replay')) await benchSqlReplay();

for (const [name, run] of Object.entries(BENCHMARKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  const figures = await run();
  console.table(
    figures.map(({ name: figure, medianPerSecond, minPerSecond, maxPerSecond, cpuMicrosPerEvent }) => ({
      figure,
      'events/s (median)': medianPerSecond,
      min: minPerSecond,
      max: maxPerSecond,
      'CPU us/event': cpuMicrosPerEvent,
    })),
  );
  const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, memoryGb: Math.round(totalmem() / 2 ** 30) };
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(
    `bench/results/${name}.json`,
    `${JSON.stringify({ name, machine, node: process.version, figures }, null, 2)}\n`,
  );
}
