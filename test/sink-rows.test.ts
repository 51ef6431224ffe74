/** The sink's rows say the same as the records that they are made of, however those were shared out to transactions. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Correlator } from '../operators/correlate/correlate.js';
import { Memberships } from '../operators/correlate/memberships.js';
import type { EvidenceRecord } from '../operators/model/outcome.js';
import { EMPTY_NETWORK } from '../operators/network/network.js';
import type { OutageRecord } from '../operators/model/outage.js';
import { Batch } from '../pipeline/sink/batch.js';
import { topicNames } from '../connections/topics.js';
import { cornerLogs } from './kit/corner-logs.js';
import { TestDatabase } from './kit/database.js';
import { arbitraryLog } from './kit/random-log.js';
import type { KeyLog } from './kit/second-engine.js';

const RANDOM_LOGS = 120;
const SEED = Date.now() % 2 ** 31;
const topics = topicNames();

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.start(EMPTY_NETWORK);
});
afterAll(() => database.stop());

interface Published {
  readonly topic: string;
  readonly value: object;
}

/** What the correlate stage publishes for a log of so many entries a record. */
function published({ key, entries }: KeyLog, partition: number, perRecord: number): Published[] {
  const correlator = new Correlator();
  return Array.from({ length: Math.ceil(entries.length / perRecord) }, (_, offset) => {
    const some = entries.slice(offset * perRecord, (offset + 1) * perRecord);
    const { outages, evidence } = correlator.apply(key, some, { partition, offset });
    return [
      ...outages.map((value) => ({ topic: topics.outages, value })),
      ...evidence.map((value) => ({ topic: topics.evidence, value })),
    ];
  }).flat();
}

/** Writes records as the sink does: some at a time, and the topics independently of each other. */
async function write(records: readonly Published[], count: number): Promise<void> {
  for (const topic of [topics.outages, topics.evidence]) {
    const ofTopic = records.filter((record) => record.topic === topic);
    for (let from = 0; from < ofTopic.length; from += count) {
      const batch = new Batch(topics);
      ofTopic.slice(from, from + count).forEach(({ value }, i) =>
        batch.add({ topic, partition: 0, offset: from + i, timestampMs: 0, key: null, value: Buffer.from(JSON.stringify(value)), headers: {} }),
      ); // prettier-ignore
      batch.end();
      const client = await database.pool.connect();
      try {
        await client.query('begin');
        await batch.write(client);
        await client.query('commit');
      } finally {
        client.release();
      }
    }
  }
}

/** The last record and the members of every outage that lives. */
function expectedOf(records: readonly Published[]): Record<string, readonly [OutageRecord, readonly string[]]> {
  const last = new Map<string, OutageRecord>();
  const members = new Memberships(({ source, sourceEventId }) => `${source}/${sourceEventId}`);
  const evidence = new Map<number, EvidenceRecord[]>();
  for (const { topic, value } of records) {
    if (topic === topics.outages) last.set((value as OutageRecord).outageId, value as OutageRecord);
    else {
      const { offset } = (value as EvidenceRecord).log;
      evidence.set(offset, [...(evidence.get(offset) ?? []), value as EvidenceRecord]);
    }
  }
  for (const ofRecord of evidence.values()) members.take(ofRecord);
  const alive = [...last.values()].filter(({ mergedInto }) => mergedInto === null);
  return Object.fromEntries(
    alive.map((record) => [
      record.outageId,
      [JSON.parse(JSON.stringify(record)) as OutageRecord, [...members.of(record.outageId)].sort()],
    ]),
  );
}

it.each([
  [1, 1],
  [7, 20],
  [1000, 3],
])(
  `for every corner and ${RANDOM_LOGS} random logs (seed ${SEED}), %i records at a time, %i entries in one`,
  { timeout: 120_000 },
  async (count, perRecord) => {
    const random = fc.sample(arbitraryLog, { numRuns: RANDOM_LOGS, seed: SEED }).map((log, i) => {
      const key = { substationId: `S${i}`, feederId: `F${i}` };
      return { key, entries: log(key) };
    });
    await database.rows('truncate oms.outages, oms.members, oms.timeline, oms.witnesses');
    for (const [partition, log] of [...cornerLogs(), ...random].entries()) {
      const records = published(log, partition, perRecord);
      await write(records, count);
      const { substationId, feederId } = log.key;
      const rows = await database.rows<{ id: string; record: OutageRecord; members: string[] }>(
        `select o.outage_id as id, o.record, array(
           select m.source || '/' || m.source_event_id from oms.outage_members m where m.outage_id = o.outage_id) as members
         from oms.outages o where (substation_id, feeder_id) = ($1, $2) and merged_into is null`,
        [substationId, feederId],
      );
      const actual = Object.fromEntries(rows.map(({ id, record, members }) => [id, [record, members.sort()]]));
      expect(actual, `${substationId}/${feederId}`).toEqual(expectedOf(records));
    }
  },
);
