import { StreamError } from './errors.js';

/**
 * A topology is a value: built once, printable, run by the test driver (no broker) and by the runtime (Kafka) alike.
 * It is a list of stages that meet in topics. A stage reads co-partitioned topics, passes each record down a tree of
 * nodes, and writes what comes out at its leaves to its topics, all in one transaction with its offsets and snapshots.
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
  /**
   * Puts back what {@link encode} gave; null: a key of which nothing is known, as after no record.
   * Throws if it cannot be read, and has changed nothing then.
   */
  restore(key: string, bytes: Uint8Array | null): void;
}

/** A stateful node: one instance for each partition. It is a fold: the same records give the same output. */
export interface Processor<I, O> {
  process(value: I, context: RecordContext, emit: (value: O) => void): void;
  /** Called now and then with the time (epoch ms): for what depends on its passing. */
  advance?(nowMs: number, emit: (value: O) => void): void;
  /** How much it holds, by the name of what: for figures. */
  holdings?(): Readonly<Record<string, number>>;
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
  /** Headers of the record; absent: it has none. */
  readonly headers?: (values: readonly T[]) => Readonly<Record<string, string>> | undefined;
}

/** A topic that every instance of a stage reads whole before it begins, and follows from then on. */
export interface Table {
  readonly topic: string;
  readonly apply: (key: string, value: Uint8Array | null) => void;
}

/** What a node does with a value. */
type Work =
  | { readonly kind: 'flatMap'; readonly fn: (value: unknown, context: RecordContext) => Iterable<unknown> }
  | { readonly kind: 'branch'; readonly accepts: (value: unknown) => boolean }
  | {
      readonly kind: 'process';
      readonly make: (partition: number) => Processor<unknown, unknown>;
      readonly snapshots: SnapshotTopic | null;
    }
  | {
      readonly kind: 'to';
      readonly topics: readonly string[];
      readonly records: (value: unknown) => Iterable<OutRecord>;
    }
  | {
      readonly kind: 'through';
      readonly accepts: (value: unknown) => boolean;
      readonly gathering: Gathering<unknown>;
    };

/** A node of a stage; what it makes of a value goes to its children, in the order in which they were declared. */
export type Node = Work & {
  readonly name: string;
  /** Place of the node whose values it takes, among the nodes of its stage; -1: the records of the stage. */
  readonly parent: number;
};

/** Where a stage keeps records aside that its nodes choke on, and what it writes there. */
export interface Reject {
  readonly topic: string;
  readonly record: (record: SourceRecord, error: Error) => Omit<OutRecord, 'topic'>;
  /** Whether to go on without the record would be wrong: then the stage ends with the error. Absent: never. */
  readonly endsWith?: (error: Error) => boolean;
}

/** Whether a stage may go on without a record on which a node threw. */
export function mayGoOn({ reject }: Stage, error: Error): boolean {
  return reject !== null && !reject.endsWith?.(error);
}

export interface Stage {
  readonly name: string;
  readonly sources: readonly string[];
  /** Take source partitions in the order of their records' timestamps: those ahead wait. */
  readonly inTimeOrder: boolean;
  readonly tables: readonly Table[];
  /** A node stands behind the one whose values it takes. */
  readonly nodes: readonly Node[];
  readonly reject: Reject | null;
  /** What takes its records, and keeps its offsets with them, in transactions of its own: whoever runs that. Null: Kafka. */
  readonly outlet: string | null;
}

interface StageOptions {
  readonly inTimeOrder?: boolean;
  readonly tables?: readonly Table[];
  /** What becomes of a record on which a node throws; absent: the stage stops. */
  readonly reject?: Reject;
}

/** A topology that cannot be: said when it is built. */
export class TopologyError extends StreamError {
  override readonly name = 'TopologyError';

  constructor(message: string) {
    super('OMS_BAD_TOPOLOGY', message);
  }
}

/** Names stand in ids of groups, transactions and snapshots, between slashes. */
const NAME = /^[a-z][a-zA-Z0-9_-]*$/;
/** Under these names stands in the snapshots what is of no node. */
const RESERVED: readonly string[] = ['progress', 'rejected'];

/** The values that come out of a node, or the records of a stage: where the next nodes are hung on. */
export class Stream<T> {
  /** @param at place of the node among those of its stage; -1: the records themselves */
  constructor(
    private readonly stage: Stage & { readonly nodes: Node[] },
    private readonly at: number,
  ) {}

  /** One value for one value. */
  mapValues<U>(name: string, fn: (value: T, context: RecordContext) => U): Stream<U> {
    return this.flatMap(name, (value, context) => [fn(value, context)]);
  }

