import { expect, it } from 'vitest';
import type { Member } from '../api/outages.js';
import { outageRecord } from '../api/outageRecord.fixture.js';
import { linkFeatures, memberFeatures, outageFeatures } from './features.js';

const member = (sourceEventId: string, changes: Partial<Member> = {}): Member => ({
  source: 'kaifa',
  sourceEventId,
  kind: 'outage',
  type: 'last_gasp',
  assetId: null,
  customerId: null,
  dpId: null,
  reach: 'point',
  t: '2026-10-04T01:00:00.000Z',
  receivedAt: '2026-10-04T01:00:00.000Z',
  lat: 46.6,
  lon: -119.1,
  flags: [],
  link: null,
  amended: false,
  log: { partition: 0, offset: 0 },
  ...changes,
});
const to = (sourceEventId: string, distanceM: number | null) =>
  ({ source: 'kaifa', sourceEventId, distanceM, dtMs: 0 }) as const;

it('draws small outages above large ones, critical ones above all, the selected one below its members', () => {
  const open = (outageId: string, customersOut: number, severity: 'critical' | 'low') => ({
    record: outageRecord({ outageId, customersOut, severity }),
    arrivedAt: null,
    restoredSeenAt: null,
  });
  const outages = [
    open('small', 1, 'low'),
    open('large', 900, 'low'),
    open('worst', 2_000, 'critical'),
    open('own', 1, 'low'),
  ];
  const drawn = outageFeatures(outages, 'own').features.sort((a, b) => a.properties.order - b.properties.order);
  expect(drawn.map(({ properties }) => properties.outageId)).toEqual(['own', 'large', 'small', 'worst']);
});

it('draws lines along links by distance, not along those by reach', () => {
  const members = [member('1'), member('2', { link: to('1', 42) }), member('3', { link: to('1', null) })];
  expect(linkFeatures(members).features).toHaveLength(1);
});

it('leaves out members without a place, and marks restorations', () => {
  const drawn = memberFeatures([member('1'), member('2', { lat: null }), member('3', { kind: 'restoration' })]);
  expect(drawn.features.map(({ properties }) => [properties.name, properties.opened, properties.back])).toEqual([
    ['kaifa/1', true, false],
    ['kaifa/3', false, true],
  ]);
});
