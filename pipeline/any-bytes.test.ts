import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Answers } from '../gateway/answers.js';
import type { Database } from '../gateway/database.js';
import { Follower } from '../gateway/follower.js';
import { OutageFeed } from '../gateway/outage-feed.js';
import { Correlator } from '../operators/correlate/correlate.js';
import { encodeCommands, encodeLogRecord } from '../operators/log/log-record.js';
import { parseKey, type PlacedEvent } from '../operators/model/event.js';
import { elementsOf, Registry } from '../operators/network/registry.js';
import { GIVEN_RULE_SETS } from '../operators/model/rules.js';
import { arbitraryGarbage, type GarbageRecord } from '../test/kit/garbage.js';
import { topicNames } from '../connections/topics.js';
import { readPublished } from './jobs/network/store.js';
import { demoNetwork } from '../simulator/network/demo.js';
import { readRules } from './jobs/rule-delivery.js';
import { Batch } from './sink/batch.js';
import type { LogReader } from '../streams/broker.js';
import { failureOn } from '../streams/poison.js';
import { Snapshots } from '../streams/snapshots.js';
import { Outbox, Task } from '../streams/task.js';
import type { SourceRecord } from '../streams/topology.js';
import { buildTopology } from './topology.js';
import { placesOf } from './jobs/unplaced.js';
import { UTC } from '../operators/model/time-zone.js';

/** Whoever can write to a topic can write anything: no reader of any topic is stopped by it, or loses what stands beside. */

const RUNS = { numRuns: 200 };
const topics = topicNames();
const network = demoNetwork({ substations: 1, seed: 1 });
const registry = Registry.of(network);
const feeder = network.feeders[0]!;
const key = { substationId: feeder.substationId, feederId: feeder.feederId };
const keyText = `${key.substationId}/${key.feederId}`;
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const AT = Date.UTC(2026, 9, 4);

const event = (n: number): PlacedEvent => ({
  source: 'kaifa',
  kind: 'outage',
  type: 'last_gasp',
  sourceEventId: `K-${n}`,
  assetId: `M-${n}`,
  occurredAt: AT + n,
  receivedAt: AT + n,
  lat: feeder.lat,
  lon: feeder.lon,
  dpId: null,
  reach: 'point',
  customerId: `C-${n}`,
  feederCustomers: 0,
  flags: [],
});

const bytesOf = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? Buffer.from(value) : value);
const activation = {
  command: 'rules' as const,
  commandId: 'c1',
  at: AT,
  author: 'ann',
  reason: null,
  ruleSet: GIVEN_RULE_SETS.storm,
  validFrom: AT,
};
const logRecords = [[event(1), event(2)], [event(3)]].map((some) => bytesOf(encodeLogRecord(some)));
const log = [...logRecords, bytesOf(encodeCommands([activation]))];
const outcome = new Correlator().apply(key, [event(1), event(2)], { partition: 0, offset: 0 });
const outages = outcome.outages.map(json);
const evidence = outcome.evidence.map(json);
const position = { topic: topics.kaifa, partition: 0, offset: 1, index: 0 };
const iso = new Date(AT).toISOString();
const late = [
  json({ reason: 'behindWatermark', ...key, t: iso, watermark: iso, log: { partition: 0, offset: 1 }, logIndex: 0, event: event(1) }),
]; // prettier-ignore
const unplaced = [json({ reason: 'unknownIds', detail: 'd', event: { ...event(1), receivedAt: iso }, position })];
const rejected = [json({ reason: 'notJson', detail: 'd', raw: 'x', source: null, receivedAt: iso, position })];
const meter = network.customers[0]!.meterId!;
const report = json({ ...event(1), assetId: meter, occurredAt: iso, receivedAt: iso });
const published = [...elementsOf(network)].slice(0, 40);

function recordOf(topic: string, { key, value }: GarbageRecord, offset: number, timestampMs = AT): SourceRecord {
  return { topic, partition: 0, offset, timestampMs, key, value, headers: {} };
}

/** Good records, and garbage behind each of them. */
function mixed(good: readonly GarbageRecord[], garbage: readonly GarbageRecord[]): GarbageRecord[] {
  const each = Math.ceil(garbage.length / good.length);
  return good.flatMap((one, n) => [one, ...garbage.slice(n * each, (n + 1) * each)]);
}

const garbageOf = (good: readonly Uint8Array[], keys: readonly string[]) =>
  fc.array(arbitraryGarbage(good, keys), { minLength: 1, maxLength: 12 });

