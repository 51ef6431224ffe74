import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Network } from '../../../operators/network/network.js';
import { demoNetwork } from '../../../simulator/network/demo.js';
import { InvalidNetwork, networkErrorText } from './network-error.js';
import { readNetwork } from './read.js';
import { TABLES } from './tables.js';

type Properties = Record<string, unknown>;
interface Feature {
  type: 'Feature';
  properties: Properties;
  geometry: { type: string; coordinates: unknown } | null;
}

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'oms-geojson-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

async function file(content: unknown): Promise<string> {
  const path = join(dir, 'network.geojson');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function read(features: readonly unknown[]): Promise<Network> {
  return readNetwork(await file({ type: 'FeatureCollection', features }));
}

async function errorsOf(reading: Promise<Network>): Promise<string[]> {
  const error: unknown = await reading.catch((thrown: unknown) => thrown);
  if (!(error instanceof InvalidNetwork)) throw new Error('The network was taken.');
  return error.errors.map((each) => networkErrorText(each).replace(`${dir}/`, ''));
}

function point(properties: Properties, lon: unknown = 35.93, lat: unknown = 31.95): Feature {
  return { type: 'Feature', properties, geometry: { type: 'Point', coordinates: [lon, lat] } };
}

function line(properties: Properties, coordinates: unknown): Feature {
  return { type: 'Feature', properties, geometry: { type: 'LineString', coordinates } };
}

/** A whole network as an export of a GIS would have it. */
function featuresOf(network: Network): Feature[] {
  return (Object.keys(TABLES) as (keyof Network)[]).flatMap((list) => {
    const { kind, columns, cellsOf } = TABLES[list];
    return (network[list] as readonly never[]).map((record) => {
      const cells = cellsOf(record);
      const properties = Object.fromEntries(columns.map((column, index) => [column, cells[index]]));
      const { lat, lon, from_lat, from_lon, to_lat, to_lon, ...others } = properties;
      const typed = { type_of: kind, ...others };
      return list === 'sections'
        ? line(typed, [
            [from_lon, from_lat],
            [to_lon, to_lat],
          ])
        : point(typed, lon, lat);
    });
  });
}

const small = [
  point({ kind: 'substation', substation_id: 'SS001', name: 'One' }),
  point({ kind: 'feeder', feeder_id: 'F1', substation_id: 'SS001', name: 'North' }),
  point({ kind: 'device', device_id: 'CB-1', type: 'breaker', feeder_id: 'F1' }),
  point({ kind: 'distribution_point', dp_id: 'DP1', feeder_id: 'F1', device_id: 'CB-1', kva: 50 }),
  point({ kind: 'customer', customer_id: 'C1', dp_id: 'DP1', meter_id: 20000001, onu_id: null }),
];
const section = { kind: 'section', section_id: 'L1', feeder_id: 'F1', device_id: 'CB-1' };

describe('a network as GeoJSON', () => {
  it('is the one that the CSV folder says', async () => {
    const network = demoNetwork({ substations: 1 });
    expect(await read(featuresOf(network))).toEqual(network);
  });

  it('may leave out what may be empty, number its meters, and stand in any order', async () => {
    const network = await read([...small].reverse());
    expect(network.customers[0]).toMatchObject({ meterId: '20000001', onuId: null, priority: null });
    expect(network.substations[0]!.voltageKv).toBeNull();
    expect(network.devices[0]).toMatchObject({ upstreamDeviceId: null, normallyOpen: false });
  });

  it('draws a section of many positions as so many sections, each as long as it is', async () => {
    const course = [
      [35.93, 31.95],
      [35.93, 31.958993203678],
      [35.94, 31.958993203678],
    ];
    const { sections } = await read([...small, line(section, course)]);
    expect(sections.map((each) => [each.sectionId, each.kind])).toEqual([
      ['L1', 'line'],
      ['L1#2', 'line'],
    ]);
    expect(sections[0]!.lengthM).toBe(1000);
    expect(sections[1]).toMatchObject({ fromLat: 31.958993203678, toLon: 35.94 });
  });
});

describe('a GeoJSON file with errors is refused with all of them', () => {
  it('a file that is no JSON, or no FeatureCollection', async () => {
    expect(await errorsOf(readNetwork(await file('{')))).toEqual([
      expect.stringMatching(/^network\.geojson: not readable as GeoJSON: /),
    ]);
    expect(await errorsOf(readNetwork(await file({ type: 'Feature' })))).toEqual([
      expect.stringMatching(/^network\.geojson: not a GeoJSON FeatureCollection; /),
    ]);
  });

  it('another reference system than WGS 84', async () => {
    const crs = (name: string) => ({ type: 'name', properties: { name } });
    const collection = { type: 'FeatureCollection', features: small };
    const good = await file({ ...collection, crs: crs('urn:ogc:def:crs:OGC:1.3:CRS84') });
    await expect(readNetwork(good)).resolves.toBeDefined();
    const bad = await file({ ...collection, crs: crs('urn:ogc:def:crs:EPSG::32636') });
    expect(await errorsOf(readNetwork(bad))).toEqual([expect.stringContaining('write them in WGS 84 (EPSG:4326).')]);
  });

  it('features of no known kind or without their geometry', async () => {
    const errors = await errorsOf(
      read([
        ...small,
        point({ kind: 'pole' }),
        null,
        { ...point({ kind: 'device', device_id: 'FU-1', type: 'fuse', feeder_id: 'F1' }), geometry: null },
        line(section, [[35.93, 31.95]]),
        point({ kind: 'customer', customer_id: 'C2', dp_id: 'DP1' }, 'east', 95),
      ]),
    );
    const kinds = 'substation, feeder, device, section, distribution_point, customer';
    expect(errors).toEqual([
      `network.geojson, feature 5: type_of "pole" is unknown; it is one of ${kinds}.`,
      `network.geojson, feature 6: type_of null is unknown; it is one of ${kinds}.`,
      'network.geojson, feature 7: a device needs a geometry of type Point with coordinates [lon, lat].',
      'network.geojson, feature 8: a section needs a geometry of type LineString with two or more coordinates [lon, lat].',
      'network.geojson, feature 9: lat 95 is out of range; write WGS 84 degrees from -90 to 90.',
      'network.geojson, feature 9: lon "east" is not a number; write WGS 84 degrees from -180 to 180.',
    ]);
  });

  it('what features say of each other, a section of many positions once', async () => {
    const course = [
      [35.93, 31.95],
      [35.931, 31.95],
      [35.932, 31.95],
    ];
    const errors = await errorsOf(read([...small, small[2], line({ ...section, device_id: 'CB-9' }, course)]));
    expect(errors).toEqual([
      'network.geojson, feature 5: device_id "CB-1" stands a second time, first in feature 2; each is there once.',
      'network.geojson, feature 6: device_id "CB-9" names no device of this network.',
    ]);
  });
});
