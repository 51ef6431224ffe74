import {
  stretchOf,
  type Broker,
  type BrokerError,
  type GroupMember,
  type JoinOptions,
  type LogReader,
  type PlacedRecord,
  type Rebalance,
  type TopicPartition,
  type TopicPartitionOffset,
  type Transactions,
} from '../../streams/broker.js';
import type { SourceRecord } from '../../streams/topology.js';
import { Group, Member } from './group.js';
import { SimulatedLog, type Transaction } from './log.js';
import type { SimulatedProcess, World } from './world.js';

const SESSION_MS = 6000;
const TRANSACTION_MS = 10_000;
const ILLEGAL_GENERATION = 22;
const UNKNOWN_MEMBER = 25;
const FENCED_INSTANCE = 82;
const FENCED = -144;

/** Guards that can be taken out, to see that the comparison finds it. */
export interface Missing {
  readonly readCommitted?: boolean;
  /** Whoever takes a partition over waits for the transactions that hold its offsets. */
  readonly stableOffsets?: boolean;
  /** The group refuses offsets of members that it has taken out. */
  readonly groupFencing?: boolean;
}

function brokerError(message: string, flags: Partial<BrokerError>): BrokerError {
  return Object.assign(new Error(message), flags);
}

/** Who may write under a transactional id, and what it has open. */
interface Producer {
  epoch: number;
  open: OpenTransaction | null;
}

interface OpenTransaction {
  readonly transaction: Transaction;
  readonly group: Group;
  offsets: readonly TopicPartitionOffset[];
}

/** The broker of all processes of a world. */
export class SimulatedBroker {
  readonly log: SimulatedLog;
  readonly #groups = new Map<string, { group: Group; topics: readonly string[] }>();
  readonly #producers = new Map<string, Producer>();

  constructor(
    readonly world: World,
    readonly partitions: number,
    readonly missing: Missing = {},
  ) {
    this.log = new SimulatedLog(partitions, missing.readCommitted ?? false);
    void this.#keepTime();
  }

  /** Whether every group has read all that its topics hold, and nothing is open. */
  isQuiet(): boolean {
    for (const { group, topics } of this.#groups.values()) {
      for (const topic of topics) {
        for (let partition = 0; partition < this.partitions; partition++) {
          if (group.isPending({ topic, partition })) return false;
          if (this.log.stable(topic, partition) < this.log.high(topic, partition)) return false;
          if (this.log.read(topic, partition, group.offset({ topic, partition }), 1).records.length > 0) return false;
        }
      }
    }
    return true;
  }

  #group({ group: name, topics, together }: JoinOptions): Group {
    let entry = this.#groups.get(name);
    if (!entry) this.#groups.set(name, (entry = { group: new Group(this.partitions, together), topics }));
    return entry.group;
  }

  /** Takes members out that were not heard of, and ends transactions that were open for too long. */
  async #keepTime(): Promise<void> {
    for (;;) {
      await this.world.wait(500);
      for (const { group } of this.#groups.values()) {
        if (group.expire(this.world.nowMs - SESSION_MS) > 0) this.world.note('member taken out');
      }
      for (const producer of this.#producers.values()) {
        if (!producer.open || producer.open.transaction.begunMs >= this.world.nowMs - TRANSACTION_MS) continue;
        this.world.note('transaction timed out');
        this.end(producer, 'aborted');
        producer.epoch++;
      }
    }
  }

  end(producer: Producer, state: 'committed' | 'aborted'): void {
    const { open } = producer;
    if (!open) return;
    this.log.end(open.transaction, state);
    open.group.release(open.offsets, open, state === 'committed');
    producer.open = null;
  }

  /** The broker as one process reaches it. */
  for(process: SimulatedProcess): Broker {
    return {
      join: (options) => this.#join(process, options),
      reader: () => this.world.call(process, () => new SimulatedReader(this, process)),
      follow: () => this.world.call(process, () => ({ stop: () => Promise.resolve() })),
    };
  }

  async #join(process: SimulatedProcess, options: JoinOptions) {
    const { group: name, slot, topics } = options;
    const group = this.#group(options);
    const member = new Member(slot, process, topics, name.endsWith('-correlate'));
    const id = `${name}-${slot}`;
    const producer = this.#producers.get(id) ?? { epoch: 0, open: null };
    this.#producers.set(id, producer);
    await this.world.call(process, () => {
      this.end(producer, 'aborted');
      producer.epoch++;
    });
    const { epoch } = producer;
    await this.world.call(process, () => group.join(member, this.world.nowMs));
    return {
      member: new SimulatedMember(this, process, group, member),
      transactions: new SimulatedTransactions(this, process, group, member, producer, epoch),
    };
  }
}

