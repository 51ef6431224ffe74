import type { Source } from '../../operators/model/source.js';
import type { DeviceType } from '../../operators/network/network.js';
import { formatTime } from '../../operators/model/time.js';
import type { Arrival } from './arrivals.js';
import type { FalseTrip } from './false-trips.js';
import type { PlannedFault } from './faults.js';
import type { Cause } from './reports.js';
import type { Supply } from './supply.js';
import type { WrongRow } from './true-network.js';

/** A report by what tells it from all others, and who sent it. */
export interface ReportName {
  readonly source: Source;
  readonly sourceEventId: string;
  readonly assetId: string;
}

/** What really happened: a device that opened and closed again. */
export interface Fault {
  readonly deviceId: string;
  readonly deviceType: DeviceType;
  readonly feederId: string;
  readonly substationId: string;
  /** The phases that opened: those of the device, such as `ABC`, or one of them. */
  readonly phases: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly onsetAt: string;
  /** When the last of those below were back, as far as it was up to this fault. */
  readonly restoredAt: string;
  /** When the device closed. */
  readonly closedAt: string;
  /** How they came back, likewise: how many of `customersOut` when, by time. */
  readonly steps: readonly { readonly at: string; readonly customers: number }[];
  /**
   * Customers who lost supply at the onset; those below who were out already are not among them, but for a fuse that blew as
   * supply came back to it: then those whom it kept out.
   */
  readonly customersOut: number;
  /** It was over within 5 min (IEEE 1366). */
  readonly momentary: boolean;
  /** A recloser tried to close, and what had failed opened it again: the next fault of the device. */
  readonly reclosing: boolean;
  /** It is one of those that a hard storm has above or below one that is out. */
  readonly nested: boolean;
  /** Of the meters that lost supply, which share could say so: it is drawn by this for each of them. */
  readonly lastGaspRate: number;
  /** SCADA should have told of the trip and did not. */
  readonly tripLost: boolean;
  /**
   * The outage reports that it led to, each once, by arrival. A call without a meter number that is one is not among them:
   * nobody can tell where it comes from.
   */
  readonly reports: readonly ReportName[];
}

/** What the field or the registry says that is not so. */
export type Untruth =
  { readonly falseTrip: FalseTripTruth } | { readonly clock: ClockTruth } | { readonly wrongRow: WrongRow };

/** SCADA says that a device opened, and soon that it closed; it was closed all the time. */
export interface FalseTripTruth {
  readonly deviceId: string;
  readonly feederId: string;
  readonly substationId: string;
  readonly onsetAt: string;
  readonly closedAt: string;
  readonly reports: readonly ReportName[];
}

/** All times that a meter tells are off. */
export interface ClockTruth {
  readonly meterId: string;
  /** By how much its clock is ahead. */
  readonly offsetMs: number;
}

/** The outage reports by what they tell of. */
export class ReportsByCause {
  readonly #byCause = new Map<Cause, ReportName[]>();

  /** @param arrivals in their order */
  constructor(arrivals: readonly Arrival[]) {
    const seen = new Set<unknown>();
    for (const { report, sourceEventId } of arrivals) {
      const { event, cause } = report;
      if (event.kind !== 'outage' || cause === null || seen.has(report)) continue;
      seen.add(report);
      const name = { source: event.source, sourceEventId, assetId: event.assetId };
      const known = this.#byCause.get(cause);
      if (known) known.push(name);
      else this.#byCause.set(cause, [name]);
    }
  }

  /** By arrival; none if nobody reported it. */
  of(cause: Cause): readonly ReportName[] {
    return this.#byCause.get(cause) ?? [];
  }
}

/** A planned fault as the truth says it. */
export function truthOf(fault: PlannedFault, supply: Supply, reports: ReportsByCause): Fault {
  const { kind, device, phases, onsetMs, restoredMs, closedMs, steps, customersOut, momentary } = fault;
  return {
    deviceId: device.deviceId,
    deviceType: device.type,
    feederId: device.feederId,
    substationId: supply.substationOf(device),
    phases,
    onsetAt: formatTime(onsetMs),
    restoredAt: formatTime(restoredMs),
    closedAt: formatTime(closedMs),
    steps: steps.map(({ atMs, customers }) => ({ at: formatTime(atMs), customers })),
    customersOut,
    momentary,
    reclosing: kind === 'reclosing',
    nested: kind === 'above' || kind === 'beneath',
    lastGaspRate: fault.lastGasps.meters,
    tripLost: fault.tripLost,
    reports: reports.of(fault),
  };
}

/** A false trip as the truth says it. */
export function falseTripTruth(trip: FalseTrip, supply: Supply, reports: ReportsByCause): FalseTripTruth {
  const { device, onsetMs, closedMs } = trip;
  return {
    deviceId: device.deviceId,
    feederId: device.feederId,
    substationId: supply.substationOf(device),
    onsetAt: formatTime(onsetMs),
    closedAt: formatTime(closedMs),
    reports: reports.of(trip),
  };
}
