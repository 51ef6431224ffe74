import { describe, expect, it } from 'vitest';
import type { ReportedEvent } from '../model/event.js';
import type { Network } from '../network/network.js';
import { place, type Placement } from './place.js';
import { Registry } from '../network/registry.js';

const HERE = { lat: 31.95, lon: 35.93 };
const device = { phases: 'ABC', normallyOpen: false, ...HERE };

const network: Network = {
  substations: [{ substationId: 'SS1', name: 'One', voltageKv: 33, ...HERE }],
  feeders: [
    { feederId: 'F1', substationId: 'SS1', name: 'north', ...HERE },
    { feederId: 'F2', substationId: 'SS1', name: 'south', ...HERE },
  ],
  devices: [
    { ...device, deviceId: 'CB1', type: 'breaker', feederId: 'F1', upstreamDeviceId: null },
    { ...device, deviceId: 'FU1', type: 'fuse', feederId: 'F1', upstreamDeviceId: 'CB1' },
    { ...device, deviceId: 'RC2', type: 'recloser', feederId: 'F2', upstreamDeviceId: null },
  ],
  sections: [],
  distributionPoints: [
    { dpId: 'DP1', feederId: 'F1', deviceId: 'FU1', kva: 50, phases: 'A', ...HERE },
    { dpId: 'DP2', feederId: 'F2', deviceId: 'RC2', kva: 50, phases: 'A', lat: 31.96, lon: 35.93 },
  ],
  customers: [
    { customerId: 'C1', dpId: 'DP1', meterId: 'M1', onuId: 'O1', priority: null, ...HERE },
    { customerId: 'C2', dpId: 'DP2', meterId: 'M2', onuId: null, priority: null, lat: 31.96, lon: 35.93 },
  ],
};

const reported = (fields: Partial<ReportedEvent>): ReportedEvent => ({
  source: 'kaifa',
  kind: 'outage',
  type: '',
  sourceEventId: '1',
  assetId: null,
  otherAssetIds: [],
  occurredAt: 0,
  receivedAt: 0,
  lat: null,
  lon: null,
  substationId: null,
  feederId: null,
  dpId: null,
  reach: null,
  ...fields,
});

function placed(fields: Partial<ReportedEvent>, registry = Registry.of(network)): Placement[] {
  const placements = place(reported(fields), registry);
  if (!Array.isArray(placements)) throw new Error(placements.detail);
  return placements;
}

const scada = (fields: Partial<ReportedEvent>): Placement[] => placed({ source: 'scada', ...fields });