class SimulatedMember implements GroupMember {
  #onEnd: (end: TopicPartitionOffset) => void = () => undefined;
  readonly #paused = new Set<string>();

  constructor(
    private readonly broker: SimulatedBroker,
    private readonly process: SimulatedProcess,
    private readonly group: Group,
    private readonly member: Member,
  ) {}

  nextRebalance(): Rebalance | undefined {
    return this.member.asked.shift();
  }

  poll(count: number): Promise<SourceRecord[]> {
    const { world, log } = this.broker;
    return world.call(this.process, () => {
      this.#hear();
      const records: SourceRecord[] = [];
      for (const [place, position] of this.member.positions) {
        if (this.#paused.has(place)) continue;
        const { topic, partition, offset } = position;
        const some = world.random.integer(0, Math.min(count, 20));
        const { records: read, next } = log.read(topic, partition, offset, some);
        records.push(...read);
        this.member.positions.set(place, { topic, partition, offset: next });
        if (next === log.stable(topic, partition)) this.#onEnd({ topic, partition, offset: next });
      }
      return records;
    });
  }

  /** What the client does in the background: it says that it is there, and hears if it no longer is. */
  #hear(): void {
    this.member.heardMs = this.broker.world.nowMs;
    if (!this.member.lost) return;
    this.member.asked.length = 0;
    const partitions = [...this.member.positions.values()];
    this.member.asked.push({ assign: false, partitions });
  }

  onEnd(listener: (end: TopicPartitionOffset) => void): void {
    this.#onEnd = listener;
  }

  knownEnd({ topic, partition }: TopicPartition): number | null {
    return this.broker.log.high(topic, partition);
  }

  committed(partitions: readonly TopicPartition[]): Promise<TopicPartitionOffset[]> {
    const { world, missing } = this.broker;
    return world.call(
      this.process,
      () => {
        // As Kafka does for some seconds after a broker came back. Only a stage with snapshots knows better.
        const isUnknown = this.member.keepsSnapshots && world.random.chance(world.chances.unknownOffsets);
        if (isUnknown) world.note('offsets of a group not known');
        return partitions.map(({ topic, partition }) => ({
          topic,
          partition,
          offset: isUnknown ? 0 : this.group.offset({ topic, partition }),
        }));
      },
      () => missing.stableOffsets === true || !partitions.some((place) => this.group.isPending(place)),
    );
  }

  assign(from: readonly TopicPartitionOffset[]): void {
    for (const offset of from) this.member.positions.set(`${offset.topic}/${offset.partition}`, offset);
  }

  unassign(partitions: readonly TopicPartition[]): void {
    this.group.gaveBack(this.member, partitions, this.broker.world.nowMs);
  }

  async seek(to: TopicPartitionOffset): Promise<void> {
    await this.broker.world.call(this.process, () => this.assign([to]));
  }

  pause({ topic, partition }: TopicPartition): void {
    this.#paused.add(`${topic}/${partition}`);
  }

  resume({ topic, partition }: TopicPartition): void {
    this.#paused.delete(`${topic}/${partition}`);
  }

  /** A static member leaves without a word: the group waits for it to come back. */
  leave(): Promise<void> {
    return this.broker.world.call(this.process, () => undefined);
  }
}

class SimulatedTransactions implements Transactions {
  #unsent: PlacedRecord[] = [];
  #committing: Transaction | null = null;

  constructor(
    private readonly broker: SimulatedBroker,
    private readonly process: SimulatedProcess,
    private readonly group: Group,
    private readonly member: Member,
    private readonly producer: Producer,
    private readonly epoch: number,
  ) {}

