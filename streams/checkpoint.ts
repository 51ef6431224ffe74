import { isOfLastGeneration, type BrokerError, type Transactions, type TopicPartitionOffset } from './broker.js';
import { partitionOf } from './partitioner.js';
import type { TransactionStep } from './pulse.js';
import type { OutRecord } from './topology.js';

/** A record with the partition it goes to; absent: that of its partition key. */
export type Outgoing = OutRecord & { readonly partition?: number };

const ATTEMPTS = 5;
/** The same transaction again while the group goes from one generation to the next. */
const GENERATION_ATTEMPTS = 20;
const REMEMBERED_KEYS = 100_000;

/** What must commit together: the records written, the offsets they come from, and the snapshots of the state. */
export class Checkpoint {
  /** By topic and partition, the offset behind the last record processed since the last commit. */
  readonly #next = new Map<string, Map<number, number>>();
  readonly #partitionOfKey = new Map<string, number>();
  /** Records processed since the last commit. */
  pending = 0;
  /** Their bytes: a record may hold one event or thousands. */
  pendingBytes = 0;

  constructor(
    private readonly transactions: Transactions,
    private readonly partitions: number,
    /** Told which step of a transaction comes. */
    private readonly at: (step: TransactionStep) => void,
  ) {}

  /** A source record of so many bytes was processed. */
  processed(topic: string, partition: number, offset: number, bytes: number): void {
    let partitions = this.#next.get(topic);
    if (!partitions) this.#next.set(topic, (partitions = new Map()));
    partitions.set(partition, offset + 1);
    this.pending++;
    this.pendingBytes += bytes;
  }

  /** The offset behind the last record processed of a partition since the last commit; null if there was none. */
  next(topic: string, partition: number): number | null {
    return this.#next.get(topic)?.get(partition) ?? null;
  }

  /** Forgets what was processed: it is read again. */
  clear(): void {
    this.#next.clear();
    this.pending = 0;
    this.pendingBytes = 0;
  }

  /**
   * Commits all that was processed since the last time, with what it led to, in one transaction. What is processed
   * while it runs belongs to the next one.
   * @throws BrokerError whose flags say what to do; the transaction is then still open
   */
  async commit(records: readonly Outgoing[]): Promise<void> {
    const offsets: TopicPartitionOffset[] = [];
    for (const [topic, partitions] of this.#next) {
      for (const [partition, offset] of partitions) offsets.push({ topic, partition, offset });
    }
    this.clear();
    if (offsets.length === 0 && records.length === 0) return;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#transact(records, offsets);
        this.at('none');
        return;
      } catch (error) {
        if (!isOfLastGeneration(error as BrokerError) || attempt === GENERATION_ATTEMPTS) throw error;
        await this.#retried('abort', () => this.transactions.abort());
      }
    }
  }

  async #transact(records: readonly Outgoing[], offsets: readonly TopicPartitionOffset[]): Promise<void> {
    this.at('begin');
    await this.transactions.begin();
    this.at('send');
    for (const { topic, key, value, headers, partitionKey, partition = this.#partition(partitionKey) } of records) {
      const room = this.transactions.send({ topic, key, value, partition, ...(headers && { headers }) });
      if (room) await room;
    }
    this.at('offsets');
    if (offsets.length > 0) await this.transactions.sendOffsets(offsets);
    await this.#retried('commit', () => this.transactions.commit());
  }

  #partition(key: string): number {
    let partition = this.#partitionOfKey.get(key);
    if (partition === undefined) {
      if (this.#partitionOfKey.size > REMEMBERED_KEYS) this.#partitionOfKey.clear();
      this.#partitionOfKey.set(key, (partition = partitionOf(key, this.partitions)));
    }
    return partition;
  }

  /** Gives up the transaction that is open. */
  async abort(): Promise<void> {
    this.clear();
    await this.#retried('abort', () => this.transactions.abort());
    this.at('none');
  }

  async #retried(step: TransactionStep, call: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.at(step);
      try {
        await call();
        return;
      } catch (error) {
        if (attempt === ATTEMPTS || !(error as BrokerError).isRetriable) throw error;
      }
    }
  }
}
