import type { Producer } from 'kafkajs';
import type { ClientBase, PoolClient } from 'pg';
import type {
  Customer,
  Device,
  DistributionPoint,
  Feeder,
  FormerKey,
  Network,
  Section,
  Substation,
} from '../../../operators/network/network.js';
import { elementsOf, Registry } from '../../../operators/network/registry.js';
import { readCompacted, tombstone, type CompactedTopic } from '../../../connections/compacted-topic.js';
import { CopyRows, type Columns } from '../../../connections/postgres/copy.js';
import type { LogReader } from '../../../streams/broker.js';
import { takeElement } from '../../topology.js';

/** Reads the network that is in the database. */
export async function loadNetwork(client: ClientBase): Promise<Network> {
  const rows = async <T extends object>(sql: string): Promise<T[]> => (await client.query<T>(sql)).rows;
  /** Of elements that say which keys they had, if they had any. */
  const moved = async <T extends Movable>(sql: string): Promise<T[]> =>
    (await rows<T>(sql)).map((element) => withoutNull(element));
  const point = 'st_y(geom) as lat, st_x(geom) as lon';
  const former = 'former_keys as "formerKeys"';
  return {
    substations: await rows<Substation>(
      `select substation_id as "substationId", name, ${point}, voltage_kv as "voltageKv" from network.substations order by 1`,
    ),
    feeders: await moved<Feeder>(
      `select feeder_id as "feederId", substation_id as "substationId", name, ${point}, ${former} from network.feeders order by 1`,
    ),
    devices: await moved<Device>(
      `select device_id as "deviceId", type, feeder_id as "feederId", upstream_device_id as "upstreamDeviceId", ${point},
         phases, normally_open as "normallyOpen", ${former} from network.devices order by 1`,
    ),
    sections: await rows<Section>(
      `select section_id as "sectionId", kind, feeder_id as "feederId", device_id as "deviceId",
         st_y(st_startpoint(geom)) as "fromLat", st_x(st_startpoint(geom)) as "fromLon",
         st_y(st_endpoint(geom)) as "toLat", st_x(st_endpoint(geom)) as "toLon", phases, length_m as "lengthM"
       from network.sections order by 1`,
    ),
    distributionPoints: await moved<DistributionPoint>(
      `select dp_id as "dpId", feeder_id as "feederId", device_id as "deviceId", ${point}, kva, phases, ${former}
       from network.distribution_points order by 1`,
    ),
    customers: await moved<Customer>(
      `select customer_id as "customerId", dp_id as "dpId", ${point}, meter_id as "meterId", onu_id as "onuId", priority,
         ${former}
       from network.customers order by 1`,
    ),
  };
}

/** What its table has as null where it had no other keys of late. */
interface Movable {
  readonly formerKeys?: readonly FormerKey[] | null;
}

function withoutNull<T extends Movable>({ formerKeys, ...element }: T): T {
  // jsonb has an order of its own, and what is published is compared as text.
  const former = formerKeys?.map(({ substationId, feederId, movedAt }) => ({ substationId, feederId, movedAt }));
  return (former ? { ...element, formerKeys: former } : element) as T;
}

