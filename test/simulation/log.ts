import type { PlacedRecord } from '../../streams/broker.js';
import type { SourceRecord } from '../../streams/topology.js';

/** A transaction of a producer, as the coordinator knows it. */
export interface Transaction {
  state: 'open' | 'committed' | 'aborted';
  readonly begunMs: number;
}

/** An entry of a partition: a record, or the marker that ends a transaction, which takes an offset too. */
interface Entry {
  readonly record: SourceRecord | null;
  readonly transaction: Transaction | null;
}

/** Partitions with transactions, read as Kafka's consumers with read_committed read them. */
export class SimulatedLog {
  readonly #partitions = new Map<string, Entry[]>();
  readonly #lows = new Map<string, number>();

  constructor(
    readonly partitions: number,
    /** Whether readers see what is not committed: what they must never do. */
    private readonly readUncommitted: boolean,
  ) {}

  #entries(topic: string, partition: number): Entry[] {
    const place = `${topic}/${partition}`;
    let entries = this.#partitions.get(place);
    if (!entries) this.#partitions.set(place, (entries = []));
    return entries;
  }

  append(
    { topic, partition, key, value, headers = {} }: PlacedRecord,
    timestampMs: number,
    by: Transaction | null,
  ): void {
    const entries = this.#entries(topic, partition);
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    const offset = entries.length;
    const record = { topic, partition, offset, timestampMs, key: new TextEncoder().encode(key), value: bytes, headers };
    entries.push({ record, transaction: by });
  }

  /** Ends a transaction: a marker in every partition that it wrote to. */
  end(transaction: Transaction, state: 'committed' | 'aborted'): void {
    transaction.state = state;
    for (const entries of this.#partitions.values()) {
      if (entries.some((entry) => entry.transaction === transaction)) entries.push({ record: null, transaction: null });
    }
  }

  /** Cuts a partition as its retention does: nothing is left before an offset. */
  cut(topic: string, partition: number, before: number): void {
    this.#lows.set(`${topic}/${partition}`, before);
  }

  /** The first offset that is left. */
  low(topic: string, partition: number): number {
    return this.#lows.get(`${topic}/${partition}`) ?? 0;
  }

  /** The offset behind the last entry. */
  high(topic: string, partition: number): number {
    return this.#entries(topic, partition).length;
  }

  /** The offset up to which a reader may read: that of the first record whose transaction is open. */
  stable(topic: string, partition: number): number {
    const entries = this.#entries(topic, partition);
    if (this.readUncommitted) return entries.length;
    const open = entries.findIndex(({ transaction }) => transaction?.state === 'open');
    return open < 0 ? entries.length : open;
  }

  /** Up to `count` records from an offset, and the offset to go on from. */
  read(topic: string, partition: number, from: number, count: number): { records: SourceRecord[]; next: number } {
    const entries = this.#entries(topic, partition);
    const end = this.stable(topic, partition);
    const records: SourceRecord[] = [];
    let next = Math.max(from, this.low(topic, partition));
    for (; next < end && records.length < count; next++) {
      const { record, transaction } = entries[next]!;
      if (record && (this.readUncommitted || transaction?.state !== 'aborted')) records.push(record);
    }
    return { records, next };
  }

  /** Everything on a topic that was committed, partition by partition. */
  committed(topic: string): SourceRecord[] {
    const records: SourceRecord[] = [];
    for (let partition = 0; partition < this.partitions; partition++) {
      for (const { record, transaction } of this.#entries(topic, partition)) {
        if (record && (transaction === null || transaction.state === 'committed')) records.push(record);
      }
    }
    return records;
  }
}
