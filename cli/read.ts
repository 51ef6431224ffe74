import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { InvalidArgumentError, type Command } from 'commander';
import { readEnvironment, VARIABLES, type Environment } from '../connections/environment.js';
import { fileProblem } from '../connections/files.js';
import { Registry } from '../operators/network/registry.js';
import type { Reading } from '../operators/normalise/fields.js';
import { MAX_VALUE_BYTES } from '../operators/normalise/normalise.js';
import { reportsIn, trialOf, WORDINGS, type Trial, type Wording } from '../operators/place/trial.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { lineBlocks } from '../pipeline/offline/line-blocks.js';
import { LineOutput } from './terminal/line-output.js';
import { say } from './terminal/talk.js';

interface ReadOptions {
  readonly source: Wording;
  readonly network?: string;
  readonly zone?: Environment['timeZone'];
  readonly json?: boolean;
}

/** `oms read`: what a body becomes, without Kafka and database. What cannot be read is its result, and no failure. */
export function addRead(program: Command): void {
  program
    .command('read')
    .description("show what a field system's body becomes: its events and where they are placed, or the reason")
    .argument('<file>', 'the body as it is sent, or lines of bodies; - for standard input')
    .requiredOption('--source <source>', `whose words it is in: ${WORDINGS.join(', ')}`, wordingOption)
    .option('--network <dir>', 'folder or GeoJSON file of the network; without it nothing is said of places')
    .option('--zone <zone>', `zone of times that come without one; ${VARIABLES.timeZone.name} by default`, zoneOption)
    .option('--json', 'a line of JSON for each report')
    .addHelpText('after', '\nExample:\n  oms read --source kaifa message.xml --network data/ieee9500')
    .action((file: string, options: ReadOptions) => read(file, options));
}

function wordingOption(text: string): Wording {
  const wording = WORDINGS.find((one) => one === text);
  if (wording === undefined) throw new InvalidArgumentError(`Expected one of ${WORDINGS.join(', ')}.`);
  return wording;
}

function zoneOption(text: string): Environment['timeZone'] {
  try {
    return VARIABLES.timeZone.read(text);
  } catch (error) {
    throw new InvalidArgumentError(`Expected ${(error as Error).message}.`);
  }
}

async function read(file: string, { source, network, zone, json = false }: ReadOptions): Promise<void> {
  const { timeZone, sourceCodes: codes } = readEnvironment();
  const reading: Reading = { receivedAt: Date.now(), zone: zone ?? timeZone, codes };
  const registry = network === undefined ? null : Registry.of(await readNetwork(network));
  const out = new LineOutput();
  const counts = new Map<string, number>();
  let count = 0;
  for await (const body of bodiesOf(await bytesOf(file))) {
    const before = count;
    for (const report of reportsIn(source, body, reading)) {
      const trial = trialOf({ ...report, index: before + report.index }, registry);
      const outcome = outcomeOf(trial);
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      count++;
      for (const line of json ? [JSON.stringify(trial)] : linesOf(trial)) await out.line(line);
    }
  }
  await out.end();
  const counted = [...counts].map(([outcome, times]) => `, ${times} ${outcome}`).join('');
  say(`${count === 1 ? '1 report' : `${count} reports`}${counted}`);
  if (!registry) say('Nothing is said of places: name your network by --network.');
}

async function bytesOf(file: string): Promise<Buffer> {
  if (file === '-') return buffer(process.stdin);
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw fileProblem(file, error);
  });
}

/** A file that is larger than a body may be, and has a body on each line, holds many: so much is read of it at once. */
async function* bodiesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > MAX_VALUE_BYTES && isLines(bytes)) yield* lineBlocks(Readable.from([bytes]));
  else yield bytes;
}

/** Whether the first line is an object by itself. */
function isLines(bytes: Buffer): boolean {
  const end = bytes.indexOf('\n');
  const first = bytes.subarray(0, end === -1 ? bytes.length : end).toString();
  return /^\ufeff?\s*\{.*\}\s*$/.test(first);
}

/** What became of a report, in the words in which it is counted. */
function outcomeOf(trial: Trial): string {
  if ('refused' in trial) return `refused (${trial.refused.reason})`;
  if ('unplaced' in trial) return `unplaced (${trial.unplaced.reason})`;
  return 'placed' in trial ? 'placed' : 'understood';
}

function linesOf(trial: Trial): string[] {
  if ('refused' in trial) return [`${trial.index}: refused (${trial.refused.reason}): ${trial.refused.detail}`];
  const lines = [`${trial.index}: ${JSON.stringify(trial.event)}`];
  if ('unplaced' in trial) lines.push(`   unplaced (${trial.unplaced.reason}): ${trial.unplaced.detail}`);
  for (const { key, lat, lon, reach, flags } of 'placed' in trial ? trial.placed : []) {
    lines.push(`   on ${key} at ${lat}, ${lon}, of reach ${reach}${flags.map((flag) => `, ${flag}`).join('')}`);
  }
  return lines;
}