/** Replaces the network in the database, within the caller's transaction. */
export async function replaceNetwork(client: PoolClient, network: Network): Promise<void> {
  await client.query(
    'truncate network.substations, network.feeders, network.devices, network.sections, network.distribution_points, network.customers',
  );
  const copy = async (table: string, columns: Columns, fill: (rows: CopyRows) => void): Promise<void> => {
    const rows = new CopyRows({ ...columns, geom: 'geometry' });
    fill(rows);
    await rows.copyTo(client, `network.${table}`);
  };
  await copy('substations', { substation_id: 'text', name: 'text', voltage_kv: 'double precision' }, (rows) => {
    for (const s of network.substations) rows.add(s.substationId, s.name, s.voltageKv, s);
  });
  await copy('feeders', { feeder_id: 'text', substation_id: 'text', name: 'text', former_keys: 'jsonb' }, (rows) => {
    for (const f of network.feeders) rows.add(f.feederId, f.substationId, f.name, f.formerKeys, f);
  });
  await copy(
    'devices',
    {
      device_id: 'text',
      type: 'text',
      feeder_id: 'text',
      upstream_device_id: 'text',
      phases: 'text',
      normally_open: 'boolean',
      former_keys: 'jsonb',
    },
    (rows) => {
      for (const d of network.devices)
        rows.add(d.deviceId, d.type, d.feederId, d.upstreamDeviceId, d.phases, d.normallyOpen, d.formerKeys, d);
    },
  );
  await copy(
    'sections',
    {
      section_id: 'text',
      kind: 'text',
      feeder_id: 'text',
      device_id: 'text',
      phases: 'text',
      length_m: 'double precision',
    },
    (rows) => {
      for (const s of network.sections) {
        const from = { lat: s.fromLat, lon: s.fromLon };
        const to = { lat: s.toLat, lon: s.toLon };
        rows.add(s.sectionId, s.kind, s.feederId, s.deviceId, s.phases, s.lengthM, { line: [from, to] });
      }
    },
  );
  await copy(
    'distribution_points',
    {
      dp_id: 'text',
      feeder_id: 'text',
      device_id: 'text',
      kva: 'double precision',
      phases: 'text',
      former_keys: 'jsonb',
    },
    (rows) => {
      for (const p of network.distributionPoints)
        rows.add(p.dpId, p.feederId, p.deviceId, p.kva, p.phases, p.formerKeys, p);
    },
  );
  await copy(
    'customers',
    { customer_id: 'text', dp_id: 'text', meter_id: 'text', onu_id: 'text', priority: 'text', former_keys: 'jsonb' },
    (rows) => {
      for (const c of network.customers)
        rows.add(c.customerId, c.dpId, c.meterId, c.onuId, c.priority, c.formerKeys, c);
    },
  );
}

const ELEMENTS_PER_SEND = 2000;

/** What stands on `oms.network`: by id, the elements as they are written there. */
export type PublishedNetwork = CompactedTopic<string>;

/** Reads `oms.network` whole. What the place stage could not take in is unreadable. */
export function readPublished(reader: LogReader, topic: string, partitions: number): Promise<PublishedNetwork> {
  const registry = new Registry();
  return readCompacted(reader, topic, partitions, (id, value) => {
    takeElement(registry, id, value);
    return new TextDecoder().decode(value);
  });
}

/** Publishes what changed from one network to another on `oms.network`: new and changed elements, tombstones for the rest. */
export function publishNetwork(producer: Producer, topic: string, before: Network, after: Network): Promise<number> {
  const records = new Map([...elementsOf(before)].map(([id, element]) => [id, JSON.stringify(element)]));
  return publishChanges(producer, topic, { records, unreadable: [] }, after);
}

/**
 * Publishes what of a network stands otherwise on `oms.network`, and takes away what cannot be read. ONUs that were mapped to
 * a meter stay: no import knows them. Returns how many records that were.
 */
export async function publishChanges(
  producer: Producer,
  topic: string,
  { records, unreadable }: PublishedNetwork,
  network: Network,
): Promise<number> {
  const gone = new Set(records.keys());
  const messages: { key: string; value: string | null }[] = [];
  const ids = new Set<string | null>();
  for (const [id, element] of elementsOf(network)) {
    const value = JSON.stringify(element);
    if (records.get(id) !== value) messages.push({ key: id, value });
    gone.delete(id);
    ids.add(id);
  }
  for (const id of gone) if (!id.startsWith('onu/')) messages.push({ key: id, value: null });
  for (let i = 0; i < messages.length; i += ELEMENTS_PER_SEND) {
    await producer.send({ topic, messages: messages.slice(i, i + ELEMENTS_PER_SEND), acks: -1 });
  }
  const left = unreadable.filter(({ id, isInPlace }) => !isInPlace || !ids.has(id));
  await tombstone(producer, left);
  return messages.length + left.length;
}
