import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { readEnvironment } from '../connections/environment.js';
import { GIVEN_RULE_SETS, type RuleSet } from '../operators/model/rules.js';
import type { Network } from '../operators/network/network.js';
import { Diagnosing } from '../pipeline/offline/diagnosing.js';
import { BLOCK_BYTES, lineBlocks } from '../pipeline/offline/line-blocks.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { Correlating, OfflineRun, type OutageWithMembers } from '../pipeline/offline/offline.js';
import { placeInThread } from '../pipeline/offline/placing-thread.js';
import type { OfflineOptions } from '../pipeline/offline/placing.js';
import type { OutRecord } from '../streams/topology.js';
import { LineOutput } from './terminal/line-output.js';
import { fileProblem } from '../connections/files.js';
import { progress, say, WrongUse, type Progress } from './terminal/talk.js';
import { OmsError } from '../connections/errors.js';

/** Lines in one transaction of the driver: as many as one commit of a busy pipeline holds. */
export const LINES_PER_COMMIT = 1000;

/** A file as large as this is worth the start of a second thread. */
const THREAD_BYTES = 8_000_000;

type How = Omit<OfflineOptions, 'network'>;

/** Rejected lines that are shown with their reason. */
export const REJECTED_SHOWN = 5;

/** `oms correlate`: the whole topology without Kafka and database. */
export function addCorrelate(program: Command): void {
  program
    .command('correlate')
    .description('correlate a file of canonical events, or an exported log, without Kafka and database')
    .argument('<events>', 'NDJSON file: one canonical event a line, in the order of arrival; - for standard input')
    .requiredOption('--network <dir>', 'folder or GeoJSON file of the network')
    .option(
      '--rules <file>',
      `rule set that holds from the start: a JSON file, or ${Object.keys(GIVEN_RULE_SETS).join(', ')}`,
    )
    .option('--out <file>', 'where to write the outages; standard output by default')
    .option('--faults <file>', 'diagnose too: where to write the faults, as oms diagnose does')
    .option('--json', 'say the counts as JSON')
    .addHelpText('after', '\nExample:\n  oms correlate events.ndjson --network data/ieee9500 --out outages.ndjson')
    .action(async (events: string, options: CorrelateOptions) => {
      const rules = options.rules === undefined ? [] : [rulesCommand(await ruleSetOf(options.rules))];
      const how = {
        rules,
        zone: readEnvironment().timeZone,
        linesPerCommit: LINES_PER_COMMIT,
        takenInAt: Date.now(),
      };
      const bytes = events === '-' ? null : await sizeOf(events);
      const isLarge = bytes !== null && bytes >= THREAD_BYTES && availableParallelism() > 1;
      // A large file is placed in a thread, which reads the network for itself.
      const network = isLarge && options.faults === undefined ? null : await readNetwork(options.network);
      const diagnosing = network && options.faults !== undefined ? new Diagnosing(network) : null;
      const alsoTakes = diagnosing ? (record: OutRecord): void => diagnosing.take(record) : undefined;
      const { run, outages } =
        isLarge || network === null
          ? await inTwoThreads(events, bytes ?? 0, options.network, how, alsoTakes)
          : await inOneThread(events, network, how, alsoTakes);
      await writeLines(outages, options.out);
      if (diagnosing) await writeLines(diagnosing.faults(), options.faults);
      sayCounts(run, outages.length, options.json ?? false);
    });
}

interface CorrelateOptions {
  readonly network: string;
  readonly rules?: string;
  readonly out?: string;
  readonly faults?: string;
  readonly json?: boolean;
}

type AlsoTakes = ((record: OutRecord) => void) | undefined;

/** Writes values as lines of JSON. */
export async function writeLines(values: readonly object[], file: string | undefined): Promise<void> {
  const out = new LineOutput(file);
  for (const value of values) await out.line(JSON.stringify(value));
  await out.end();
}

interface Result {
  readonly run: Correlating;
  readonly outages: readonly OutageWithMembers[];
}

