import { describe, expect, it } from 'vitest';
import { demoNetwork } from '../../../simulator/network/demo.js';
import { diffNetworks } from './diff.js';

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
});
