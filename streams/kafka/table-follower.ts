import { setTimeout as pause } from 'node:timers/promises';
import type { KafkaConsumer } from 'node-rdkafka';
import { connectConsumer, consume, disconnect, recordOf, watermarks } from './client.js';
import type { OnUnreadable } from '../broker.js';
import { partitionOf } from '../partitioner.js';
import type { SourceRecord, Table } from '../topology.js';
import { StreamError } from '../errors.js';

/** Reads a topic whole, all partitions, into a table, and follows it from then on. */
export class TableFollower {
  #stopping = false;
  #following: Promise<void> = Promise.resolve();

  private constructor(
    private readonly consumer: KafkaConsumer,
    private readonly table: Table,
    private readonly partitions: number,
    private readonly onUnreadable: OnUnreadable,
  ) {}

  /** Starts with the table complete up to the topic's end as it is now. */
  static async start(
    brokers: string,
    table: Table,
    partitions: number,
    onUnreadable: OnUnreadable,
  ): Promise<TableFollower> {
    const consumer = await connectConsumer(brokers, 'oms-table');
    const follower = new TableFollower(consumer, table, partitions, onUnreadable);
    const ends = new Map<number, number>();
    for (let partition = 0; partition < partitions; partition++) {
      const { low, high } = await watermarks(consumer, table.topic, partition);
      if (high > low) ends.set(partition, high);
    }
    consumer.on('partition.eof', ({ partition }) => ends.delete(partition));
    consumer.assign(
      Array.from({ length: partitions }, (_, partition) => ({ topic: table.topic, partition, offset: 0 })),
    );
    while (ends.size > 0) await follower.#poll();
    follower.#following = follower.#follow();
    return follower;
  }

  async #poll(): Promise<number> {
    const messages = await consume(this.consumer, 5000);
    for (const message of messages) {
      const record = recordOf(message);
      try {
        const key = keyOf(record);
        // A tombstone that takes a stray record away must not take the element that stands where it belongs.
        if (record.value !== null || record.partition === partitionOf(key, this.partitions))
          this.table.apply(key, record.value);
      } catch (error) {
        this.onUnreadable(record, error as Error);
      }
    }
    return messages.length;
  }

  async #follow(): Promise<void> {
    while (!this.#stopping) {
      // A consume call that waits holds a thread of the pool: ask briefly, then let go.
      if ((await this.#poll()) === 0) await pause(100);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#following;
    await disconnect(this.consumer);
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** @throws Error if the key is not UTF-8 */
function keyOf({ key }: SourceRecord): string {
  try {
    return key === null ? '' : UTF8.decode(key);
  } catch {
    throw new StreamError('OMS_KEY_UNREADABLE', 'Its key is not UTF-8.');
  }
}
