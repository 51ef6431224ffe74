import type {
  Customer,
  Device,
  DistributionPoint,
  Feeder,
  Network,
  Section,
  Substation,
} from '../../operators/network/network.js';
import { offset, type Point } from './plane.js';
import type { Random } from '../random.js';

const FIRST_METER = 20_000_000;
const FIRST_ONU = 1_000_000;
const ONU_SHARE = 0.55;
const CRITICAL_SHARE = 0.01;

/** Standard ratings of pole-mounted transformers, and how many customers each one serves at most. */
const RATINGS = [
  { kva: 25, customers: 4 },
  { kva: 50, customers: 6 },
  { kva: 100, customers: 8 },
  { kva: 160, customers: Infinity },
] as const;

/** A demonstration network while it is made: numbers customers, meters and ONUs across all of it. */
export class DemoDraft {
  readonly substations: Substation[] = [];
  readonly feeders: Feeder[] = [];
  readonly devices: Device[] = [];
  readonly sections: Section[] = [];
  private readonly distributionPoints: DistributionPoint[] = [];
  private readonly customers: Customer[] = [];
  private meter = FIRST_METER;
  private onu = FIRST_ONU;

  /** Adds a distribution point with four to ten customers around it. */
  addDistributionPoint(place: Omit<DistributionPoint, 'kva'>, random: Random): void {
    const count = random.integer(4, 10);
    const { kva } = RATINGS.find((rating) => count <= rating.customers)!;
    this.distributionPoints.push({ ...place, kva });
    for (let added = 0; added < count; added++) this.addCustomer(place.dpId, place, random);
  }

  /** The network as made so far. */
  network(): Network {
    const { substations, feeders, devices, sections, distributionPoints, customers } = this;
    return { substations, feeders, devices, sections, distributionPoints, customers };
  }

  private addCustomer(dpId: string, at: Point, random: Random): void {
    const bearing = random.between(0, 2 * Math.PI);
    const distanceM = random.between(8, 48);
    // Meters come from stock in no exact row: numbers rise with gaps.
    this.meter += random.integer(1, 5);
    this.customers.push({
      customerId: `C${String(this.customers.length + 1).padStart(6, '0')}`,
      dpId,
      ...offset(at, distanceM * Math.sin(bearing), distanceM * Math.cos(bearing)),
      meterId: String(this.meter),
      onuId: random.chance(ONU_SHARE) ? `ONU${++this.onu}` : null,
      priority: random.chance(CRITICAL_SHARE) ? 'critical' : null,
    });
  }
}