  /** Any number of values for one value. */
  flatMap<U>(name: string, fn: (value: T, context: RecordContext) => Iterable<U>): Stream<U> {
    return this.#add(name, {
      kind: 'flatMap',
      fn: fn as (value: unknown, context: RecordContext) => Iterable<unknown>,
    });
  }

  /** The values that a branch takes; the others pass it by. */
  branch<U extends T>(name: string, accepts: (value: T) => value is U): Stream<U> {
    return this.#add(name, { kind: 'branch', accepts: accepts as (value: unknown) => boolean });
  }

  /**
   * A node with a state for each partition. With a snapshot topic the state is restored from there and the source since.
   * @throws TopologyError if the stage reads several topics: in what order their records came is written nowhere, so the
   *   state could not be restored; or if another node of the stage keeps its state elsewhere
   */
  process<U>(
    name: string,
    make: (partition: number) => Processor<T, U>,
    snapshots: SnapshotTopic | null = null,
  ): Stream<U> {
    const { name: stage, sources, nodes } = this.stage;
    if (sources.length > 1)
      throw new TopologyError(
        `Stage ${stage} reads ${sources.join(', ')}, so it can have no state: in what order their records came is written ` +
          `nowhere, and ${name} could not be restored. Bring them onto one topic first.`,
      );
    const other = nodes.find((node) => node.kind === 'process' && node.snapshots?.topic !== snapshots?.topic);
    if (other)
      throw new TopologyError(
        `Nodes ${other.name} and ${name} of stage ${stage} must keep their snapshots on one topic, or both none: they are ` +
          'restored together.',
      );
    return this.#add(name, {
      kind: 'process',
      make: make as (partition: number) => Processor<unknown, unknown>,
      snapshots,
    });
  }

  /**
   * Values under a new key, through a topic: those that `accepts` are gathered by key for as long as a transaction lasts
   * and written as one record, or as several if they are many. A stage that reads the topic goes on from there.
   */
  through<U extends T>(accepts: (value: T) => value is U, gathering: Gathering<U>): this {
    this.#add(gathering.topic, {
      kind: 'through',
      accepts: accepts as (value: unknown) => boolean,
      gathering: gathering as Gathering<unknown>,
    });
    return this;
  }

  /** Writes what `records` makes of each value to `topics`. */
  to(topics: readonly string[], records: (value: T) => Iterable<OutRecord>): this {
    this.#add(topics.join(', '), { kind: 'to', topics, records: records as (value: unknown) => Iterable<OutRecord> });
    return this;
  }

  #add<U>(name: string, work: Work): Stream<U> {
    const { name: stage, nodes, sources } = this.stage;
    const written = topicsWritten(work);
    const isLeaf = work.kind === 'to' || work.kind === 'through';
    if (!isLeaf) requireName(`Node ${name} of stage ${stage}`, name);
    if (!isLeaf && nodes.some((node) => node.name === name))
      throw new TopologyError(`Stage ${stage} has two nodes ${name}: their snapshots could not be told apart.`);
    if (isLeaf && written.length === 0) throw new TopologyError(`Stage ${stage} writes to no topic.`);
    const circle = written.find((topic) => sources.includes(topic));
    if (circle !== undefined)
      throw new TopologyError(`Stage ${stage} writes to ${circle}, which it reads: it would never come to an end.`);
    nodes.push({ ...work, name, parent: this.at });
    return new Stream<U>(this.stage, nodes.length - 1);
  }
}

function requireName(what: string, name: string): void {
  if (!NAME.test(name)) throw new TopologyError(`${what} needs a name of letters, digits, "-" and "_".`);
  if (RESERVED.includes(name))
    throw new TopologyError(`${what} needs another name: ${RESERVED.join(' and ')} are taken.`);
}

/** The topics to which a node writes. */
export function topicsWritten(node: Work): readonly string[] {
  if (node.kind === 'to') return node.topics;
  return node.kind === 'through' ? [node.gathering.topic] : [];
}

export class Topology {
  readonly stages: Stage[] = [];

  constructor(readonly name: string) {}

  /**
   * Begins a stage that reads `sources`: topics of the same partition count, of which one task reads the same partition.
   * @throws TopologyError if there is one of this name, if it reads nothing, or the same topic twice
   */
  source(name: string, sources: readonly string[], options: StageOptions = {}): Stream<SourceRecord> {
    const { inTimeOrder = false, tables = [], reject = null } = options;
    const stage = { name, sources, inTimeOrder, tables, nodes: [], reject, outlet: null };
    this.#add(stage);
    return new Stream(stage, -1);
  }

  /**
   * A stage that brings topics into something else than Kafka, which keeps its offsets too: others run it, the topology knows
   * what it reads.
   * @throws TopologyError as {@link source} does
   */
  outlet(name: string, sources: readonly string[], outlet: string): void {
    this.#add({ name, sources, inTimeOrder: false, tables: [], nodes: [], reject: null, outlet });
  }

  #add(stage: Stage): void {
    const { name, sources, tables } = stage;
    requireName(`Stage ${name}`, name);
    if (this.stages.some((other) => other.name === name))
      throw new TopologyError(`There are two stages ${name}: they would be one consumer group.`);
    const read = [...sources, ...tables.map(({ topic }) => topic)];
    const twice = read.find((topic, at) => read.indexOf(topic) < at);
    if (sources.length === 0) throw new TopologyError(`Stage ${name} reads no topic.`);
    if (twice !== undefined) throw new TopologyError(`Stage ${name} reads ${twice} twice.`);
    this.stages.push(stage);
  }

  /** The stage of a name. Throws if there is none. */
  stage(name: string): Stage {
    const stage = this.stages.find((one) => one.name === name);
    if (!stage)
      throw new TopologyError(`No stage "${name}": there are ${this.stages.map((one) => one.name).join(', ')}.`);
    return stage;
  }
}
