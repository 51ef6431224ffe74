import { stat } from 'node:fs/promises';
import type { Network } from '../../../operators/network/network.js';
import type { AxisOrder } from './axis-order.js';
import { readCsvFolder } from './csv.js';
import { readGeoJson } from './geojson.js';
import { InvalidNetwork, networkErrorText, type NetworkError } from './network-error.js';
import { TABLES, type NetworkRows, type Rows } from './tables.js';
import { validateRows } from './validate.js';

/**
 * Reads a network and checks all of it before anything is returned.
 * @param path a folder of CSV files (as `data/ieee9500`) or a GeoJSON file (see geojson.ts)
 * @param axisOrder in which order the coordinates of a GeoJSON file stand; null: as it says itself
 * @returns the network, each list in the order of its file
 * @throws {InvalidNetwork} with every error found, each with its file and line or feature
 */
export async function readNetwork(path: string, axisOrder: AxisOrder | null = null): Promise<Network> {
  const errors: NetworkError[] = [];
  const report = (error: NetworkError) => void errors.push(error);
  const found = await stat(path).catch(() => null);
  if (!found) {
    throw new InvalidNetwork([{ file: path, message: 'does not exist; name a CSV folder or a GeoJSON file.' }]);
  }
  const rows = await (found.isDirectory() ? readCsvFolder(path, report) : readGeoJson(path, axisOrder, report));
  for (const error of exchangedIn(rows)) errors.push(error);
  // One by one: a file may have more errors than a call may have arguments.
  for (const error of validateRows(rows)) errors.push(error);
  if (errors.length > 0) throw new InvalidNetwork(withoutCopies(errors.sort(inOrderOf(rows))));
  return {
    substations: rows.substations.records,
    feeders: rows.feeders.records,
    devices: rows.devices.records,
    sections: rows.sections.records,
    distributionPoints: rows.distributionPoints.records,
    customers: rows.customers.records,
  };
}

/** How many records make a habit of what is wrong with them. */
const HABIT = 2;

/** One error for each file in which most latitudes are longitudes: else each of its lines would have one that says less. */
function exchangedIn(rows: NetworkRows): NetworkError[] {
  const pointed: readonly Rows<{ readonly lat: number; readonly lon: number }>[] = [
    rows.substations,
    rows.feeders,
    rows.devices,
    rows.distributionPoints,
    rows.customers,
  ];
  const files = new Map<string, { all: number; exchanged: number }>();
  for (const { file, records } of pointed) {
    const count = files.get(file) ?? { all: 0, exchanged: 0 };
    files.set(file, count);
    count.all += records.length;
    for (const { lat, lon } of records) if (Math.abs(lat) > 90 && Math.abs(lon) <= 90) count.exchanged++;
  }
  return [...files].flatMap(([file, { all, exchanged }]) =>
    exchanged >= HABIT && exchanged > all / 2
      ? [{ file, message: `${exchanged} of ${all} latitudes are beyond 90: latitude and longitude look exchanged.` }]
      : [],
  );
}

function inOrderOf(rows: NetworkRows): (a: NetworkError, b: NetworkError) => number {
  const lists = Object.keys(TABLES) as (keyof Network)[];
  const files = lists.map((list) => rows[list].file);
  const place = (error: NetworkError) => error.line ?? error.feature ?? -1;
  return (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || place(a) - place(b);
}

/** A GeoJSON feature that becomes several sections says what is wrong with it once for each. */
function withoutCopies(errors: readonly NetworkError[]): NetworkError[] {
  return [...new Map(errors.map((error) => [networkErrorText(error), error])).values()];
}
