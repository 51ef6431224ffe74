import type { KafkaConsumer, Producer, TopicPartitionOffset } from 'node-rdkafka';
import { abortTransaction, beginTransaction, commitTransaction, sendOffsets } from './kafka-client.js';
import { partitionOf } from './partitioner.js';
import type { OutRecord } from './topology.js';

/** How long one step of a transaction may take; the broker gives up after 10 s. */
const STEP_MS = 8000;

/** A record with the partition it goes to; null: that of its partition key. */
export type Outgoing = OutRecord & { readonly partition?: number };

/** What must commit together: the records written, the offsets they come from, and the snapshots of the state. */
export class Checkpoint {
  readonly #offsets = new Map<string, TopicPartitionOffset>();
  readonly #partitionOfKey = new Map<string, number>();
  /** Records processed since the last commit. */
  pending = 0;
  /** Their bytes: a record may hold one event or thousands. */
  pendingBytes = 0;

  constructor(
    private readonly producer: Producer,
    private readonly consumer: KafkaConsumer,
    private readonly partitions: number,
  ) {}

  /** A source record of so many bytes was processed. */
  processed(topic: string, partition: number, offset: number, bytes: number): void {
    this.#offsets.set(`${topic}/${partition}`, { topic, partition, offset: offset + 1 });
    this.pending++;
    this.pendingBytes += bytes;
  }

  /** The offset behind the last record processed of a partition since the last commit; null if there was none. */
  next(topic: string, partition: number): number | null {
    return this.#offsets.get(`${topic}/${partition}`)?.offset ?? null;
  }

  /** Forgets what was processed: its transaction was aborted. */
  clear(): void {
    this.#offsets.clear();
    this.pending = 0;
    this.pendingBytes = 0;
  }

  /**
   * Commits all that was processed since the last time, with what it led to, in one transaction.
   * @throws KafkaError whose flags say what to do; the transaction is then still open
   */
  async commit(records: readonly Outgoing[]): Promise<void> {
    if (this.#offsets.size === 0 && records.length === 0) return;
    await beginTransaction(this.producer);
    for (const record of records) await this.#produce(record);
    if (this.#offsets.size > 0) await sendOffsets(this.producer, this.consumer, [...this.#offsets.values()], STEP_MS);
    await retried(() => commitTransaction(this.producer, STEP_MS));
    this.clear();
  }

  async #produce({ topic, key, partitionKey, value, partition, headers }: Outgoing): Promise<void> {
    const to = partition ?? this.#partition(partitionKey);
    const bytes =
      value === null
        ? null
        : typeof value === 'string'
          ? Buffer.from(value)
          : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const list = headers ? Object.entries(headers).map(([name, text]) => ({ [name]: text })) : [];
    for (;;) {
      try {
        this.producer.produce(topic, to, bytes, key, null, undefined, list);
        return;
      } catch (error) {
        if ((error as { code?: number }).code !== QUEUE_FULL) throw error;
        // The queue empties as the broker takes records; a flush waits for that.
        await new Promise<void>((resolve) => this.producer.flush(1000, () => resolve()));
      }
    }
  }

  #partition(key: string): number {
    let partition = this.#partitionOfKey.get(key);
    if (partition === undefined) {
      if (this.#partitionOfKey.size > 100_000) this.#partitionOfKey.clear();
      this.#partitionOfKey.set(key, (partition = partitionOf(key, this.partitions)));
    }
    return partition;
  }

  /** Gives up the transaction, if one is open. */
  async abort(): Promise<void> {
    this.clear();
    await retried(() => abortTransaction(this.producer, STEP_MS));
  }
}

const QUEUE_FULL = -184;
const ATTEMPTS = 5;

async function retried(call: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await call();
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !(error as { isRetriable?: boolean }).isRetriable) throw error;
    }
  }
}