describe('placing by ids', () => {
  it('a meter, an ONU and a customer number lead to the customer, its distribution point and feeder', () => {
    for (const [source, assetId] of [
      ['kaifa', 'M1'],
      ['onu', 'O1'],
      ['call_center', 'C1'],
      ['call_center', 'M1'],
    ] as const) {
      const [{ key, event }] = placed({ source, assetId }) as [Placement];
      expect(key).toEqual({ substationId: 'SS1', feederId: 'F1' });
      expect(event).toMatchObject({ customerId: 'C1', dpId: 'DP1', reach: 'point', flags: [], ...HERE });
    }
  });

  it('an unknown ONU is placed by its meters', () => {
    expect(placed({ source: 'onu', assetId: 'new', otherAssetIds: ['?', 'M2'] })[0]!.event.customerId).toBe('C2');
  });

  it('of the names of a meter the first that the registry knows is it; an ONU stays itself', () => {
    const [meter] = placed({ source: 'kaifa', assetId: 'UP-1', otherAssetIds: ['?', 'M2', 'M1'] });
    expect(meter!.event).toMatchObject({ assetId: 'M2', customerId: 'C2' });
    expect(placed({ source: 'kaifa', assetId: 'UP-1', otherAssetIds: ['?'], dpId: 'DP1' })[0]!.event.assetId).toBe(
      'UP-1',
    );
    expect(placed({ source: 'onu', assetId: 'new', otherAssetIds: ['M2'] })[0]!.event.assetId).toBe('new');
  });

  it("an ONU that was mapped to a meter is that customer's", () => {
    const registry = Registry.of(network);
    registry.apply('onu/new', { kind: 'onu', element: { onuId: 'new', meterId: 'M2' } });
    expect(placed({ source: 'onu', assetId: 'new' }, registry)[0]!.event.customerId).toBe('C2');
  });

  it('an unknown asset goes by distribution point, then by feeder', () => {
    expect(placed({ assetId: '?', dpId: 'DP2' })[0]!.event).toMatchObject({ dpId: 'DP2', customerId: null });
    expect(placed({ assetId: '?', feederId: 'F2' })[0]!).toMatchObject({
      key: { feederId: 'F2' },
      event: { reach: 'point', ...HERE },
    });
  });

  it('the registry beats what the event says, with a flag', () => {
    const [{ key, event }] = placed({ assetId: 'M1', feederId: 'F2' }) as [Placement];
    expect(key.feederId).toBe('F1');
    expect(event.flags).toEqual(['contradictsRegistry']);
  });

  it('own coordinates count within 5 km, else they are ignored with a flag', () => {
    expect(placed({ assetId: 'M1', lat: 31.99, lon: 35.93 })[0]!.event).toMatchObject({ lat: 31.99, flags: [] });
    expect(placed({ assetId: 'M1', lat: 35.93, lon: 31.95 })[0]!.event).toMatchObject({
      ...HERE,
      flags: ['coordinatesIgnored'],
    });
  });

  it('coordinates that were half or 0/0 are noted', () => {
    expect(placed({ assetId: 'M1', coordinatesIgnored: true })[0]!.event).toMatchObject({
      ...HERE,
      flags: ['coordinatesIgnored'],
    });
  });

  it('a meter that moves to another customer stays known, in whatever order its two customers change', () => {
    const registry = Registry.of(network);
    const [c1, c2] = network.customers as [Network['customers'][number], Network['customers'][number]];
    registry.apply('customer/C2', { kind: 'customer', element: { ...c2, meterId: 'M1' } });
    registry.apply('customer/C1', { kind: 'customer', element: { ...c1, meterId: null } });
    expect(placed({ assetId: 'M1' }, registry)[0]!.event.customerId).toBe('C2');
  });

  it('takes updates while running', () => {
    const registry = Registry.of(network);
    registry.apply('customer/C9', {
      kind: 'customer',
      element: { customerId: 'C9', dpId: 'DP2', meterId: 'M9', onuId: null, priority: null, ...HERE },
    });
    expect(placed({ assetId: 'M9' }, registry)[0]!.key.feederId).toBe('F2');
    expect(registry.customersOfFeeder('F2')).toBe(2);
    registry.apply('customer/C9', null);
    expect(place(reported({ assetId: 'M9' }), registry)).toMatchObject({ reason: 'unknownIds' });
    expect(registry.customersOfFeeder('F2')).toBe(1);
  });
});

describe('reach', () => {
  it('the feeder breaker and the recloser at the head speak for the feeder, with all its customers', () => {
    expect(scada({ assetId: 'CB1' })[0]!.event).toMatchObject({ reach: 'feeder', feederCustomers: 1 });
    expect(scada({ assetId: 'RC2' })[0]!.event.reach).toBe('feeder');
  });

  it('a device below the head is a point, whatever the event says', () => {
    expect(scada({ assetId: 'FU1' })[0]!.event.reach).toBe('point');
    expect(scada({ assetId: 'FU1', reach: 'feeder' })[0]!.event).toMatchObject({
      reach: 'point',
      flags: ['reachIgnored'],
    });
  });

  it('a meter is a point, whatever the event says', () => {
    expect(placed({ assetId: 'M1', reach: 'feeder' })[0]!.event).toMatchObject({
      reach: 'point',
      flags: ['reachIgnored'],
    });
  });

  it("an alarm on a feeder without a device is its breaker's", () => {
    expect(scada({ feederId: 'F1', reach: 'feeder' })[0]!.event.reach).toBe('feeder');
  });

  it('a substation report is delivered to every feeder of it, under one identity', () => {
    for (const fields of [
      { assetId: 'CB1', reach: 'substation' as const },
      { assetId: 'SS1' },
      { substationId: 'SS1', reach: 'substation' as const },
    ]) {
      const placements = scada(fields);
      expect(placements.map(({ key }) => key.feederId)).toEqual(['F1', 'F2']);
      expect(new Set(placements.map(({ event }) => event.sourceEventId)).size).toBe(1);
      expect(placements.map(({ event }) => event.reach)).toEqual(['substation', 'substation']);
    }
  });
});

