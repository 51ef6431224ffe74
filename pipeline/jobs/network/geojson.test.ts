import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Network } from '../../../operators/network/network.js';
import { demoNetwork } from '../../../simulator/network/demo.js';
import type { AxisOrder } from './axis-order.js';
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

describe('what programs of maps write', () => {
  it('ids as numbers keep their digits', async () => {
    const written = JSON.stringify({ type: 'FeatureCollection', features: small });
    const text = written.replace('20000001', '700000000000000001');
    expect((await readNetwork(await file(text))).customers[0]!.meterId).toBe('700000000000000001');
    const doubles = text.replace('700000000000000001', '700000000000000003.0');
    expect((await readNetwork(await file(doubles))).customers[0]!.meterId).toBe('700000000000000003');
    const lost = text.replace('700000000000000001', '7.0e17');
    expect(await errorsOf(readNetwork(await file(lost)))).toEqual([
      expect.stringMatching(/feature 4: meter_id "7\d{17}" is a number whose last digits were lost; export the column/),
    ]);
  });

  it('ids have nothing around them, and digits of any script', async () => {
    const written = small.map((feature) => ({ ...feature, properties: { ...feature.properties } }));
    written[1]!.properties['feeder_id'] = '\u200EF1 ';
    written[4]!.properties['customer_id'] = '\uFEFFC\u0661';
    const network = await read(written);
    expect(network.feeders[0]!.feederId).toBe('F1');
    expect(network.customers[0]!.customerId).toBe('C1');
  });

  it('a section of several lines is split, and nothing is drawn between them', async () => {
    const parts = [
      [
        [35.93, 31.95],
        [35.94, 31.95],
      ],
      [
        [35.96, 31.95],
        [35.97, 31.95],
        [35.98, 31.95],
      ],
    ];
    const geometry = { type: 'MultiLineString', coordinates: parts };
    const { sections } = await read([...small, { ...line({ ...section, length_m: 5 }, []), geometry }]);
    expect(sections.map(({ sectionId, fromLon, toLon }) => [sectionId, fromLon, toLon])).toEqual([
      ['L1', 35.93, 35.94],
      ['L1#2', 35.96, 35.97],
      ['L1#3', 35.97, 35.98],
    ]);
    const one = { type: 'MultiLineString', coordinates: parts.slice(0, 1) };
    const alone = await read([...small, { ...line({ ...section, length_m: 5 }, []), geometry: one }]);
    expect(alone.sections).toMatchObject([{ sectionId: 'L1', lengthM: 5 }]);
    const broken = { type: 'MultiLineString', coordinates: [parts[0], [[35.96, 31.95]]] };
    expect(await errorsOf(read([...small, { ...line(section, []), geometry: broken }]))).toEqual([
      'network.geojson, feature 5: a section needs a geometry of type LineString with two or more coordinates [lon, lat].',
    ]);
  });

  it('a point may be in a list of its own', async () => {
    const geometry = { type: 'MultiPoint', coordinates: [[35.95, 31.96]] };
    const network = await read([...small.slice(0, 4), { ...small[4], geometry }]);
    expect(network.customers[0]).toMatchObject({ lat: 31.96, lon: 35.95 });
  });

  it('is of UTF-8 with a byte-order mark, or UTF-16', async () => {
    const path = await file({ type: 'FeatureCollection', features: small });
    const text = `\uFEFF${await readFile(path, 'utf8')}`.replaceAll(',', ',\r\n');
    for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16()]) {
      await writeFile(path, bytes);
      expect((await readNetwork(path)).substations[0]!.name).toBe('One');
    }
  });
});

describe('the order of coordinates', () => {
  const crsOf = (name: string) => ({ type: 'name', properties: { name } });
  const readWith = async (name: string | null, order: AxisOrder | null): Promise<number[]> => {
    const crs = name === null ? {} : { crs: crsOf(name) };
    const path = await file({ type: 'FeatureCollection', ...crs, features: small });
    const [substation] = (await readNetwork(path, order)).substations;
    return [substation!.lat, substation!.lon];
  };

  it.each([
    [null, null, [31.95, 35.93]],
    ['urn:ogc:def:crs:OGC:1.3:CRS84', null, [31.95, 35.93]],
    ['EPSG:4326', null, [31.95, 35.93]],
    ['http://www.opengis.net/gml/srs/epsg.xml#4326', null, [31.95, 35.93]],
    ['urn:ogc:def:crs:EPSG::4326', 'lon-lat', [31.95, 35.93]],
    ['urn:ogc:def:crs:EPSG::4326', 'lat-lon', [35.93, 31.95]],
    [null, 'lat-lon', [35.93, 31.95]],
  ] as const)('of crs %s, told %s, makes %j of [35.93, 31.95]', async (name, order, place) => {
    expect(await readWith(name, order)).toEqual(place);
  });

  it.each([
    'urn:ogc:def:crs:EPSG::4326',
    'urn:ogc:def:crs:EPSG:6.18.3:4326',
    'urn:x-ogc:def:crs:EPSG:6.6:4326',
    'http://www.opengis.net/def/crs/EPSG/0/4326',
  ])('of crs %s is asked for, as it says latitude first', async (name) => {
    await expect(readWith(name, null)).rejects.toThrow(/ has latitude first, .* --axis-order lat-lon" or "lon-lat", /);
  });

  it('holds for lines too', async () => {
    const course = [
      [31.95, 35.93],
      [31.96, 35.93],
    ];
    const turned = small.map((each) => point(each.properties, 31.95, 35.93));
    const path = await file({ type: 'FeatureCollection', features: [...turned, line(section, course)] });
    expect((await readNetwork(path, 'lat-lon')).sections).toMatchObject([
      { fromLat: 31.95, fromLon: 35.93, toLat: 31.96, toLon: 35.93 },
    ]);
  });

  it('that cannot be is named once for the file', async () => {
    const turned = small.map((each) => point(each.properties, 46.7, -119.1));
    const [first, ...others] = await errorsOf(read(turned));
    expect(first).toBe('network.geojson: 5 of 5 latitudes are beyond 90: latitude and longitude look exchanged.');
    expect(others).toHaveLength(5);
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
