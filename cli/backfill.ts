import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { InvalidArgumentError, type Command } from 'commander';
import type { ClientBase, PoolClient } from 'pg';
import { requireDatabase } from '../connections/addresses.js';
import { readEnvironment, type Environment } from '../connections/environment.js';
import { SOURCES, type Source } from '../operators/model/source.js';
import { Registry } from '../operators/network/registry.js';
import { topicNames } from '../connections/topics.js';
import {
  backfillIdOf,
  publish,
  ReadHistory,
  type Input,
  type Reject,
  type Remark,
} from '../pipeline/jobs/backfill/backfill.js';
import { openFile } from '../pipeline/jobs/backfill/file-history.js';
import { Journal, type JournalEntry } from '../pipeline/jobs/backfill/journal.js';
import { readMapping, type Mapping } from '../pipeline/jobs/backfill/mapping.js';
import { RunTarget } from '../pipeline/jobs/backfill/run-target.js';
import { summaryLines, type Summary } from '../pipeline/jobs/backfill/summary.js';
import { openTable } from '../pipeline/jobs/backfill/table-history.js';
import { LogTarget } from '../pipeline/jobs/backfill/target.js';
import { loadNetwork } from '../pipeline/jobs/network/store.js';
import { checkTopics } from '../connections/topic-admin.js';
import { LineOutput } from './terminal/line-output.js';
import { withDatabase, withProducer, withTopics } from '../connections/services.js';
import { StopRequest } from './terminal/stop-request.js';
import { fileProblem } from '../connections/files.js';
import { progress, say, timeOption, WrongUse } from './terminal/talk.js';
import { OmsError } from '../connections/errors.js';

const REJECTS_SHOWN = 10;
const REMARKS_SHOWN = 10;
/** Retention of the standard rule set: what lies farther behind its key's latest event is late. */
const RETENTION_MS = 6 * 3_600_000;

/** An input as the command line names it. */
interface NamedInput {
  readonly file?: string;
  readonly table?: string;
  source?: Source;
  mapping?: string;
}

interface BackfillOptions {
  readonly database?: string;
  readonly from?: number;
  readonly to?: number;
  readonly dryRun?: boolean;
  readonly rejects?: string;
  readonly again?: boolean;
  readonly run?: string;
  readonly json?: boolean;
}

/** `oms backfill`: history of the source systems into the log. */
export function addBackfill(program: Command): void {
  const named = new NamedInputs();
  program
    .command('backfill')
    .description('put history of the source systems on the log, in event-time order; goes on where it stopped')
    .option('--file <file>', 'CSV or NDJSON, packed (.gz) or not; may be given several times', named.input('file'))
    .option('--table <table>', 'table or view, as public.ami_events; may be given several times', named.input('table'))
    .option('--source <source>', `whose rows the file or table before it holds: ${SOURCES.join(', ')}`, named.source)
    .option('--mapping <file>', 'YAML: which column of the file or table before it is which field', named.mapping)
    .option('--database <url>', 'database of the tables; DATABASE_URL by default')
    .option('--from <time>', 'only events from this time on', timeOption)
    .option('--to <time>', 'only events up to this time', timeOption)
    .option('--dry-run', 'read and check all of it, count and show rejects, publish nothing')
    .option('--rejects <file>', 'write rejected rows there, one JSON object a line')
    .option('--run <name>', 'into the books of a reconciliation run instead: no Kafka, nothing is late')
    .option('--again', 'publish it once more, from its beginning')
    .option('--json', 'the summary as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  oms backfill --file ami.csv --source kaifa --mapping ami.yaml --dry-run' +
        '\n  oms backfill --table legacy.scada_alarms --source scada --file calls.ndjson.gz --source call_center',
    )
    .action((options: BackfillOptions) => backfill(named.done(), options, readEnvironment()));
}

/** Files and tables of a command line, each with the source and mapping that stand beside it. */
class NamedInputs {
  readonly #inputs: NamedInput[] = [];
  /** What was named before any file or table: it belongs to the first. */
  #before: Pick<NamedInput, 'source' | 'mapping'> = {};

  input(kind: 'file' | 'table'): (name: string) => string {
    return (name) => {
      this.#inputs.push({ [kind]: name, ...this.#before });
      this.#before = {};
      return name;
    };
  }

