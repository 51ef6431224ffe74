import { Partitioners, type Kafka, type Message, type Producer, type RecordMetadata } from 'kafkajs';
import { GatewayError } from './errors.js';
import { OmsError } from '../connections/errors.js';

/** A record to be published. */
export interface OutgoingRecord {
  readonly key: string | null;
  readonly value: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where a published record stands. */
export interface PublishedAt {
  readonly partition: number;
  readonly offset: number;
}

/** Puts records on topics. */
export interface Publisher {
  /**
   * Publishes a record; resolves when Kafka has it.
   * @throws GatewayError OMS_KAFKA_UNAVAILABLE if Kafka does not take it; it may have it all the same
   */
  publish(topic: string, record: OutgoingRecord): Promise<PublishedAt>;
}

interface Waiting {
  readonly topic: string;
  readonly message: Message;
  readonly bytes: number;
  resolve(at: PublishedAt): void;
  reject(error: Error): void;
}

/** Requests that come this close together share one request to Kafka. */
const LINGER_MS = 3;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** To encode it holds up everybody else: 1 MB takes some 7 ms. */
const MAX_BATCH_BYTES = 1024 * 1024;
/** kafkajs groups a batch by copying: its cost grows with the square of this. */
const MAX_BATCH_RECORDS = 500;
const SEND_MS = 5000;
const RECONNECT_MS = 1000;

/** A publisher by kafkajs's idempotent producer, one request at a time. */
export class KafkaPublisher implements Publisher {
  #producer: Producer | null = null;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | null = null;
  #reconnecting: NodeJS.Timeout | undefined;
  #stopped = false;
  /** Where each message went; asked again on a retry, a message must go to the same partition under its sequence. */
  readonly #partitions = new WeakMap<Message, number>();

  constructor(private readonly kafka: Kafka) {}

  /** Connects; where Kafka does not answer, goes on trying. */
  async start(): Promise<void> {
    const choose = Partitioners.DefaultPartitioner();
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: () => (args) => {
        const partition = this.#partitions.get(args.message) ?? choose(args);
        this.#partitions.set(args.message, partition);
        return partition;
      },
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1000 },
    });
    try {
      await producer.connect();
      if (this.#stopped) await producer.disconnect();
      else this.#producer = producer;
    } catch {
      await producer.disconnect().catch(() => undefined);
      this.#reconnectLater();
    }
  }

  publish(topic: string, { key, value, headers = {} }: OutgoingRecord): Promise<PublishedAt> {
    const bytes = Buffer.byteLength(value);
    if (!this.#producer) return Promise.reject(unavailable('not connected'));
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) return Promise.reject(unavailable('too much is waiting'));
    this.#waitingBytes += bytes;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ topic, message: { key, value, headers: { ...headers } }, bytes, resolve, reject });
      if (!this.#sending) this.#timer ??= setTimeout(() => this.#flush(), LINGER_MS);
    });
  }

  /** Bytes of what waits to be published. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Publishes what waits, and disconnects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#reconnecting);
    if (!this.#sending) this.#flush();
    while (this.#sending) await this.#sending;
    await this.#producer?.disconnect().catch(() => undefined);
    this.#producer = null;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const producer = this.#producer;
    if (this.#waiting.length === 0 || !producer) return;
    const batch = this.#takeBatch();
    this.#sending = this.#send(producer, batch).finally(() => {
      this.#sending = null;
      this.#flush();
    });
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      if (count === MAX_BATCH_RECORDS || (count > 0 && bytes + waiting.bytes > MAX_BATCH_BYTES)) break;
      bytes += waiting.bytes;
      count++;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #send(producer: Producer, batch: readonly Waiting[]): Promise<void> {
    const byTopic = new Map<string, Message[]>();
    for (const { topic, message } of batch) {
      const messages = byTopic.get(topic);
      if (messages) messages.push(message);
      else byTopic.set(topic, [message]);
    }
    const topicMessages = [...byTopic].map(([topic, messages]) => ({ topic, messages }));
    try {
      this.#answer(batch, await within(SEND_MS, producer.sendBatch({ acks: -1, topicMessages })));
    } catch (error) {
      this.#giveUp(producer, batch, (error as Error).message);
    }
  }

  /** Tells each its offset: within a partition they stand in the order of the batch. */
  #answer(batch: readonly Waiting[], metadata: readonly RecordMetadata[]): void {
    const next = new Map(
      metadata.map(({ topicName, partition, baseOffset }) => [`${topicName}/${partition}`, Number(baseOffset)]),
    );
    for (const { topic, message, resolve } of batch) {
      const partition = this.#partitions.get(message)!;
      const offset = next.get(`${topic}/${partition}`) ?? -1;
      next.set(`${topic}/${partition}`, offset + 1);
      resolve({ partition, offset });
    }
  }

  /**
   * Nobody knows whether Kafka has the batch, so nobody knows at which sequence number the next one starts: a producer
   * that went on could have other records taken for copies of these. A new one begins a new sequence.
   */
  #giveUp(producer: Producer, batch: readonly Waiting[], reason: string): void {
    this.#producer = null;
    for (const { reject } of [...batch, ...this.#waiting]) reject(unavailable(reason));
    this.#waiting = [];
    this.#waitingBytes = 0;
    void producer.disconnect().catch(() => undefined);
    this.#reconnectLater();
  }

  #reconnectLater(): void {
    if (!this.#stopped) this.#reconnecting = setTimeout(() => void this.start(), RECONNECT_MS);
  }
}

function unavailable(reason: string): GatewayError {
  return new GatewayError('OMS_KAFKA_UNAVAILABLE', [reason]);
}

/** The promise's result, or an error after some ms. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OmsError('OMS_KAFKA_AWAY', `no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
