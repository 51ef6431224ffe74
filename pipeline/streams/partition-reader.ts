import type { KafkaConsumer } from 'node-rdkafka';
import { connectConsumer, consume, disconnect, recordOf, watermarks } from './kafka-client.js';
import type { SourceRecord } from './topology.js';

/** The log was cut below what is needed: nothing can be restored from it. */
export class RetentionGap extends Error {
  override name = 'RetentionGap';
}

/** Reads stretches of partitions, outside any consumer group. */
export class PartitionReader {
  private constructor(private readonly consumer: KafkaConsumer) {}

  static async connect(brokers: string): Promise<PartitionReader> {
    // The group is a formality of the client: nothing is committed to it.
    return new PartitionReader(await connectConsumer(brokers, 'oms-reader'));
  }

  close(): Promise<void> {
    return disconnect(this.consumer);
  }

  /** The first offset still there and the one behind the last. */
  bounds(topic: string, partition: number): Promise<{ low: number; high: number }> {
    return watermarks(this.consumer, topic, partition);
  }

  /**
   * Calls `each` with the committed records of a partition from one offset up to, not including, another.
   * @param from null: from the first that is there
   * @param until null: to the end as it is now
   * @throws RetentionGap if `from` is not there any more
   */
  async read(
    topic: string,
    partition: number,
    from: number | null,
    until: number | null,
    each: (record: SourceRecord) => void | Promise<void>,
  ): Promise<void> {
    const { low, high } = await this.bounds(topic, partition);
    if (from !== null && from < low) {
      throw new RetentionGap(
        `${topic}/${partition} begins at offset ${low}, but offset ${from} is needed: its retention cut too early. ` +
          `Remove the stage's snapshots and consumer group to begin at ${low}, and reconcile what lies before.`,
      );
    }
    const start = from ?? low;
    const end = Math.min(until ?? high, high);
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
