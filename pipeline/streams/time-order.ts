import type { SourceRecord } from './topology.js';

/** Records of one partition that wait; `end` is the offset at which the partition last had nothing more. */
interface Queue {
  readonly records: SourceRecord[];
  next: number;
  bytes: number;
  lastOffset: number;
  end: number;
}

/**
 * Gives records of several partitions out in the order of their timestamps: a partition that is ahead waits for those
 * behind, so that after hours of standstill the log stays close to the order in which things were received. A partition
 * at its end is not waited for.
 */
export class TimeOrder {
  readonly #queues = new Map<string, Queue>();

  /** Begins with a partition; it is waited for until its end is reported. */
  add(topic: string, partition: number): void {
    this.#queues.set(`${topic}/${partition}`, { records: [], next: 0, bytes: 0, lastOffset: -1, end: -1 });
  }

  remove(topic: string, partition: number): void {
    this.#queues.delete(`${topic}/${partition}`);
  }

  /** Takes a record in. A record of a partition that is not held is dropped: it was taken away meanwhile. */
  push(record: SourceRecord): void {
    const queue = this.#queues.get(`${record.topic}/${record.partition}`);
    if (!queue) return;
    queue.records.push(record);
    queue.bytes += bytesOf(record);
    queue.lastOffset = record.offset;
  }

  /** The partition has nothing more for now behind `offset`. Word of it may come before the records themselves. */
  end(topic: string, partition: number, offset: number): void {
    const queue = this.#queues.get(`${topic}/${partition}`);
    if (queue) queue.end = Math.max(queue.end, offset);
  }

  /** Bytes of the records that wait in a partition. */
  waitingBytes(topic: string, partition: number): number {
    return this.#queues.get(`${topic}/${partition}`)?.bytes ?? 0;
  }

  /** The next record; null while one that may be earlier is still to come. Ties go by topic and partition. */
  take(): SourceRecord | null {
    let best: Queue | null = null;
    for (const queue of this.#queues.values()) {
      const head = queue.records[queue.next];
      if (!head) {
        if (queue.end <= queue.lastOffset) return null;
        continue;
      }
      if (!best || head.timestampMs < best.records[best.next]!.timestampMs) best = queue;
    }
    if (!best) return null;
    const record = best.records[best.next++]!;
    best.bytes -= bytesOf(record);
    if (best.next > 1000 && best.next * 2 > best.records.length) {
      best.records.splice(0, best.next);
      best.next = 0;
    }
    return record;
  }

  /** Whether anything waits to be taken. */
  get isEmpty(): boolean {
    for (const { records, next } of this.#queues.values()) if (records.length > next) return false;
    return true;
  }
}

/** What a record takes, roughly: its value, and what every record costs. */
export function bytesOf({ value }: SourceRecord): number {
  return 200 + (value?.byteLength ?? 0);
}
