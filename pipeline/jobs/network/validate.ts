import type { Device } from '../../../operators/network/network.js';
import type { NetworkError } from './network-error.js';
import { TABLES, type NetworkRows, type Rows, type Table } from './tables.js';

const SHOWN_OF_A_LOOP = 8;

/**
 * Checks what the rows of a network say of each other: every id once in its table, every meter and ONU once, every
 * reference to something that is there and on the same feeder, and a device tree without loops.
 * A cell that was no id (reported when it was read) is passed over, and so is a reference into a table without ids: one
 * fault of a file is one error.
 * @returns all errors, none if the rows are a network
 */
export function validateRows(rows: NetworkRows): NetworkError[] {
  const errors: NetworkError[] = [];
  const substations = idsOf(TABLES.substations, rows.substations, errors);
  const feeders = idsOf(TABLES.feeders, rows.feeders, errors);
  const devices = idsOf(TABLES.devices, rows.devices, errors);
  const points = idsOf(TABLES.distributionPoints, rows.distributionPoints, errors);
  idsOf(TABLES.sections, rows.sections, errors);
  idsOf(TABLES.customers, rows.customers, errors);
  unique('meter_id', rows.customers, (customer) => customer.meterId, errors);
  unique('onu_id', rows.customers, (customer) => customer.onuId, errors);

  notEmpty(TABLES.substations, rows.substations, errors);
  notEmpty(TABLES.feeders, rows.feeders, errors);
  each(rows.feeders, errors, (feeder, report) => refers(substations, feeder.substationId, 'substation_id', report));
  each(rows.devices, errors, (device, report) => {
    refers(feeders, device.feederId, 'feeder_id', report);
    if (device.upstreamDeviceId === null) return;
    const upstream = refers(devices, device.upstreamDeviceId, 'upstream_device_id', report);
    sameFeeder(device.feederId, upstream, 'upstream_device_id', report);
  });
  each(rows.sections, errors, (section, report) => {
    refers(feeders, section.feederId, 'feeder_id', report);
    hangsOn(devices, section, report);
  });
  each(rows.distributionPoints, errors, (point, report) => {
    refers(feeders, point.feederId, 'feeder_id', report);
    hangsOn(devices, point, report);
  });
  each(rows.customers, errors, (customer, report) => refers(points, customer.dpId, 'dp_id', report));
  findLoops(rows.devices, devices, errors);
  return errors;
}

type Report = (message: string) => void;

function notEmpty(table: Table<unknown>, rows: Rows<unknown>, errors: NetworkError[]): void {
  if (rows.records.length > 0 || !rows.hasIds) return;
  errors.push({ file: rows.file, message: `there is no ${table.kind}; a network has at least one.` });
}

interface Ids<T> {
  readonly kind: string;
  readonly byId: ReadonlyMap<string, T>;
  readonly hasIds: boolean;
}

function idsOf<T>(table: Table<T>, rows: Rows<T>, errors: NetworkError[]): Ids<T> {
  const byId = unique(table.columns[0]!, rows, table.idOf, errors);
  return { kind: table.kind, byId, hasIds: rows.hasIds };
}

/** The first record of each id; a second one is an error. */
function unique<T>(
  column: string,
  rows: Rows<T>,
  idOf: (record: T) => string | null,
  errors: NetworkError[],
): Map<string, T> {
  const byId = new Map<string, T>();
  const firstAt = new Map<string, number>();
  each(rows, errors, (record, report, at) => {
    const id = idOf(record);
    if (!id) return;
    const first = firstAt.get(id);
    if (first !== undefined) {
      report(`${column} "${id}" stands a second time, first in ${rows.unit} ${first}; each is there once.`);
      return;
    }
    firstAt.set(id, at);
    byId.set(id, record);
  });
  return byId;
}

function each<T>(
  rows: Rows<T>,
  errors: NetworkError[],
  check: (record: T, report: Report, at: number) => unknown,
): void {
  for (const [index, record] of rows.records.entries()) {
    const at = rows.at[index]!;
    check(record, (message) => errors.push(errorAt(rows, at, message)), at);
  }
}

function errorAt(rows: Rows<unknown>, at: number, message: string): NetworkError {
  return rows.unit === 'line' ? { file: rows.file, line: at, message } : { file: rows.file, feature: at, message };
}

function refers<T>(ids: Ids<T>, id: string, column: string, report: Report): T | null {
  const found = ids.byId.get(id);
  if (!found && id !== '' && ids.hasIds) report(`${column} "${id}" names no ${ids.kind} of this network.`);
  return found ?? null;
}

function sameFeeder(feederId: string, device: Device | null, column: string, report: Report): void {
  if (!device || feederId === '' || device.feederId === '' || device.feederId === feederId) return;
  report(`${column} "${device.deviceId}" is on feeder "${device.feederId}", not on "${feederId}"; both must be one.`);
}

/** What names a device hangs on one of its own feeder; where nobody knows the devices it names none. */
function hangsOn(
  devices: Ids<Device>,
  { feederId, deviceId }: { readonly feederId: string; readonly deviceId: string | null },
  report: Report,
): void {
  if (deviceId === null) return;
  sameFeeder(feederId, refers(devices, deviceId, 'device_id', report), 'device_id', report);
}

/** Follows each device upstream once; one that comes back to itself is a loop, reported at its first device. */
function findLoops(rows: Rows<Device>, devices: Ids<Device>, errors: NetworkError[]): void {
  const seenFrom = new Map<string, string>();
  each(rows, errors, (start, report) => {
    const path: string[] = [];
    let device: Device | undefined = devices.byId.get(start.deviceId);
    while (device && !seenFrom.has(device.deviceId)) {
      seenFrom.set(device.deviceId, start.deviceId);
      path.push(device.deviceId);
      device = device.upstreamDeviceId === null ? undefined : devices.byId.get(device.upstreamDeviceId);
    }
    if (path.length === 0 || !device || seenFrom.get(device.deviceId) !== start.deviceId) return;
    const loop = path.slice(path.indexOf(device.deviceId));
    const shown = loop.length > SHOWN_OF_A_LOOP ? [...loop.slice(0, SHOWN_OF_A_LOOP), '…'] : loop;
    const chain = [...shown, loop[0]!].join(' > ');
    report(
      `the devices upstream of "${start.deviceId}" form a loop, ${chain}; one of them has the wrong upstream device.`,
    );
  });
}
