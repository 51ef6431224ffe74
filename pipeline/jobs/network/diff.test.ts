import { describe, expect, it } from 'vitest';
import { demoNetwork } from '../../../simulator/network/demo.js';
import { countRemoved, diffNetworks, removedLines } from './diff.js';

const network = demoNetwork({ substations: 1 });
const customers = network.customers.length;

describe('the difference of two networks', () => {
  it('is none for a network and itself, in whatever order', () => {
    const diff = diffNetworks(network, { ...network, customers: [...network.customers].reverse() });
    expect(diff.customers).toEqual({ added: [], changed: [], removed: [], unchanged: customers });
    expect(diff.devices.unchanged).toBe(network.devices.length);
  });

  it('names what comes, what changes and what goes', () => {
    const [first, second, ...rest] = network.customers;
    const moved = { ...second!, lat: 32 };
    const joined = { ...first!, customerId: 'C999999' };
    const diff = diffNetworks(network, { ...network, customers: [moved, ...rest, joined] });
    expect(diff.customers).toEqual({
      added: ['C999999'],
      changed: [second!.customerId],
      removed: [first!.customerId],
      unchanged: customers - 2,
    });
  });

  it('says what would vanish, by kind, the first ten of each', () => {
    const diff = diffNetworks(network, {
      ...network,
      customers: network.customers.slice(12),
      distributionPoints: network.distributionPoints.slice(1),
    });
    const ids = network.customers.slice(0, 10).map(({ customerId }) => customerId);
    expect(removedLines(diff)).toEqual([
      `distribution points that vanish: 1 (${network.distributionPoints[0]!.dpId})`,
      `customers that vanish: 12 (${ids.join(', ')}, and 2 more)`,
    ]);
    expect(countRemoved(diff)).toBe(13);
    expect(removedLines(diffNetworks(network, network))).toEqual([]);
  });
});