describe('placing by coordinates', () => {
  it("takes the nearest distribution point within 500 m, and keeps the event's own place", () => {
    const [{ key, event }] = placed({ source: 'call_center', lat: 31.9565, lon: 35.93 }) as [Placement];
    expect(key.feederId).toBe('F2');
    expect(event).toMatchObject({ dpId: 'DP2', customerId: null, lat: 31.9565, flags: ['placedByCoordinates'] });
  });

  it('farther off, without ids or with unknown ones, it is unplaced, with the reason', () => {
    const registry = Registry.of(network);
    expect(place(reported({ lat: 31.9555, lon: 35.94 }), registry)).toMatchObject({ reason: 'outsideNetwork' });
    expect(place(reported({ assetId: '?', lat: 35.93, lon: 31.95 }), registry)).toMatchObject({
      reason: 'outsideNetwork',
      detail: expect.stringContaining('asset "?"'),
    });
    expect(place(reported({ assetId: '3', feederId: 'F9', substationId: 'SS9' }), registry)).toMatchObject({
      reason: 'unknownIds',
    });
    expect(place(reported({}), registry)).toMatchObject({ reason: 'nothingToGoBy' });
  });
});

describe('what an import has moved', () => {
  const day = 86_400_000;
  const movedAt = new Date(10 * day).toISOString();
  const formerKeys = [{ substationId: 'SS1', feederId: 'F2', movedAt }];
  const [customer, ...customers] = network.customers;
  const [first, ...feeders] = network.feeders;
  const registry = Registry.of({
    ...network,
    substations: [...network.substations, { substationId: 'SS2', name: 'Two', voltageKv: 33, ...HERE }],
    feeders: [{ ...first!, formerKeys: [{ substationId: 'SS2', feederId: 'F1', movedAt }] }, ...feeders],
    customers: [{ ...customer!, formerKeys }, ...customers],
  });
  const keysOf = (fields: Partial<ReportedEvent>, t: number): string[] =>
    placed({ ...fields, occurredAt: t, receivedAt: t }, registry).map(
      ({ key }) => `${key.substationId}/${key.feederId}`,
    );

  it('is known under the key in force at the time of its report', () => {
    expect(keysOf({ assetId: 'M1' }, 10 * day - 1)).toEqual(['SS1/F2']);
    expect(keysOf({ assetId: 'M1' }, 10 * day)).toEqual(['SS1/F1']);
  });

  it('is back on every key of the week before, too: there an outage may still be open', () => {
    const back = { kind: 'restoration', assetId: 'M1' } as const;
    expect(keysOf(back, 9 * day)).toEqual(['SS1/F2']);
    expect(keysOf(back, 11 * day)).toEqual(['SS1/F1', 'SS1/F2']);
    expect(keysOf(back, 17 * day)).toEqual(['SS1/F1']);
  });

  it('tells of a feeder and of a substation where the feeder was', () => {
    const closing = { source: 'scada', kind: 'restoration', feederId: 'F1', reach: 'feeder' } as const;
    expect(keysOf(closing, 11 * day)).toEqual(['SS1/F1', 'SS2/F1']);
    expect(keysOf({ ...closing, feederId: null, substationId: 'SS1', reach: 'substation' }, 11 * day)).toEqual([
      'SS1/F1',
      'SS1/F2',
      'SS2/F1',
    ]);
    expect(keysOf({ ...closing, kind: 'outage' }, 9 * day)).toEqual(['SS2/F1']);
  });
});
