import type { Producer } from 'kafkajs';
import type { TopicNames } from '../../../connections/topics.js';
import { LineSender } from '../line-sender.js';
import type { OrderedEvent } from './event-order.js';

/** Where a backfill puts its events. */
export interface BackfillTarget {
  /**
   * Takes events in event-time order, all of them behind those of earlier calls. When it resolves, none of them can be
   * lost. After a backfill that broke off, the last ones may be given once more: their identity is the same.
   */
  take(events: readonly OrderedEvent[]): Promise<void>;
  /** Called once, when all were taken. */
  finish(): Promise<void>;
}

/** Puts events on a source topic, from where they go through the stream once. */
export class LogTarget implements BackfillTarget {
  readonly #sender: LineSender;

  constructor(producer: Producer, topics: TopicNames) {
    this.#sender = new LineSender(producer, topics);
  }

  async take(events: readonly OrderedEvent[]): Promise<void> {
    for (const { line } of events) await this.#sender.line(line);
    await this.#sender.flush();
  }

  async finish(): Promise<void> {
    await this.#sender.flush();
  }
}
