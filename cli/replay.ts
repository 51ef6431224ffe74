import { InvalidArgumentError, type Command } from 'commander';
import { readEnvironment, type Environment } from '../connections/environment.js';
import { parseTime } from '../operators/model/time.js';
import { isFields } from '../operators/normalise/fields.js';
import { topicNames } from '../connections/topics.js';
import { LineSender } from '../pipeline/jobs/line-sender.js';
import type { SourceRecord } from '../streams/topology.js';
import { checkTopics, ensureTopics } from '../connections/topic-admin.js';
import { readLines } from './correlate.js';
import { withProducer, withReader, withTopics } from '../connections/services.js';
import { numberBetween, say, timeOption, WrongUse } from './terminal/talk.js';

interface ReplayOptions {
  readonly from?: number;
  readonly to?: number;
  readonly into?: string;
  readonly speed?: number;
}

/** A stretch of the log, and where a copy of it goes. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly into: string;
  readonly speed: number | undefined;
}

const DEFAULT_INTO = 'replay.';
const RECORDS_PER_SEND = 200;

/** `oms replay`: events from a file into the pipeline, or a stretch of the log into a separate set of topics. */
export function addReplay(program: Command): void {
  program
    .command('replay')
    .description(
      'put canonical events from a file into the pipeline, or a stretch of the log into a separate set of topics',
    )
    .argument('[file]', 'NDJSON file, in the order of arrival; - for standard input')
    .option('--from <time>', 'begin of the stretch, by the time at which it came on the log', timeOption)
    .option('--to <time>', 'end of the stretch', timeOption)
    .option('--into <prefix>', `topic prefix of the separate set (${DEFAULT_INTO} by default)`, prefixOption)
    .option('--speed <x>', 'times as fast as it was; as fast as it goes by default', numberBetween(0.001, 1e9))
    .addHelpText(
      'after',
      '\nExamples:\n  oms replay events.ndjson\n  oms replay --from 2026-10-04T18:00:00Z --to 2026-10-04T19:00:00Z --into rehearsal.',
    )
    .action(async (file: string | undefined, options: ReplayOptions) => {
      const environment = readEnvironment();
      if (file === undefined) return replayStretch(environment, stretchOf(options, environment));
      if (options.from !== undefined || options.to !== undefined || options.into !== undefined)
        throw new WrongUse('--from, --to and --into are for the log: leave them out, or leave out the file.');
      say(`${await replayFile(file, environment, options.speed)} events sent.`);
    });
}

function prefixOption(text: string): string {
  if (!/^[A-Za-z0-9._-]{1,60}$/.test(text))
    throw new InvalidArgumentError('Expected 1 to 60 letters, digits, dots, dashes, underscores.');
  return text;
}

function stretchOf({ from, to, into = DEFAULT_INTO, speed }: ReplayOptions, { topicPrefix }: Environment): Stretch {
  if (from === undefined || to === undefined)
    throw new WrongUse('Name a file, or a stretch of the log with --from and --to.');
  if (from > to) throw new WrongUse('--from lies after --to.');
  // The copy would stand on the log itself, and be read again.
  if (into === topicPrefix) throw new WrongUse(`--into ${into} is the set of topics that it is read from.`);
  return { from, to, into, speed };
}

async function replayFile(file: string, environment: Environment, speed?: number): Promise<number> {
  const topics = topicNames(environment.topicPrefix);
  await withTopics(environment, (admin) => checkTopics(admin, topics, environment.partitions));
  return withProducer(environment, async (producer) => {
    const sender = new LineSender(producer, topics);
    const pace = speed === undefined ? null : new Pace(speed);
    await readLines(file, async (line) => {
      await pace?.wait(receivedAtOf(line), () => sender.flush());
      await sender.line(line);
    });
    await sender.flush();
    return sender.sent;
  });
}

