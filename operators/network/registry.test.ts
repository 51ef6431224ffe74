import { describe, expect, it } from 'vitest';
import type { Key } from '../model/event.js';
import { EMPTY_NETWORK, type FormerKey, type Network } from './network.js';
import { FORMER_KEYS_MS, keyAt, keysBefore, Registry, type Asset } from './registry.js';

const HERE = { lat: 31.95, lon: 35.93 };
const HOUR_MS = 3_600_000;
const MOVED = Date.parse('2026-10-04T12:00:00Z');

const keyOf = (text: string): Key => {
  const [substationId, feederId] = text.split('/') as [string, string];
  return { substationId, feederId };
};
const formerly = (...keys: readonly (readonly [key: string, untilMs: number])[]): { formerKeys: FormerKey[] } => ({
  formerKeys: keys.map(([key, untilMs]) => ({ ...keyOf(key), movedAt: new Date(untilMs).toISOString() })),
});

/** A network of two substations; what was moved says so. */
function network(moves: {
  feeder?: { formerKeys: FormerKey[] };
  device?: { formerKeys: FormerKey[] };
  point?: { formerKeys: FormerKey[] };
  customer?: { formerKeys: FormerKey[] };
}): Network {
  return {
    ...EMPTY_NETWORK,
    substations: ['S1', 'S2'].map((substationId) => ({ substationId, name: '', voltageKv: 33, ...HERE })),
    feeders: [
      { feederId: 'F1', substationId: 'S1', name: '', ...HERE },
      { feederId: 'F2', substationId: 'S2', name: '', ...HERE, ...moves.feeder },
      { feederId: 'F3', substationId: 'S2', name: '', ...HERE },
    ],
    devices: [
      { deviceId: 'CB2', type: 'breaker', feederId: 'F2', upstreamDeviceId: null, phases: '', normallyOpen: false, ...HERE, ...moves.device },
    ],
    distributionPoints: [{ dpId: 'D2', feederId: 'F2', deviceId: 'CB2', kva: null, phases: '', ...HERE, ...moves.point }],
    customers: [
      { customerId: 'C2', dpId: 'D2', meterId: 'M2', onuId: 'O2', priority: null, ...HERE, ...moves.customer },
    ],
  }; // prettier-ignore
}

/** The meter of the customer, who has had other keys. */
function asset({ formerKeys }: { formerKeys?: FormerKey[] }): Asset {
  return Registry.of(network(formerKeys ? { customer: { formerKeys } } : {})).asset('kaifa', 'M2')!;
}

const texts = (keys: readonly Key[]): string[] =>
  keys.map(({ substationId, feederId }) => `${substationId}/${feederId}`);
const at = (one: Asset, t: number): string => texts([keyAt(one, t)])[0]!;

describe('the key of an asset at a time', () => {
  it('is the one it has, where it was never moved', () => {
    const one = asset({});
    expect(one).not.toHaveProperty('former');
    expect(at(one, MOVED)).toBe('S2/F2');
    expect(keysBefore(one, MOVED)).toEqual([]);
    expect(asset({ formerKeys: [] })).not.toHaveProperty('former');
  });

  it('is the new one from the time of the import on', () => {
    const one = asset(formerly(['S1/F1', MOVED]));
    expect(at(one, MOVED - 1)).toBe('S1/F1');
    expect(at(one, MOVED)).toBe('S2/F2');
    expect(at(one, -1e12)).toBe('S1/F1');
  });

  it('is that of its time, where it was moved several times', () => {
    const one = asset(formerly(['S2/F3', MOVED + HOUR_MS], ['S1/F1', MOVED]));
    expect([MOVED - 1, MOVED, MOVED + HOUR_MS - 1, MOVED + HOUR_MS].map((t) => at(one, t))).toEqual([
      'S1/F1',
      'S2/F3',
      'S2/F3',
      'S2/F2',
    ]);
  });
});

