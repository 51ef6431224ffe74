import { expect, it } from 'vitest';
import { EventTally } from '../connections/telemetry/event-tally.js';
import { topicNames } from '../connections/topics.js';
import { EMPTY_NETWORK, type Network } from '../operators/network/network.js';
import { Registry } from '../operators/network/registry.js';
import { TestDriver } from '../streams/driver.js';
import { buildTopology } from './topology.js';

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
  const driver = new TestDriver(buildTopology({ topics, naiveOffsetMin: 0, registry: Registry.of(NETWORK), tally }));
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
