import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaConsumer, TopicPartition as NativePartition } from 'node-rdkafka';
import type { GroupMember, JoinOptions, Rebalance, TopicPartition, TopicPartitionOffset } from '../broker.js';
import { countOwnerless } from './admin.js';
import { committed, connectConsumer, disconnect, recordOf, seek, watermarks } from './client.js';
import { QuietConsumer } from './quiet-consumer.js';
import type { SourceRecord } from '../topology.js';

const ASSIGN_PARTITIONS = -175;
const ANSWER_MS = 10;
/** How often a newcomer looks whether all partitions have an owner, and how often in a row it must find that they do not. */
const LOOK_MS = 2000;
const LOOKS = 3;

/** A consumer of Kafka as a member of a group: it is told of rebalances between two batches, and answers them then. */
export class KafkaMember implements GroupMember {
  #leaving = false;
  readonly #quietly: QuietConsumer;

  private constructor(
    readonly consumer: KafkaConsumer,
    private readonly rebalances: Rebalance[],
    private readonly subscribed: readonly string[],
  ) {
    this.#quietly = new QuietConsumer(consumer);
  }

  /** @param pollMs how long the member may go without a poll before the group gives it up; absent: Kafka's 5 minutes */
  static async join(
    brokers: string,
    { group, slot, topics, together, say }: JoinOptions,
    pollMs?: number,
  ): Promise<KafkaMember> {
    const rebalances: Rebalance[] = [];
    // Topics that are read together must be assigned alike: whoever reads a source that is far behind then holds back
    // the others too. Only the range assignor would do so, and it stops everybody at each rebalance. So the group shares
    // out the first topic, and the same partitions of the others go with it.
    const shared = together ? topics.slice(0, 1) : topics;
    const withOthers = ({ topic, partition }: NativePartition): TopicPartition[] =>
      together ? topics.map((one) => ({ topic: one, partition })) : [{ topic, partition }];
    const consumer = await connectConsumer(brokers, group, {
      'group.instance.id': `${group}-${slot}`,
      'partition.assignment.strategy': 'cooperative-sticky',
      // A broker answers at once when there is something; where there is nothing it is asked ten times a second.
      'fetch.wait.max.ms': 100,
      ...(pollMs === undefined ? {} : { 'max.poll.interval.ms': pollMs }),
      // The client waits until it is told to (un)assign.
      rebalance_cb: (error: { code: number }, partitions: NativePartition[]) => {
        rebalances.push({ assign: error.code === ASSIGN_PARTITIONS, partitions: partitions.flatMap(withOthers) });
      },
    } as Parameters<typeof connectConsumer>[2]);
    consumer.subscribe([...shared]);
    const member = new KafkaMember(consumer, rebalances, shared);
    void member.#seeThatAllAreOwned(
      () => countOwnerless(brokers, group, shared),
      (count) =>
        say('warn', `${group}: ${count} partitions had no owner for some seconds; the group shares out anew.`, {
          group,
        }),
    );
    return member;
  }

  /**
   * Whoever comes back under its instance id is given what it had in the group's present generation. If it went in the
   * middle of a cooperative rebalance, what was on its way from it to another is nobody's in that one, and nobody would ask
   * for the next. So it looks, and if need be leaves and joins again: then the group shares out all that there is.
   */
  async #seeThatAllAreOwned(
    countOwnerless: () => Promise<number | null>,
    onFound: (count: number) => void,
  ): Promise<void> {
    for (let found = 0; ;) {
      await delay(LOOK_MS, undefined, { ref: false });
      // A broker that is away is asked again.
      const ownerless = await countOwnerless().catch(() => null);
      if (this.#leaving || ownerless === 0) return;
      found = ownerless === null ? 0 : found + 1;
      if (ownerless === null || found < LOOKS) continue;
      found = 0;
      onFound(ownerless);
      this.consumer.unsubscribe();
      this.consumer.subscribe([...this.subscribed]);
    }
  }

  nextRebalance(): Rebalance | undefined {
    return this.rebalances.shift();
  }

  async poll(count: number): Promise<SourceRecord[]> {
    return (await this.#quietly.consume(count)).map(recordOf);
  }

  onEnd(listener: (end: TopicPartitionOffset) => void): void {
    this.consumer.on('partition.eof', listener);
  }

  knownEnd({ topic, partition }: TopicPartition): number | null {
    try {
      const { highOffset } = this.consumer.getWatermarkOffsets(topic, partition);
      return highOffset < 0 ? null : highOffset;
    } catch {
      // It is not assigned yet, or the client has gone: whoever asks for figures need not know.
      return null;
    }
  }

  committed(partitions: readonly TopicPartition[]): Promise<TopicPartitionOffset[]> {
    return committed(this.consumer, partitions);
  }

  /** The first offset of a partition that is still there, and the one behind its last record. */
  bounds({ topic, partition }: TopicPartition): Promise<{ low: number; high: number }> {
    return watermarks(this.consumer, topic, partition);
  }

  assign(from: readonly TopicPartitionOffset[]): void {
    this.consumer.incrementalAssign([...from]);
  }

  unassign(partitions: readonly TopicPartition[]): void {
    this.consumer.incrementalUnassign([...partitions]);
  }

  seek(to: TopicPartitionOffset): Promise<void> {
    return seek(this.consumer, to);
  }

  pause(partition: TopicPartition): void {
    this.consumer.pause([partition]);
  }

  resume(partition: TopicPartition): void {
    this.consumer.resume([partition]);
  }

  async leave(): Promise<void> {
    this.#leaving = true;
    // The last revoke comes while the client closes, and must be answered for it to go on, however long it takes: one that
    // waits for an answer keeps its thread, and with it the process.
    const answering = setInterval(() => {
      if (this.rebalances.splice(0).length > 0) this.consumer.unassign();
    }, ANSWER_MS).unref();
    this.consumer.once('disconnected', () => clearInterval(answering));
    await disconnect(this.consumer);
  }
}
