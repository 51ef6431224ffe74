import type { Gathering, OutRecord, Processor, RecordContext, SourceRecord, Stage, StateStore } from './topology.js';

/**
 * Gathered values in one record at most. They are encoded as soon as there are so many: waiting for the transaction to end
 * they would grow old, and be moved by the garbage collector. A value of ids as long as they may be has some 2 kB, and the
 * broker takes 8 MB in a record.
 */
const VALUES_PER_RECORD = 250;

/** What a stage wants written in one transaction. */
export class Outbox {
  readonly #records: OutRecord[] = [];
  readonly #gathered = new Map<Gathering<unknown>, Map<string, unknown[]>>();

  /** @param asBytes values are kept as bytes: a storm's objects and texts need not live until its commit */
  constructor(private readonly asBytes: boolean) {}

  add(record: OutRecord): void {
    this.#records.push(this.asBytes ? written(record) : record);
  }

  /** Keeps a value until {@link take}, with the others of its key. */
  gather(gathering: Gathering<unknown>, value: unknown): void {
    let keys = this.#gathered.get(gathering);
    if (!keys) this.#gathered.set(gathering, (keys = new Map()));
    const key = gathering.key(value);
    const values = keys.get(key);
    if (!values) {
      keys.set(key, [value]);
    } else if (values.push(value) === VALUES_PER_RECORD) {
      keys.delete(key);
      this.#encode(gathering, key, values);
    }
  }

  #encode({ topic, encode }: Gathering<unknown>, key: string, values: readonly unknown[]): void {
    this.#records.push({ topic, key, partitionKey: key, value: encode(values) });
  }

  /** All that was added since the last call, gathered values as one record a key (more if they are many); the outbox is empty then. */
  take(): OutRecord[] {
    for (const [gathering, keys] of this.#gathered) {
      for (const [key, values] of keys) this.#encode(gathering, key, values);
    }
    this.#gathered.clear();
    return this.#records.splice(0);
  }

  /** Drops all that was added. */
  clear(): void {
    this.#gathered.clear();
    this.#records.length = 0;
  }
}

function written({ content: _, value, ...record }: OutRecord): OutRecord {
  return { ...record, value: typeof value === 'string' ? Buffer.from(value) : value };
}

/** One partition of a stage: its nodes with their state. The driver and the runtime both run tasks. */
export class Task {
  readonly #processors: readonly (Processor<unknown, unknown> | null)[];
  /** What takes a value into the node of the same place; behind the last one, what writes it. */
  readonly #into: readonly ((value: unknown) => void)[];
  /** The record at hand, and whether what comes of it is written: nodes are called for one record at a time. */
  #context: RecordContext;
  #mute = false;
  /** Whether the record at hand came as far as a state, or to something that is written. */
  #hasLeftTrace = false;

  constructor(
    readonly stage: Stage,
    readonly partition: number,
    private readonly outbox: Outbox,
  ) {
    this.#context = this.#atTime(0);
    this.#processors = stage.nodes.map((node) => (node.kind === 'process' ? node.make(partition) : null));
    // Linked once: a closure for each node and record was a fifth of the time between the nodes.
    const into = [(value: unknown): void => this.#write(value)];
    for (let at = stage.nodes.length - 1; at >= 0; at--) {
      const next = into[0]!;
      const node = stage.nodes[at]!;
      const processor = this.#processors[at]!;
      into.unshift(
        node.kind === 'flatMap'
          ? (value) => {
              for (const one of node.fn(value, this.#context)) next(one);
            }
          : (value) => {
              this.#hasLeftTrace = true;
              processor.process(value, this.#context, next);
            },
      );
    }
    this.#into = into;
  }

  /** The state that is kept in snapshots; null if the stage has none. */
  get store(): StateStore | null {
    return this.#processors.find((processor) => processor?.store)?.store ?? null;
  }

  /** Passes a record down the chain. With `mute` only the state changes: what it would write has been written. */
  process(record: SourceRecord, mute = false): void {
    this.#context = record;
    this.#mute = mute;
    this.#hasLeftTrace = false;
    this.#into[0]!(record);
  }

  /**
   * Whether the record that was processed last may have changed a state, or written something. If not, and a node threw, it
   * is as if the record had never been: what comes behind it can be processed.
   */
  get hasLeftTrace(): boolean {
    return this.#hasLeftTrace;
  }

  /** Tells stateful nodes the time (epoch ms). */
  advance(nowMs: number): void {
    this.#context = this.#atTime(nowMs);
    this.#mute = false;
    this.#processors.forEach((processor, at) => processor?.advance?.(nowMs, this.#into[at + 1]!));
  }

  #atTime(timestampMs: number): RecordContext {
    return { topic: '', partition: this.partition, offset: -1, timestampMs, headers: {} };
  }

  #write(value: unknown): void {
    if (this.#mute) return;
    this.#hasLeftTrace = true;
    for (const sink of this.stage.sinks) {
      if (sink.kind === 'to') {
        for (const record of sink.records(value)) this.outbox.add(record);
      } else if (sink.accepts(value)) {
        this.outbox.gather(sink.gathering, value);
      }
    }
  }
}
