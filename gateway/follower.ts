import type { KafkaConsumer, Message } from 'node-rdkafka';
import { OmsError } from '../connections/errors.js';
import { connectConsumer, disconnect, partitionsOf } from '../streams/kafka/client.js';
import { QuietConsumer } from '../streams/kafka/quiet-consumer.js';
import { Pulse } from '../streams/pulse.js';
import { placeOf, SetAside } from '../streams/set-aside.js';

/** Where to begin reading. */
export interface StartOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A record that was read. */
export interface FollowedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: Buffer | null;
}

/** What is followed, and who hears of it. */
export interface Following {
  readonly brokers: string;
  readonly topics: readonly string[];
  /** Where to begin; left out: with what comes from now on. */
  startOffsets?(): Promise<readonly StartOffset[]>;
  /** Throws on a record that cannot be read: that one is left out, and it goes on. */
  onRecord(record: FollowedRecord): void;
  /** Told of each record that is left out, and why. */
  onUnreadable(place: string, error: Error): void;
  /** Told why following could not begin; once for each reason; it is tried again. */
  onFailure(error: Error): void;
}

const CONNECT_MS = 5000;
const RETRY_MS = 1000;
/** How long a poll waits for more records. */
const CONSUME_MS = 20;
const BATCH = 1000;
const END = -1;

/**
 * Reads topics for this process alone, committed records only. It is a member of no group: it reads all partitions and
 * leaves no trace. Kafka may come and go: it begins when it can, and librdkafka goes on where it was. (kafkajs, which
 * publishes for the gateway, cannot read the lz4 of the pipeline.)
 */
export class Follower {
  readonly pulse = new Pulse();
  #consumer: KafkaConsumer | null = null;
  #retry: NodeJS.Timeout | undefined;
  #beginning: Promise<void> | null = null;
  #reading: Promise<void> | null = null;
  #stopped = false;
  #told = '';
  readonly #unreadable = new SetAside();

  constructor(private readonly what: Following) {}

  /** What is the matter with what it reads, a sentence each. */
  complaints(): string[] {
    return this.#unreadable.complaints('left out as unreadable', '"oms doctor" says what to do.');
  }

  /** Begins; returns at once. */
  start(): void {
    this.pulse.turn();
    this.#beginning = this.#begin().catch((error: Error) => {
      if (error.message !== this.#told) this.what.onFailure(error);
      this.#told = error.message;
      if (!this.#stopped) this.#retry = setTimeout(() => this.start(), RETRY_MS);
    });
  }

  /** Ends. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.#beginning;
    // A client that is destroyed while it reads may never come to its end.
    await this.#reading;
    if (this.#consumer) await disconnect(this.#consumer);
  }

  async #begin(): Promise<void> {
    // It looks for no ends, and a broker answers at once when there is something.
    const options = { 'enable.partition.eof': false, 'fetch.wait.max.ms': 200 };
    const how = { lost: 'latest', connectMs: CONNECT_MS } as const;
    const consumer = await connectConsumer(this.what.brokers, 'oms-gateway', options, how);
    try {
      const starts = (await this.what.startOffsets?.()) ?? (await this.#ends(consumer));
      if (this.#stopped) throw new OmsError('OMS_INTERRUPTED', 'It was stopped.');
      consumer.assign([...starts]);
      this.#consumer = consumer;
      this.#reading = this.#read(consumer);
    } catch (error) {
      await disconnect(consumer);
      throw error;
    }
  }

  async #read(consumer: KafkaConsumer): Promise<void> {
    const quietly = new QuietConsumer(consumer, CONSUME_MS);
    while (!this.#stopped) {
      // What went wrong is over or goes on: librdkafka reconnects by itself.
      const messages = await quietly.consume(BATCH).catch((): Message[] => []);
      this.pulse.polled();
      for (const message of messages) this.take(message);
    }
  }

  /** Passes a record on, whatever it is: one that cannot be read must not end the reading of those behind it. */
  take({ topic, partition, offset, value }: FollowedRecord): void {
    try {
      this.what.onRecord({ topic, partition, offset, value });
    } catch (error) {
      const place = placeOf({ topic, partition, offset });
      this.#unreadable.add(place);
      this.what.onUnreadable(place, error as Error);
    }
  }

  async #ends(consumer: KafkaConsumer): Promise<StartOffset[]> {
    const starts: StartOffset[] = [];
    for (const topic of this.what.topics) {
      const partitions = await partitionsOf(consumer, topic);
      if (partitions.length === 0) throw new OmsError('OMS_TOPICS_MISSING', `There is no topic ${topic}.`);
      for (const partition of partitions) starts.push({ topic, partition, offset: END });
    }
    return starts;
  }
}
