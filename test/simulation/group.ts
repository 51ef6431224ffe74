import type { Rebalance, TopicPartition, TopicPartitionOffset } from '../../streams/broker.js';
import type { SimulatedProcess } from './world.js';

const placeOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** A member as the coordinator and its own client know it. */
export class Member {
  /** What it was asked and has not answered. */
  readonly asked: Rebalance[] = [];
  /** What it reads, with the offset it reads next. */
  readonly positions = new Map<string, TopicPartitionOffset>();
  /** What is its own, for the coordinator: from when it may be told so until it has given it back. */
  owned: TopicPartition[] = [];
  heardMs = 0;
  /** Taken out of the group: it hears of it when it asks next, and joins again when it has given up what it had. */
  lost = false;
  /** Another process has taken its slot. */
  fenced = false;

  constructor(
    readonly slot: string,
    readonly process: SimulatedProcess,
    readonly topics: readonly string[],
    readonly keepsSnapshots: boolean,
  ) {}
}

/**
 * A consumer group: static members by their slots, cooperative rebalances, offsets, some of them pending in
 * transactions. A partition is given to one member only after the other has given it back or was taken out.
 */
export class Group {
  readonly #members = new Map<string, Member>();
  readonly #offsets = new Map<string, number>();
  readonly pending = new Map<string, Set<object>>();

  constructor(
    private readonly partitions: number,
    private readonly together: boolean,
  ) {}

  /** What goes to one member as a whole: a partition, or the same partition of all topics. */
  #shares(topics: readonly string[]): TopicPartition[][] {
    const numbers = Array.from({ length: this.partitions }, (_, partition) => partition);
    if (this.together) return numbers.map((partition) => topics.map((topic) => ({ topic, partition })));
    return topics.flatMap((topic) => numbers.map((partition) => [{ topic, partition }]));
  }

  /** Takes a member in. One that had the slot before is fenced; its partitions are this one's. */
  join(member: Member, nowMs: number): void {
    const before = this.#members.get(member.slot);
    this.#members.set(member.slot, member);
    member.heardMs = nowMs;
    if (before && before !== member) {
      before.fenced = true;
      member.owned = before.owned;
      before.owned = [];
      if (member.owned.length > 0) member.asked.push({ assign: true, partitions: [...member.owned] });
    }
    this.balance();
  }

  /** Takes out those of whom nothing was heard for too long. Returns how many. */
  expire(beforeMs: number): number {
    let gone = 0;
    for (const member of this.#members.values()) {
      if (member.heardMs >= beforeMs) continue;
      this.#members.delete(member.slot);
      member.lost = true;
      member.owned = [];
      gone++;
    }
    if (gone > 0) this.balance();
    return gone;
  }

  /** A member gives partitions back. One that was taken out joins again once it has given up all. */
  gaveBack(member: Member, partitions: readonly TopicPartition[], nowMs: number): void {
    const gone = new Set(partitions.map(placeOf));
    member.owned = member.owned.filter((one) => !gone.has(placeOf(one)));
    for (const place of gone) member.positions.delete(place);
    if (member.lost && !member.fenced && member.positions.size === 0) {
      member.lost = false;
      member.asked.length = 0;
      this.join(member, nowMs);
    } else this.balance();
  }

  /** Whether the group still takes commits of a member. */
  knows(member: Member): boolean {
    return !member.lost && !member.fenced && this.#members.get(member.slot) === member;
  }

  /** Spreads the partitions: free ones to those that have least, and back from those that have too many. */
  balance(): void {
    const members = [...this.#members.values()];
    if (members.length === 0) return;
    const shares = this.#shares(members[0]!.topics);
    const taken = new Set(members.flatMap(({ owned }) => owned.map(placeOf)));
    const size = shares[0]!.length;
    const fair = Math.ceil(shares.length / members.length) * size;
    for (const member of members) {
      const many = member.owned.length - fair;
      const asked = member.asked.some(({ assign }) => !assign);
      if (many > 0 && !asked) member.asked.push({ assign: false, partitions: member.owned.slice(-many) });
    }
    for (const share of shares.filter(([first]) => !taken.has(placeOf(first!)))) {
      const [least] = members.sort((a, b) => a.owned.length - b.owned.length || (a.slot < b.slot ? -1 : 1));
      least!.owned.push(...share);
      least!.asked.push({ assign: true, partitions: share });
    }
  }

  offset(place: TopicPartition): number {
    return this.#offsets.get(placeOf(place)) ?? 0;
  }

  /** Whether a transaction that is open has offsets of a partition: nobody may read them until it ends. */
  isPending(place: TopicPartition): boolean {
    return (this.pending.get(placeOf(place))?.size ?? 0) > 0;
  }

  hold(offsets: readonly TopicPartitionOffset[], transaction: object): void {
    for (const offset of offsets) {
      const holders = this.pending.get(placeOf(offset)) ?? new Set();
      this.pending.set(placeOf(offset), holders.add(transaction));
    }
  }

  release(offsets: readonly TopicPartitionOffset[], transaction: object, committed: boolean): void {
    for (const offset of offsets) {
      this.pending.get(placeOf(offset))?.delete(transaction);
      if (committed) this.#offsets.set(placeOf(offset), offset.offset);
    }
  }
}
