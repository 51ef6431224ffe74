import type { Position, TopicPartition, TopicPartitionOffset } from '../../streams/broker.js';
import type { SourceRecord } from '../../streams/topology.js';

/** How far a partition is in the database. */
interface Written {
  readonly at: TopicPartition;
  /** The next offset that the database expects. */
  next: number;
  /** Where Kafka last had nothing more. */
  endedAt: number;
  /** Timestamp of the last record that was written, epoch ms. */
  writtenMs: number | null;
}

/** How far the database is with each partition that a sink has. */
export class Progress {
  readonly #partitions = new Map<string, Written>();

  /** The sink has a partition, and the database expects this offset next. */
  begin({ topic, partition, offset }: TopicPartitionOffset): void {
    const at = { topic, partition };
    this.#partitions.set(placeOf(at), { at, next: offset, endedAt: 0, writtenMs: null });
  }

  /** The sink has a partition no more. */
  drop(at: TopicPartition): void {
    this.#partitions.delete(placeOf(at));
  }

  has(at: TopicPartition): boolean {
    return this.#partitions.has(placeOf(at));
  }

  /** The offset that the database expects next of a partition; -1: the sink does not have it. */
  next(at: TopicPartition): number {
    return this.#partitions.get(placeOf(at))?.next ?? -1;
  }

  /** All partitions that the sink has. */
  partitions(): TopicPartition[] {
    return [...this.#partitions.values()].map(({ at }) => at);
  }

  /** A record, and with it all before it, is in the database. */
  written(record: SourceRecord): void {
    const written = this.#partitions.get(placeOf(record));
    if (!written) return;
    written.next = record.offset + 1;
    written.writtenMs = record.timestampMs;
  }

  /** Kafka has nothing more behind an offset for now. */
  ended({ topic, partition, offset }: TopicPartitionOffset): void {
    const written = this.#partitions.get(placeOf({ topic, partition }));
    if (written) written.endedAt = offset;
  }

  /**
   * How far each partition is.
   * @param isAllWritten whether nothing that was read is on its way: then the mark is passed with which a transaction of a
   * stage ends, and which is no record
   * @param endOf where a partition ends, as far as is known
   */
  positions(isAllWritten: boolean, endOf: (at: TopicPartition) => number | null): Position[] {
    return [...this.#partitions.values()].map(({ at, next, endedAt, writtenMs }) => ({
      ...at,
      next: isAllWritten ? Math.max(next, endedAt) : next,
      end: endOf(at),
      takenMs: writtenMs,
    }));
  }
}

/** A partition as a key. */
export function placeOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
