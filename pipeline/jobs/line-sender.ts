import type { Message, Producer } from 'kafkajs';
import { isFields } from '../../operators/normalise/fields.js';
import { SOURCES } from '../../operators/model/source.js';
import { HISTORY_TYPE, sourceTopics, type TopicNames } from '../../connections/topics.js';

const LINES_PER_RECORD = 200;
const BYTES_PER_RECORD = 500_000;
const RECORDS_PER_SEND = 20;

/**
 * Sends lines of canonical events so that the pipeline takes them in the order of the lines, whatever their sources:
 * as batches on one partition of one source topic. They are history: each was received when it says, however long ago.
 */
export class LineSender {
  #topic: string | null = null;
  #lines: string[] = [];
  #bytes = 0;
  #records: Message[] = [];
  sent = 0;

  constructor(
    private readonly producer: Producer,
    private readonly topics: TopicNames,
  ) {}

  async line(line: string): Promise<void> {
    if (line.trim() === '') return;
    this.#topic ??= this.#topicOf(line);
    this.#lines.push(line);
    this.#bytes += line.length;
    if (this.#lines.length < LINES_PER_RECORD && this.#bytes < BYTES_PER_RECORD) return;
    this.#endRecord();
    if (this.#records.length >= RECORDS_PER_SEND) await this.flush();
  }

  #topicOf(line: string): string {
    const bySource = sourceTopics(this.topics);
    let source: unknown;
    try {
      const event: unknown = JSON.parse(line);
      source = isFields(event) ? event.source : null;
    } catch {
      // The stream refuses the line with its reason; any topic will do.
    }
    return bySource[SOURCES.find((name) => name === source) ?? 'kaifa'];
  }

  #endRecord(): void {
    if (this.#lines.length === 0) return;
    const headers = {
      'content-type': 'application/x-ndjson',
      ce_type: HISTORY_TYPE,
      ce_time: new Date().toISOString(),
    };
    this.#records.push({ key: 'lines', value: this.#lines.join('\n'), headers });
    this.sent += this.#lines.length;
    this.#lines = [];
    this.#bytes = 0;
  }

  /** Sends what waits. */
  async flush(): Promise<void> {
    this.#endRecord();
    if (this.#records.length === 0) return;
    await this.producer.send({ topic: this.#topic!, messages: this.#records.splice(0), acks: -1 });
  }
}
