import type { Environment } from '../connections/environment.js';
import { readOutageRecord } from '../operators/model/outage-reading.js';
import { jsonOf } from '../operators/model/record-shape.js';
import type { Failure } from '../operators/model/rejections.js';
import { placeOf } from '../streams/set-aside.js';
import { topicNames, type TopicNames } from '../connections/topics.js';
import { readCompacted, tombstone, unreadableText, type UnreadableRecord } from '../connections/compacted-topic.js';
import { readPublished } from '../pipeline/jobs/network/store.js';
import { readRules } from '../pipeline/jobs/rule-delivery.js';
import { topologyOf } from '../pipeline/pipeline.js';
import type { LogReader } from '../streams/broker.js';
import { Snapshots } from '../streams/snapshots.js';
import type { Stage } from '../streams/topology.js';
import { withProducer, withReader } from '../connections/services.js';
import { WrongUse } from './terminal/talk.js';
import { OmsError } from '../connections/errors.js';

/** Records that their readers leave out: which they are, and how one is taken away. */

/** What `oms doctor` looks at of topics that grow with the storms, offsets of each partition. */
const RECENT = 1000;
const DAY_MS = 86_400_000;
const NAMED = 20;

/**
 * Looks for records that the readers of tables and products leave out.
 * @returns a sentence if there are none
 * @throws Error that names them, and what takes each away
 */
export async function checkRecords(environment: Environment): Promise<string> {
  const topics = topicNames(environment.topicPrefix);
  return withReader(environment, async (reader) => {
    const found: string[] = [];
    for (const topic of [topics.network, topics.rules, topics.outages])
      found.push(...(await unreadableOn(topic, reader, environment, RECENT)).map(unreadableText));
    const stage = topologyOf(environment).stage('correlate');
    for (let partition = 0; partition < environment.partitions; partition++)
      found.push(...(await damagedSnapshots(topics, stage, reader, partition)));
    if (found.length > NAMED) found.splice(NAMED, Infinity, `... and ${found.length - NAMED} more.`);
    if (found.length > 0) throw new OmsError('OMS_RECORD_UNREADABLE', found.join('\n'));
    const failed = await failedLately(topics, reader, environment.partitions);
    if (failed.length === 0) return 'the tables can be read, and nothing was set aside with an error in the last day';
    const times = failed.length === 1 ? '1 record was' : `${failed.length} records were`;
    return `the tables can be read; ${times} set aside with an error in the last day, the last of them ${failed.at(-1)!}`;
  });
}

/** The unreadable records of a topic that is read as a table. */
async function unreadableOn(
  topic: string,
  reader: LogReader,
  { topicPrefix, partitions }: Environment,
  last?: number,
): Promise<readonly UnreadableRecord[]> {
  const topics = topicNames(topicPrefix);
  if (topic === topics.network) return (await readPublished(reader, topic, partitions)).unreadable;
  if (topic === topics.rules) return (await readRules(reader, topics, partitions)).unreadable;
  return (await readCompacted(reader, topic, partitions, (_, value) => void readOutageRecord(value), last)).unreadable;
}

async function damagedSnapshots(
  topics: TopicNames,
  { name, nodes }: Stage,
  reader: LogReader,
  partition: number,
): Promise<string[]> {
  const store = { encode: () => null, restore: () => undefined };
  const states = nodes.flatMap((node) => (node.kind === 'process' ? [{ node: node.name, store }] : []));
  const snapshots = new Snapshots(topics.snapshots, name, partition, states, 0);
  const { damaged } = await snapshots.restore(
    reader,
    { topic: topics.events, low: 0, high: 0 },
    Number.MAX_SAFE_INTEGER,
  );
  return damaged.map(
    (one) =>
      `${one}: the stage ${name} writes it anew when it changes; if it starts before, it rebuilds that from the log.`,
  );
}

/** What the stages have set aside with an error in the last day, each with its place and why. */
async function failedLately(topics: TopicNames, reader: LogReader, partitions: number): Promise<string[]> {
  const failed: { readonly at: number; readonly text: string }[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const { low, high } = await reader.bounds(topics.rejected, partition);
    await reader.read(topics.rejected, partition, Math.max(low, high - RECENT), null, (record) => {
      if (record.value === null || record.timestampMs < Date.now() - DAY_MS) return;
      const text = failureText(record.value) ?? `${placeOf(record)}, which cannot be read`;
      if (text !== '') failed.push({ at: record.timestampMs, text });
    });
  }
  return failed.sort((a, b) => a.at - b.at).map(({ text }) => text);
}

/** Of a rejected record: where it stands and why; empty if no stage failed on it, null if it cannot be read. */
function failureText(value: Uint8Array): string | null {
  try {
    const { reason, detail, position } = jsonOf('A rejected record', value) as Record<string, unknown>;
    return reason === ('operatorFailed' satisfies Failure)
      ? `${placeOf(position as UnreadableRecord)} (${String(detail)})`
      : '';
  } catch {
    return null;
  }
}

const PLACE = /^(.+)\/(\d{1,9})\/(\d{1,16})$/;

/**
 * Takes an unreadable record of a compacted topic away.
 * @param place `topic/partition/offset`
 * @throws WrongUse if it is no such place; Error if what stands there can be read, or has been replaced
 */
export async function takeAway(place: string, environment: Environment): Promise<void> {
  const topics = topicNames(environment.topicPrefix);
  const tables = [topics.network, topics.rules, topics.outages];
  const [, topic = ''] = PLACE.exec(place) ?? [];
  if (!tables.includes(topic as (typeof tables)[number]))
    throw new WrongUse(
      `"${place}" is no place on ${tables.join(', ')}: expected TOPIC/PARTITION/OFFSET as "oms doctor" says it. ` +
        'On other topics nothing need be taken away: what cannot be read there is set aside, once.',
    );
  const unreadable = await withReader(environment, (reader) => unreadableOn(topic, reader, environment));
  const record = unreadable.find((one) => placeOf(one) === place);
  if (!record)
    throw new OmsError(
      'OMS_NO_UNREADABLE_RECORD',
      `No record that cannot be read stands at ${place}: it is readable, replaced, or was never there.`,
    );
  await withProducer(environment, (producer) => tombstone(producer, [record]));
}
