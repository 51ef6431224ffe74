import type { ReportedEvent } from '../operators/model/event.js';
import {
  EMPTY_NETWORK,
  type Customer,
  type Device,
  type DistributionPoint,
  type Feeder,
  type Network,
  type Substation,
} from '../operators/network/network.js';
import { Registry } from '../operators/network/registry.js';
import type { Database } from './database.js';

/** Knows where events are. */
export interface NetworkLookup {
  /** A registry that places these events as one of the whole network would; of any other event it knows nothing. */
  registryFor(events: readonly ReportedEvent[]): Promise<Registry>;
}

const POINT = 'st_y(geom) as lat, st_x(geom) as lon';

/**
 * The network that was imported, in the database: of it only what some events name or are near to is read, since the whole of a
 * utility's would not fit beside all else that the gateway holds.
 */
export class StoredNetwork implements NetworkLookup {
  constructor(private readonly database: Database) {}

  async registryFor(events: readonly ReportedEvent[]): Promise<Registry> {
    const ids = [...new Set(events.flatMap(idsOf))];
    const onus = await this.database.query<{ onuId: string; meterId: string }>(
      `select onu_id as "onuId", meter_id as "meterId" from network.onu_meters where onu_id = any ($1)`,
      [ids],
    );
    const registry = Registry.of(await this.#around([...ids, ...onus.map(({ meterId }) => meterId)], events));
    for (const element of onus) registry.apply(`onu/${element.onuId}`, { kind: 'onu', element });
    return registry;
  }

  /** What bears one of the ids or is near to one of the events, and what is needed to say on which feeder it is. */
  async #around(ids: readonly string[], events: readonly ReportedEvent[]): Promise<Network> {
    const [customers, devices, substations] = await Promise.all([
      this.#customers(ids),
      this.database.query<Device>(
        `select device_id as "deviceId", type, feeder_id as "feederId", upstream_device_id as "upstreamDeviceId", ${POINT},
           phases, normally_open as "normallyOpen" from network.devices where device_id = any ($1)`,
        [ids],
      ),
      this.database.query<Substation>(
        `select substation_id as "substationId", name, ${POINT}, voltage_kv as "voltageKv"
         from network.substations where substation_id = any ($1)`,
        [ids],
      ),
    ]);
    const distributionPoints = await this.#points([...ids, ...customers.map(({ dpId }) => dpId)], events);
    const feederIds = [...ids, ...[...devices, ...distributionPoints].map(({ feederId }) => feederId)];
    const feeders = await this.#feeders(feederIds, substations);
    return { ...EMPTY_NETWORK, substations, feeders, devices, distributionPoints, customers };
  }

  /** By each index for itself: one look for all of them would read the whole table. */
  #customers(ids: readonly string[]): Promise<Customer[]> {
    const by = (column: string): string =>
      `select customer_id as "customerId", dp_id as "dpId", ${POINT}, meter_id as "meterId", onu_id as "onuId", priority
       from network.customers where ${column} = any ($1)`;
    return this.database.query<Customer>(['customer_id', 'meter_id', 'onu_id'].map(by).join(' union '), [ids]);
  }

  #points(ids: readonly string[], events: readonly ReportedEvent[]): Promise<DistributionPoint[]> {
    const located = events.filter(({ lat, lon }) => lat !== null && lon !== null);
    const columns = `p.dp_id as "dpId", p.feeder_id as "feederId", p.device_id as "deviceId", st_y(p.geom) as lat,
      st_x(p.geom) as lon, p.kva, p.phases`;
    return this.database.query<DistributionPoint>(
      `select ${columns} from network.distribution_points p where p.dp_id = any ($1)
       union
       select ${columns}
       from unnest($2::double precision[], $3::double precision[]) as place (lat, lon)
       cross join lateral unnest(reconcile.boxes_around(place.lat, place.lon)) as around (box)
       join network.distribution_points p on p.geom && around.box`,
      [ids, located.map(({ lat }) => lat), located.map(({ lon }) => lon)],
    );
  }

  /** All feeders of the substations, and of those that one of the ids is of: a report on a whole one goes to each. */
  #feeders(ids: readonly string[], substations: readonly Substation[]): Promise<Feeder[]> {
    return this.database.query<Feeder>(
      `select feeder_id as "feederId", substation_id as "substationId", name, ${POINT}
       from network.feeders
       where substation_id = any ($2)
         or substation_id in (select substation_id from network.feeders where feeder_id = any ($1))`,
      [ids, substations.map(({ substationId }) => substationId)],
    );
  }
}

/** All ids by which an event may be placed. */
function idsOf({ assetId, otherAssetIds, dpId, feederId, substationId }: ReportedEvent): string[] {
  return [assetId, dpId, feederId, substationId, ...otherAssetIds].filter((id) => id !== null);
}
