import { afterAll, beforeAll, expect, it } from 'vitest';
import { retryUntil } from '../dev/retry.js';
import { EMPTY_NETWORK } from '../operators/network/network.js';
import { KafkaMember } from '../streams/kafka/member.js';
import { TestSystem } from './kit/system.js';

const PARTITIONS = [0, 1, 2, 3];

const said: string[] = [];

let system: TestSystem;
beforeAll(async () => {
  system = await TestSystem.start(EMPTY_NETWORK);
});
afterAll(() => system.stop());

/** A member of the group, and the partitions that it has. */
class Owner {
  readonly has = new Set<number>();

  private constructor(readonly member: KafkaMember) {}

  static async join(slot: string): Promise<Owner> {
    const { topics, environment } = system;
    const say = (_level: string, message: string): void => void said.push(message);
    const options = { group: 'members', slot, topics: [topics.events], together: false, say };
    return new Owner(await KafkaMember.join(environment.kafkaBrokers!, options));
  }

  /** Polls, and answers what the group says until it takes something away, if it is not to answer that. */
  async turn(answersRevoke = true): Promise<'revoked' | null> {
    await this.member.poll(10);
    for (let next = this.member.nextRebalance(); next; next = this.member.nextRebalance()) {
      if (!next.assign && !answersRevoke) return 'revoked';
      if (next.assign) this.member.assign(next.partitions.map((place) => ({ ...place, offset: 0 })));
      else this.member.unassign(next.partitions);
      for (const { partition } of next.partitions) {
        if (next.assign) this.has.add(partition);
        else this.has.delete(partition);
      }
    }
    return null;
  }
}

it('a process that ends in the middle of a rebalance and comes back leaves no partition without an owner', async () => {
  const first = await Owner.join('a');
  await retryUntil(
    async () => {
      await first.turn();
      expect([...first.has].sort()).toEqual(PARTITIONS);
    },
    30_000,
    10,
  );
  const other = await Owner.join('b');
  await retryUntil(
    async () => {
      await other.turn();
      expect(await first.turn(false)).toBe('revoked');
    },
    30_000,
    10,
  );
  // Known to the group by its slot: it is as if it had not been away.
  await first.member.leave();
  const again = await Owner.join('a');
  await retryUntil(
    async () => {
      await Promise.all([again.turn(), other.turn()]);
      expect([...again.has, ...other.has].sort()).toEqual(PARTITIONS);
    },
    30_000,
    10,
  );
  expect(said).toEqual(['members: 2 partitions had no owner for some seconds; the group shares out anew.']);
  await Promise.all([again.member.leave(), other.member.leave()]);
});
