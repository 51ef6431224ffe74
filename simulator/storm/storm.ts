import { bySource, type Source } from '../../operators/model/source.js';
import type { DeviceType, Network } from '../../operators/network/network.js';
import { formatTime } from '../../operators/model/time.js';
import { seededRandom } from '../random.js';
import type { CanonicalEvent } from './canonical-event.js';
import { planFaults, type PlannedFault } from './faults.js';
import { customerReports, nonsenseMeters, scadaReports, type Report } from './reports.js';
import { Supply } from './supply.js';
import { OmsError } from '../../connections/errors.js';

/** What storm to make. */
export interface StormOptions {
  /** A whole number: the same seed, network and options give the same storm, byte for byte. */
  readonly seed: number;
  /** How many devices trip. */
  readonly faults: number;
  /** How long it lasts; faults begin in the first 70 % of it. */
  readonly hours: number;
  /** When it begins, epoch ms. */
  readonly startMs: number;
}

/** What really happened: a device that opened and closed again. */
export interface Fault {
  readonly deviceId: string;
  readonly deviceType: DeviceType;
  readonly feederId: string;
  readonly substationId: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly onsetAt: string;
  readonly restoredAt: string;
  /** Customers who lost supply at the onset; those below who were out already are not among them. */
  readonly customersOut: number;
  /** It was over within 5 min (IEEE 1366). */
  readonly momentary: boolean;
}

/** A storm as the field reports it, and as it was. */
export interface Storm {
  /** In the order of arrival; a doubled report comes twice under one id. */
  readonly events: readonly CanonicalEvent[];
  /** By onset. */
  readonly truth: readonly Fault[];
}

/** The first letter of their ids: that of their name. */
const ID_LETTERS: Readonly<Record<Source, string>> = bySource((source) => source.charAt(0).toUpperCase());

/**
 * Makes a storm: faults on devices, everybody below without supply at once, and what SCADA, meters, ONUs and callers
 * report of it: much of it, not all; some of it late, twice, or with a wrong clock.
 * @returns the events and the truth; fewer faults than asked for where nothing with voltage is left to fail
 * @throws {OmsError} if an option is no number that can be meant, or the network supplies nobody
 */
export function simulateStorm(network: Network, options: StormOptions): Storm {
  check(options);
  const { seed, faults: count, hours, startMs } = options;
  const supply = new Supply(network);
  if (count > 0 && Object.values(supply.inService).every((devices) => devices.length === 0)) {
    throw new OmsError('OMS_BAD_STORM', 'No device of the network supplies a customer; storm over another network.');
  }
  // Two rows of draws: what is reported of a fault does not change which faults there are.
  const { faults, spells } = planFaults(supply, count, hours, startMs, seededRandom(seed, 0));
  const random = seededRandom(seed, 1);
  const nonsense = nonsenseMeters(network);
  const reports: Report[] = [];
  for (const fault of faults) {
    for (const report of scadaReports(fault, supply.substationOf(fault.device), random)) reports.push(report);
  }
  for (const spell of spells) {
    for (const report of customerReports(spell, nonsense, random)) reports.push(report);
  }
  return { events: inOrderOfArrival(reports), truth: faults.map((fault) => truthOf(fault, supply)) };
}

function inOrderOfArrival(reports: readonly Report[]): CanonicalEvent[] {
  const arrivals: { readonly report: Report; readonly atMs: number }[] = [];
  for (const report of reports) {
    arrivals.push({ report, atMs: Math.round(report.receivedMs) });
    if (report.againMs !== null) arrivals.push({ report, atMs: Math.round(report.againMs) });
  }
  arrivals.sort((a, b) => a.atMs - b.atMs);
  const ids = new Map<Report, string>();
  const counts = bySource(() => 0);
  return arrivals.map(({ report, atMs }) => {
    const { source, kind, type, assetId, ...rest } = report.event;
    const sourceEventId = ids.get(report) ?? `${ID_LETTERS[source]}-${++counts[source]}`;
    ids.set(report, sourceEventId);
    const occurredAt = formatTime(Math.round(report.occurredMs));
    return { source, kind, type, sourceEventId, assetId, occurredAt, receivedAt: formatTime(atMs), ...rest };
  });
}

function truthOf({ device, onsetMs, restoredMs, customersOut, momentary }: PlannedFault, supply: Supply): Fault {
  return {
    deviceId: device.deviceId,
    deviceType: device.type,
    feederId: device.feederId,
    substationId: supply.substationOf(device),
    onsetAt: formatTime(onsetMs),
    restoredAt: formatTime(restoredMs),
    customersOut,
    momentary,
  };
}

function check({ seed, faults, hours, startMs }: StormOptions): void {
  if (!Number.isSafeInteger(seed))
    throw new OmsError('OMS_BAD_STORM', `Seed ${seed} is not a whole number; give one, such as 1.`);
  if (!Number.isSafeInteger(faults) || faults < 0) {
    throw new OmsError('OMS_BAD_STORM', `${faults} faults cannot be made; give a whole number from 0 on.`);
  }
  if (!(hours > 0) || !Number.isFinite(hours)) {
    throw new OmsError('OMS_BAD_STORM', `A storm of ${hours} hours cannot be made; give a number above 0.`);
  }
  if (Number.isNaN(new Date(startMs).getTime())) {
    throw new OmsError('OMS_BAD_STORM', `The storm's begin, ${startMs}, is no time; give epoch milliseconds.`);
  }
}