function receivedAtOf(line: string): number | null {
  try {
    const event: unknown = JSON.parse(line);
    return isFields(event) ? parseTime(event.receivedAt ?? event.occurredAt) : null;
  } catch {
    return null;
  }
}

/** Holds back what is to come later, at so many times the speed at which it came. */
export class Pace {
  #started: { readonly at: number; readonly t: number } | null = null;

  constructor(private readonly speed: number) {}

  /**
   * Waits until an event of time `t` is due.
   * @param before what came before it waits for nobody: called if there is something to wait for
   * @returns whether there was
   */
  async wait(t: number | null, before?: () => Promise<void>): Promise<boolean> {
    if (t === null) return false;
    this.#started ??= { at: Date.now(), t };
    const dueAt = this.#started.at + (t - this.#started.t) / this.speed;
    if (dueAt - Date.now() < 5) return false;
    await before?.();
    await new Promise((resolve) => setTimeout(resolve, dueAt - Date.now()));
    return true;
  }
}

async function replayStretch(environment: Environment, stretch: Stretch): Promise<void> {
  const { partitions } = environment;
  const target = topicNames(stretch.into);
  await withTopics(environment, async (admin) => {
    await checkTopics(admin, topicNames(environment.topicPrefix), partitions);
    await ensureTopics(admin, target, partitions, environment);
  });
  const count = await (stretch.speed === undefined
    ? copyStretch(environment, stretch, target.events)
    : playStretch(environment, stretch, target.events, new Pace(stretch.speed)));
  say(
    `${count} records of the log copied to ${target.events}: "OMS_TOPIC_PREFIX=${stretch.into} oms pipeline --stages correlate" ` +
      'works on them; a sink for them needs a database of its own.',
  );
}

/** Copies as it reads, partition by partition. */
function copyStretch(environment: Environment, stretch: Stretch, target: string): Promise<number> {
  return sendRecords(environment, target, (send) => readStretch(environment, stretch, (record) => send(record)));
}

/** Plays the partitions together, in the order in which their records came. The stretch is held in memory. */
async function playStretch(environment: Environment, stretch: Stretch, target: string, pace: Pace): Promise<number> {
  const records: SourceRecord[] = [];
  await readStretch(environment, stretch, (record) => void records.push(record));
  records.sort((a, b) => a.timestampMs - b.timestampMs || a.partition - b.partition || a.offset - b.offset);
  return sendRecords(environment, target, async (send, flush) => {
    for (const record of records) {
      await pace.wait(record.timestampMs, flush);
      await send(record);
    }
  });
}

async function readStretch(
  environment: Environment,
  { from, to }: Stretch,
  each: (record: SourceRecord) => void | Promise<void>,
): Promise<void> {
  await withReader(environment, async (reader) => {
    for (let partition = 0; partition < environment.partitions; partition++) {
      await reader.read(topicNames(environment.topicPrefix).events, partition, null, null, (record) =>
        record.timestampMs < from || record.timestampMs > to ? undefined : each(record),
      );
    }
  });
}

/** Lets `work` send records of the log to another topic, as they are, unreadable ones too. Returns how many they were. */
function sendRecords(
  environment: Environment,
  topic: string,
  work: (send: (record: SourceRecord) => Promise<void>, flush: () => Promise<void>) => Promise<void>,
): Promise<number> {
  return withProducer(environment, async (producer) => {
    let count = 0;
    let messages: { key: Buffer | null; value: Buffer | null; partition: number }[] = [];
    const flush = async (): Promise<void> => {
      if (messages.length === 0) return;
      count += messages.length;
      await producer.send({ topic, messages, acks: -1 });
      messages = [];
    };
    const bytes = (of: Uint8Array | null): Buffer | null => of && Buffer.from(of);
    await work(async ({ key, value, partition }) => {
      messages.push({ key: bytes(key), value: bytes(value), partition });
      if (messages.length >= RECORDS_PER_SEND) await flush();
    }, flush);
    await flush();
    return count;
  });
}
