import type { Customer, Network } from '../../operators/network/network.js';

/** Three customers behind one distribution point: what two of them report within 30 min links. */
export function neighboursIn(network: Network): readonly [Customer, Customer, Customer] {
  const byPoint = new Map<string, Customer[]>();
  for (const customer of network.customers) {
    if (customer.meterId === null) continue;
    const there = [...(byPoint.get(customer.dpId) ?? []), customer];
    if (there.length === 3) return there as [Customer, Customer, Customer];
    byPoint.set(customer.dpId, there);
  }
  throw new Error('The network has no three meters behind one distribution point.');
}