  /** A step of a transaction, which may fail in all the ways in which Kafka's may. */
  async #step<T>(effect: () => T): Promise<T> {
    const { world } = this.broker;
    const { chances, random } = world;
    if (random.chance(chances.freeze)) {
      world.note('frozen in a transaction');
      world.freeze(this.process);
    }
    if (random.chance(chances.crash)) this.#die('killed before a step took effect');
    const { value, lost } = await world.call(this.process, () => {
      if (this.producer.epoch !== this.epoch) {
        world.note('producer fenced');
        throw brokerError('fenced by a newer producer', { code: FENCED, isFatal: true });
      }
      if (random.chance(chances.retriable)) {
        world.note('broker away for a moment');
        throw brokerError('coordinator not available', { isRetriable: true });
      }
      if (random.chance(chances.abort)) {
        world.note('transaction to be given up');
        throw brokerError('the transaction must be given up', { isTxnRequiresAbort: true });
      }
      const done = effect();
      if (random.chance(chances.crash)) {
        world.note('killed after a step took effect');
        world.kill(this.process);
      }
      return { value: done, lost: random.chance(chances.lostAnswer) };
    });
    if (lost) {
      world.note('answer lost');
      throw brokerError('timed out waiting for an answer', { isRetriable: true });
    }
    return value;
  }

  #die(how: string): void {
    this.broker.world.note(how);
    this.broker.world.kill(this.process);
  }

  #deliver(count: number): void {
    const { open } = this.producer;
    const { log, world } = this.broker;
    if (open) for (const record of this.#unsent.splice(0, count)) log.append(record, world.nowMs, open.transaction);
  }

  async begin(): Promise<void> {
    const transaction: Transaction = { state: 'open', begunMs: this.broker.world.nowMs };
    await this.broker.world.call(this.process, () => {
      this.#committing = transaction;
      if (this.producer.epoch === this.epoch) this.producer.open = { transaction, group: this.group, offsets: [] };
    });
  }

  send(record: PlacedRecord): Promise<void> | void {
    this.#unsent.push(record);
    // Now and then some of it is on its way while others write too.
    if (!this.broker.world.random.chance(0.1)) return;
    return this.broker.world.call(this.process, () => {
      if (this.producer.epoch === this.epoch) this.#deliver(this.broker.world.random.integer(1, this.#unsent.length));
    });
  }

  sendOffsets(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    return this.#step(() => {
      if (!this.group.knows(this.member) && !this.broker.missing.groupFencing) {
        this.broker.world.note('offsets refused by the group');
        const code = this.member.fenced ? FENCED_INSTANCE : UNKNOWN_MEMBER;
        throw brokerError('the group does not know this member', { code, isTxnRequiresAbort: true });
      }
      const { random, chances } = this.broker.world;
      if (random.chance(chances.generation)) {
        this.broker.world.note('offsets of the last generation');
        throw brokerError('illegal generation', { code: ILLEGAL_GENERATION, isTxnRequiresAbort: true });
      }
      const { open } = this.producer;
      if (!open) return;
      open.offsets = offsets;
      this.group.hold(offsets, open);
    });
  }

  commit(): Promise<void> {
    return this.#step(() => {
      // Asked again after a lost answer: it has been done.
      if (this.#committing?.state === 'committed') return;
      this.#deliver(this.#unsent.length);
      this.broker.end(this.producer, 'committed');
    });
  }

  abort(): Promise<void> {
    return this.#step(() => {
      this.#unsent = [];
      this.broker.end(this.producer, 'aborted');
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class SimulatedReader implements LogReader {
  constructor(
    private readonly broker: SimulatedBroker,
    private readonly process: SimulatedProcess,
  ) {}

  bounds(topic: string, partition: number): Promise<{ low: number; high: number }> {
    const { world, log } = this.broker;
    return world.call(this.process, () => ({ low: log.low(topic, partition), high: log.high(topic, partition) }));
  }

  async read(
    topic: string,
    partition: number,
    from: number | null,
    until: number | null,
    each: (record: SourceRecord) => void | Promise<void>,
  ): Promise<void> {
    const { start, end } = await stretchOf(this, topic, partition, from, until);
    const { world, log } = this.broker;
    for (let position = start; position < end;) {
      const { records, next } = await world.call(this.process, () => log.read(topic, partition, position, 200));
      for (const record of records) if (record.offset < end) await each(record);
      position = next;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
