import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { unpack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { TOPIC_SCHEMAS } from '../connections/topic-schemas.js';
import { topicNames, type TopicNames } from '../connections/topics.js';
import { Correlator } from '../operators/correlate/correlate.js';
import { encodeCommands, encodeLogRecord } from '../operators/log/log-record.js';
import { parseKey, type Command, type PlacedEvent } from '../operators/model/event.js';
import { readEvidenceRecord, readLateRecord } from '../operators/model/outcome-reading.js';
import { readOutageRecord } from '../operators/model/outage-reading.js';
import { GIVEN_RULE_SETS } from '../operators/model/rules.js';
import { readRejectedRecord, readUnplacedRecord } from '../operators/model/set-aside-reading.js';
import { readNetworkElement } from '../operators/network/network-element.js';
import { elementsOf, Registry } from '../operators/network/registry.js';
import { demoNetwork } from '../simulator/network/demo.js';
import { sourceShape } from '../simulator/storm/shapes.js';
import { simulateStorm } from '../simulator/storm/storm.js';
import { TestDriver } from '../streams/driver.js';
import { Snapshots } from '../streams/snapshots.js';
import { readRule } from './jobs/rule-delivery.js';
import { buildTopology } from './topology.js';
import { UTC } from '../operators/model/time-zone.js';

/** The published schemas say what is written to the topics, and what is so is taken by whoever reads them. */

const topics = topicNames();
const startMs = Date.UTC(2026, 9, 4, 18);
const network = demoNetwork({ substations: 2 });
const { events } = simulateStorm(network, { seed: 5, faults: 30, hours: 3, startMs });
const ajv = formats.default(new Ajv({ strict: false }));
const BRACE = 0x7b;

const bytesOf = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? Buffer.from(value) : value);
const decoded = (value: string | Uint8Array): unknown => {
  const bytes = bytesOf(value);
  return bytes[0] === BRACE ? JSON.parse(Buffer.from(bytes).toString()) : unpack(bytes);
};

/** What is wrong with a value by the schema of a topic; null: nothing. */
function wrongOf(name: keyof TopicNames, value: unknown): string | null {
  const { schema } = TOPIC_SCHEMAS[name];
  return ajv.validate(schema, value) ? null : `${ajv.errorsText()} in ${JSON.stringify(value).slice(0, 500)}`;
}

/** All that the stages write for a storm with faults of every kind in it. */
function written(): Map<string, (string | Uint8Array)[]> {
  const records = new Map<string, (string | Uint8Array)[]>();
  const topology = buildTopology({
    topics,
    zone: UTC,
    registry: Registry.of(network),
    policies: { switchedOn: ['auto-restore'], stormMode: { onEventsPerHour: 0, offEventsPerHour: 0 } },
  });
  const driver = new TestDriver(topology, {
    onRecord: ({ topic, key, value }) => {
      if (value === null) return;
      records.set(topic, [...(records.get(topic) ?? []), value]);
      driver.pipe({ topic, key, value });
    },
  });
  const pipe = (topic: string, value: string | Uint8Array, key: string | null = null): void => {
    driver.pipe({ topic, key, value });
    driver.commit();
  };
  driver.advance(startMs);
  for (const event of events) pipe(topics[event.source], JSON.stringify(event));
  const first = events[0]!;
  pipe(topics.kaifa, JSON.stringify({ ...first, sourceEventId: 'X', assetId: 'nobody', feederId: null, lat: null, lon: null }));
  pipe(topics.kaifa, JSON.stringify({ ...first, sourceEventId: 'Y', occurredAt: 'soon' }));
  pipe(topics.onu, 'no \ud83d JSON');
  const [{ substationId, feederId }] = network.feeders as [(typeof network.feeders)[number]];
  const key = `${substationId}/${feederId}`;
  const late: PlacedEvent = {
    ...{ source: 'kaifa', kind: 'outage', type: 'last_gasp', sourceEventId: 'L', assetId: 'M', customerId: 'C' },
    ...{ occurredAt: startMs - 86_400_000, receivedAt: startMs - 86_400_000, lat: 0, lon: 0, dpId: null },
    ...{ reach: 'point', feederCustomers: 0, flags: [] },
  };
  pipe(topics.events, encodeLogRecord([{ ...late, sourceEventId: 'N', occurredAt: startMs, receivedAt: startMs }]), key);
  pipe(topics.events, encodeLogRecord([{ ...late, receivedAt: startMs }]), key);
  const decision = { commandId: 'c', at: startMs, author: 'ann', reason: null, outageId: '468db2e7-db47-5300-bf9d-1e4404532ee0' };
  const amend: Command = { ...decision, command: 'amend', members: [late], whole: false, absorbs: [] };
  pipe(topics.events, encodeCommands([{ ...decision, command: 'confirm' }, { ...amend, commandId: 'd' }]), key);
  const garbage = { topic: topics.events, partition: 0, offset: 0, timestampMs: startMs, key: null, headers: {} };
  const aside = topology.stage('correlate').reject!.record({ ...garbage, value: Buffer.from('{"half') }, new Error('It is half.'));
  records.set(topics.rejected, [...records.get(topics.rejected)!, aside.value!]);
  driver.advance(startMs + 10 * 86_400_000);
  driver.commit();
  return records;
} // prettier-ignore

