import type { KafkaConsumer } from 'node-rdkafka';
import { connectConsumer, consume, disconnect, recordOf, watermarks } from './client.js';
import { stretchOf, type LogReader } from '../broker.js';
import type { SourceRecord } from '../topology.js';

/** Reads stretches of partitions, outside any consumer group. */
export class PartitionReader implements LogReader {
  private constructor(private readonly consumer: KafkaConsumer) {}

  static async connect(brokers: string): Promise<PartitionReader> {
    // The group is a formality of the client: nothing is committed to it.
    return new PartitionReader(await connectConsumer(brokers, 'oms-reader'));
  }

  close(): Promise<void> {
    return disconnect(this.consumer);
  }

  bounds(topic: string, partition: number): Promise<{ low: number; high: number }> {
    return watermarks(this.consumer, topic, partition);
  }

  async read(
    topic: string,
    partition: number,
    from: number | null,
    until: number | null,
    each: (record: SourceRecord) => void | Promise<void>,
  ): Promise<void> {
    const { start, end } = await stretchOf(this, topic, partition, from, until);
    if (start >= end) return;
    let position = start;
    const onEof = ({ offset }: { offset: number }): void => {
      position = Math.max(position, offset);
    };
    this.consumer.on('partition.eof', onEof);
    this.consumer.assign([{ topic, partition, offset: start }]);
    try {
      while (position < end) {
        for (const message of await consume(this.consumer, 5000)) {
          position = Math.max(position, message.offset + 1);
          if (message.offset < end) await each(recordOf(message));
        }
      }
    } finally {
      this.consumer.unassign();
      this.consumer.removeListener('partition.eof', onEof);
    }
  }
}
