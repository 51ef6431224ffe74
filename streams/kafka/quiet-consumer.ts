import type { KafkaConsumer, Message } from 'node-rdkafka';
import { consume, QUICK_MS } from './client.js';

/** After so many polls in a row that brought nothing, nothing seems to happen. */
const QUIET_POLLS = 10;
/** So long a poll waits then for a record; rebalances, ends of partitions and a stop wait as long. */
const QUIET_MS = 100;

/**
 * Asks less often where nothing happens. A poll for many records waits after the last one for more, so it must be short
 * (20 ms would cost half the latency), and 200 polls a second cost some per cent of a core for nothing. A poll for one
 * record comes back with it at once, so that one may wait long.
 */
export class QuietConsumer {
  #emptyPolls = 0;

  /** @param quickMs how long a poll for many waits after its last record, ms */
  constructor(
    private readonly consumer: KafkaConsumer,
    private readonly quickMs = QUICK_MS,
  ) {
    consumer.setDefaultConsumeTimeout(quickMs);
  }

  /** Up to `count` records that are there, or what comes within a moment, which is longer where it is quiet. */
  async consume(count: number): Promise<Message[]> {
    const messages = this.#emptyPolls < QUIET_POLLS ? await consume(this.consumer, count) : await this.#wait(count);
    this.#emptyPolls = messages.length === 0 ? this.#emptyPolls + 1 : 0;
    return messages;
  }

  async #wait(count: number): Promise<Message[]> {
    this.consumer.setDefaultConsumeTimeout(QUIET_MS);
    const first = consume(this.consumer, 1);
    // It was read when the call began.
    this.consumer.setDefaultConsumeTimeout(this.quickMs);
    const messages = await first;
    if (messages.length > 0 && count > 1) messages.push(...(await consume(this.consumer, count - 1)));
    return messages;
  }
}