const READERS = {
  outages: readOutageRecord,
  evidence: readEvidenceRecord,
  late: readLateRecord,
  unplaced: readUnplacedRecord,
  rejected: readRejectedRecord,
};

describe('the published schema says what stands on', () => {
  const records = written();

  it.each(['events', 'outages', 'evidence', 'late', 'unplaced', 'rejected'] as const)('%s', (name) => {
    const values = records.get(topics[name]) ?? [];
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) {
      expect(wrongOf(name, decoded(value))).toBeNull();
      if (name !== 'events') READERS[name](bytesOf(value));
    }
  });

  it('network', () => {
    for (const [id, element] of elementsOf(network)) {
      expect(wrongOf('network', element)).toBeNull();
      expect(readNetworkElement(id, bytesOf(JSON.stringify(element)))).toEqual(element);
    }
  });

  it('rules', () => {
    const { storm } = GIVEN_RULE_SETS;
    const command = { command: 'rules', commandId: 'c', at: 0, author: 'ann', reason: null, ruleSet: storm, validFrom: 0 };
    const meaning = { command: 'meaning', commandId: 'm', at: 0, author: 'ann', reason: null, number: 1 };
    for (const [key, value] of [['set/storm', storm], ['activation/c', command], ['activation/m', meaning]] as const) {
      expect(wrongOf('rules', value)).toBeNull();
      expect(readRule(key, bytesOf(JSON.stringify(value)))).toEqual(value);
    }
  }); // prettier-ignore

  it('snapshots', () => {
    const correlator = new Correlator();
    const event = { ...events[0]!, kind: 'outage', occurredAt: startMs, receivedAt: startMs, lat: 0, lon: 0 };
    const placed = { dpId: null, reach: 'point', customerId: 'C', feederCustomers: 0, flags: [] };
    correlator.apply(parseKey('S/F'), [{ ...event, ...placed } as PlacedEvent], { partition: 0, offset: 0 });
    const snapshots = new Snapshots(topics.snapshots, 'correlate', 0, [{ node: 'correlate', store: correlator }], 0);
    snapshots.changed('S/F', { offset: 0, timestampMs: startMs });
    snapshots.rejected({ offset: 1, timestampMs: startMs });
    const kinds = snapshots.due(1, 2).map(({ value }) => decoded(value!));
    expect(kinds).toHaveLength(4);
    for (const value of kinds) expect(wrongOf('snapshots', value)).toBeNull();
    expect(wrongOf('snapshots', { version: 1, restoreFrom: 0 })).not.toBeNull();
  });

  it('the topics of the sources', () => {
    for (const event of events) {
      expect(wrongOf(event.source, event)).toBeNull();
      expect(wrongOf(event.source, { event, processed_at: event.occurredAt })).toBeNull();
      const { body } = sourceShape(event);
      if (event.source === 'kaifa') continue;
      const report = decoded(body);
      for (const value of [report, [report, event], { event: report }, { event: { body } }, { request: { body } }])
        expect(wrongOf(event.source, value)).toBeNull();
      expect(wrongOf(event.source, { ...(report as object), timestamp: 7 })).not.toBeNull();
    }
  });
});
