import { hostname } from 'node:os';
import type { Producer } from 'node-rdkafka';
import { connectProducer } from '../streams/kafka/client.js';
import { beatKey, BEAT_EVERY_MS, stageBeatOf, type Beat, type Living } from './beat.js';

/** Less than a process has to end in order: who is told to stop waits for it. */
const CONNECT_MS = 3000;

export interface HeartOptions {
  readonly brokers: string;
  /** `oms.beats`, with its prefix. */
  readonly topic: string;
  readonly slot: string;
  /** Where the process answers for its health; null: nowhere. */
  readonly port: number | null;
  /** What the process runs, by name; what is added later is told too. */
  readonly living: ReadonlyMap<string, Living>;
}

/** Says on `oms.beats` every few seconds that this process lives. A broker that is away hears of it when it is back. */
export class Heart {
  readonly #startedAt = new Date().toISOString();
  readonly #timer: NodeJS.Timeout;
  #producer: Producer | null = null;
  #connecting: Promise<void> | null = null;
  #beats = 0;
  #isStopped = false;

  constructor(private readonly options: HeartOptions) {
    this.#timer = setInterval(() => this.#beat(), BEAT_EVERY_MS).unref();
    this.#connecting = this.#connect();
  }

  /** Says that the process ends in order, and disconnects. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#connecting;
    const producer = this.#producer;
    if (!producer) return;
    this.#send(producer, true);
    // Its last word has a second to get out.
    await new Promise<void>((resolve) => producer.disconnect(1000, () => resolve()));
  }

  #beat(): void {
    if (this.#producer) this.#send(this.#producer, false);
    else this.#connecting ??= this.#connect();
  }

  async #connect(): Promise<void> {
    try {
      this.#producer = await connectProducer(this.options.brokers, undefined, CONNECT_MS);
      if (!this.#isStopped) this.#send(this.#producer, false);
    } catch {
      // Kafka is away: tried again with the next beat.
    } finally {
      this.#connecting = null;
    }
  }

  #send(producer: Producer, isLeaving: boolean): void {
    const { topic, slot, port, living } = this.options;
    const beat: Beat = {
      host: hostname(),
      pid: process.pid,
      slot,
      startedAt: this.#startedAt,
      beat: this.#beats++,
      port,
      isLeaving,
      stages: [...living].map(([name, one]) => stageBeatOf(name, one)),
    };
    try {
      producer.produce(topic, 0, Buffer.from(JSON.stringify(beat)), beatKey(beat));
      producer.poll();
    } catch {
      // Its queue is full of beats that no broker has taken: this one says no more than they do.
    }
  }
}
