/**
 * A network as one GeoJSON file (RFC 7946, WGS 84): a FeatureCollection in which each feature is one record.
 *
 * - `properties.type_of` says of which kind: `substation`, `feeder`, `device`, `section`, `distribution_point` or
 *   `customer`. `properties.kind` says it where `type_of` is absent; a section told so is of kind `line`.
 * - The other properties are named as the columns of the CSV files: `feeder_id`, `upstream_device_id`, `kva`, ….
 * - A Point geometry stands for `lat` and `lon` (of a feeder: its head).
 * - A section is a LineString. One with n > 2 positions becomes n - 1 sections `ID`, `ID#2`, `ID#3`, …, so that it is
 *   drawn along its course. `length_m` may be absent, and is not used for n > 2: then it is the distance on the sphere.
 *
 * Features may stand in any order. Coordinates are `[lon, lat]`, as ever in GeoJSON.
 */
import { readFile } from 'node:fs/promises';
import type { Network } from '../../../operators/network/network.js';
import { distanceMm } from '../../../operators/model/sphere.js';
import { Cells } from './cells.js';
import type { NetworkError } from './network-error.js';
import { TABLES, type NetworkRows, type Rows, type Table } from './tables.js';

type Report = (error: NetworkError) => void;
type Json = { readonly [name: string]: unknown };
/** Degrees, `[lon, lat]`; not checked before the cells are. */
type LonLat = readonly [unknown, unknown];

const LISTS = Object.keys(TABLES) as (keyof Network)[];

/**
 * Reads a GeoJSON file.
 * @param file its path
 * @param report takes each error of the file, a feature or a property; the reading goes on
 */
export async function readGeoJson(file: string, report: Report): Promise<NetworkRows> {
  const features = await featuresOf(file, (message) => report({ file, message }));
  const hasIds = features !== null;
  const rows = <T>(): Rows<T> => ({ file, unit: 'feature', records: [], at: [], hasIds });
  const network: NetworkRows = {
    substations: rows(),
    feeders: rows(),
    devices: rows(),
    sections: rows(),
    distributionPoints: rows(),
    customers: rows(),
  };
  for (const [index, feature] of (features ?? []).entries()) {
    readFeature(feature, index, network, (message) => report({ file, feature: index, message }));
  }
  return network;
}

async function featuresOf(file: string, report: (message: string) => void): Promise<readonly unknown[] | null> {
  let parsed: unknown;
  try {
    const text = await readFile(file, 'utf8');
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    report(`not readable as GeoJSON: ${(error as Error).message}.`);
    return null;
  }
  if (!isJson(parsed) || parsed['type'] !== 'FeatureCollection' || !Array.isArray(parsed['features'])) {
    report('not a GeoJSON FeatureCollection; the network is one object with type "FeatureCollection" and features.');
    return null;
  }
  // RFC 7946 knows WGS 84 only; older writers name the reference system, and another one would put all astray.
  const crs = JSON.stringify(parsed['crs'] ?? null);
  if (crs !== 'null' && !/CRS84|EPSG:+(?:[\d.]*:)?4326\b/.test(crs)) {
    report(`the coordinates are in ${crs}; write them in WGS 84 (EPSG:4326).`);
  }
  return parsed['features'];
}

function readFeature(feature: unknown, index: number, network: NetworkRows, report: (message: string) => void): void {
  const properties = isJson(feature) && isJson(feature['properties']) ? feature['properties'] : {};
  const kind = properties['type_of'] ?? properties['kind'];
  const list = LISTS.find((candidate) => TABLES[candidate].kind === kind);
  if (!list) {
    const kinds = LISTS.map((candidate) => TABLES[candidate].kind).join(', ');
    report(`type_of ${JSON.stringify(kind ?? null)} is unknown; it is one of ${kinds}.`);
    return;
  }
  const geometry = isJson(feature) && isJson(feature['geometry']) ? feature['geometry'] : {};
  if (list === 'sections') readSections(properties, geometry, index, network.sections, report);
  else readPoint(TABLES[list] as Table<unknown>, properties, geometry, index, network[list], report);
}

function readPoint(
  table: Table<unknown>,
  properties: Json,
  geometry: Json,
  index: number,
  rows: { readonly records: unknown[]; readonly at: number[] },
  report: (message: string) => void,
): void {
  const position = geometry['type'] === 'Point' ? lonLat(geometry['coordinates']) : null;
  if (!position) report(`a ${table.kind} needs a geometry of type Point with coordinates [lon, lat].`);
  const [lon, lat] = position ?? [0, 0];
  rows.records.push(table.parse(cellsOf({ ...properties, lat, lon }, report)));
  rows.at.push(index);
}

function readSections(
  properties: Json,
  geometry: Json,
  index: number,
  rows: NetworkRows['sections'],
  report: (message: string) => void,
): void {
  const coordinates = geometry['type'] === 'LineString' ? geometry['coordinates'] : null;
  const course = Array.isArray(coordinates) ? coordinates.map(lonLat) : [];
  if (course.length < 2 || course.includes(null)) {
    report('a section needs a geometry of type LineString with two or more coordinates [lon, lat].');
    return;
  }
  const id = properties['section_id'];
  const kind = properties['type_of'] === undefined ? 'line' : properties['kind'];
  for (let leg = 0; leg + 1 < course.length; leg++) {
    const [fromLon, fromLat] = course[leg]!;
    const [toLon, toLat] = course[leg + 1]!;
    const given = course.length === 2 ? properties['length_m'] : undefined;
    const values = {
      ...properties,
      section_id: leg === 0 || id === undefined ? id : `${String(id)}#${leg + 1}`,
      kind,
      from_lat: fromLat,
      from_lon: fromLon,
      to_lat: toLat,
      to_lon: toLon,
      // Coordinates that are no numbers have no distance, and are errors of their own.
      length_m: given ?? (distanceMm(Number(fromLat), Number(fromLon), Number(toLat), Number(toLon)) || 0) / 1000,
    };
    rows.records.push(TABLES.sections.parse(cellsOf(values, report)));
    rows.at.push(index);
  }
}

function cellsOf(values: Json, report: (message: string) => void): Cells {
  return new Cells(
    (column) => (Object.hasOwn(values, column) ? values[column] : undefined),
    (_column, message) => report(message),
  );
}

function lonLat(coordinates: unknown): LonLat | null {
  return Array.isArray(coordinates) && coordinates.length >= 2 ? [coordinates[0], coordinates[1]] : null;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
