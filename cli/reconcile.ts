import { InvalidArgumentError, Option, type Command } from 'commander';
import { userInfo } from 'node:os';
import type { PoolClient } from 'pg';
import { readEnvironment, type Environment } from '../connections/environment.js';
import { formatTime } from '../operators/model/time.js';
import { Comparison } from '../pipeline/jobs/reconcile/comparison.js';
import { ORDERS, type Order } from '../operators/reconcile/finding.js';
import { dayRange, lastRange, rangeText, type TimeRange } from '../pipeline/jobs/reconcile/range.js';
import { earliestFrom } from '../pipeline/jobs/reconcile/retention.js';
import {
  beginRun,
  findRun,
  holdRun,
  isOtherRun,
  NothingStored,
  stepRun,
  type Run,
  type RunRequest,
} from '../pipeline/jobs/reconcile/run.js';
import { findingsOf, type Summary } from '../operators/reconcile/summary.js';
import { repairRun } from './reconcile-repair.js';
import { addReconcileRuns } from './reconcile-runs.js';
import { reportOption, ReportFile, tellReport } from './terminal/report-output.js';
import { withDatabase } from '../connections/services.js';
import { StopRequest } from './terminal/stop-request.js';
import { progress, say, timeOption, WrongUse } from './terminal/talk.js';
import { OmsError } from '../connections/errors.js';

/** Entries of the log that are taken at once: about a second. */
const ENTRIES_PER_STEP = 3000;

interface ReconcileOptions {
  readonly from?: number;
  readonly to?: number;
  readonly day?: TimeRange;
  readonly last?: TimeRange;
  readonly order: Order;
  readonly run?: string;
  readonly again?: boolean;
  readonly report?: string;
  readonly json?: boolean;
  readonly failOnFindings?: boolean;
  readonly keepBooks?: boolean;
  readonly repair?: boolean;
  readonly yes?: boolean;
}

/** `oms reconcile`: what the stream stored against a replay of the log by the second engine. */
export function addReconcile(program: Command): void {
  const reconcile = program
    .command('reconcile')
    .description('replay the stored log with the second engine, and compare its outages with those of the stream')
    .enablePositionalOptions()
    .option('--from <time>', 'the outages that began from this time on', timeOption)
    .option('--to <time>', 'and before this one', timeOption)
    .option('--day <day>', 'instead: a day in UTC, yesterday or such as 2026-10-04', dayOption)
    .option('--last <time>', 'instead: the last hours or days, such as 24h or 7d, up to the last full hour', lastOption)
    .addOption(
      new Option('--order <order>', 'log: as the stream took it; event-time: as things happened, late events included')
        .choices([...ORDERS])
        .default('event-time'),
    )
    .option('--run <name>', 'name of the run; by default order and range')
    .option('--again', 'a run of its own, though there is one of these arguments')
    .option('--report <file>', 'write a report: .json, .csv or .html', reportOption)
    .option('--json', 'the report as JSON')
    .option('--fail-on-findings', 'exit code 1 if there are findings, in event-time order too')
    .option('--keep-books', 'keep the books of the replay, to query them in SQL')
    .option('--repair', 'put on the log what mends the findings, in event-time order; asks first')
    .option('--yes', 'with --repair: do not ask')
    .addHelpText(
      'after',
      '\nExit code 0: done; 1: failed, or a difference in log order; 2: wrong use.' +
        '\n\nExamples:\n  oms reconcile --day yesterday --report yesterday.html' +
        '\n  oms reconcile --order log --last 24h\n  oms reconcile --day yesterday --repair\n  oms reconcile list',
    )
    .action((options: ReconcileOptions) => reconcileRange(options, readEnvironment()));
  addReconcileRuns(reconcile);
}

function dayOption(text: string): TimeRange {
  const range = dayRange(text, Date.now());
  if (!range) throw new InvalidArgumentError('Expected yesterday or a date such as 2026-10-04.');
  return range;
}

function lastOption(text: string): TimeRange {
  const range = lastRange(text, Date.now());
  if (!range) throw new InvalidArgumentError('Expected hours or days such as 24h or 7d.');
  return range;
}

async function reconcileRange(options: ReconcileOptions, environment: Environment): Promise<void> {
  const range = rangeOf(options);
  checkRepair(options);
  const report = options.report === undefined ? null : await ReportFile.open(options.report);
  try {
    await withDatabase(environment, async (client) => {
      const request = await requestOf(client, options, range);
      const run = await runToEnd(client, request, options.keepBooks ?? false, environment);
      await tellReport(client, run, report, options.json ?? false);
      if (options.repair) await repairRun(client, run, options, environment);
      judge(run.summary!, options.failOnFindings ?? false);
    });
  } catch (error) {
    if (!(error instanceof NothingStored && range.isRelative)) throw error;
    // A night without outages is no failure of the command that runs every night.
    say(error.message);
  } finally {
    await report?.discard();
  }
}

