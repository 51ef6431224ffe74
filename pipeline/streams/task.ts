import type { OutRecord, Processor, RecordContext, SourceRecord, Stage, StateStore } from './topology.js';

/**
 * Gathered values in one record at most: a backlog may hold more of one key than the broker takes in a record (8 MB), and
 * a value of ids as long as they may be has some 2 kB.
 */
const VALUES_PER_RECORD = 2000;

/** What a stage wants written in one transaction. */
export class Outbox {
  readonly #records: OutRecord[] = [];
  readonly #gathered = new Map<string, Map<string, unknown[]>>();

  add(record: OutRecord): void {
    this.#records.push(record);
  }

  /** Keeps a value until {@link take}, with the others of its topic and key. */
  gather(topic: string, key: string, value: unknown): void {
    let keys = this.#gathered.get(topic);
    if (!keys) this.#gathered.set(topic, (keys = new Map()));
    const values = keys.get(key);
    if (values) values.push(value);
    else keys.set(key, [value]);
  }

  /** All that was added since the last call, gathered values as one record a key (more if they are many); the outbox is empty then. */
  take(encode: (topic: string, values: readonly unknown[]) => string | Uint8Array): OutRecord[] {
    const records = this.#records.splice(0);
    for (const [topic, keys] of this.#gathered) {
      for (const [key, values] of keys) {
        for (let i = 0; i < values.length; i += VALUES_PER_RECORD) {
          const value = encode(topic, values.slice(i, i + VALUES_PER_RECORD));
          records.push({ topic, key, partitionKey: key, value });
        }
      }
    }
    this.#gathered.clear();
    return records;
  }
}

/** One partition of a stage: its nodes with their state. The driver and the runtime both run tasks. */
export class Task {
  readonly #processors: (Processor<unknown, unknown> | null)[];

  constructor(
    readonly stage: Stage,
    readonly partition: number,
    private readonly outbox: Outbox,
  ) {
    this.#processors = stage.nodes.map((node) => (node.kind === 'process' ? node.make(partition) : null));
  }

  /** The state that is kept in snapshots; null if the stage has none. */
  get store(): StateStore | null {
    return this.#processors.find((processor) => processor?.store)?.store ?? null;
  }

  /** Passes a record down the chain. With `mute` only the state changes: what it would write has been written. */
  process(record: SourceRecord, mute = false): void {
    const { topic, partition, offset, timestampMs } = record;
    this.#push(0, record, { topic, partition, offset, timestampMs }, mute);
  }

  /** Tells stateful nodes the time (epoch ms). */
  advance(nowMs: number): void {
    this.#processors.forEach((processor, i) => {
      const context = { topic: '', partition: this.partition, offset: -1, timestampMs: nowMs };
      processor?.advance?.(nowMs, (value) => this.#push(i + 1, value, context, false));
    });
  }

  #push(at: number, value: unknown, context: RecordContext, mute: boolean): void {
    const node = this.stage.nodes[at];
    if (!node) {
      if (!mute) this.#write(value);
    } else if (node.kind === 'flatMap') {
      for (const next of node.fn(value, context)) this.#push(at + 1, next, context, mute);
    } else {
      this.#processors[at]!.process(value, context, (next) => this.#push(at + 1, next, context, mute));
    }
  }

  #write(value: unknown): void {
    for (const sink of this.stage.sinks) {
      if (sink.kind === 'to') {
        for (const record of sink.records(value)) this.outbox.add(record);
      } else if (sink.accepts(value)) {
        this.outbox.gather(sink.gathering.topic, sink.gathering.key(value), value);
      }
    }
  }
}

/** Encodes gathered values as the stage's topology says. */
export function encoderOf(stage: Stage): (topic: string, values: readonly unknown[]) => string | Uint8Array {
  return (topic, values) => {
    for (const sink of stage.sinks) {
      if (sink.kind === 'gather' && sink.gathering.topic === topic) return sink.gathering.encode(values);
    }
    throw new Error(`Stage ${stage.name} gathers nothing for ${topic}.`);
  };
}
