import type { Producer } from 'node-rdkafka';
import type { PlacedRecord, Transactions, TopicPartitionOffset } from '../broker.js';
import { disconnect, promised } from './client.js';
import type { KafkaMember } from './member.js';

/** How long one step of a transaction may take; the broker gives up after 10 s. */
const STEP_MS = 8000;
const QUEUE_FULL = -184;

/** A transactional producer, with the member whose offsets it commits. */
export class KafkaTransactions implements Transactions {
  constructor(
    private readonly producer: Producer,
    private readonly member: KafkaMember,
  ) {}

  begin(): Promise<void> {
    return promised((done) => this.producer.beginTransaction(done));
  }

  send(record: PlacedRecord): Promise<void> | void {
    try {
      this.#produce(record);
    } catch (error) {
      if ((error as { code?: number }).code !== QUEUE_FULL) throw error;
      return this.#sendWhenThereIsRoom(record);
    }
  }

  #produce({ topic, partition, key, value, headers }: PlacedRecord): void {
    const list = headers ? Object.entries(headers).map(([name, text]) => ({ [name]: text })) : [];
    this.producer.produce(topic, partition, bytesOf(value), key, null, undefined, list);
  }

  async #sendWhenThereIsRoom(record: PlacedRecord): Promise<void> {
    // The queue empties as the broker takes records; a flush waits for that.
    await new Promise<void>((resolve) => this.producer.flush(1000, () => resolve()));
    await this.send(record);
  }

  sendOffsets(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    return promised((done) =>
      this.producer.sendOffsetsToTransaction([...offsets], this.member.consumer, STEP_MS, done),
    );
  }

  commit(): Promise<void> {
    return promised((done) => this.producer.commitTransaction(STEP_MS, done));
  }

  abort(): Promise<void> {
    return promised((done) => this.producer.abortTransaction(STEP_MS, done));
  }

  close(): Promise<void> {
    return disconnect(this.producer);
  }
}

function bytesOf(value: PlacedRecord['value']): Buffer | null {
  if (value === null) return null;
  return typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
