/**
 * A network as one GeoJSON file (RFC 7946, WGS 84): a FeatureCollection in which each feature is one record.
 *
 * - `properties.type_of` says of which kind: `substation`, `feeder`, `device`, `section`, `distribution_point` or
 *   `customer`. `properties.kind` says it where `type_of` is absent; a section told so is of kind `line`.
 * - The other properties are named as the columns of the CSV files: `feeder_id`, `upstream_device_id`, `kva`, ….
 * - A Point geometry stands for `lat` and `lon` (of a feeder: its head).
 * - A section is a LineString or a MultiLineString. One of n > 1 legs becomes n sections `ID`, `ID#2`, `ID#3`, …, so that
 *   it is drawn along its course. `length_m` may be absent, and is not used for n > 1: then it is the distance on the
 *   sphere.
 *
 * Features may stand in any order. Coordinates are `[lon, lat]`, as ever in GeoJSON, unless the reader is told otherwise.
 */
import { readFile } from 'node:fs/promises';
import type { Network } from '../../../operators/network/network.js';
import { parseExactJson } from '../../../operators/model/exact-json.js';
import { cleanId } from '../../../operators/model/id-text.js';
import { distanceMm } from '../../../operators/model/sphere.js';
import { axisOrderOf, type AxisOrder } from './axis-order.js';
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
 * @param axisOrder in which order the coordinates stand; null: as the file says, and longitude first where it says nothing
 * @param report takes each error of the file, a feature or a property; the reading goes on
 */
export async function readGeoJson(file: string, axisOrder: AxisOrder | null, report: Report): Promise<NetworkRows> {
  const collection = await collectionOf(file, axisOrder, (message) => report({ file, message }));
  const hasIds = collection !== null;
  const rows = <T>(): Rows<T> => ({ file, unit: 'feature', records: [], at: [], hasIds });
  const network: NetworkRows = {
    substations: rows(),
    feeders: rows(),
    devices: rows(),
    sections: rows(),
    distributionPoints: rows(),
    customers: rows(),
  };
  const { features, lonLat } = collection ?? { features: [], lonLat: lonFirst };
  for (const [index, feature] of features.entries()) {
    readFeature(feature, index, lonLat, network, (message) => report({ file, feature: index, message }));
  }
  return network;
}

/** Gives the position that coordinates say; null where they say none. */
type PositionReader = (coordinates: unknown) => LonLat | null;

interface Collection {
  readonly features: readonly unknown[];
  readonly lonLat: PositionReader;
}

async function collectionOf(
  file: string,
  axisOrder: AxisOrder | null,
  report: (message: string) => void,
): Promise<Collection | null> {
  let parsed: unknown;
  try {
    parsed = parseExactJson(textOf(await readFile(file)));
  } catch (error) {
    report(`not readable as GeoJSON: ${(error as Error).message}.`);
    return null;
  }
  if (!isJson(parsed) || parsed['type'] !== 'FeatureCollection' || !Array.isArray(parsed['features'])) {
    report('not a GeoJSON FeatureCollection; the network is one object with type "FeatureCollection" and features.');
    return null;
  }
  const order = axisOrderOf(parsed['crs'] ?? null, axisOrder, report);
  return { features: parsed['features'], lonLat: order === 'lat-lon' ? latFirst : lonFirst };
}

/** UTF-8, or UTF-16 where a byte-order mark says so. */
function textOf(bytes: Buffer): string {
  const mark = bytes.toString('hex', 0, 2);
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

function readFeature(
  feature: unknown,
  index: number,
  lonLat: PositionReader,
  network: NetworkRows,
  report: (message: string) => void,
): void {
  const properties = isJson(feature) && isJson(feature['properties']) ? feature['properties'] : {};
  const kind = properties['type_of'] ?? properties['kind'];
  const list = LISTS.find((candidate) => TABLES[candidate].kind === kind);
  if (!list) {
    const kinds = LISTS.map((candidate) => TABLES[candidate].kind).join(', ');
    report(`type_of ${JSON.stringify(kind ?? null)} is unknown; it is one of ${kinds}.`);
    return;
  }
  const geometry = isJson(feature) && isJson(feature['geometry']) ? feature['geometry'] : {};
  if (list === 'sections') {
    readSections(properties, linesOf(geometry, lonLat), index, network.sections, report);
    return;
  }
  const position = pointOf(geometry, lonLat);
  if (!position) report(`a ${TABLES[list].kind} needs a geometry of type Point with coordinates [lon, lat].`);
  readPoint(TABLES[list] as Table<unknown>, properties, position ?? [0, 0], index, network[list], report);
}

function readPoint(
  table: Table<unknown>,
  properties: Json,
  [lon, lat]: LonLat,
  index: number,
  rows: { readonly records: unknown[]; readonly at: number[] },
  report: (message: string) => void,
): void {
  rows.records.push(table.parse(cellsOf({ ...properties, lat, lon }, report)));
  rows.at.push(index);
}

function readSections(
  properties: Json,
  lines: readonly (readonly LonLat[])[] | null,
  index: number,
  rows: NetworkRows['sections'],
  report: (message: string) => void,
): void {
  if (lines === null) {
    report('a section needs a geometry of type LineString with two or more coordinates [lon, lat].');
    return;
  }
  const legs = lines.flatMap((line) => line.slice(1).map((to, i) => [line[i]!, to] as const));
  const id = properties['section_id'] ?? null;
  const kind = properties['type_of'] === undefined ? 'line' : properties['kind'];
  for (const [leg, [[fromLon, fromLat], [toLon, toLat]]] of legs.entries()) {
    const given = legs.length === 1 ? (properties['length_m'] ?? null) : null;
    const values = {
      ...properties,
      section_id: leg === 0 || id === null ? id : `${cleanId(String(id))}#${leg + 1}`,
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

/** The position of a point, also of one that a program has put into a list of its own; null if there is none. */
function pointOf({ type, coordinates }: Json, lonLat: PositionReader): LonLat | null {
  if (type === 'Point') return lonLat(coordinates);
  if (type === 'MultiPoint' && Array.isArray(coordinates) && coordinates.length === 1) return lonLat(coordinates[0]);
  return null;
}

/** The lines of a section, each of two or more positions; null if there are none, or one is no line. */
function linesOf({ type, coordinates }: Json, lonLat: PositionReader): LonLat[][] | null {
  const given: unknown = type === 'LineString' ? [coordinates] : type === 'MultiLineString' ? coordinates : null;
  if (!Array.isArray(given) || given.length === 0) return null;
  const lines: LonLat[][] = [];
  for (const line of given as readonly unknown[]) {
    const positions = Array.isArray(line) ? line.map(lonLat) : [];
    const known = positions.filter((position) => position !== null);
    if (known.length < 2 || known.length < positions.length) return null;
    lines.push(known);
  }
  return lines;
}

function cellsOf(values: Json, report: (message: string) => void): Cells {
  return new Cells(
    (column) => (Object.hasOwn(values, column) ? values[column] : undefined),
    (_column, message) => report(message),
  );
}

function lonFirst(coordinates: unknown): LonLat | null {
  return Array.isArray(coordinates) && coordinates.length >= 2 ? [coordinates[0], coordinates[1]] : null;
}

function latFirst(coordinates: unknown): LonLat | null {
  return Array.isArray(coordinates) && coordinates.length >= 2 ? [coordinates[1], coordinates[0]] : null;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
