import type { Admin } from 'kafkajs';
import type { ClientBase } from 'pg';
import type { TopicNames } from '../../connections/topics.js';
import type { TopicPartitionOffset } from '../../streams/broker.js';
import { OmsError } from '../../connections/errors.js';

/** The database has read more of a topic than there is: Kafka's data was lost, or the topic was made anew. */
export class OtherLog extends OmsError {
  override name = 'OtherLog';

  constructor({ topic, partition, offset }: TopicPartitionOffset, end: number) {
    super(
      'OMS_OTHER_LOG',
      `${topic}/${partition} ends at offset ${end}, but the database has read it up to ${offset}: Kafka's data was lost, or ` +
        'its topics were made anew. Bring the data back if you can. If not, run "oms topics --begin-anew" once: the database ' +
        'keeps what it has, and what is on the topics now is written to it.',
    );
  }
}

/**
 * Makes sure that a partition is the one that the database has read.
 * @param end the offset behind its last record
 * @throws OtherLog
 */
export function requireSameLog(known: TopicPartitionOffset, end: number): void {
  if (known.offset > end) throw new OtherLog(known, end);
}

interface Bounds extends TopicPartitionOffset {
  readonly low: number;
  readonly end: number;
}

/** The partitions that the database has read, with their bounds now. */
async function boundsOfRead(admin: Admin, client: ClientBase, topics: TopicNames): Promise<Bounds[]> {
  const { rows } = await client.query<{ topic: string; partition: number; offset: string }>(
    'select topic, partition, next_offset as "offset" from oms.sink_offsets where topic = any ($1) order by topic, partition',
    [Object.values(topics)],
  );
  const bounds: Bounds[] = [];
  for (const topic of new Set(rows.map((row) => row.topic))) {
    const now = new Map((await admin.fetchTopicOffsets(topic)).map((one) => [one.partition, one]));
    for (const row of rows.filter((one) => one.topic === topic)) {
      const { low, high } = now.get(row.partition) ?? { low: '0', high: '0' };
      bounds.push({ topic, partition: row.partition, offset: Number(row.offset), low: Number(low), end: Number(high) });
    }
  }
  return bounds;
}

const isOther = ({ offset, end }: Bounds): boolean => offset > end;

/** What says that Kafka's topics are not those that the database has read, or null. */
export async function otherLog(admin: Admin, client: ClientBase, topics: TopicNames): Promise<OtherLog | null> {
  const other = (await boundsOfRead(admin, client, topics)).find(isOther);
  return other ? new OtherLog(other, other.end) : null;
}

/**
 * Lets the sink begin at the beginning of topics that were made anew: all, if the log is among them. Rows stay; those of
 * the log before stand before the new one. Within the caller's transaction.
 */
export async function beginAnew(admin: Admin, client: ClientBase, topics: TopicNames): Promise<void> {
  const read = await boundsOfRead(admin, client, topics);
  const others = new Set(read.filter(isOther).map(({ topic }) => topic));
  const isNewLog = others.has(topics.events);
  // What others hold of a new log is about that log, though it may have grown beyond where the old one was read.
  const begun = read.filter(({ topic }) => isNewLog || others.has(topic));
  if (isNewLog) await client.query('select oms.move_log_back()');
  for (const { topic, partition, low } of begun)
    await client.query('update oms.sink_offsets set next_offset = $3 where topic = $1 and partition = $2', [
      topic,
      partition,
      low,
    ]);
}
