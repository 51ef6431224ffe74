import {
  RetentionGap,
  type Broker,
  type GroupMember,
  type LogReader,
  type Position,
  type TopicPartition,
  type TopicPartitionOffset,
} from './broker.js';
import { events } from './events.js';
import { turning, type Pulse } from './pulse.js';
import { freshTask, keepsSnapshots, restoreTask, type Assigned, type RestoreOptions } from './restore.js';
import type { Outbox } from './task.js';
import type { TimeOrder } from './time-order.js';
import type { Stage } from './topology.js';

export interface AssignmentOptions extends RestoreOptions {
  readonly broker: Broker;
}

/** What may wait of one partition for others before it is paused. */
const MAX_WAITING_BYTES = 16_000_000;

/** The partitions that a member has of its stage: taken over with their state, given up, and gone back in. */
export class Assignment {
  /** By partition number: the same one of all topics that the stage reads is one task. */
  readonly tasks = new Map<number, Assigned>();
  readonly #paused = new Set<string>();
  #owned: readonly TopicPartition[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly options: AssignmentOptions,
    private readonly member: GroupMember,
    /** Where records of its partitions wait for each other. */
    private readonly order: TimeOrder,
    private readonly outbox: Outbox,
    private readonly pulse: Pulse,
  ) {}

  /** Bytes that were read of its partitions and wait to be processed. */
  get waitingBytes(): number {
    return this.#owned.reduce((sum, { topic, partition }) => sum + this.order.waitingBytes(topic, partition), 0);
  }

  /** How far it is, a partition each; those of which nothing was heard yet are left out. */
  positions(): Position[] {
    return this.#owned.flatMap(({ topic, partition }) => {
      const position = this.order.position(topic, partition);
      return position ? [{ topic, partition, ...position, end: this.member.knownEnd({ topic, partition }) }] : [];
    });
  }

  /** How much the state of each partition holds, by the name of what. */
  holdings(): { readonly partition: number; readonly held: Readonly<Record<string, number>> }[] {
    return [...this.tasks].map(([partition, { task }]) => ({ partition, held: task.holdings }));
  }

  /** Partitions far ahead of the others are paused, so that waiting for those costs no memory. */
  balanceQueues(): void {
    for (const { topic, partition } of this.#owned) {
      const place = `${topic}/${partition}`;
      const waiting = this.order.waitingBytes(topic, partition);
      if (waiting > MAX_WAITING_BYTES && !this.#paused.has(place)) {
        this.member.pause({ topic, partition });
        this.#paused.add(place);
      } else if (waiting < MAX_WAITING_BYTES / 2 && this.#paused.delete(place)) {
        this.member.resume({ topic, partition });
      }
    }
  }

  /** Goes back to what was committed, with the state of then. The assignment stays as it is: it is the group's to change. */
  async rewind(): Promise<void> {
    const owned = this.#owned;
    this.#drop(owned);
    for (const offset of await this.#restoreAll(owned)) {
      this.pulse.at('going back to what was committed');
      await this.member.seek(offset);
    }
    for (const { topic, partition } of owned) {
      if (this.#paused.delete(`${topic}/${partition}`)) this.member.resume({ topic, partition });
    }
  }

  #drop(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) {
      this.order.remove(topic, partition);
      this.tasks.delete(partition);
    }
  }

  /** Gives partitions up, with their state. */
  give(partitions: readonly TopicPartition[]): void {
    this.#drop(partitions);
    const gone = new Set(partitions.map(({ topic, partition }) => `${topic}/${partition}`));
    this.#owned = this.#owned.filter(({ topic, partition }) => !gone.has(`${topic}/${partition}`));
    for (const place of gone) this.#paused.delete(place);
    this.member.unassign(partitions);
  }

  /** Takes partitions over: their state is restored before their first record is read. */
  async take(partitions: readonly TopicPartition[]): Promise<void> {
    const from = await this.#restoreAll(partitions);
    this.#owned = [...this.#owned, ...partitions];
    this.member.assign(from);
  }

  /** Restores the tasks of partitions. Returns the offsets from which they go on. */
  async #restoreAll(partitions: readonly TopicPartition[]): Promise<TopicPartitionOffset[]> {
    this.pulse.at('asking for committed offsets');
    let from = partitions.length === 0 ? [] : await this.member.committed(partitions);
    this.pulse.at('restoring state');
    if (from.some(({ offset }) => offset > 0 || keepsSnapshots(this.stage))) {
      const reader = turning(await this.options.broker.reader(), this.pulse);
      try {
        from = await this.#restoreFrom(from, reader);
      } finally {
        await reader.close();
      }
    } else {
      for (const { partition } of from) {
        if (!this.tasks.has(partition))
          this.tasks.set(partition, freshTask(this.stage, partition, this.outbox, this.options));
      }
    }
    for (const { topic, partition } of partitions) this.order.add(topic, partition);
    return from;
  }

  async #restoreFrom(from: readonly TopicPartitionOffset[], reader: LogReader): Promise<TopicPartitionOffset[]> {
    const goOn: TopicPartitionOffset[] = [];
    for (const { topic, partition, offset } of from) {
      const bounds = await reader.bounds(topic, partition);
      const { low } = bounds;
      // Kafka goes on at the first record that is left, as if nothing were missing.
      if (offset > 0 && offset < low) this.#meetGap(new RetentionGap(topic, partition, low, offset));
      if (this.tasks.has(partition)) {
        goOn.push({ topic, partition, offset });
        continue;
      }
      const startedMs = performance.now();
      const { assigned, next } = await restoreTask(
        this.stage,
        partition,
        { topic, ...bounds },
        offset,
        this.outbox,
        reader,
        this.options,
      );
      this.tasks.set(partition, assigned);
      goOn.push({ topic, partition, offset: next });
      const durationMs = performance.now() - startedMs;
      if (events.restore.isHeard) events.restore.tell({ stage: this.stage.name, topic, partition, next, durationMs });
    }
    return goOn;
  }

  #meetGap(gap: RetentionGap): void {
    if (!this.options.acceptGap) throw gap;
    const { name } = this.stage;
    this.options.say('warn', `${name}: ${gap.message} Going on, as was asked for.`, { stage: name });
  }
}
