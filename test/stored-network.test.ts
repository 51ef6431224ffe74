/** What the gateway reads of the network to place some events is enough to place them as the whole of it does. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PooledDatabase } from '../gateway/database.js';
import { StoredNetwork } from '../gateway/stored-network.js';
import type { ReportedEvent } from '../operators/model/event.js';
import { UTC } from '../operators/model/time-zone.js';
import { Registry } from '../operators/network/registry.js';
import { place, type Placement } from '../operators/place/place.js';
import { reportsIn } from '../operators/place/trial.js';
import { demoNetwork } from '../simulator/network/demo.js';
import { simulateStorm } from '../simulator/storm/storm.js';
import { TestDatabase } from './kit/database.js';

const network = demoNetwork({ substations: 2 });
const whole = Registry.of(network);
const MAPPED = { onuId: 'MAPPED', meterId: network.customers[0]!.meterId! };
whole.apply('onu/MAPPED', { kind: 'onu', element: MAPPED });

let database: TestDatabase;
let pool: PooledDatabase;
let stored: StoredNetwork;

beforeAll(async () => {
  database = await TestDatabase.start(network);
  await database.rows('insert into network.onu_meters (onu_id, meter_id) values ($1, $2)', [
    MAPPED.onuId,
    MAPPED.meterId,
  ]);
  pool = new PooledDatabase(database.url);
  stored = new StoredNetwork(pool);
});
afterAll(async () => {
  await pool.stop();
  await database.stop();
});

/** Where an event is placed; of how many customers a feeder has, who asks for places hears nothing. */
async function placesOf(events: readonly ReportedEvent[], by: (some: readonly ReportedEvent[]) => Promise<Registry>) {
  const registry = await by(events);
  const shown = ({ key, event: { feederCustomers: _, ...rest } }: Placement) => ({ key, ...rest });
  return events.map((event) => {
    const placed = place(event, registry);
    return Array.isArray(placed) ? placed.map(shown) : placed;
  });
}

function eventsOf(some: readonly object[]): ReportedEvent[] {
  const value = new TextEncoder().encode(some.map((one) => JSON.stringify(one)).join('\n'));
  return reportsIn('canonical', value, { receivedAt: 0, zone: UTC }).map((report) => {
    if (!('event' in report)) throw new Error(report.detail);
    return report.event;
  });
}

const [substation] = network.substations;
const [feeder] = network.feeders;
const [point] = network.distributionPoints;
const [device] = network.devices;
const base = { source: 'scada', kind: 'outage', occurredAt: '2026-10-04T18:00:00Z' };
const { lat, lon } = point!;

it.each<[string, object]>([
  ['a device', { assetId: device!.deviceId }],
  ['a device that speaks for its substation', { assetId: device!.deviceId, reach: 'substation' }],
  ['a feeder', { feederId: feeder!.feederId }],
  ['a feeder as an asset', { assetId: feeder!.feederId }],
  ['a whole substation', { substationId: substation!.substationId, reach: 'substation' }],
  ['a substation as an asset', { assetId: substation!.substationId }],
  ['a distribution point', { dpId: point!.dpId }],
  ['a distribution point as an asset', { assetId: point!.dpId }],
  ['a customer', { assetId: network.customers[1]!.customerId }],
  ['an ONU that was mapped', { source: 'onu', assetId: 'MAPPED' }],
  ['an asset that another name knows', { assetId: 'nobody', otherAssetIds: [network.customers[2]!.meterId] }],
  ['coordinates', { lat: lat + 0.0001, lon }],
  ['coordinates beside an asset', { assetId: network.customers[3]!.meterId, lat, lon }],
  ['coordinates far from all', { lat: 10, lon: 10 }],
  ['coordinates on the date line', { lat: 10, lon: 180 }],
  ['nobody knows what', { assetId: 'nobody', feederId: 'nowhere' }],
  ['nothing', {}],
])('%s', async (_, fields) => {
  const events = eventsOf([{ ...base, ...fields }]);
  const byStored = await placesOf(events, (some) => stored.registryFor(some));
  expect(byStored).toEqual(await placesOf(events, () => Promise.resolve(whole)));
});

it('a storm', async () => {
  const storm = simulateStorm(network, { seed: 5, faults: 20, hours: 2, startMs: Date.UTC(2026, 9, 4, 18) });
  const events = eventsOf(storm.events.slice(0, 1000));
  const byStored = await placesOf(events, (some) => stored.registryFor(some));
  expect(byStored).toEqual(await placesOf(events, () => Promise.resolve(whole)));
});
