import { afterAll, beforeAll, expect, it } from 'vitest';
import { retryUntil } from '../dev/retry.js';
import { demoNetwork } from '../simulator/network/demo.js';
import { TestSystem } from './kit/system.js';

const network = demoNetwork({ substations: 1 });
const point = network.distributionPoints[0]!;

let system: TestSystem;
beforeAll(async () => {
  system = await TestSystem.start(network);
});
afterAll(() => system.stop());

const publish = (dpId: string, fields: object): Promise<unknown> => {
  const value = JSON.stringify({ kind: 'distribution_point', element: { ...point, dpId, ...fields } });
  return system.producer.send({
    topic: system.topics.network,
    messages: [{ key: `distribution_point/${dpId}`, value }],
  });
};

it('an element with coordinates that are no numbers is left out and counted, and all else is placed by coordinates', async () => {
  await publish('wrong', { lat: null, lon: 'x' });
  await publish(point.dpId, { lat: null });
  const place = (await system.run('place', 'correlate', 'sink')).get('place')!;
  expect(place.complaints()).toEqual([expect.stringMatching(/^2 records were left out as unreadable \(/)]);
  const now = new Date().toISOString();
  const event = { source: 'call_center', kind: 'outage', type: 'call', lat: point.lat, lon: point.lon, occurredAt: now, receivedAt: now }; // prettier-ignore
  await system.send([JSON.stringify({ ...event, sourceEventId: 'by coordinates' })]);
  await system.settled(1);
  expect(await system.outcomes()).toMatchObject({ correlated: 1, unplaced: 0 });
  // What comes while it runs is checked too; a right one takes the place of a wrong one, and not the other way round.
  await publish('wrong', { lat: 'x' });
  await publish('wrong', {});
  await publish('wrong', { lon: null });
  await retryUntil(async () => expect(place.complaints()).toEqual([expect.stringMatching(/^4 records/)]), 30_000);
  await system.send([JSON.stringify({ ...event, sourceEventId: 'by id', dpId: 'wrong', lat: null, lon: null })]);
  await system.settled(2);
  expect(await system.outcomes()).toMatchObject({ correlated: 2, unplaced: 0 });
});
