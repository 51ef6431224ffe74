import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_NETWORK, type Network } from './network.js';
import { readNetworkElement } from './network-element.js';
import { elementsOf, Registry } from './registry.js';

const network: Network = {
  ...EMPTY_NETWORK,
  substations: [{ substationId: 'S1', name: '', lat: 46, lon: -119, voltageKv: 33 }],
  feeders: [{ feederId: 'F1', substationId: 'S1', name: 'F1', lat: 46, lon: -119 }],
  devices: [{ deviceId: 'D1', type: 'breaker', feederId: 'F1', upstreamDeviceId: null, lat: 46, lon: -119, phases: 'ABC', normallyOpen: false }],
  distributionPoints: [{ dpId: 'P1', feederId: 'F1', deviceId: 'D1', lat: 46, lon: -119, kva: null, phases: 'A' }],
  customers: [{ customerId: 'C1', dpId: 'P1', lat: 46, lon: -119, meterId: 'M1', onuId: null, priority: 'critical' }],
}; // prettier-ignore
const onu = ['onu/O1', { kind: 'onu', element: { onuId: 'O1', meterId: 'M1' } }] as const;
const elements = [...elementsOf(network), onu];

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Puts the value of a record into a registry, as the follower of `oms.network` does. */
function take(registry: Registry, key: string, value: Uint8Array | null): void {
  registry.apply(key, value && readNetworkElement(key, value));
}

it.each(elements)('%s is read as it was written', (key, element) =>
  expect(readNetworkElement(key, bytesOf(element))).toEqual(element),
);

it('the keys that it had before are read with it, and may be absent or null', () => {
  const element = network.devices[0]!;
  const formerKeys = [{ substationId: 'S2', feederId: 'F9', movedAt: '2026-10-04T12:00:00.000Z' }];
  const read = (more: object): unknown =>
    readNetworkElement('device/D1', bytesOf({ kind: 'device', element: { ...element, ...more } })).element;
  expect(read({ formerKeys })).toEqual({ ...element, formerKeys });
  expect(read({ formerKeys: null })).toEqual(element);
  expect(read({})).not.toHaveProperty('formerKeys');
  const [key] = formerKeys;
  expect(() => read({ formerKeys: [{ ...key, feederId: 'a/b' }] })).toThrow(
    'element.formerKeys.0.feederId "a/b" instead of',
  );
  expect(() => read({ formerKeys: [{ ...key, movedAt: 'noon' }] })).toThrow(
    'element.formerKeys.0.movedAt "noon" instead of a time in ISO 8601.',
  );
  expect(() => read({ formerKeys: {} })).toThrow('element.formerKeys an object instead of a list.');
});

it('what may be null may be absent', () => {
  const { onuId: _, priority: __, ...element } = network.customers[0]!;
  expect(readNetworkElement('customer/C1', bytesOf({ kind: 'customer', element }))).toMatchObject({
    element: { onuId: null, priority: null },
  });
});