describe('the keys of the 7 days before a time', () => {
  it('are those that were in force at any time of them, without that of the time itself', () => {
    const one = asset(formerly(['S1/F1', MOVED], ['S2/F3', MOVED + HOUR_MS]));
    const before = (t: number): string[] => texts(keysBefore(one, t));
    expect(before(MOVED - 1)).toEqual([]);
    expect(before(MOVED)).toEqual(['S1/F1']);
    expect(before(MOVED + HOUR_MS)).toEqual(['S1/F1', 'S2/F3']);
    expect(before(MOVED + FORMER_KEYS_MS - 1)).toEqual(['S1/F1', 'S2/F3']);
    expect(before(MOVED + FORMER_KEYS_MS)).toEqual(['S2/F3']);
    expect(before(MOVED + FORMER_KEYS_MS + HOUR_MS)).toEqual([]);
  });

  it('are none of where it was moved there and back, but the one between', () => {
    const one = asset(formerly(['S2/F2', MOVED], ['S1/F1', MOVED + HOUR_MS]));
    expect(at(one, MOVED + HOUR_MS)).toBe('S2/F2');
    expect(texts(keysBefore(one, MOVED + HOUR_MS))).toEqual(['S1/F1']);
    expect(texts(keysBefore(one, MOVED + 1))).toEqual(['S2/F2']);
  });
});

describe('whatever was moved', () => {
  const former = formerly(['S1/F1', MOVED]);

  it('is known by each of its names', () => {
    const registry = Registry.of(network({ customer: former }));
    for (const [source, id] of [['kaifa', 'M2'], ['onu', 'O2'], ['call_center', 'C2']] as const) {
      expect(at(registry.asset(source, id)!, MOVED - 1)).toBe('S1/F1');
    } // prettier-ignore
    expect(registry.point('D2')).not.toHaveProperty('former');
  });

  it('may be a distribution point, a device or a feeder', () => {
    expect(at(Registry.of(network({ point: former })).point('D2')!, MOVED - 1)).toBe('S1/F1');
    expect(at(Registry.of(network({ point: former })).nearestPoint(31.95, 35.93, 500)!, MOVED - 1)).toBe('S1/F1');
    const head = Registry.of(network({ device: former })).asset('scada', 'CB2')!;
    expect([head.reach, at(head, MOVED - 1)]).toEqual(['feeder', 'S1/F1']);
    const feeder = Registry.of(network({ feeder: formerly(['S1/F2', MOVED]) })).feeder('F2')!;
    expect([at(feeder, MOVED - 1), texts(keysBefore(feeder, MOVED))]).toEqual(['S1/F2', ['S1/F2']]);
  });

  it('is moved no more when its element says so no more', () => {
    const registry = Registry.of(network({ customer: former }));
    expect(at(registry.asset('kaifa', 'M2')!, MOVED - 1)).toBe('S1/F1');
    const element = network({}).customers[0]!;
    registry.apply('customer/C2', { kind: 'customer', element });
    expect(at(registry.asset('kaifa', 'M2')!, MOVED - 1)).toBe('S2/F2');
  });
});

describe('the feeders of a substation', () => {
  it('are those that it feeds, or that it fed at a time', () => {
    const registry = Registry.of(network({ feeder: formerly(['S1/F2', MOVED]) }));
    expect(texts(registry.keysOf('S1'))).toEqual(['S1/F1']);
    expect(texts(registry.keysOf('S1', MOVED - 1))).toEqual(['S1/F1', 'S1/F2']);
    expect(texts(registry.keysOf('S1', MOVED))).toEqual(['S1/F1']);
    expect(texts(registry.keysOf('S2', MOVED - 1))).toEqual(['S2/F3']);
    expect(texts(registry.keysOf('S2', MOVED))).toEqual(['S2/F2', 'S2/F3']);
    expect(registry.keysOf('S9', MOVED)).toEqual([]);
    registry.apply('feeder/F2', null);
    expect(texts(registry.keysOf('S1', MOVED - 1))).toEqual(['S1/F1']);
  });

  it('are at all times those that it feeds, where none was moved', () => {
    expect(texts(Registry.of(network({})).keysOf('S2', 0))).toEqual(['S2/F2', 'S2/F3']);
  });
});
