import { describe, expect, it } from 'vitest';
import { replicationAmong, weaknesses, type ReplicatedTopic } from './topic-replication.js';

describe('replication', () => {
  it.each([
    [1, { replicas: 1, minInSync: 1 }],
    [2, { replicas: 1, minInSync: 1 }],
    [3, { replicas: 3, minInSync: 2 }],
    [7, { replicas: 3, minInSync: 2 }],
  ])('among %d brokers is by their number', (brokers, expected) => {
    expect(replicationAmong(brokers)).toEqual(expected);
  });

  it('is what is asked for, and the rest follows', () => {
    expect(replicationAmong(5, { replication: 5, minInSync: 3 })).toEqual({ replicas: 5, minInSync: 3 });
    expect(replicationAmong(5, { replication: 2, minInSync: null })).toEqual({ replicas: 2, minInSync: 1 });
    expect(replicationAmong(5, { replication: null, minInSync: 1 })).toEqual({ replicas: 3, minInSync: 1 });
  });

  it('that cannot be had is refused', () => {
    expect(() => replicationAmong(1, { replication: 3, minInSync: null })).toThrow(/^OMS_REPLICATION=3, .* 1 broker:/);
    expect(() => replicationAmong(2, { replication: null, minInSync: 2 })).toThrow(/^OMS_MIN_IN_SYNC=2, .* 1 replica/);
  });

  it('that is weaker than it should be is named by topic', () => {
    const topic = (name: string, replicas: number, minInSync: number): ReplicatedTopic => ({
      name,
      partitions: 4,
      replicas,
      minInSync,
    });
    const topics = [topic('events', 3, 2), topic('outages', 1, 1), topic('rules', 3, 1), topic('late', 4, 3)];
    expect(weaknesses(topics, { replicas: 3, minInSync: 2 })).toEqual([
      expect.stringMatching(/^Fewer than 3 replicas: outages\. Add some/),
      expect.stringMatching(/^min\.insync\.replicas below 2: outages, rules\. Raise it/),
    ]);
    expect(weaknesses(topics, { replicas: 1, minInSync: 1 })).toEqual([]);
  });
});
