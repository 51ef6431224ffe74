import { setTimeout as pause } from 'node:timers/promises';
import rdkafka, {
  type ConsumerGlobalConfig,
  type KafkaConsumer,
  type LibrdKafkaError,
  type Message,
  type Metadata,
  type Producer,
} from 'node-rdkafka';
import type { BrokerError, TopicPartition, TopicPartitionOffset } from '../broker.js';
import type { SourceRecord } from '../topology.js';
import { StreamError } from '../errors.js';

/** node-rdkafka with promises, and the settings that all of our clients share. */

const CONNECT_MS = 15_000;
const METADATA_MS = 5000;
/** So long a call waits after its last message: 20 ms cost a quiet system half of its latency. */
export const QUICK_MS = 5;

/** Settings of every consumer: what a transaction has not committed does not exist. */
const CONSUMER: ConsumerGlobalConfig = {
  'isolation.level': 'read_committed',
  'enable.auto.commit': false,
  'enable.auto.offset.store': false,
  'enable.partition.eof': true,
  'session.timeout.ms': 6000,
  'heartbeat.interval.ms': 1500,
  'fetch.wait.max.ms': 20,
  'fetch.queue.backoff.ms': 10,
  // A rejoin must not wait behind a long fetch queue: enough for half a second of a storm at full speed.
  'queued.max.messages.kbytes': 16_384,
  // Of each partition so much at a time: what comes of one while another is waited for has to be kept meanwhile.
  'fetch.message.max.bytes': 262_144,
};

/** Turns a callback of node-rdkafka into a promise. */
export function promised<T>(call: (done: (error: LibrdKafkaError | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error) reject(asError(error));
      else resolve(value);
    });
  });
}

/** librdkafka's errors are objects of their own; their flags say what to do (retry, abort, end). */
function asError(error: LibrdKafkaError): BrokerError {
  if (error instanceof Error) return error;
  return Object.assign(new Error((error as { message?: string }).message ?? String(error)), error);
}

/**
 * Connects a consumer.
 * @param group librdkafka wants one; without a subscription no group of that name is joined
 * @param how `lost`: where it goes on if an offset is none of the topic's (any more); `connectMs`: how long it tries to reach
 * a broker
 * @throws BrokerError if none answers in that time; then nothing is left of it
 */
export async function connectConsumer(
  brokers: string,
  group: string,
  options: ConsumerGlobalConfig = {},
  how: { readonly lost?: 'earliest' | 'latest'; readonly connectMs?: number } = {},
): Promise<KafkaConsumer> {
  const { lost = 'earliest', connectMs = CONNECT_MS } = how;
  const consumer = new rdkafka.KafkaConsumer(
    { ...CONSUMER, 'metadata.broker.list': brokers, 'group.id': group, ...options },
    { 'auto.offset.reset': lost },
  );
  // Without a listener an error event would end the process; brokers that come and go are librdkafka's matter.
  consumer.on('event.error', () => undefined);
  await promised((done) => consumer.connect({ timeout: connectMs }, done));
  consumer.setDefaultConsumeTimeout(QUICK_MS);
  return consumer;
}

/**
 * Connects a producer; with `transactionalId` it fences its predecessors of that id.
 * @param connectMs how long it tries to reach a broker
 */
export async function connectProducer(
  brokers: string,
  transactionalId?: string,
  connectMs = CONNECT_MS,
): Promise<Producer> {
  const producer = new rdkafka.Producer({
    'metadata.broker.list': brokers,
    'enable.idempotence': true,
    'linger.ms': 5,
    'compression.codec': 'lz4',
    'retry.backoff.ms': 20,
    'queue.buffering.max.messages': 500_000,
    'queue.buffering.max.kbytes': 524_288,
    'message.max.bytes': 8_388_608,
    ...(transactionalId === undefined ? {} : { 'transactional.id': transactionalId, 'transaction.timeout.ms': 10_000 }),
  });
  producer.on('event.error', () => undefined);
  await promised((done) => producer.connect({ timeout: connectMs }, done));
  if (transactionalId === undefined) return producer;
  try {
    await promised<void>((done) => producer.initTransactions(CONNECT_MS, done));
    return producer;
  } catch (error) {
    await disconnect(producer);
    throw error;
  }
}

