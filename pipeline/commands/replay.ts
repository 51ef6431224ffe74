import type { Command } from 'commander';
import { requireBrokers } from '../../connections.js';
import { readEnvironment } from '../../environment.js';
import { parseTime } from '../../operators/time.js';
import { topicNames } from '../../topics.js';
import { connectToolProducer, LineSender } from '../kafka-lines.js';
import { partitionOf } from '../streams/partitioner.js';
import { PartitionReader } from '../streams/partition-reader.js';
import { ensureTopics, withAdmin } from '../topic-admin.js';
import { readLines } from './correlate.js';
import { say, WrongUse } from './talk.js';

/** A time given on the command line. */
export function timeOption(text: string): number {
  const time = parseTime(text);
  if (time === null) throw new WrongUse(`"${text}" is not a time: expected ISO 8601, such as 2026-10-04T18:00:00Z.`);
  return time;
}

/** `oms replay`: events from a file into the pipeline, or a stretch of the log into a separate set of topics. */
export function addReplay(program: Command): void {
  program
    .command('replay')
    .description(
      'put canonical events from a file into the pipeline, or a stretch of the log into a separate set of topics',
    )
    .argument('[file]', 'NDJSON file, in the order of arrival')
    .option('--from <time>', 'begin of the stretch of the log', timeOption)
    .option('--to <time>', 'end of the stretch', timeOption)
    .option('--into <prefix>', 'topic prefix of the separate set', 'replay.')
    .option('--speed <x>', 'times as fast as it was; as fast as it goes by default', Number)
    .addHelpText(
      'after',
      '\nExamples:\n  oms replay events.ndjson\n  oms replay --from 2026-10-04T18:00:00Z --to 2026-10-04T19:00:00Z --into rehearsal.',
    )
    .action(async (file: string | undefined, options: { from?: number; to?: number; into: string; speed?: number }) => {
      const environment = readEnvironment();
      const brokers = requireBrokers(environment);
      if (file !== undefined) {
        say(`${await replayFile(file, brokers, environment.topicPrefix, options.speed)} events sent.`);
        return;
      }
      if (options.from === undefined || options.to === undefined) {
        throw new WrongUse('Name a file, or a stretch of the log with --from and --to.');
      }
      if (options.from > options.to) throw new WrongUse('--from lies after --to.');
      const target = topicNames(options.into);
      await withAdmin(brokers, (admin) => ensureTopics(admin, target, environment.partitions));
      const count = await replayLog(brokers, environment, options.from, options.to, target.events);
      say(
        `${count} records of the log copied to ${target.events}; run the stages with OMS_TOPIC_PREFIX=${options.into}`,
      );
    });
}

async function replayFile(file: string, brokers: string, prefix: string, speed?: number): Promise<number> {
  const producer = await connectToolProducer(brokers);
  try {
    const sender = new LineSender(producer, topicNames(prefix));
    const pace = speed === undefined ? null : new Pace(speed);
    await readLines(file, async (line) => {
      if (pace && (await pace.wait(receivedAtOf(line)))) await sender.flush();
      await sender.line(line);
    });
    await sender.flush();
    return sender.sent;
  } finally {
    await producer.disconnect();
  }
}

function receivedAtOf(line: string): number | null {
  try {
    const event = JSON.parse(line) as { receivedAt?: unknown; occurredAt?: unknown };
    return parseTime(event.receivedAt ?? event.occurredAt);
  } catch {
    return null;
  }
}

/** Holds back what is to come later, at so many times the speed at which it came. */
export class Pace {
  #started: { readonly at: number; readonly t: number } | null = null;

  constructor(private readonly speed: number) {
    if (!(speed > 0)) throw new WrongUse('--speed must be greater than 0.');
  }

  /** Waits until an event of time `t` is due. Returns whether there was something to wait for. */
  async wait(t: number | null): Promise<boolean> {
    if (t === null) return false;
    this.#started ??= { at: Date.now(), t };
    const dueAt = this.#started.at + (t - this.#started.t) / this.speed;
    const waitMs = dueAt - Date.now();
    if (waitMs < 5) return false;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    return true;
  }
}

async function replayLog(
  brokers: string,
  { partitions, topicPrefix }: { partitions: number; topicPrefix: string },
  from: number,
  to: number,
  target: string,
): Promise<number> {
  const reader = await PartitionReader.connect(brokers);
  const producer = await connectToolProducer(brokers);
  let count = 0;
  try {
    for (let partition = 0; partition < partitions; partition++) {
      await reader.read(topicNames(topicPrefix).events, partition, null, null, async ({ key, value, timestampMs }) => {
        if (timestampMs < from || timestampMs > to || !key || !value) return;
        const text = new TextDecoder().decode(key);
        const message = { key: text, value: Buffer.from(value), partition: partitionOf(text, partitions) };
        await producer.send({ topic: target, messages: [message] });
        count++;
      });
    }
  } finally {
    await reader.close();
    await producer.disconnect();
  }
  return count;
}
