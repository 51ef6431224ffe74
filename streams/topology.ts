/**
 * A topology is a value: built once, printable, run by the test driver (no broker) and by the runtime (Kafka) alike.
 * It is a list of stages that meet in topics. A stage reads co-partitioned topics, passes each record down a chain of
 * nodes, and writes what comes out to its topics, all in one transaction with its offsets and snapshots.
 */

/** A record as it comes from a topic. */
export interface SourceRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** A record on its way to a topic; `partitionKey` decides the partition and may differ from the key. */
export interface OutRecord {
  readonly topic: string;
  readonly key: string;
  readonly partitionKey: string;
  /** Null is a tombstone. */
  readonly value: string | Uint8Array | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** What `value` is the JSON of, for those who run a topology without a broker and would read it again. */
  readonly content?: object;
}

/** A record whose value is JSON: written when it is asked for. */
export function jsonRecord(topic: string, key: string, partitionKey: string, content: object): OutRecord {
  return {
    topic,
    key,
    partitionKey,
    content,
    get value() {
      return JSON.stringify(content);
    },
  };
}

/** Where the record that is at hand stands. */
export type RecordContext = Omit<SourceRecord, 'key' | 'value'>;

/** State of one partition that survives its process: snapshots by key, and the log since. */
export interface StateStore {
  /** The state of a key as bytes, now; null if there is none any more. */
  encode(key: string): Uint8Array | null;
  /** Puts back what {@link encode} gave. Throws if it cannot be read, and has changed nothing then. */
  restore(key: string, bytes: Uint8Array): void;
}

/** A stateful node: one instance for each partition. It is a fold: the same records give the same output. */
export interface Processor<I, O> {
  process(value: I, context: RecordContext, emit: (value: O) => void): void;
  /** Called now and then with the time (epoch ms): for what depends on its passing. */
  advance?(nowMs: number, emit: (value: O) => void): void;
  /** Absent: the state is rebuilt by reading its source from the beginning. */
  readonly store?: StateStore;
}

/** Topic on which a stage leaves snapshots of its state. */
export interface SnapshotTopic {
  readonly topic: string;
}

/** Values gathered under a key until the transaction ends or they are many, and written as one record. */
export interface Gathering<T> {
  readonly topic: string;
  readonly key: (value: T) => string;
  readonly encode: (values: readonly T[]) => string | Uint8Array;
}

type Node =
  | {
      readonly kind: 'flatMap';
      readonly name: string;
      readonly fn: (value: unknown, context: RecordContext) => Iterable<unknown>;
    }
  | {
      readonly kind: 'process';
      readonly name: string;
      readonly make: (partition: number) => Processor<unknown, unknown>;
      readonly snapshots: SnapshotTopic | null;
    };

/** A topic that every instance of a stage reads whole before it begins, and follows from then on. */
export interface Table {
  readonly topic: string;
  readonly apply: (key: string, value: Uint8Array | null) => void;
}

type Sink =
  | {
      readonly kind: 'to';
      readonly topics: readonly string[];
      readonly records: (value: unknown) => Iterable<OutRecord>;
    }
  | { readonly kind: 'gather'; readonly accepts: (value: unknown) => boolean; readonly gathering: Gathering<unknown> };

/** How a stage takes in records that its nodes choke on. */
export type RejectRecord = (record: SourceRecord, error: Error) => OutRecord;

export interface Stage {
  readonly name: string;
  readonly sources: readonly string[];
  /** Take source partitions in the order of their records' timestamps: those ahead wait. */
  readonly inTimeOrder: boolean;
  readonly tables: readonly Table[];
  readonly nodes: readonly Node[];
  readonly sinks: readonly Sink[];
  readonly reject: RejectRecord | null;
}

interface StageOptions {
  readonly inTimeOrder?: boolean;
  readonly tables?: readonly Table[];
  /** What becomes of a record on which a node throws; absent: the stage stops. */
  readonly reject?: RejectRecord;
}

