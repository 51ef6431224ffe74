import { partitionOf } from './partitioner.js';
import { Outbox, Task } from './task.js';
import type { OutRecord, SourceRecord, Stage, Topology } from './topology.js';

/** A record that a test, or a tool without a broker, pipes in. */
export interface PipedRecord {
  readonly topic: string;
  readonly key: string | null;
  readonly value: string | Uint8Array | null;
  readonly timestampMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the record stands; absent: behind the last one of its partition, by its key. */
  readonly at?: { readonly partition: number; readonly offset: number };
}

interface DriverOptions {
  readonly partitions?: number;
  /** Stages that run; absent: all that run on Kafka. What others would read is only written. */
  readonly stages?: readonly string[];
  /** Called with each record written and its partition, instead of keeping it for {@link TestDriver.read}. */
  readonly onRecord?: (record: OutRecord, partition: number) => void;
}

/**
 * Runs a topology without a broker: pipe in, advance the time, read out. Topics, offsets and partitions are as Kafka
 * would give them; a transaction ends with every {@link commit}.
 */
export class TestDriver {
  readonly #partitions: number;
  readonly #stages: readonly Stage[];
  readonly #stagesOf = new Map<string, Stage[]>();
  readonly #tasks = new Map<Stage, Map<number, Task>>();
  readonly #outboxes = new Map<Stage, Outbox>();
  readonly #offsets = new Map<string, number>();
  readonly #written = new Map<string, (OutRecord & { partition: number })[]>();
  readonly #encoder = new TextEncoder();
  readonly #onRecord: DriverOptions['onRecord'];
  #timeMs = 0;

  constructor(topology: Topology, options: DriverOptions = {}) {
    this.#partitions = options.partitions ?? 1;
    this.#onRecord = options.onRecord;
    this.#stages = topology.stages.filter(
      ({ name, outlet }) => outlet === null && (options.stages?.includes(name) ?? true),
    );
    for (const stage of this.#stages) {
      this.#tasks.set(stage, new Map());
      this.#outboxes.set(stage, new Outbox(false));
      for (const topic of stage.sources) this.#stagesOf.set(topic, [...(this.#stagesOf.get(topic) ?? []), stage]);
    }
  }

  /** Puts a record on a topic; every stage that reads the topic processes it. What it writes waits for {@link commit}. */
  pipe(record: PipedRecord): void {
    const { topic, key, value, headers = {}, timestampMs = this.#timeMs } = record;
    const text = typeof value === 'string' ? this.#encoder.encode(value) : value;
    for (const { tables } of this.#stages) {
      for (const table of tables) if (table.topic === topic) table.apply(key ?? '', text);
    }
    const stages = this.#stagesOf.get(topic);
    if (!stages) return;
    const partition = record.at?.partition ?? (key === null ? 0 : partitionOf(key, this.#partitions));
    const offset = record.at?.offset ?? this.#nextOffset(topic, partition);
    const bytes = key === null ? null : this.#encoder.encode(key);
    this.#process(stages, { topic, partition, offset, timestampMs, key: bytes, value: text, headers });
  }

  #nextOffset(topic: string, partition: number): number {
    const place = `${topic}/${partition}`;
    const offset = this.#offsets.get(place) ?? 0;
    this.#offsets.set(place, offset + 1);
    return offset;
  }

  #process(stages: readonly Stage[], record: SourceRecord): void {
    for (const stage of stages) {
      const tasks = this.#tasks.get(stage)!;
      let task = tasks.get(record.partition);
      if (!task) tasks.set(record.partition, (task = new Task(stage, record.partition, this.#outboxes.get(stage)!)));
      task.process(record);
    }
  }

  /** Ends the transaction of every stage, from the first to the last: what one wrote the next ones process. */
  commit(): void {
    let wrote = true;
    while (wrote) {
      wrote = false;
      for (const stage of this.#stages) {
        for (const record of this.#outboxes.get(stage)!.take()) {
          wrote = true;
          this.#write(record);
        }
      }
    }
  }

  #write(record: OutRecord): void {
    const partition = partitionOf(record.partitionKey, this.#partitions);
    const { topic, key, headers = {} } = record;
    this.#onRecord?.(record, partition);
    const written = this.#onRecord ? record : this.#keep(record, partition);
    if (!this.#stagesOf.has(topic)) return;
    const { value } = written;
    this.pipe({ topic, key, value, headers, at: { partition, offset: this.#nextOffset(topic, partition) } });
  }

  /** Keeps a copy for {@link read}. It has the value, which the record itself may write anew whenever it is asked for it. */
  #keep(record: OutRecord, partition: number): OutRecord {
    const copy = { ...record, partition };
    const kept = this.#written.get(record.topic);
    if (kept) kept.push(copy);
    else this.#written.set(record.topic, [copy]);
    return copy;
  }

  /** Sets the time (epoch ms) of records to come, and tells it to stateful nodes. */
  advance(toMs: number): void {
    this.#timeMs = toMs;
    for (const tasks of this.#tasks.values()) for (const task of tasks.values()) task.advance(toMs);
    this.commit();
  }

  /** The records written to a topic since the last call, in order. */
  read(topic: string): (OutRecord & { partition: number })[] {
    const records = this.#written.get(topic) ?? [];
    this.#written.delete(topic);
    return records;
  }
}