/** What a stage writes for records. Those on which it fails must leave no trace: they are set aside, all others processed. */
function processed(stageName: string, records: readonly SourceRecord[]): { written: string[]; setAside: Set<number> } {
  const topology = buildTopology({
    topics,
    zone: UTC,
    registry,
    policies: { switchedOn: ['auto-restore', 'storm-mode'], stormMode: { onEventsPerHour: 0, offEventsPerHour: 0 } },
  });
  const stage = topology.stage(stageName);
  const outbox = new Outbox(true);
  const task = new Task(stage, 0, outbox);
  const setAside = new Set<number>();
  for (const record of records) {
    const failure = failureOn(task, record);
    if (!failure) continue;
    setAside.add(record.offset);
    expect(JSON.parse(stage.reject!.record(record, failure).value as string)).toMatchObject({
      reason: 'operatorFailed',
    });
  }
  task.advance(AT + 60_000);
  const written = outbox
    .take()
    .map(({ topic, key: id, value }) => `${topic} ${id} ${Buffer.from(value!).toString('latin1')}`);
  return { written, setAside };
}

describe('a stage', () => {
  it.each([
    ['place', topics.kaifa, [report]],
    ['place', topics.scada, [report]],
    ['place', topics.onu, [report]],
    ['place', topics.call_center, [report]],
    ['correlate', topics.events, log],
    ['policies', topics.outages, outages],
  ] as const)('%s goes on behind whatever is on %s, as if it had never been', (stage, topic, good) => {
    let setAside = 0;
    let written = 0;
    fc.assert(
      fc.property(garbageOf(good, [keyText]), fc.constantFrom(AT, 0, -1, 9e15), (garbage, timestampMs) => {
        const records = mixed(good.map((value) => ({ key: Buffer.from(keyText), value })), garbage).map((one, n) =>
          recordOf(topic, one, n, good.includes(one.value as never) ? AT : timestampMs),
        ); // prettier-ignore
        const all = processed(stage, records);
        setAside += all.setAside.size;
        const others = records.filter(({ offset }) => !all.setAside.has(offset));
        expect(processed(stage, others)).toEqual({ written: all.written, setAside: new Set() });
        written += all.written.length;
      }),
      RUNS,
    );
    expect(setAside).toBeGreaterThan(20);
    expect(written).toBeGreaterThan(100);
  });
});

it.each([
  ['the log', topics.events, log],
  ['outages', topics.outages, outages],
  ['evidence', topics.evidence, evidence],
  ['late', topics.late, late],
  ['unplaced', topics.unplaced, unplaced],
  ['rejected', topics.rejected, rejected],
])('the sink makes rows of records of %s or says what is wrong, before any transaction', (_, topic, good) => {
  for (const value of good) {
    const batch = new Batch(topics);
    batch.add(recordOf(topic, { key: Buffer.from(keyText), value }, 0));
    batch.end();
  }
  let refused = 0;
  fc.assert(
    fc.property(arbitraryGarbage(good, [keyText]), fc.constantFrom(AT, -1, NaN, 9e15, 2 ** 63), (one, timestampMs) => {
      const record = recordOf(topic, one, 1, timestampMs);
      try {
        const batch = new Batch(topics);
        batch.add(record);
        batch.end();
      } catch (error) {
        refused++;
        const aside = new Batch(topics);
        aside.addRefused(record, (error as Error).message);
        aside.end();
      }
    }),
    RUNS,
  );
  expect(refused).toBeGreaterThan(50);
});

it.each([
  ['outages', [topics.outages], outages],
  [
    'products',
    [topics.evidence, topics.late, topics.unplaced, topics.rejected],
    [...evidence, ...late, ...unplaced, ...rejected],
  ],
])('the gateway goes on behind whatever is on the topics of %s', (_, names, good) => {
  const feed = new OutageFeed({} as Database);
  const answers = new Answers(topics);
  const waiter = answers.wait({ source: 'kaifa', assetId: null, sourceEventId: 'nobody' }, 60_000)!;
  let told = 0;
  const follower = new Follower({
    brokers: '',
    topics: names,
    onRecord: (record) => (record.topic === topics.outages ? feed.hear(record) : answers.hear(record)),
    onUnreadable: () => void told++,
    onFailure: () => undefined,
  });
  fc.assert(
    fc.property(arbitraryGarbage(good, [keyText]), fc.constantFrom(...names), fc.nat(), ({ value }, topic, offset) => {
      follower.take({ topic, partition: 0, offset, value: value && Buffer.from(value) });
    }),
    RUNS,
  );
  waiter.leave();
  expect(told).toBeGreaterThan(50);
  expect(follower.complaints()).toEqual([
    expect.stringContaining(`${told} records were left out as unreadable (the last: `),
  ]);
});