  readonly source = (text: string): string => {
    const source = SOURCES.find((known) => known === text);
    if (!source) throw new InvalidArgumentError(`Expected one of ${SOURCES.join(', ')}.`);
    (this.#inputs.at(-1) ?? this.#before).source = source;
    return text;
  };

  readonly mapping = (file: string): string => {
    (this.#inputs.at(-1) ?? this.#before).mapping = file;
    return file;
  };

  done(): readonly NamedInput[] {
    if (this.#inputs.length === 0) throw new WrongUse('Name what holds the history: --file FILE or --table TABLE.');
    return this.#inputs;
  }
}

async function backfill(
  named: readonly NamedInput[],
  options: BackfillOptions,
  environment: Environment,
): Promise<void> {
  const { from = -Infinity, to = Infinity } = options;
  if (from > to) throw new WrongUse('--from lies after --to.');
  // Every mapping is checked before anything is read, and everything is read before anything is published.
  const mappings: (Mapping | null)[] = [];
  for (const input of named) mappings.push(await mappingOf(input));
  await withDatabase(environment, async (client) => {
    const registry = await registryOf(client);
    const inputs: Input[] = [];
    try {
      for (const [i, input] of named.entries())
        inputs.push(await openInput(input, mappings[i]!, options.database ?? (() => requireDatabase(environment))));
      const reading = { inputs, registry, from, to, zone: environment.timeZone };
      if (options.dryRun) await dryRun(reading, options);
      else if (options.run !== undefined) await backfillRun(client, reading, options, options.run);
      else await backfillLog(client, reading, options, environment);
    } finally {
      await Promise.all(inputs.map(({ history }) => history.close()));
    }
  });
}

async function mappingOf({ file, table, source, mapping }: NamedInput): Promise<Mapping | null> {
  if (mapping === undefined) {
    if (source === undefined && table !== undefined)
      throw new WrongUse(`Whose rows does ${table} hold? Name --source, or a --mapping that says it.`);
    return null;
  }
  const text = await readFile(mapping, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw fileProblem(mapping, error);
  });
  const read = readMapping(text, mapping);
  if (source === undefined && read.fields.source === undefined)
    throw new WrongUse(`Whose rows does ${file ?? table} hold? Name --source, or fields.source in ${mapping}.`);
  return read;
}

async function openInput(
  { file, table, source: named }: NamedInput,
  mapping: Mapping | null,
  database: string | (() => string),
): Promise<Input> {
  const source = named ?? null;
  if (file !== undefined) return { history: await openFile(file, mapping), mapping, source };
  const url = typeof database === 'string' ? database : database();
  if (!/^postgres(ql)?:\/\//.test(url)) throw new WrongUse('--database must begin with postgres://.');
  return { history: await openTable(table!, url, mapping), mapping, source };
}

async function registryOf(client: ClientBase): Promise<Registry> {
  const registry = Registry.of(await loadNetwork(client));
  if (registry.size === 0)
    throw new OmsError(
      'OMS_NO_NETWORK',
      'The database has no network, so no event has a place: run "oms network import" first.',
    );
  return registry;
}

type Reading = Pick<Parameters<typeof ReadHistory.read>[0], 'inputs' | 'registry' | 'from' | 'to' | 'zone'>;

async function dryRun(reading: Reading, { json = false, rejects }: BackfillOptions): Promise<void> {
  const history = await readHistory(reading, rejects, new StopRequest());
  try {
    for await (const _ of history.events());
  } finally {
    await history.close();
  }
  tell(history.summary, { dryRun: true }, json);
  say('A dry run: nothing was published.');
}

async function backfillLog(
  client: ClientBase,
  reading: Reading,
  { json = false, rejects, again = false }: BackfillOptions,
  environment: Environment,
): Promise<void> {
  const topics = topicNames(environment.topicPrefix);
  await withTopics(environment, (admin) => checkTopics(admin, topics, environment.partitions));
  const journal = await Journal.open(client, backfillIdOf(reading.inputs, reading, environment.topicPrefix));
  const before = await journal.entry();
  if (before?.finishedAt && !again) {
    tell(before.summary!, { finishedAt: before.finishedAt.toISOString(), publishedNow: 0 }, json);
    say(
      `All of it was published by ${before.finishedAt.toISOString()}: nothing to do. (--again publishes it once more.)`,
    );
    return;
  }
  const stop = new StopRequest();
  const startedAt = Date.now();
  const history = await readHistory(reading, rejects, stop);
  try {
    const published = await beginOrGoOn(journal, before, again, reading.inputs);
    await warnOfLate(client, history, published);
    const shown = progress('events published', history.size);
    const all = await withProducer(environment, (producer) =>
      publish(history, new LogTarget(producer, topics), {
        published,
        onPublished: async (count) => {
          await journal.published(count);
          shown.update(count);
          stop.check(
            `${count} events are published; the same command${again ? ' without --again' : ''} goes on there.`,
          );
        },
      }),
    ).finally(() => shown.stop());
    await journal.finish(history.summary);
    tell(history.summary, { publishedNow: all - published, seconds: (Date.now() - startedAt) / 1000 }, json);
    say(`${all - published} events published.`);
  } finally {
    await history.close();
  }
}

/** Puts the history into the books of a run of the second engine. */
async function backfillRun(
  client: PoolClient,
  reading: Reading,
  { json = false, rejects, again = false }: BackfillOptions,
  name: string,
): Promise<void> {
  if (name.trim() === '') throw new WrongUse('--run must be a name.');
  const id = backfillIdOf(reading.inputs, reading, `run/${name}`);
  await checkName(client, name, id);
  const journal = await Journal.open(client, id);
  const before = await journal.entry();
  if (before?.finishedAt && !again) {
    tell(before.summary!, { finishedAt: before.finishedAt.toISOString(), publishedNow: 0 }, json);
    say(
      `The run "${name}" has all of it since ${before.finishedAt.toISOString()}: nothing to do. (--again does it anew.)`,
    );
    return;
  }
  const stop = new StopRequest();
  const startedAt = Date.now();
  const history = await readHistory(reading, rejects, stop);
  try {
    if (again) await client.query('select reconcile.forget_run($1)', [name]);
    const fed = await beginOrGoOn(journal, before, again, reading.inputs);
    const onward = `the same command${again ? ' without --again' : ''} goes on there.`;
    const lined = progress('events lined up', history.size);
    const taken = progress('events correlated', history.size);
    const target = await RunTarget.open(client, {
      name,
      history: id,
      author: userInfo().username,
      registry: reading.registry,
      fed,
      onTaken: (done, total) => {
        taken.update(done);
        stop.check(`${done} of ${total} events are correlated; ${onward}`);
      },
    });
    const all = await publish(history, target, {
      published: fed,
      onPublished: async (count) => {
        await journal.published(count);
        lined.update(count);
        stop.check(`${count} events are lined up; ${onward}`);
      },
    }).finally(() => [lined, taken].forEach((shown) => shown.stop()));
    await journal.finish(history.summary);
    tell(history.summary, { publishedNow: all - fed, seconds: (Date.now() - startedAt) / 1000 }, json);
    say(`The run "${name}" has them: select * from reconcile.outages_of('${name.replaceAll("'", "''")}').`);
  } finally {
    await history.close();
  }
}

/** @throws WrongUse if the name is that of another run */
async function checkName(client: ClientBase, name: string, history: string): Promise<void> {
  const { rows } = await client.query<{ history: string | null }>(
    `select parameters ->> 'history' as history from reconcile.runs where name = $1`,
    [name],
  );
  if (rows[0] && rows[0].history !== history)
    throw new WrongUse(`There is a run "${name}" of something else: choose another name, or delete it.`);
}

async function beginOrGoOn(
  journal: Journal,
  before: JournalEntry | null,
  again: boolean,
  inputs: readonly Input[],
): Promise<number> {
  if (before && !again) {
    say(`It was begun before: it goes on behind the first ${before.published} events.`);
    return before.published;
  }
  await journal.begin(inputs.map(({ history }) => history.name).join(', '));
  return 0;
}

/** Says so if the log is ahead of the history: the stream does not correlate what is late. */
async function warnOfLate(client: ClientBase, history: ReadHistory, published: number): Promise<void> {
  if (published > 0) return;
  const { rows } = await client.query<{ last: Date | null }>('select max(last_event_at) as last from oms.outages');
  const last = rows[0]!.last;
  if (last === null || last.getTime() - RETENTION_MS <= history.firstT) return;
  say(
    `The stream has outages up to ${last.toISOString()}: of feeders that it has heard of, events more than 6 h before ` +
      'their last one will be late: kept, not correlated.',
  );
}

async function readHistory(reading: Reading, rejects: string | undefined, stop: StopRequest): Promise<ReadHistory> {
  const out = rejects === undefined ? null : new LineOutput(rejects);
  const shown = progress('rows read', null);
  let shownRejects = 0;
  let remarks = 0;
  try {
    return await ReadHistory.read({
      ...reading,
      nowMs: Date.now(),
      onReject: (reject) => {
        if (++shownRejects <= REJECTS_SHOWN) say(rejectText(reject));
        return out?.line(JSON.stringify(reject));
      },
      onRemark: (remark) => {
        if (++remarks <= REMARKS_SHOWN) say(`${placeText(remark)}: ${remark.detail}`);
      },
      onRows: (rows) => {
        shown.update(rows);
        stop.check('nothing was published.');
      },
    });
  } finally {
    shown.stop();
    // Publishing may take long: the snapshot of a table is not held for it.
    await Promise.all(reading.inputs.map(({ history }) => history.close()));
    if (shownRejects > REJECTS_SHOWN && rejects === undefined)
      say(`... and ${shownRejects - REJECTS_SHOWN} more: --rejects FILE writes all of them.`);
    if (remarks > REMARKS_SHOWN) say(`... and ${remarks - REMARKS_SHOWN} more that clocks showed twice, or never.`);
    await out?.end();
  }
}

function rejectText(reject: Reject): string {
  return `${placeText(reject)}: ${reject.detail} (${reject.reason})`;
}

/** Where a row stands. */
function placeText({ input, at, unit }: Pick<Remark, 'input' | 'at' | 'unit'>): string {
  return unit === 'line' ? `${input}:${at}` : `${input}, row ${at}`;
}

function tell(summary: Summary, more: Record<string, unknown>, json: boolean): void {
  if (json) console.log(JSON.stringify({ ...summary, ...more }));
  else for (const line of summaryLines(summary)) console.log(line);
}