function rangeOf({ from, to, day, last }: ReconcileOptions): TimeRange {
  const ways = [from !== undefined || to !== undefined, day !== undefined, last !== undefined];
  if (ways.filter(Boolean).length !== 1) throw new WrongUse('Name one range: --from and --to, or --day, or --last.');
  const range = day ?? last;
  if (range) return range;
  if (from === undefined || to === undefined) throw new WrongUse('--from and --to belong together: name both.');
  if (from >= to) throw new WrongUse(`--from ${formatTime(from)} is not before --to ${formatTime(to)}.`);
  return { from, to };
}

function checkRepair({ order, repair = false, yes = false }: ReconcileOptions): void {
  if (!repair && yes) throw new WrongUse('--yes answers what --repair asks: name both.');
  if (!repair) return;
  if (order === 'log')
    throw new WrongUse(
      '--repair needs --order event-time: in log order a difference is a defect, which no command mends.',
    );
  if (!yes && !process.stdin.isTTY) throw new WrongUse('--repair asks on a terminal: without one, add --yes.');
}

/** The run that is meant: that of these arguments, or with `--again` one after it. */
async function requestOf(client: PoolClient, options: ReconcileOptions, range: TimeRange): Promise<RunRequest> {
  const { order, run, again = false } = options;
  const wanted = run ?? `${order} ${rangeText(range)}`;
  if (wanted.trim() === '') throw new WrongUse('--run must be a name.');
  const [from, to] = [formatTime(range.from), formatTime(range.to)];
  let name = wanted;
  for (let no = 2; ; no++) {
    const known = await findRun(client, name);
    if (known && (known.order !== order || known.from !== from || known.to !== to))
      throw new WrongUse(
        `There is a run "${name}" with other arguments: --order ${known.order} --from ${known.from} --to ${known.to}; choose another name with --run.`,
      );
    if (!known && (await isOtherRun(client, name)))
      throw new WrongUse(`"${name}" is a run of the SQL functions already; choose another name with --run.`);
    // One that is not at its end is gone on with: it is the one that was asked for.
    if (!again || !known?.summary) return { name, order, from, to, author: userInfo().username };
    name = `${wanted} #${no}`;
  }
}

/** Begins the run or goes on with it, and compares; what has been compared is only told again. */
async function runToEnd(
  client: PoolClient,
  request: RunRequest,
  keepBooks: boolean,
  environment: Environment,
): Promise<Run> {
  const { name } = request;
  await holdRun(client, name);
  const before = await findRun(client, name);
  if (before?.summary) {
    say(`This is what was found on ${before.summary.comparedAt}; --again looks anew.`);
    return before;
  }
  if (before) say(`It was begun before: ${before.entriesDone} of ${before.entriesTotal} entries are replayed.`);
  else await checkRetention(client, request.from, environment.rawRetentionDays);
  const run = before ?? (await beginRun(client, request));
  await replay(client, run);
  const shown = progress('feeders compared', null);
  try {
    await Comparison.make(client, run, keepBooks, shown.update);
  } finally {
    shown.stop();
  }
  return (await findRun(client, name))!;
}

async function checkRetention(client: PoolClient, from: string, retentionDays: number): Promise<void> {
  const earliest = await earliestFrom(client, Date.now(), retentionDays);
  if (from >= earliest) return;
  throw new OmsError(
    'OMS_RETENTION_OVER',
    `Raw events are kept for ${retentionDays} days (OMS_RAW_RETENTION_DAYS), and outages need those of some hours before: ` +
      `--from can be ${earliest} at the earliest.`,
  );
}

async function replay(client: PoolClient, { name, entriesTotal }: Run): Promise<void> {
  const stop = new StopRequest();
  const shown = progress('entries replayed', entriesTotal);
  // A step that a crash takes away is done again: there is no need to wait for the disk each time.
  await client.query('set synchronous_commit = off');
  try {
    for (let left = entriesTotal; left > 0;) {
      left = await stepRun(client, name, ENTRIES_PER_STEP);
      shown.update(entriesTotal - left);
      stop.check(`${entriesTotal - left} of ${entriesTotal} entries are replayed; the same command goes on there.`);
    }
  } finally {
    shown.stop();
    await client.query('reset synchronous_commit').catch(() => undefined);
  }
}

/** @throws Error if what was found is a failure: in log order any difference, else if findings were asked to be one */
function judge(summary: Summary, failOnFindings: boolean): void {
  const count = findingsOf(summary);
  if (count === 0) return;
  const found = count === 1 ? 'There is 1 finding' : `There are ${count} findings`;
  if (summary.order === 'log')
    throw new OmsError(
      'OMS_ENGINES_DIFFER',
      `${found}: in log order any difference is a defect of an engine; report it with the JSON report.`,
    );
  if (failOnFindings) throw new OmsError('OMS_FINDINGS', `${found}.`);
}