/** A chain of nodes that ends in sinks. */
export class Stream<T> {
  constructor(
    private readonly stage: {
      readonly name: string;
      readonly sources: readonly string[];
      nodes: Node[];
      sinks: Sink[];
    },
  ) {}

  /** One value for one value. */
  mapValues<U>(name: string, fn: (value: T, context: RecordContext) => U): Stream<U> {
    return this.flatMap(name, (value, context) => [fn(value, context)]);
  }

  /** Any number of values for one value. */
  flatMap<U>(name: string, fn: (value: T, context: RecordContext) => Iterable<U>): Stream<U> {
    this.stage.nodes.push({
      kind: 'flatMap',
      name,
      fn: fn as (value: unknown, context: RecordContext) => Iterable<unknown>,
    });
    return new Stream(this.stage);
  }

  /** A node with a state for each partition. With a snapshot topic the state is restored from there and the source since. */
  process<U>(
    name: string,
    make: (partition: number) => Processor<T, U>,
    snapshots: SnapshotTopic | null = null,
  ): Stream<U> {
    const { name: stage, sources, nodes } = this.stage;
    if (sources.length > 1) throw new Error(`Stage ${stage} has a state, so it can read one topic only.`);
    nodes.push({
      kind: 'process',
      name,
      make: make as (partition: number) => Processor<unknown, unknown>,
      snapshots,
    });
    return new Stream(this.stage);
  }

  /**
   * Values under a new key, through a topic: those that `accepts` are gathered by key for as long as a transaction lasts
   * and written as one record, or as several if they are many. A stage that reads the topic goes on from there.
   */
  through<U extends T>(accepts: (value: T) => value is U, gathering: Gathering<U>): this {
    this.stage.sinks.push({
      kind: 'gather',
      accepts: accepts as (value: unknown) => boolean,
      gathering: gathering as Gathering<unknown>,
    });
    return this;
  }

  /** Writes what `records` makes of each value to `topics`. */
  to(topics: readonly string[], records: (value: T) => Iterable<OutRecord>): this {
    this.stage.sinks.push({ kind: 'to', topics, records: records as (value: unknown) => Iterable<OutRecord> });
    return this;
  }
}

export class Topology {
  readonly stages: Stage[] = [];

  constructor(readonly name: string) {}

  /** Begins a stage that reads `sources`: topics of the same partition count, of which one task reads the same partition. */
  source(name: string, sources: readonly string[], options: StageOptions = {}): Stream<SourceRecord> {
    const stage = {
      name,
      sources,
      inTimeOrder: options.inTimeOrder ?? false,
      tables: options.tables ?? [],
      nodes: [],
      sinks: [],
      reject: options.reject ?? null,
    };
    this.stages.push(stage);
    return new Stream(stage);
  }

  /** The stage of a name. Throws if there is none. */
  stage(name: string): Stage {
    const stage = this.stages.find((one) => one.name === name);
    if (!stage) throw new Error(`No stage "${name}": there are ${this.stages.map((one) => one.name).join(', ')}.`);
    return stage;
  }

  /** The topology as text: each stage with what it reads, does and writes. */
  describe(): string {
    const lines = [`Topology: ${this.name}`];
    for (const { name, sources, tables, nodes, sinks, inTimeOrder } of this.stages) {
      lines.push(`  Stage: ${name}`);
      lines.push(`    source: ${sources.join(', ')}${inTimeOrder ? ' (in the order of their times)' : ''}`);
      for (const { topic } of tables) lines.push(`    table: ${topic}`);
      for (const node of nodes) {
        const kept =
          node.kind === 'process' && node.snapshots ? ` (state per partition, snapshots: ${node.snapshots.topic})` : '';
        lines.push(`    ${node.kind}: ${node.name}${kept}`);
      }
      for (const sink of sinks) {
        lines.push(
          sink.kind === 'to'
            ? `    to: ${sink.topics.join(', ')}`
            : `    through: ${sink.gathering.topic} (gathered by key)`,
        );
      }
    }
    return lines.join('\n');
  }
}
