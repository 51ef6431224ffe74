import type { Producer } from 'kafkajs';
import type { ClientBase, PoolClient } from 'pg';
import type {
  Customer,
  Device,
  DistributionPoint,
  Feeder,
  Network,
  Section,
  Substation,
} from '../../operators/network.js';
import { elementsOf } from '../../operators/registry.js';
import { CopyText, pointCell } from '../sink/copy.js';
import type { PartitionReader } from '../streams/partition-reader.js';

/** Reads the network that is in the database. */
export async function loadNetwork(client: ClientBase): Promise<Network> {
  const rows = async <T extends object>(sql: string): Promise<T[]> => (await client.query<T>(sql)).rows;
  const point = 'st_y(geom) as lat, st_x(geom) as lon';
  return {
    substations: await rows<Substation>(
      `select substation_id as "substationId", name, ${point}, voltage_kv as "voltageKv" from network.substations order by 1`,
    ),
    feeders: await rows<Feeder>(
      `select feeder_id as "feederId", substation_id as "substationId", name, ${point} from network.feeders order by 1`,
    ),
    devices: await rows<Device>(
      `select device_id as "deviceId", type, feeder_id as "feederId", upstream_device_id as "upstreamDeviceId", ${point},
         phases, normally_open as "normallyOpen" from network.devices order by 1`,
    ),
    sections: await rows<Section>(
      `select section_id as "sectionId", kind, feeder_id as "feederId", device_id as "deviceId",
         st_y(st_startpoint(geom)) as "fromLat", st_x(st_startpoint(geom)) as "fromLon",
         st_y(st_endpoint(geom)) as "toLat", st_x(st_endpoint(geom)) as "toLon", phases, length_m as "lengthM"
       from network.sections order by 1`,
    ),
    distributionPoints: await rows<DistributionPoint>(
      `select dp_id as "dpId", feeder_id as "feederId", device_id as "deviceId", ${point}, kva, phases
       from network.distribution_points order by 1`,
    ),
    customers: await rows<Customer>(
      `select customer_id as "customerId", dp_id as "dpId", ${point}, meter_id as "meterId", onu_id as "onuId", priority
       from network.customers order by 1`,
    ),
  };
}

/** Replaces the network in the database, within the caller's transaction. */
export async function replaceNetwork(client: PoolClient, network: Network): Promise<void> {
  await client.query(
    'truncate network.substations, network.feeders, network.devices, network.sections, network.distribution_points, network.customers',
  );
  const copy = async (table: string, columns: readonly string[], fill: (rows: CopyText) => void): Promise<void> => {
    const rows = new CopyText(columns);
    fill(rows);
    await rows.copyTo(client, `network.${table}`);
  };
  await copy('substations', ['substation_id', 'name', 'voltage_kv', 'geom'], (rows) => {
    for (const s of network.substations) rows.add(s.substationId, s.name, s.voltageKv, pointCell(s.lat, s.lon));
  });
  await copy('feeders', ['feeder_id', 'substation_id', 'name', 'geom'], (rows) => {
    for (const f of network.feeders) rows.add(f.feederId, f.substationId, f.name, pointCell(f.lat, f.lon));
  });
  await copy(
    'devices',
    ['device_id', 'type', 'feeder_id', 'upstream_device_id', 'phases', 'normally_open', 'geom'],
    (rows) => {
      for (const d of network.devices) {
        rows.add(d.deviceId, d.type, d.feederId, d.upstreamDeviceId, d.phases, d.normallyOpen, pointCell(d.lat, d.lon));
      }
    },
  );
  await copy('sections', ['section_id', 'kind', 'feeder_id', 'device_id', 'phases', 'length_m', 'geom'], (rows) => {
    for (const s of network.sections) {
      const line = `SRID=4326;LINESTRING(${s.fromLon} ${s.fromLat},${s.toLon} ${s.toLat})`;
      rows.add(s.sectionId, s.kind, s.feederId, s.deviceId, s.phases, s.lengthM, line);
    }
  });
  await copy('distribution_points', ['dp_id', 'feeder_id', 'device_id', 'kva', 'phases', 'geom'], (rows) => {
    for (const p of network.distributionPoints)
      rows.add(p.dpId, p.feederId, p.deviceId, p.kva, p.phases, pointCell(p.lat, p.lon));
  });
  await copy('customers', ['customer_id', 'dp_id', 'meter_id', 'onu_id', 'priority', 'geom'], (rows) => {
    for (const c of network.customers)
      rows.add(c.customerId, c.dpId, c.meterId, c.onuId, c.priority, pointCell(c.lat, c.lon));
  });
}

const ELEMENTS_PER_SEND = 2000;

/** The elements that stand on `oms.network`: by id, as they are written there. */
export type PublishedElements = ReadonlyMap<string, string>;

/** Reads `oms.network` whole. */
export async function readPublished(
  reader: PartitionReader,
  topic: string,
  partitions: number,
): Promise<PublishedElements> {
  const published = new Map<string, string>();
  const decoder = new TextDecoder();
  for (let partition = 0; partition < partitions; partition++) {
    await reader.read(topic, partition, null, null, ({ key, value }) => {
      const id = key ? decoder.decode(key) : '';
      if (value) published.set(id, decoder.decode(value));
      else published.delete(id);
    });
  }
  return published;
}

/** Publishes what changed from one network to another on `oms.network`: new and changed elements, tombstones for the rest. */
export function publishNetwork(producer: Producer, topic: string, before: Network, after: Network): Promise<number> {
  const published = new Map([...elementsOf(before)].map(([id, element]) => [id, JSON.stringify(element)]));
  return publishChanges(producer, topic, published, after);
}

/** Publishes what of a network stands otherwise on `oms.network`. Returns how many elements that were. */
export async function publishChanges(
  producer: Producer,
  topic: string,
  published: PublishedElements,
  network: Network,
): Promise<number> {
  const gone = new Set(published.keys());
  const messages: { key: string; value: string | null }[] = [];
  for (const [id, element] of elementsOf(network)) {
    const value = JSON.stringify(element);
    if (published.get(id) !== value) messages.push({ key: id, value });
    gone.delete(id);
  }
  for (const id of gone) messages.push({ key: id, value: null });
  for (let i = 0; i < messages.length; i += ELEMENTS_PER_SEND) {
    await producer.send({ topic, messages: messages.slice(i, i + ELEMENTS_PER_SEND), acks: -1 });
  }
  return messages.length;
}
