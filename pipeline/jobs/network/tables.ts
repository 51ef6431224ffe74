import {
  DEVICE_TYPES,
  type Customer,
  type Device,
  type DistributionPoint,
  type Feeder,
  type Network,
  type Section,
  type Substation,
} from '../../../operators/network/network.js';
import type { Cells } from './cells.js';

const SECTION_KINDS = ['line', 'switch', 'xfmr'] as const;

/** How one kind of record is written down: the CSV file and its columns, which are GeoJSON's properties too. */
export interface Table<T> {
  /** What one record is called, in errors and as GeoJSON's `type_of`. */
  readonly kind: string;
  readonly file: string;
  /** The first one is the record's own id. */
  readonly columns: readonly string[];
  idOf(record: T): string;
  parse(cells: Cells): T;
  /** The record's cells in the order of `columns`; null is an empty cell. */
  cellsOf(record: T): readonly (string | number | null)[];
}

const substations: Table<Substation> = {
  kind: 'substation',
  file: 'substations.csv',
  columns: ['substation_id', 'name', 'lat', 'lon', 'voltage_kv'],
  idOf: (substation) => substation.substationId,
  parse: (cells) => ({
    substationId: cells.keyId('substation_id'),
    name: cells.text('name'),
    lat: cells.lat('lat'),
    lon: cells.lon('lon'),
    voltageKv: cells.optionalQuantity('voltage_kv'),
  }),
  cellsOf: (s) => [s.substationId, s.name, s.lat, s.lon, s.voltageKv],
};

const feeders: Table<Feeder> = {
  kind: 'feeder',
  file: 'feeders.csv',
  columns: ['feeder_id', 'substation_id', 'name', 'lat', 'lon'],
  idOf: (feeder) => feeder.feederId,
  parse: (cells) => ({
    feederId: cells.keyId('feeder_id'),
    substationId: cells.id('substation_id'),
    name: cells.text('name'),
    lat: cells.lat('lat'),
    lon: cells.lon('lon'),
  }),
  cellsOf: (f) => [f.feederId, f.substationId, f.name, f.lat, f.lon],
};

const devices: Table<Device> = {
  kind: 'device',
  file: 'devices.csv',
  columns: ['device_id', 'type', 'feeder_id', 'upstream_device_id', 'lat', 'lon', 'phases', 'normally_open'],
  idOf: (device) => device.deviceId,
  parse: (cells) => ({
    deviceId: cells.id('device_id'),
    type: cells.word('type', DEVICE_TYPES),
    feederId: cells.id('feeder_id'),
    upstreamDeviceId: cells.optionalId('upstream_device_id'),
    lat: cells.lat('lat'),
    lon: cells.lon('lon'),
    phases: cells.text('phases'),
    normallyOpen: cells.flag('normally_open'),
  }),
  cellsOf: (d) => [d.deviceId, d.type, d.feederId, d.upstreamDeviceId, d.lat, d.lon, d.phases, d.normallyOpen ? 1 : 0],
};

const sections: Table<Section> = {
  kind: 'section',
  file: 'sections.csv',
  columns: [
    'section_id',
    'kind',
    'feeder_id',
    'device_id',
    'from_lat',
    'from_lon',
    'to_lat',
    'to_lon',
    'phases',
    'length_m',
  ],
  idOf: (section) => section.sectionId,
  parse: (cells) => ({
    sectionId: cells.id('section_id'),
    kind: cells.word('kind', SECTION_KINDS),
    feederId: cells.id('feeder_id'),
    deviceId: cells.optionalId('device_id'),
    fromLat: cells.lat('from_lat'),
    fromLon: cells.lon('from_lon'),
    toLat: cells.lat('to_lat'),
    toLon: cells.lon('to_lon'),
    phases: cells.text('phases'),
    lengthM: cells.quantity('length_m'),
  }),
  cellsOf: (s) => [
    s.sectionId,
    s.kind,
    s.feederId,
    s.deviceId,
    s.fromLat,
    s.fromLon,
    s.toLat,
    s.toLon,
    s.phases,
    s.lengthM,
  ],
};

const distributionPoints: Table<DistributionPoint> = {
  kind: 'distribution_point',
  file: 'distribution_points.csv',
  columns: ['dp_id', 'feeder_id', 'device_id', 'lat', 'lon', 'kva', 'phases'],
  idOf: (point) => point.dpId,
  parse: (cells) => ({
    dpId: cells.id('dp_id'),
    feederId: cells.id('feeder_id'),
    deviceId: cells.optionalId('device_id'),
    lat: cells.lat('lat'),
    lon: cells.lon('lon'),
    kva: cells.optionalQuantity('kva'),
    phases: cells.text('phases'),
  }),
  cellsOf: (p) => [p.dpId, p.feederId, p.deviceId, p.lat, p.lon, p.kva, p.phases],
};

const customers: Table<Customer> = {
  kind: 'customer',
  file: 'customers.csv',
  columns: ['customer_id', 'dp_id', 'lat', 'lon', 'meter_id', 'onu_id', 'priority'],
  idOf: (customer) => customer.customerId,
  parse: (cells) => ({
    customerId: cells.id('customer_id'),
    dpId: cells.id('dp_id'),
    lat: cells.lat('lat'),
    lon: cells.lon('lon'),
    meterId: cells.optionalId('meter_id'),
    onuId: cells.optionalId('onu_id'),
    priority: cells.optionalWord('priority', ['critical']),
  }),
  cellsOf: (c) => [c.customerId, c.dpId, c.lat, c.lon, c.meterId, c.onuId, c.priority],
};

/** The format of a network, in the order in which its tables name each other. */
export const TABLES: { readonly [List in keyof Network]: Table<Network[List][number]> } = {
  substations,
  feeders,
  devices,
  sections,
  distributionPoints,
  customers,
};

/** One table as it was read, each record with its place; not yet checked against the others. */
export interface Rows<T> {
  /** Path of the file, as it was opened. */
  readonly file: string;
  /** What `at` counts: lines of a CSV file from 1, features of a GeoJSON file from 0. */
  readonly unit: 'line' | 'feature';
  readonly records: T[];
  /** The place of the record of the same index. */
  readonly at: number[];
  /** False if the ids could not be read: then nothing can be said about what refers to them. */
  readonly hasIds: boolean;
}

/** All tables as they were read. */
export type NetworkRows = { readonly [List in keyof Network]: Rows<Network[List][number]> };
