import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { readEnvironment } from '../../environment.js';
import { GIVEN_RULE_SETS, readRuleSet, type RuleSet } from '../../operators/rules.js';
import { readNetwork } from '../network/read.js';
import { OfflineRun } from '../offline.js';
import { LineOutput } from './line-output.js';
import { fileProblem, progress, say, WrongUse } from './talk.js';

/** Lines in one transaction of the driver: as many as one commit of a busy pipeline holds. */
const LINES_PER_COMMIT = 1000;

/** Rejected lines that are shown with their reason. */
const REJECTED_SHOWN = 5;

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
    .option('--json', 'say the counts as JSON')
    .addHelpText('after', '\nExample:\n  oms correlate events.ndjson --network data/ieee9500 --out outages.ndjson')
    .action(async (events: string, options: { network: string; rules?: string; out?: string; json?: boolean }) => {
      const { naiveTimeOffsetMin } = readEnvironment();
      const network = await readNetwork(options.network);
      const takenInAt = Date.now();
      const rules = options.rules === undefined ? [] : [rulesCommand(await ruleSetOf(options.rules))];
      const run = new OfflineRun({
        network,
        rules,
        naiveOffsetMin: naiveTimeOffsetMin,
        linesPerCommit: LINES_PER_COMMIT,
        takenInAt,
      });
      const out = new LineOutput(options.out);
      await readLines(events, (line) => run.line(line));
      const outages = run.finish();
      for (const outage of outages) await out.line(JSON.stringify(outage));
      await out.end();
      sayCounts(run, outages.length, options.json ?? false);
    });
}

function sayCounts(run: OfflineRun, outages: number, json: boolean): void {
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
  return readRuleSet(text, nameOrFile);
}

/** Calls `each` with every line of a file, with progress. A last line without an end is a line. */
export async function readLines(file: string, each: (line: string) => void | Promise<void>): Promise<void> {
  const megabytes = file === '-' ? null : Math.ceil((await sizeOf(file)) / 1e6);
  const input = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1 << 20 });
  const shown = progress(`reading ${file === '-' ? 'standard input' : file} (MB)`, megabytes);
  let bytes = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      bytes += line.length + 1;
      shown.update(Math.floor(bytes / 1e6));
      const done = each(line);
      if (done) await done;
    }
    shown.update(Math.ceil(bytes / 1e6));
  } finally {
    shown.stop();
  }
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw fileProblem(file, error);
  });
  if (found.isDirectory()) throw new Error(`${file} is a folder: name an NDJSON file.`);
  return found.size;
}
