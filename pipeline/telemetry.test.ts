import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { describe, expect, it } from 'vitest';
import { EventTally } from '../connections/telemetry/event-tally.js';
import { traces } from '../connections/telemetry/traces.js';
import { topicNames } from '../connections/topics.js';
import { EMPTY_NETWORK, type Network } from '../operators/network/network.js';
import { Registry } from '../operators/network/registry.js';
import { TestDriver } from '../streams/driver.js';
import { buildTopology } from './topology.js';
import { UTC } from '../operators/model/time-zone.js';

/** Two feeders of a substation, on one of them two customers beside each other. */
const NETWORK: Network = {
  ...EMPTY_NETWORK,
  substations: [{ substationId: 'S', name: 'S', lat: 46, lon: -119, voltageKv: null }],
  feeders: ['F1', 'F2'].map((feederId) => ({ feederId, substationId: 'S', name: feederId, lat: 46, lon: -119 })),
  devices: [{ deviceId: 'D', type: 'breaker', feederId: 'F1', upstreamDeviceId: null, lat: 46, lon: -119, phases: 'ABC', normallyOpen: false }],
  distributionPoints: [{ dpId: 'P', feederId: 'F1', deviceId: 'D', lat: 46, lon: -119, kva: null, phases: 'A' }],
  customers: ['1', '2'].map((id) => ({ customerId: `C${id}`, dpId: 'P', lat: 46, lon: -119, meterId: `M${id}`, onuId: null, priority: null })),
}; // prettier-ignore

const topics = topicNames();

it('the stages count each event once, by its source and what became of it', () => {
  const tally = new EventTally();
  const driver = new TestDriver(buildTopology({ topics, zone: UTC, registry: Registry.of(NETWORK), tally }));
  const report = (sourceEventId: string, minute: number, fields: object): void => {
    const occurredAt = new Date(Date.UTC(2026, 9, 4, 18, minute)).toISOString();
    const event = { source: 'kaifa', kind: 'outage', sourceEventId, occurredAt, receivedAt: occurredAt, ...fields };
    driver.pipe({ topic: topics.kaifa, key: null, value: JSON.stringify(event), timestampMs: Date.parse(occurredAt) });
    driver.commit();
  };
  report('1', 0, { assetId: 'M1' });
  report('2', 1, { assetId: 'M2' });
  report('2', 1, { assetId: 'M2' });
  report('3', 2, { assetId: 'nobody' });
  report('4', 3, { kind: 'nothing' });
  // Of the substation: one event, on the logs of both feeders.
  report('5', 4, { source: 'scada', kind: 'restoration', substationId: 'S', reach: 'substation' });
  report('6', 9, { kind: 'restoration', assetId: 'M1' });

  const counted = (stage: 'place' | 'correlate'): string[] =>
    [...tally.of(stage)].filter(({ n }) => n > 0).map(({ source, result, n }) => `${source} ${result} ${n}`);
  expect(counted('place')).toEqual(['scada placed 1', 'kaifa placed 4', 'kaifa unplaced 1', 'kaifa rejected 1']);
  expect(counted('correlate')).toEqual([
    'scada restored 1',
    'scada withoutEffect 1',
    'kaifa opened 1',
    'kaifa linked 1',
    'kaifa withoutEffect 1',
    'kaifa duplicate 1',
  ]);
});

describe('the way of a report that is followed', () => {
  const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  /** Two meters report in one record, a third alone; what stands in the headers on the log and with the outages. */
  function headersOnTheWay(headers: Record<string, string>): { log: unknown[]; outages: unknown[] } {
    const driver = new TestDriver(buildTopology({ topics, zone: UTC, registry: Registry.of(NETWORK) }));
    const report = (assetId: string): string => {
      const occurredAt = '2026-10-04T18:00:00.000Z';
      return JSON.stringify({
        source: 'kaifa',
        kind: 'outage',
        sourceEventId: assetId,
        occurredAt,
        receivedAt: occurredAt,
        assetId,
      });
    };
    driver.pipe({ topic: topics.kaifa, key: null, value: `[${report('M1')},${report('nobody')}]`, headers });
    driver.commit();
    driver.pipe({ topic: topics.kaifa, key: null, value: report('M2') });
    driver.commit();
    const read = (topic: string): unknown[] => driver.read(topic).map((record) => record.headers?.traceparent);
    return { log: read(topics.events), outages: read(topics.outages) };
  }

  it('goes on to the log and to the outage, a span for each stage', async () => {
    const exporter = new InMemorySpanExporter();
    const end = await traces.start(new SimpleSpanProcessor(exporter), 'oms-pipeline');
    const { log, outages } = headersOnTheWay({ traceparent: PARENT });
    const spans = exporter.getFinishedSpans();
    await end();
    expect(spans.map(({ name }) => name)).toEqual(['place', 'correlate']);
    const [placed, correlated] = spans.map((span) => `00-${PARENT.slice(3, 35)}-${span.spanContext().spanId}-01`);
    expect(log).toEqual([placed, undefined]);
    expect(outages).toEqual([correlated, undefined]);
    expect(spans[0]!.attributes).toEqual({ 'oms.source': 'kaifa', 'oms.to': 'log' });
    expect(spans[1]!.attributes).toEqual({ 'oms.key': 'S/F1' });
  });

  it('keeps its header where nobody wants traces, and has none where it came without', () => {
    expect(headersOnTheWay({ traceparent: PARENT })).toEqual({
      log: [PARENT, undefined],
      outages: [PARENT, undefined],
    });
    expect(headersOnTheWay({})).toEqual({ log: [undefined, undefined], outages: [undefined, undefined] });
  });
});
