import type { Command } from 'commander';
import type { PoolClient } from 'pg';
import { readEnvironment } from '../connections/environment.js';
import { compareRuns } from '../pipeline/jobs/reconcile/run-comparison.js';
import { changeText, figuresOf, numberText } from '../operators/reconcile/report/report-text.js';
import { findRun, forgetRun, holdRun, listRuns, type Run } from '../pipeline/jobs/reconcile/run.js';
import { rangeText } from '../pipeline/jobs/reconcile/range.js';
import { findingsOf, type Summary } from '../operators/reconcile/summary.js';
import { ReportFile, reportOption, tellReport } from './terminal/report-output.js';
import { withDatabase } from '../connections/services.js';
import { say, WrongUse } from './terminal/talk.js';
import { OmsError } from '../connections/errors.js';

/** `oms reconcile list|show|compare|forget`. */
export function addReconcileRuns(reconcile: Command): void {
  reconcile
    .command('list')
    .description('the runs, the latest first')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  oms reconcile list')
    .action(({ json = false }: { json?: boolean }) => inBooks((client) => list(client, json)));
  reconcile
    .command('show')
    .description('what a run found')
    .argument('<run>', 'name of the run')
    .option('--report <file>', 'write a report: .json, .csv or .html', reportOption)
    .option('--json', 'the report as JSON')
    .addHelpText('after', '\nExample:\n  oms reconcile show "event-time 2026-10-04" --report night.html')
    .action((name: string, options: { report?: string; json?: boolean }) => show(name, options));
  reconcile
    .command('compare')
    .description('what two runs found alike, and what only one of them')
    .argument('<run>', 'name of the earlier run')
    .argument('<other>', 'name of the later run')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  oms reconcile compare "event-time 2026-10-04" "event-time 2026-10-04 #2"')
    .action((name: string, other: string, { json = false }: { json?: boolean }) =>
      inBooks((client) => compare(client, name, other, json)),
    );
  reconcile
    .command('forget')
    .description('delete a run, and what it found')
    .argument('<run>', 'name of the run')
    .addHelpText('after', '\nExample:\n  oms reconcile forget "event-time 2026-10-04"')
    .action((name: string) => inBooks((client) => forget(client, name)));
}

const inBooks = (work: (client: PoolClient) => Promise<void>): Promise<void> => withDatabase(readEnvironment(), work);

/** @throws WrongUse if there is no such run */
async function known(client: PoolClient, name: string): Promise<Run> {
  const run = await findRun(client, name);
  if (!run) throw new WrongUse(`There is no run "${name}"; "oms reconcile list" shows those there are.`);
  return run;
}

/** @throws WrongUse if there is no such run; Error if it has not come to its end */
async function done(client: PoolClient, name: string): Promise<Run & { readonly summary: Summary }> {
  const run = await known(client, name);
  const { summary, order, from, to, entriesDone, entriesTotal } = run;
  if (summary) return { ...run, summary };
  throw new OmsError(
    'OMS_RUN_UNFINISHED',
    `The run "${name}" has not come to its end (${entriesDone} of ${entriesTotal} entries): ` +
      `oms reconcile --run "${name}" --order ${order} --from ${from} --to ${to} goes on with it.`,
  );
}

async function list(client: PoolClient, json: boolean): Promise<void> {
  const runs = await listRuns(client);
  if (json) console.log(JSON.stringify(runs.map(({ runId: _, ...run }) => run)));
  else if (runs.length === 0) say('There are no runs.');
  else for (const run of runs) console.log(runLine(run));
}

function runLine({
  name,
  order,
  from,
  to,
  author,
  startedAt,
  entriesDone,
  entriesTotal,
  summary,
  repair,
}: Run): string {
  const range = rangeText({ from: Date.parse(from), to: Date.parse(to) });
  const state = summary
    ? `${findingsOf(summary)} findings, ${changeText(summary.customerMinutes.change, 1)} customer-minutes`
    : `not at its end: ${entriesDone} of ${entriesTotal} entries`;
  const mended = repair ? `, repaired ${repair.at}` : '';
  return `${name}: ${order}, ${range}, ${author} ${startedAt}, ${state}${mended}`;
}

async function show(name: string, { report, json = false }: { report?: string; json?: boolean }): Promise<void> {
  await inBooks(async (client) => {
    const run = await done(client, name);
    const file = report === undefined ? null : await ReportFile.open(report);
    try {
      await tellReport(client, run, file, json);
    } finally {
      await file?.discard();
    }
  });
}

async function compare(client: PoolClient, name: string, other: string, json: boolean): Promise<void> {
  const [first, second] = [await done(client, name), await done(client, other)];
  const { both, onlyFirst, onlySecond } = await compareRuns(client, first.runId, second.runId);
  if (json) {
    console.log(JSON.stringify({ runs: [first.summary, second.summary], both, onlyFirst, onlySecond }));
    return;
  }
  const [firstFigures, secondFigures] = [figuresOf(first.summary), figuresOf(second.summary)];
  const text = (figure: { readonly change: number } | null, digits: number): string =>
    figure === null ? '-' : changeText(figure.change, digits);
  for (const [i, [what, figure, digits]] of firstFigures.entries())
    console.log(`${what} changed: ${text(figure, digits)} and ${text(secondFigures[i]![1], digits)}`);
  console.log(`found by both: ${numberText(both, 0)}`);
  for (const [only, findings] of [
    [name, onlyFirst],
    [other, onlySecond],
  ] as const) {
    console.log(`only by ${only}: ${findings.length}`);
    for (const { kind, sentence } of findings) console.log(`  ${kind.padEnd(10)} ${sentence}`);
  }
}

async function forget(client: PoolClient, name: string): Promise<void> {
  await known(client, name);
  await holdRun(client, name);
  await forgetRun(client, name);
  say(`The run "${name}" is forgotten.`);
}
