import { distanceMm } from '../../operators/model/sphere.js';
import type { DistributionPoint, Network } from '../../operators/network/network.js';
import type { HardDraws } from './hardness.js';

/** To one of how many points around its own a customer may really belong. */
const NEIGHBOURS = 4;

/** A customer whom the registry has at another distribution point than the one that supplies it. */
export interface WrongRow {
  readonly customerId: string;
  /** Where the registry has the customer. */
  readonly registryDpId: string;
  /** What supplies the customer. */
  readonly dpId: string;
}

/** What supplies whom in a storm, and where the registry says otherwise. */
export interface TrueNetwork {
  readonly network: Network;
  /** By customer, in the order of the registry. */
  readonly wrongRows: readonly WrongRow[];
}

/**
 * The network that a storm plays against. The one that is given is the registry: what the pipeline knows. Of that, some rows
 * are wrong: those customers, where they are, hang on one of the four nearest other distribution points of their feeder.
 * @param registry the network as it is imported
 */
export function trueNetwork(registry: Network, hard: HardDraws): TrueNetwork {
  if (!hard.has('wrongRows')) return { network: registry, wrongRows: [] };
  const points = new Map(registry.distributionPoints.map((point) => [point.dpId, point]));
  const wrongRows: WrongRow[] = [];
  const customers = registry.customers.map((customer) => {
    if (!hard.strikes('wrongRows')) return customer;
    const own = points.get(customer.dpId)!;
    const neighbours = neighboursOf(own, registry);
    if (neighbours.length === 0) return customer;
    const { dpId } = hard.row('wrongRows').pick(neighbours);
    wrongRows.push({ customerId: customer.customerId, registryDpId: own.dpId, dpId });
    return { ...customer, dpId };
  });
  return { network: { ...registry, customers }, wrongRows };
}

function neighboursOf(own: DistributionPoint, { distributionPoints }: Network): DistributionPoint[] {
  return distributionPoints
    .filter((point) => point !== own && point.feederId === own.feederId)
    .map((point) => ({ point, mm: distanceMm(own.lat, own.lon, point.lat, point.lon) }))
    .sort((a, b) => a.mm - b.mm)
    .slice(0, NEIGHBOURS)
    .map(({ point }) => point);
}
