import type {
  Gathering,
  Node,
  OutRecord,
  Processor,
  RecordContext,
  SourceRecord,
  Stage,
  StateStore,
} from './topology.js';

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

  #encode({ topic, encode, headers: of }: Gathering<unknown>, key: string, values: readonly unknown[]): void {
    const headers = of?.(values);
    this.#records.push({ topic, key, partitionKey: key, value: encode(values), ...(headers && { headers }) });
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

/** The state of a node. */
export interface NodeState {
  readonly node: string;
  readonly store: StateStore;
}

type Into = (value: unknown) => void;

/** One partition of a stage: its nodes with their state. The driver and the runtime both run tasks. */
export class Task {
  readonly #processors: readonly (Processor<unknown, unknown> | null)[];
  /** What takes the values that a node gives, for the node of the same place. */
  readonly #outOf: readonly Into[];
  /** What takes a record. */
  readonly #into: Into;
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
    const { nodes } = stage;
    this.#processors = nodes.map((node) => (node.kind === 'process' ? node.make(partition) : null));
    // Linked once, from the leaves up: a closure for each node and record was a fifth of the time between the nodes.
    const into: Into[] = [];
    const outOf: Into[] = [];
    const toChildrenOf = (at: number): Into =>
      toAll(nodes.flatMap(({ parent }, child) => (parent === at ? [into[child]!] : [])));
    for (let at = nodes.length - 1; at >= 0; at--) {
      const next = toChildrenOf(at);
      outOf[at] = next;
      into[at] = this.#intoNode(nodes[at]!, this.#processors[at] ?? null, next);
    }
    this.#outOf = outOf;
    this.#into = toChildrenOf(-1);
  }

  #intoNode(node: Node, processor: Processor<unknown, unknown> | null, next: Into): Into {
    switch (node.kind) {
      case 'flatMap':
        return (value) => {
          for (const one of node.fn(value, this.#context)) next(one);
        };
      case 'branch':
        return (value) => {
          if (node.accepts(value)) next(value);
        };
      case 'process':
        return (value) => {
          this.#hasLeftTrace = true;
          processor!.process(value, this.#context, next);
        };
      case 'to':
        return (value) => {
          if (this.#mute) return;
          this.#hasLeftTrace = true;
          for (const record of node.records(value)) this.outbox.add(record);
        };
      case 'through':
        return (value) => {
          if (this.#mute) return;
          this.#hasLeftTrace = true;
          if (node.accepts(value)) this.outbox.gather(node.gathering, value);
        };
    }
  }

  /** The states of its nodes that can be kept. */
  get states(): readonly NodeState[] {
    return this.stage.nodes.flatMap(({ name }, at) => {
      const store = this.#processors[at]?.store;
      return store ? [{ node: name, store }] : [];
    });
  }

  /** How much its nodes hold, by the name of what. */
  get holdings(): Readonly<Record<string, number>> {
    return Object.assign({}, ...this.#processors.map((processor) => processor?.holdings?.())) as Record<string, number>;
  }

  /** Passes a record down the nodes. With `mute` only the states change: what it would write has been written. */
  process(record: SourceRecord, mute = false): void {
    this.#context = record;
    this.#mute = mute;
    this.#hasLeftTrace = false;
    this.#into(record);
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
    this.#processors.forEach((processor, at) => processor?.advance?.(nowMs, this.#outOf[at]!));
  }

  #atTime(timestampMs: number): RecordContext {
    return { topic: '', partition: this.partition, offset: -1, timestampMs, headers: {} };
  }
}

function toAll(children: readonly Into[]): Into {
  const [only] = children;
  if (children.length === 1) return only!;
  return (value) => {
    for (const child of children) child(value);
  };
}