/** A topic of one partition, in memory. */
function topicOf(records: readonly GarbageRecord[]): LogReader {
  return {
    bounds: () => Promise.resolve({ low: 0, high: records.length }),
    read: async (topic, _partition, _from, _until, each) => {
      for (const [offset, record] of records.entries()) await each(recordOf(topic, record, offset));
    },
    close: () => Promise.resolve(),
  };
}

describe('a compacted topic is read in spite of what stands on it', () => {
  it('oms.network: what is not an element is named', async () => {
    const good = published.map(([id, element]) => ({ key: Buffer.from(id), value: json(element) }));
    await fc.assert(
      fc.asyncProperty(garbageOf(good.map(({ value }) => value), ['x', 'device/none']), async (garbage) => {
        const { records, unreadable } = await readPublished(topicOf([...garbage, ...good]), topics.network, 1);
        for (const [id, element] of published) expect(records.get(id)).toBe(JSON.stringify(element));
        for (const { why, offset } of unreadable) expect([why, offset < garbage.length]).toEqual([expect.stringMatching(/\.$/s), true]);
      }),
      RUNS,
    ); // prettier-ignore
  });

  it('oms.rules: what is neither a rule set nor an activation is named, and delivered to nobody', async () => {
    const good = [
      { key: Buffer.from('set/storm'), value: json(GIVEN_RULE_SETS.storm) },
      { key: Buffer.from('activation/c1'), value: json(activation) },
    ];
    let named = 0;
    await fc.assert(
      fc.asyncProperty(garbageOf(good.map(({ value }) => value), ['activation/c2', 'set/x']), async (garbage) => {
        const rules = await readRules(topicOf([...garbage, ...good]), topics, 1);
        expect(rules.activations).toContainEqual(activation);
        for (const command of rules.activations) encodeCommands([command]);
        named += rules.unreadable.length;
      }),
      RUNS,
    ); // prettier-ignore
    expect(named).toBeGreaterThan(200);
  });

  it('oms.snapshots: what is damaged is named and rebuilt, all else restored', async () => {
    const correlator = new Correlator();
    correlator.apply(key, [event(1), event(2)], { partition: 0, offset: 0 });
    correlator.apply(parseKey('S9/F9'), [event(3)], { partition: 0, offset: 1 });
    const writer = new Snapshots(topics.snapshots, 'correlate', 0, [{ node: 'correlate', store: correlator }], 0);
    writer.changed(keyText, { offset: 0, timestampMs: 0 });
    writer.changed('S9/F9', { offset: 1, timestampMs: 0 });
    const good = writer.due(1, 2).map(({ key: id, value }) => ({ key: Buffer.from(id), value: bytesOf(value!) }));
    const ids = [
      'correlate/0',
      `correlate/0/correlate/0/${keyText}`,
      'correlate/0/correlate/1/S9/F9',
      'correlate/0/rejected/x',
      'correlate/0/progress',
      'correlate/0/correlate/0/',
      'correlate/0/0/S1/F1',
    ];
    let damages = 0;
    await fc.assert(
      fc.asyncProperty(garbageOf(good.map(({ value }) => value), ids), async (garbage) => {
        const last = new Map([...good, ...garbage].map((one) => [Buffer.from(one.key ?? []).toString('latin1'), one]));
        const hit = (id: string): boolean => last.get(id) !== good.find((one) => one.key.toString() === id);
        const restored = new Correlator();
        const { through, damaged, restoreFrom } = await new Snapshots(topics.snapshots, 'correlate', 0, [{ node: 'correlate', store: restored }], 0).restore(topicOf([...last.values()]), { topic: topics.events, low: 0, high: 2 }, 2);
        if (!hit('correlate/0') && !hit('correlate/0/correlate/0/S9/F9') && !hit('correlate/0/correlate/1/S9/F9')) expect(through.get('S9/F9')).toBe(2);
        if (damaged.length > 0) expect(restoreFrom).toBeNull();
        damages += damaged.length;
      }),
      RUNS,
    ); // prettier-ignore
    expect(damages).toBeGreaterThan(25);
  });
});

it('what was written to oms.unplaced and is no event has no place, and those beside it have theirs', () => {
  const stored = { source: 'kaifa' as const, sourceEventId: 'K-1', reason: 'unknownIds', detail: 'd', receivedAt: iso };
  const good = { ...event(1), assetId: meter, occurredAt: iso, receivedAt: iso };
  expect(placesOf({ ...stored, event: good }, registry, null)).toHaveLength(1);
  for (const bad of [{}, { ...good, occurredAt: 'x' }, { ...good, lat: 'x' }, { ...good, source: 'telex' }])
    expect(placesOf({ ...stored, event: bad }, registry, null)).toEqual([]);
});
