import { describe, expect, it } from 'vitest';
import type { Network } from '../../../operators/network/network.js';
import { keyAt, keysBefore, Registry } from '../../../operators/network/registry.js';
import { diffNetworks } from './diff.js';
import { withFormerKeys } from './former-keys.js';
import { readNetwork } from './read.js';

const DAY_MS = 86_400_000;
const NOON = Date.parse('2026-10-04T12:00:00Z');
const network = await readNetwork(new URL('../../../data/contract-cases/network', import.meta.url).pathname);

/** The network with its distribution point on another feeder, and its customers with it. */
function withPointOn(feederId: string, before: Network = network): Network {
  const head = before.devices.find((device) => device.feederId === feederId)!.deviceId;
  const distributionPoints = before.distributionPoints.map((point) =>
    point.dpId === 'DP1' ? { ...point, feederId, deviceId: head } : point,
  );
  return { ...before, distributionPoints };
}

/** As the files of an import have it: they know nothing of former keys. */
function asRead(of: Network): Network {
  const without = <T extends { formerKeys?: unknown }>(list: readonly T[]): T[] =>
    list.map(({ formerKeys: _, ...one }) => one as T);
  return {
    ...of,
    feeders: without(of.feeders),
    devices: without(of.devices),
    distributionPoints: without(of.distributionPoints),
    customers: without(of.customers),
  };
}

const customer = (of: Network, id = 'C1a') => of.customers.find(({ customerId }) => customerId === id)!;
const point = (of: Network) => of.distributionPoints.find(({ dpId }) => dpId === 'DP1')!;
const F1 = { substationId: 'SS001', feederId: 'F1' };
const F3 = { substationId: 'SS002', feederId: 'F3' };
const AT_NOON = { movedAt: '2026-10-04T12:00:00.000Z' };

describe('what an import moves', () => {
  it('remembers the key that it had: a distribution point with its customers', () => {
    const after = withFormerKeys(network, withPointOn('F3'), NOON);
    expect(point(after).formerKeys).toEqual([{ ...F1, ...AT_NOON }]);
    expect(customer(after).formerKeys).toEqual([{ ...F1, ...AT_NOON }]);
    expect(customer(after, 'C0a')).not.toHaveProperty('formerKeys');
    expect(after.devices).toEqual(network.devices);
  });

  it('may be a feeder, with all that hangs on it', () => {
    const feeders = network.feeders.map((one) => (one.feederId === 'F1' ? { ...one, substationId: 'SS002' } : one));
    const after = withFormerKeys(network, { ...network, feeders }, NOON);
    const moved = [{ ...F1, ...AT_NOON }];
    const device = after.devices.find(({ deviceId }) => deviceId === 'FU-1')!;
    const feeder = after.feeders.find(({ feederId }) => feederId === 'F1')!;
    for (const one of [feeder, device, point(after), customer(after)]) expect(one.formerKeys).toEqual(moved);
    expect(Registry.of(after).keysOf('SS001', NOON - 1)).toContainEqual(F1);
  });

  it('may be a customer alone, who moves to another distribution point', () => {
    const customers = network.customers.map((one) => (one.customerId === 'C1a' ? { ...one, dpId: 'DPT' } : one));
    const after = withFormerKeys(network, { ...network, customers }, NOON);
    expect(customer(after).formerKeys).toEqual([{ ...F1, ...AT_NOON }]);
    expect(customer(after, 'C1b')).not.toHaveProperty('formerKeys');
    // To another one of the same feeder is no move.
    const near = network.customers.map((one) => (one.customerId === 'C1a' ? { ...one, dpId: 'DP2' } : one));
    expect(withFormerKeys(network, { ...network, customers: near }, NOON)).toEqual({ ...network, customers: near });
  });

  it('is nothing where all is new, or nothing changed', () => {
    const empty: Network = { ...network, feeders: [], devices: [], distributionPoints: [], customers: [] };
    expect(withFormerKeys(empty, network, NOON)).toEqual(network);
    expect(withFormerKeys(network, network, NOON)).toEqual(network);
  });
});

describe('what is remembered', () => {
  const moved = withFormerKeys(network, withPointOn('F3'), NOON);

  it('stays through imports that change nothing, and is no change of itself', () => {
    const again = withFormerKeys(moved, asRead(moved), NOON + DAY_MS);
    expect(again).toEqual(moved);
    expect(diffNetworks(moved, asRead(moved)).customers).toMatchObject({ changed: [], removed: [] });
  });

  it('grows with each move, there and back', () => {
    const back = withFormerKeys(moved, asRead(withPointOn('F1', moved)), NOON + DAY_MS);
    const both = [
      { ...F1, ...AT_NOON },
      { ...F3, movedAt: '2026-10-05T12:00:00.000Z' },
    ];
    expect(customer(back).formerKeys).toEqual(both);
  });

  it('goes two weeks later, when no restoration asks for it', () => {
    const asked = withFormerKeys(moved, asRead(moved), NOON + 14 * DAY_MS - 1);
    expect(customer(asked).formerKeys).toHaveLength(1);
    const forgotten = withFormerKeys(moved, asRead(moved), NOON + 14 * DAY_MS);
    expect(forgotten).toEqual(asRead(moved));
  });

  it('goes with an element that an import does not have', () => {
    const without = { ...asRead(moved), customers: moved.customers.filter(({ customerId }) => customerId !== 'C1a') };
    const gone = withFormerKeys(moved, without, NOON + DAY_MS);
    const back = withFormerKeys(gone, asRead(moved), NOON + 2 * DAY_MS);
    expect(customer(back)).not.toHaveProperty('formerKeys');
  });
});

it('a transformer on the neighbour feeder is known by both keys: data/field-cases/60', async () => {
  const ieee9500 = await readNetwork(new URL('../../../data/ieee9500', import.meta.url).pathname);
  const moves = (one: { dpId: string }): boolean => one.dpId === 'T21396254A';
  const distributionPoints = ieee9500.distributionPoints.map((one) =>
    moves(one) ? { ...one, feederId: 'S3-F1' } : one,
  );
  const importedAt = Date.parse('2026-10-04T18:30:00Z');
  const registry = Registry.of(withFormerKeys(ieee9500, { ...ieee9500, distributionPoints }, importedAt));
  const meter = registry.asset('kaifa', 'M000001')!;
  const [out, back] = [Date.parse('2026-10-04T18:04:18Z'), Date.parse('2026-10-04T18:44:18Z')];
  expect([keyAt(meter, out), keysBefore(meter, out)]).toEqual([{ substationId: 'S2', feederId: 'S2-F1' }, []]);
  expect(keyAt(meter, back)).toEqual({ substationId: 'S3', feederId: 'S3-F1' });
  expect(keysBefore(meter, back)).toEqual([{ substationId: 'S2', feederId: 'S2-F1' }]);
});
