import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retryUntil } from '../dev/retry.js';
import { decodeLogRecord } from '../operators/log/log-record.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { OfflineRun, type OutageWithMembers } from '../pipeline/offline/offline.js';
import { simulateStorm } from '../simulator/storm/storm.js';
import type { SourceRecord } from '../streams/topology.js';
import { withAdmin } from '../streams/kafka/admin.js';
import { checkTopics } from '../connections/topic-admin.js';
import { replayedLog, textOf } from './kit/replayed-log.js';
import { TestSystem } from './kit/system.js';

const network = await readNetwork(new URL('../data/ieee9500', import.meta.url).pathname);
const storm = simulateStorm(network, { seed: 7, faults: 60, hours: 6, startMs: Date.UTC(2026, 9, 4, 12) });
const lines = storm.events.map((event) => JSON.stringify(event));

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start(network);
  await system.run('place', 'correlate', 'sink');
  await system.send(lines);
  await system.settled(lines.length);
});

afterAll(() => system.stop());

/** What the correlate stage writes to a topic for a log, in the driver. */
function drive(log: readonly SourceRecord[], topic: string): string[] {
  return replayedLog(log, system.topics, system.environment.partitions).get(topic) ?? [];
}

describe('a storm through Kafka', () => {
  it('gives the records that the driver gives for the same log, byte for byte, as often as one asks', async () => {
    const { topics } = system;
    const log = await system.read(topics.events);
    for (const topic of [topics.evidence, topics.late]) {
      const fromKafka = (await system.read(topic)).map(textOf);
      expect(fromKafka.length).toBeGreaterThan(0);
      expect(drive(log, topic)).toEqual(fromKafka);
      expect(drive(log, topic)).toEqual(drive(log, topic));
    }
    expect(drive(log, topics.outages)).toEqual((await system.read(topics.outages)).map(textOf));
  });

  it('gives the outages that "oms correlate" gives for the same file, in PostGIS too', async () => {
    const offline = new OfflineRun({ network, takenInAt: Date.now() });
    for (const line of lines) offline.line(line);
    const expected = offline.finish();
    const { rows } = await system.pool.query<{ record: OutageWithMembers; members: string[] }>(
      `select o.record, coalesce(
         (select array_agg(m.source || '/' || m.source_event_id) from oms.outage_members m where m.outage_id = o.outage_id),
         '{}') as members
       from oms.outages o`,
    );
    const comparable = ({ log: _, members: __, ...outage }: OutageWithMembers, members: string[]): object => ({
      ...outage,
      members: [...members].sort(),
    });
    const byId = (a: { outageId: string }, b: { outageId: string }): number => (a.outageId < b.outageId ? -1 : 1);
    expect(
      rows
        .map(({ record }) => record)
        .sort(byId)
        .map(({ outageId }) => outageId),
    ).toEqual(expected.map(({ outageId }) => outageId).sort());
    const membersOf = new Map(rows.map(({ record, members }) => [record.outageId, members]));
    expect(
      rows
        .map(({ record }) => record)
        .sort(byId)
        .map((record) => comparable(record, membersOf.get(record.outageId)!)),
    ).toEqual(
      expected.sort(byId).map((outage) =>
        comparable(
          outage,
          outage.members.map((m) => `${m.source}/${m.sourceEventId}`),
        ),
      ),
    );
    const outcomes = await system.outcomes();
    expect(outcomes).toEqual({
      correlated: offline.counts.members + offline.counts.restorations + offline.counts.withoutEffect,
      late: offline.counts.late,
      unplaced: offline.counts.unplaced,
      rejected: 0,
      duplicates: offline.counts.duplicates,
    });
  });

  it('keeps every raw event in the schema of its source, once', async () => {
    const log = await system.read(system.topics.events);
    const entries = log.reduce((n, { value }) => n + decodeLogRecord(value).length, 0);
    expect(await system.count('select count(*) from oms.events')).toBe(entries);
    expect(await system.count('select count(distinct (log_partition, log_offset, log_index)) from oms.events')).toBe(
      entries,
    );
  });

  it('goes on with its state after a restart, as if nothing had been', async () => {
    const members = await system.count('select count(*) from oms.members');
    await system.stopStages();
    const first = storm.events[0]!;
    await system.send([JSON.stringify(first)]);
    await system.run('place', 'correlate', 'sink');
    await system.settled(lines.length + 1);
    // What was a member stays one: the copy of the first event changes nothing.
    expect(await system.count('select count(*) from oms.members')).toBe(members);
    const log = await system.read(system.topics.events);
    expect(drive(log, system.topics.evidence)).toEqual((await system.read(system.topics.evidence)).map(textOf));
  });
});

describe('odd records', () => {
  it('without key, without value, huge or unreadable are kept aside with a reason, and stop nothing', async () => {
    const before = (await system.outcomes()).rejected;
    const { topics, producer } = system;
    await producer.send({ topic: topics.kaifa, messages: [{ key: null, value: 'neither JSON nor XML' }] });
    await producer.send({ topic: topics.onu, messages: [{ key: 'tombstone', value: null }] });
    await producer.send({ topic: topics.scada, messages: [{ key: 'x', value: '' }] });
    await producer.send({
      topic: topics.call_center,
      messages: [{ key: 'x', value: JSON.stringify({ notes: 'x'.repeat(2_000_000) }) }],
    });
    await producer.send({
      topic: topics.events,
      messages: [
        { key: 'S1/S1-F1', value: '{"v":99}' },
        { key: null, value: 'x' },
        { key: 'S1/S1-F1', value: null },
      ],
    });
    await retryUntil(
      async () => {
        const { rejected } = await system.outcomes();
        // The sink cannot read two of the three log records either, and says so.
        if (rejected < before + 9) throw new Error(`${rejected - before} of 9 are kept aside`);
      },
      60_000,
      200,
    );
    const { rows } = await system.pool.query<{ reason: string; count: number }>(
      'select reason, count(*)::integer as count from oms.rejected group by 1 order by 1',
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        { reason: 'noValue', count: 2 },
        { reason: 'notJson', count: 1 },
        { reason: 'operatorFailed', count: 3 },
        { reason: 'sinkFailed', count: 2 },
        { reason: 'tooLarge', count: 1 },
      ]),
    );
    const probe = {
      ...storm.events[0]!,
      sourceEventId: 'probe',
      receivedAt: new Date().toISOString(),
      occurredAt: new Date().toISOString(),
    };
    await system.send([JSON.stringify(probe)]);
    await retryUntil(
      async () => {
        if ((await system.count("select count(*) from oms.members where source_event_id = 'probe'")) === 0)
          throw new Error('the stream stands still');
      },
      60_000,
      100,
    );
  });

  it('topics of another partition count stop the start with one sentence', async () => {
    await expect(
      withAdmin(system.environment.kafkaBrokers!, (admin) => checkTopics(admin, system.topics, 7)),
    ).rejects.toThrow(/has 4 partitions where OMS_PARTITIONS says 7/);
  });
});