describe('an element that is wrong', () => {
  const point = network.distributionPoints[0]!;
  const of = (fields: object): unknown => ({ kind: 'distribution_point', element: { ...point, ...fields } });

  it.each([
    [of({ lat: null, lon: 'x' }), 'distribution_point/P1 has element.lat null instead of a number from -90 to 90.'],
    [of({ lon: '-119' }), 'element.lon "-119" instead of a number from -180 to 180.'],
    [of({ lat: 90.1 }), 'element.lat 90.1 instead of'],
    [of({ lon: 1e308 }), 'element.lon 1e+308 instead of'],
    [of({ kva: -1 }), 'element.kva -1 instead of a number from 0 or null.'],
    [of({ dpId: undefined }), 'element.dpId null instead of an id: a text of 1 to 256 printable characters.'],
    [of({ dpId: '' }), 'element.dpId "" instead of an id'],
    [of({ dpId: 5 }), 'element.dpId 5 instead of an id'],
    [of({ dpId: 'P2' }), 'distribution_point/P1 holds distribution_point/P2: the key of a record is its kind and its dpId.'],
    [of({ feederId: 'S1/F1' }), 'element.feederId "S1/F1" instead of an id without a slash'],
    [of({ phases: ['A'] }), 'element.phases a list instead of a text of 256 characters at most.'],
    [{ kind: 'distribution_point' }, 'distribution_point/P1: element undefined is not an object.'],
    [{ kind: 'distribution_point', element: [] }, 'element [] is not an object.'],
    [{ kind: 'constructor', element: point }, 'kind "constructor" is unknown: expected substation, feeder, device,'],
    [{ kind: 'customer', element: point }, 'distribution_point/P1 has element.customerId null instead of an id'],
    [null, 'kind undefined is unknown'],
    [3, 'kind undefined is unknown'],
  ])('%j is refused with what would be right', (value, sentence) =>
    expect(() => readNetworkElement('distribution_point/P1', bytesOf(value))).toThrow(sentence),
  ); // prettier-ignore

  it('is no number though JSON has it so', () => {
    const text = JSON.stringify(of({})).replace('-119', '1e999');
    expect(() => readNetworkElement('distribution_point/P1', new TextEncoder().encode(text))).toThrow('element.lon Infinity instead of');
    expect(() => readNetworkElement('', new TextEncoder().encode('{"kind"'))).toThrow(/^A record without a key is not JSON/);
  }); // prettier-ignore

  it('leaves what was there before, until a right one takes its place or it is taken away', () => {
    const registry = Registry.of(network);
    const nearest = (): string | null => registry.nearestPoint(46.0001, -119, 500)?.dpId ?? null;
    expect(() => take(registry, 'distribution_point/P1', bytesOf(of({ lat: null })))).toThrow();
    expect(() => take(registry, 'distribution_point/P2', bytesOf(of({ dpId: 'P2', lon: 'x' })))).toThrow();
    expect(nearest()).toBe('P1');
    take(registry, 'distribution_point/P1', bytesOf(of({ lat: 46.5 })));
    expect(nearest()).toBeNull();
    take(registry, 'distribution_point/P2', bytesOf(of({ dpId: 'P2' })));
    expect(nearest()).toBe('P2');
    take(registry, 'distribution_point/P2', null);
    expect(nearest()).toBeNull();
  });
});

it('whatever is written to oms.network, all that was placed before is found after it', () => {
  const anything = fc.oneof(
    fc.constantFrom(null, undefined, '', 'x', NaN, Infinity, -Infinity, 1e308, -1e308, 91, 181, [], {}, true),
    fc.jsonValue(),
  );
  const wrong = fc.constantFrom(...elements).chain(([key, { kind, element }]) =>
    fc.record({
      key: fc.constantFrom(key, `${kind}/other`, kind, '', 'x/y'),
      value: fc.oneof(
        anything,
        fc.record({
          kind: fc.constantFrom(kind, 'x'),
          element: fc
            .dictionary(fc.constantFrom(...Object.keys(element)), anything, { minKeys: 1 })
            .map((changed) => ({ ...element, ...changed })),
        }),
      ),
    }),
  );
  fc.assert(
    fc.property(fc.array(wrong, { maxLength: 30 }), (records) => {
      const registry = Registry.of(network);
      for (const { key, value } of records) {
        try {
          take(registry, key, bytesOf(value ?? null));
        } catch (error) {
          expect((error as Error).message).toMatch(/expected|instead|not|holds/);
        }
      }
      // Whatever it has taken of that is in order: what is right is put back, and found by its id and by its place.
      for (const [key, element] of elements) take(registry, key, bytesOf(element));
      expect(registry.nearestPoint(46, -119, 500)).toMatchObject({ key: { feederId: 'F1' } });
      expect(registry.asset('kaifa', 'M1')).toMatchObject({ customerId: 'C1', dpId: 'P1' });
      expect(registry.asset('onu', 'O1')).toMatchObject({ customerId: 'C1' });
      expect(registry.asset('scada', 'D1')).toMatchObject({ reach: 'feeder' });
      expect(registry.keysOf('S1')).toContainEqual({ substationId: 'S1', feederId: 'F1' });
    }),
  );
});