async function inOneThread(events: string, network: Network, how: How, alsoTakes: AlsoTakes): Promise<Result> {
  const run = new OfflineRun({ ...how, network }, alsoTakes);
  await readBlocks(events, (block) => run.block(block));
  return { run, outages: run.finish() };
}

/** A large file: while one thread correlates, another reads ahead and places. */
async function inTwoThreads(
  events: string,
  bytes: number,
  networkDir: string,
  how: How,
  alsoTakes: AlsoTakes,
): Promise<Result> {
  const run = new Correlating(alsoTakes);
  const shown = reading(events, bytes);
  try {
    const task = { ...how, file: events, networkDir };
    const lines = await placeInThread(
      task,
      (record) => run.take(record),
      (read) => shown.update(Math.floor(read / 1e6)),
    );
    return { run, outages: run.outages(lines) };
  } finally {
    shown.stop();
  }
}

function sayCounts(run: Correlating, outages: number, json: boolean): void {
  if (json) {
    say(JSON.stringify({ outages, ...run.counts }));
    return;
  }
  say(`${run.counts.read} events, ${outages} outages`);
  for (const [what, count] of Object.entries(run.counts)) if (what !== 'read' && count > 0) say(`  ${what}: ${count}`);
  for (const rejected of run.rejected.slice(0, REJECTED_SHOWN)) {
    const { reason, detail, raw } = rejected as { reason: string; detail: string; raw: string };
    say(`  rejected (${reason}): ${detail} ${raw.slice(0, 60)}`);
  }
}

function rulesCommand(ruleSet: RuleSet) {
  return {
    command: 'rules' as const,
    commandId: `file/${ruleSet.name}`,
    at: 0,
    author: 'oms correlate',
    reason: null,
    ruleSet,
    validFrom: 0,
  };
}

/** A given rule set by its name, or one from a JSON file. Throws a sentence if it is neither. */
export async function ruleSetOf(nameOrFile: string): Promise<RuleSet> {
  if (Object.hasOwn(GIVEN_RULE_SETS, nameOrFile)) return GIVEN_RULE_SETS[nameOrFile as keyof typeof GIVEN_RULE_SETS];
  let text: string;
  try {
    text = await readFile(nameOrFile, 'utf8');
  } catch {
    throw new WrongUse(`"${nameOrFile}" is neither a file nor one of ${Object.keys(GIVEN_RULE_SETS).join(', ')}.`);
  }
  // Its validator takes a fifth of a second to load.
  const { readRuleSet } = await import('../operators/model/rule-set-file.js');
  return readRuleSet(text, nameOrFile);
}

/** Calls `each` with every line of a file, with progress. A last line without an end is a line. */
export async function readLines(file: string, each: (line: string) => Promise<void>): Promise<void> {
  await readBlocks(file, async (block) => {
    for (const line of block.toString().split(/\r?\n/)) if (line !== '') await each(line);
  });
}

/** Calls `each` with the bytes of a file in blocks of whole lines, with progress. */
export async function readBlocks(file: string, each: (block: Buffer) => void | Promise<void>): Promise<void> {
  const input = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: BLOCK_BYTES });
  const shown = file === '-' ? reading('standard input', null) : reading(file, await sizeOf(file));
  let bytes = 0;
  try {
    for await (const block of lineBlocks(input)) {
      bytes += block.length;
      shown.update(Math.floor(bytes / 1e6));
      const done = each(block);
      if (done) await done;
    }
    shown.update(Math.ceil(bytes / 1e6));
  } finally {
    shown.stop();
  }
}

function reading(what: string, bytes: number | null): Progress {
  return progress(`reading ${what} (MB)`, bytes === null ? null : Math.ceil(bytes / 1e6));
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw fileProblem(file, error);
  });
  if (found.isDirectory()) throw new OmsError('OMS_FILE_UNUSABLE', `${file} is a folder: name an NDJSON file.`);
  return found.size;
}
