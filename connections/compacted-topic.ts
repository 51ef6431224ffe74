import type { Producer } from 'kafkajs';
import { textOf } from '../operators/model/record-shape.js';
import { placeOf } from '../streams/set-aside.js';
import type { LogReader } from '../streams/broker.js';
import { partitionOf } from '../streams/partitioner.js';

/** A record of a compacted topic that cannot be read, and that nothing has replaced since. */
export interface UnreadableRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Uint8Array;
  /** The key as text; null if it is none. */
  readonly id: string | null;
  /** Whether it stands on the partition of its key: then whatever is written under that replaces it. */
  readonly isInPlace: boolean;
  /** A sentence. */
  readonly why: string;
}

/** What stands on a compacted topic. */
export interface CompactedTopic<T> {
  readonly records: ReadonlyMap<string, T>;
  readonly unreadable: readonly UnreadableRecord[];
}

/**
 * Reads a compacted topic: the last record under each key. A tombstone takes away what stands under its key on its own
 * partition, and nothing else.
 * @param read makes something of a record; throws if it cannot be read
 * @param last of each partition so many offsets; all of it by default
 */
export async function readCompacted<T>(
  reader: LogReader,
  topic: string,
  partitions: number,
  read: (key: string, value: Uint8Array) => T,
  last = Infinity,
): Promise<CompactedTopic<T>> {
  const records = new Map<string, T>();
  const unreadable: UnreadableRecord[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const here = new Map<string, T>();
    // By the bytes of their keys, which may be no text.
    const bad = new Map<string, UnreadableRecord>();
    const { low, high } = await reader.bounds(topic, partition);
    await reader.read(topic, partition, Math.max(low, high - last), null, ({ key: bytes, value, offset }) => {
      const key = bytes ?? new Uint8Array();
      const known = Buffer.from(key).toString('latin1');
      let id: string | null = null;
      bad.delete(known);
      try {
        id = textOf('Its key', key);
        here.delete(id);
        if (value) here.set(id, read(id, value));
      } catch (error) {
        if (!value) return;
        const isInPlace = id !== null && partitionOf(id, partitions) === partition;
        bad.set(known, { topic, partition, offset, key, id, isInPlace, why: (error as Error).message });
      }
    });
    for (const [key, record] of here) records.set(key, record);
    unreadable.push(...bad.values());
  }
  return { records, unreadable };
}

/** Says of an unreadable record what is wrong with it, and what takes it away. */
export function unreadableText(record: UnreadableRecord): string {
  const place = placeOf(record);
  return `${place} cannot be read and is left out: ${record.why} "oms topics --tombstone ${place}" takes it away.`;
}

/** Takes unreadable records away: a tombstone for each, under its key and on its partition. */
export async function tombstone(producer: Producer, records: readonly UnreadableRecord[]): Promise<void> {
  for (const { topic, partition, key } of records) {
    await producer.send({ topic, messages: [{ key: Buffer.from(key), value: null, partition }], acks: -1 });
  }
}