/** Disconnects; a client that does not answer within 5 s is left behind. */
export async function disconnect(client: KafkaConsumer | Producer): Promise<void> {
  if (!client.isConnected()) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, 5000);
    client.disconnect(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Up to `count` records that are there, or what comes within the consumer's timeout. */
export function consume(consumer: KafkaConsumer, count: number): Promise<Message[]> {
  return promised((done) => consumer.consume(count, done));
}

/** So long after an answer a broker is asked again for what was committed, ms. */
const SURELY_MS = 150;

/**
 * The committed offsets of partitions; 0 where there is none. A broker that has just come back may tell, as if nothing
 * were wrong, offsets of before the last commit, or none (Kafka 4.1: one of some thirty restarts); a moment later it knows
 * them. So two answers in a row must agree.
 * @throws Error if they do not within 15 s, or if the broker refuses to tell
 */
export async function committed(
  consumer: KafkaConsumer,
  partitions: readonly TopicPartition[],
): Promise<TopicPartitionOffset[]> {
  const deadline = performance.now() + CONNECT_MS;
  let before: readonly TopicPartitionOffset[] | null = null;
  for (;;) {
    const offsets = await committedAsTold(consumer, partitions);
    if (before?.every(({ offset }, i) => offset === offsets[i]!.offset)) return offsets;
    if (performance.now() > deadline)
      throw new StreamError('OMS_OFFSETS_UNSETTLED', 'The broker tells other committed offsets each time it is asked.');
    before = offsets;
    await pause(SURELY_MS);
  }
}

async function committedAsTold(
  consumer: KafkaConsumer,
  partitions: readonly TopicPartition[],
): Promise<TopicPartitionOffset[]> {
  const offsets = await promised<(Error | (TopicPartition & { offset?: number }))[]>((done) =>
    consumer.committed([...partitions], CONNECT_MS, done),
  );
  return offsets.map((told) => {
    // An error of one partition stands in its place.
    if (told instanceof Error) throw told;
    // Where nothing was committed there is no offset, or one of librdkafka's negative codes.
    return { topic: told.topic, partition: told.partition, offset: Math.max(told.offset ?? 0, 0) };
  });
}

/** What a broker says of a partition that it has not got back yet since it started, or that moves to another. */
const LEADERLESS: ReadonlySet<number | undefined> = new Set([
  rdkafka.CODES.ERRORS.ERR__UNKNOWN_PARTITION,
  rdkafka.CODES.ERRORS.ERR_LEADER_NOT_AVAILABLE,
  rdkafka.CODES.ERRORS.ERR_NOT_LEADER_FOR_PARTITION,
]);

/** The first offset of a partition that is still there, and the one behind the last. Throws if none leads it for 15 s. */
export async function watermarks(
  client: KafkaConsumer | Producer,
  topic: string,
  partition: number,
): Promise<{ low: number; high: number }> {
  const deadline = performance.now() + CONNECT_MS;
  for (;;) {
    try {
      const { lowOffset, highOffset } = await promised<{ lowOffset: number; highOffset: number }>((done) =>
        client.queryWatermarkOffsets(topic, partition, CONNECT_MS, done),
      );
      return { low: lowOffset, high: highOffset };
    } catch (error) {
      if (!LEADERLESS.has((error as BrokerError).code) || performance.now() > deadline) throw error;
      await pause(100);
    }
  }
}

/** The partitions of a topic; none if there is no such topic. Throws if no broker tells within 5 s. */
export async function partitionsOf(consumer: KafkaConsumer, topic: string): Promise<number[]> {
  const { topics } = await promised<Metadata>((done) => consumer.getMetadata({ topic, timeout: METADATA_MS }, done));
  return topics.find(({ name }) => name === topic)?.partitions.map(({ id }) => id) ?? [];
}

/** Reads a partition that is assigned from another offset on. */
export const seek = (consumer: KafkaConsumer, to: TopicPartitionOffset): Promise<void> =>
  promised((done) => consumer.seek(to, CONNECT_MS, done));

/** A message of node-rdkafka as a record. */
export function recordOf(message: Message): SourceRecord {
  const { topic, partition, offset, timestamp = 0, value, key, headers = [] } = message;
  return {
    topic,
    partition,
    offset,
    timestampMs: timestamp,
    key: typeof key === 'string' ? Buffer.from(key) : (key ?? null),
    value,
    headers: headersOf(headers),
  };
}

const NO_HEADERS = {};

function headersOf(headers: readonly Record<string, string | Buffer>[]): Record<string, string> {
  if (headers.length === 0) return NO_HEADERS;
  return Object.fromEntries(
    headers.flatMap((header) => Object.entries(header).map(([name, value]) => [name, String(value)])),
  );
}
