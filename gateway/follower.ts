import { randomUUID } from 'node:crypto';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';

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
  readonly key: KafkaMessage['key'];
  readonly value: KafkaMessage['value'];
}

/** What is followed, and who hears of it. */
export interface Following {
  readonly topics: readonly string[];
  /** Named in the group's id. */
  readonly name: string;
  /** Where to begin; left out: with what comes from now on. */
  startOffsets?(): Promise<readonly StartOffset[]>;
  onRecord(record: FollowedRecord): void;
}

const RETRY_MS = 1000;

/**
 * Reads topics for this process alone (a group of its own), committed records only. Kafka may come and go: it connects
 * when it can and goes on where it was.
 */
export class Follower {
  readonly #next = new Map<string, StartOffset>();
  #stop: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #following = false;

  constructor(
    private readonly kafka: Kafka,
    private readonly what: Following,
  ) {}

  /** Is it reading now? */
  get following(): boolean {
    return this.#following;
  }

  /** Begins; returns at once. */
  start(): void {
    const stopped = new Promise<void>((resolve) => (this.#stop = resolve));
    this.#running = this.#keepRunning(stopped);
  }

  /** Ends, and takes the group away. */
  async stop(): Promise<void> {
    this.#stop?.();
    await this.#running;
  }

  async #keepRunning(stopped: Promise<void>): Promise<void> {
    let over = false;
    void stopped.then(() => (over = true));
    while (!over) {
      const groupId = `oms-gateway-${this.what.name}-${randomUUID()}`;
      const consumer = this.kafka.consumer({
        groupId,
        maxWaitTimeInMs: 200,
        allowAutoTopicCreation: false,
        retry: { retries: 3, restartOnFailure: () => Promise.resolve(false) },
      });
      const crashed = new Promise<void>((resolve) => consumer.on('consumer.crash', () => resolve()));
      try {
        await Promise.race([stopped, this.#connect(consumer)]);
        await Promise.race([stopped, crashed]);
      } catch {
        // Kafka is not there, or not ready: tried again below.
      }
      this.#following = false;
      await consumer.disconnect().catch(() => undefined);
      await this.#deleteGroup(groupId);
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([stopped, new Promise((resolve) => (timer = setTimeout(resolve, RETRY_MS)))]);
      clearTimeout(timer);
    }
  }

  async #connect(consumer: Consumer): Promise<void> {
    await consumer.connect();
    if (this.#next.size === 0) {
      for (const start of (await this.what.startOffsets?.()) ?? []) this.#remember(start);
    }
    consumer.on('consumer.group_join', () => (this.#following = true));
    await consumer.subscribe({ topics: [...this.what.topics], fromBeginning: false });
    await consumer.run({ eachBatch: (payload) => this.#hear(payload) });
    for (const { topic, partition, offset } of this.#next.values()) {
      consumer.seek({ topic, partition, offset: String(offset) });
    }
  }

  #hear({ batch }: EachBatchPayload): Promise<void> {
    const { topic, partition } = batch;
    for (const { offset, key, value } of batch.messages) {
      const at = Number(offset);
      const known = this.#next.get(`${topic}/${partition}`)?.offset ?? 0;
      if (at >= known) this.what.onRecord({ topic, partition, offset: at, key, value });
    }
    this.#remember({ topic, partition, offset: Number(batch.lastOffset()) + 1 });
    return Promise.resolve();
  }

  #remember(start: StartOffset): void {
    this.#next.set(`${start.topic}/${start.partition}`, start);
  }

  /** A group of a process that is gone would be kept for days. */
  async #deleteGroup(groupId: string): Promise<void> {
    const admin = this.kafka.admin({ retry: { retries: 0 } });
    try {
      await admin.connect();
      await admin.deleteGroups([groupId]);
    } catch {
      // Kafka drops it by itself, later.
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}
