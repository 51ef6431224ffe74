import type { ClientBase } from 'pg';
import type { Finding, Order } from '../../../operators/reconcile/finding.js';
import type { Summary } from '../../../operators/reconcile/summary.js';
import { OmsError } from '../../../connections/errors.js';
import { failureOf } from '../../../connections/postgres/failures.js';

/** Findings read at once. */
const PAGE = 200;

/** A reconciliation in the books. Times are ISO 8601, UTC. */
export interface Run {
  readonly runId: number;
  readonly name: string;
  readonly order: Order;
  /** The outages that began from here ... */
  readonly from: string;
  /** ... until here are compared. */
  readonly to: string;
  readonly author: string;
  readonly startedAt: string;
  /** Entries of the log that it replays, and those that it has. */
  readonly entriesTotal: number;
  readonly entriesDone: number;
  /** Null: it was not brought to its end. */
  readonly summary: Summary | null;
  /** What was put on the log to mend what it found; null: nothing was. */
  readonly repair: RunRepair | null;
}

/** What was put on the log to mend what a run found. */
export interface RunRepair {
  readonly at: string;
  readonly author: string;
  /** Findings that it mends, and the commands for them. */
  readonly findings: number;
  readonly commands: number;
  /** Why findings are not mended, or not wholly: a sentence each. */
  readonly unmended: readonly string[];
}

/** What is asked of a run. */
export type RunRequest = Pick<Run, 'name' | 'order' | 'from' | 'to' | 'author'>;

interface RunRow {
  readonly run_id: number;
  readonly name: string;
  readonly author: string;
  readonly started_at: Date;
  readonly parameters: { readonly order: Order; readonly from: string; readonly to: string };
  readonly entries_total: number;
  readonly entries_done: number;
  readonly comparison: Summary | null;
  readonly repair: RunRepair | null;
}

const COLUMNS = `run_id, name, author, started_at, parameters, entries_total::float8, entries_done::float8, comparison, repair`;

/** All reconciliations, the latest first. */
export async function listRuns(client: ClientBase): Promise<Run[]> {
  const { rows } = await client.query<RunRow>(
    `select ${COLUMNS} from reconcile.runs where parameters ? 'compares' order by started_at desc, run_id desc`,
  );
  return rows.map(runOf);
}

/** The reconciliation of a name; null if there is none. */
export async function findRun(client: ClientBase, name: string): Promise<Run | null> {
  const { rows } = await client.query<RunRow>(
    `select ${COLUMNS} from reconcile.runs where name = $1 and parameters ? 'compares'`,
    [name],
  );
  return rows[0] ? runOf(rows[0]) : null;
}

/** Whether a name is taken by something that is no reconciliation: a replay or a run of single calls. */
export async function isOtherRun(client: ClientBase, name: string): Promise<boolean> {
  const { rows } = await client.query(`select from reconcile.runs where name = $1 and not parameters ? 'compares'`, [
    name,
  ]);
  return rows.length > 0;
}

/** There is no outage event in the range of a run. */
export class NothingStored extends OmsError {
  override name = 'NothingStored';

  constructor(message: string, options?: ErrorOptions) {
    super('OMS_NOTHING_STORED', message, options);
  }
}

/**
 * Begins a run, or finds the one that was begun under that name with the same arguments.
 * @throws NothingStored if there is no outage event of that time; Error if the stream has not correlated all of it
 */
export async function beginRun(client: ClientBase, { name, from, to, order, author }: RunRequest): Promise<Run> {
  try {
    await client.query('select reconcile.begin_comparison($1, $2, $3, $4, $5)', [name, from, to, order, author]);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === 'nothingFound') throw new NothingStored(await nothingStored(client, from, to), { cause: error });
    if (failure === 'notYet')
      throw new OmsError(
        'OMS_STAGE_BEHIND',
        `${(error as Error).message} Wait until "oms lag" shows 0, or give an earlier --to.`,
        { cause: error },
      );
    throw error;
  }
  return (await findRun(client, name))!;
}

async function nothingStored(client: ClientBase, from: string, to: string): Promise<string> {
  const { rows } = await client.query<{ first: Date | null; last: Date | null }>(
    "select min(t) as first, max(t) as last from oms.events where kind = 'outage'",
  );
  const { first, last } = rows[0]!;
  const stored =
    first === null
      ? 'there are none at all'
      : `the first that is stored is of ${first.toISOString()}, the last of ${last!.toISOString()}`;
  return `The stored log has no outage event from ${from} to ${to}: ${stored}.`;
}

/**
 * Holds a run for this process until the connection ends.
 * @throws Error in a sentence if another process is at it
 */
export async function holdRun(client: ClientBase, name: string): Promise<void> {
  const { rows } = await client.query<{ free: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as free',
    [`reconcile/${name}`],
  );
  if (!rows[0]!.free)
    throw new OmsError('OMS_RUN_HELD', `Another process is at the run "${name}": wait until it has ended.`);
}

/**
 * Takes the next entries of a run's replay; they are kept whatever happens then.
 * @returns how many are left
 */
export async function stepRun(client: ClientBase, name: string, entries: number): Promise<number> {
  const { rows } = await client.query<{ left: number }>('select oms_reconcile_step($1, $2)::float8 as left', [
    name,
    entries,
  ]);
  return rows[0]!.left;
}

/** Keeps what was put on the log for a run. */
export async function noteRepair(client: ClientBase, runId: number, repair: RunRepair): Promise<void> {
  await client.query('update reconcile.runs set repair = $2 where run_id = $1', [runId, JSON.stringify(repair)]);
}

/** Deletes a run, its books and what was found. */
export async function forgetRun(client: ClientBase, name: string): Promise<void> {
  await client.query('select reconcile.forget_run($1)', [name]);
}

/** The findings of a run in the order of its report, some at a time, so that no number of them fills the memory. */
export async function* readFindings(client: ClientBase, runId: number): AsyncGenerator<Finding> {
  for (let last = 0; ;) {
    const { rows } = await client.query<{ no: number; finding: Finding }>(
      `select finding_no as no, finding from reconcile.findings where run_id = $1 and finding_no > $2 order by finding_no limit ${PAGE}`,
      [runId, last],
    );
    if (rows.length === 0) return;
    for (const { finding } of rows) yield finding;
    last = rows.at(-1)!.no;
  }
}

function runOf(row: RunRow): Run {
  const { order, from, to } = row.parameters;
  return {
    runId: row.run_id,
    name: row.name,
    order,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    author: row.author,
    startedAt: row.started_at.toISOString(),
    entriesTotal: row.entries_total,
    entriesDone: row.entries_done,
    summary: row.comparison,
    repair: row.repair,
  };
}
