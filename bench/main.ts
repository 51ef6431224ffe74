/** `npm run bench [-- [--check] NAME...]`: runs benchmarks, prints them, and keeps or compares their results. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { worseThan, type Result } from './check.js';
import { benchCorrelateFile } from './correlate-file.js';
import { benchCorrelateGrowth } from './correlate-growth.js';
import { benchCorrelate } from './correlate.js';
import type { Figure, Quantity } from './figures.js';
import { benchGatewayBodies } from './gateway-bodies.js';
import { benchGateway } from './gateway.js';
import { benchIdle } from './idle.js';
import { benchLatency } from './latency.js';
import { benchRestore } from './restore.js';
import { benchScaling } from './scaling.js';
import { benchSink } from './sink.js';
import { soak } from './soak.js';
import { benchSqlFunction } from './sql-function.js';
import { benchSqlReplay } from './sql-replay.js';
import { benchStages } from './stages.js';

type Bench = () => readonly (Figure | Quantity)[] | Promise<readonly (Figure | Quantity)[]>;

/** Every benchmark by name; `npm run bench -- NAME` runs one. */
const BENCHMARKS: Readonly<Record<string, Bench>> = {
  correlate: benchCorrelate,
  'correlate-growth': benchCorrelateGrowth,
  'correlate-file': benchCorrelateFile,
  gateway: benchGateway,
  'gateway-bodies': benchGatewayBodies,
  sink: benchSink,
  'sql-function': benchSqlFunction,
  stages: benchStages,
  restore: benchRestore,
  scaling: benchScaling,
  idle: benchIdle,
};

/** Minutes long, with results of a form of their own: only for those who ask. */
const ON_DEMAND: Readonly<Record<string, () => void | Promise<void>>> = {
  // For a heap that is collected before it is measured: node --expose-gc.
  soak,
  latency: benchLatency,
  'sql-replay': benchSqlReplay,
};

const RESULTS = 'bench/results';

function argsOrEnd(): { check: boolean; wanted: string[] } {
  const { values, positionals } = parseArgs({
    options: { check: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !(name in BENCHMARKS) && !(name in ON_DEMAND));
  if (unknown !== undefined) {
    const names = [...Object.keys(BENCHMARKS), ...Object.keys(ON_DEMAND)];
    console.error(`No benchmark "${unknown}": there are ${names.join(', ')}.`);
    process.exit(2);
  }
  return { check: values.check, wanted: positionals };
}

/** Runs one, prints it, and keeps its result; or, to check, says what is worse than the one that is kept. */
async function run(name: string, bench: Bench, check: boolean): Promise<string[]> {
  console.log(`\n${name}`);
  const figures = await bench();
  console.table(figures.map(rowOf));
  const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, memoryGb: Math.round(totalmem() / 2 ** 30) };
  const result: Result = { name, machine, node: process.version, figures };
  const file = `${RESULTS}/${name}.json`;
  if (!check) {
    mkdirSync(RESULTS, { recursive: true });
    writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
    return [];
  }
  if (!existsSync(file)) return [];
  const worse = worseThan(JSON.parse(readFileSync(file, 'utf8')) as Result, result);
  if (worse === null) console.log(`${file} is of another class of machine: nothing to compare with.`);
  return worse ?? [];
}

function rowOf(figure: Figure | Quantity): object {
  if ('unit' in figure) {
    const { name, unit, median, min, max } = figure;
    return { figure: name, median, min, max, unit };
  }
  const { name, medianPerSecond, minPerSecond, maxPerSecond, cpuMicrosPerEvent } = figure;
  return {
    figure: name,
    median: medianPerSecond,
    min: minPerSecond,
    max: maxPerSecond,
    unit: 'events/s',
    'CPU us/event': cpuMicrosPerEvent,
  };
}

const { check, wanted } = argsOrEnd();
for (const [name, bench] of Object.entries(ON_DEMAND)) if (wanted.includes(name)) await bench();
const worse: string[] = [];
for (const [name, bench] of Object.entries(BENCHMARKS)) {
  if (wanted.length === 0 || wanted.includes(name)) worse.push(...(await run(name, bench, check)));
}
for (const sentence of worse) console.log(sentence);
if (check)
  console.log(worse.length === 0 ? 'Nothing became worse by more than 15 %.' : `${worse.length} became worse.`);
process.exitCode = worse.length === 0 ? 0 : 1;
