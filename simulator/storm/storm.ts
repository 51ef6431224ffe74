import type { Network } from '../../operators/network/network.js';
import { seededRandom } from '../random.js';
import { eventOf, inOrderOfArrival } from './arrivals.js';
import type { CanonicalEvent } from './canonical-event.js';
import { clockOffsets } from './clocks.js';
import { planFalseTrips } from './false-trips.js';
import { planFaults } from './faults.js';
import { HardDraws, type Hardness } from './hardness.js';
import { customerReports, nonsenseMeters, scadaReports, tripAndClose, type Report } from './reports.js';
import { Supply } from './supply.js';
import { trueNetwork } from './true-network.js';
import { falseTripTruth, ReportsByCause, truthOf, type Fault, type Untruth } from './truth.js';
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
  /** What makes it hard to diagnose; what is not said there is none of. */
  readonly hardness?: Partial<Hardness>;
}

/** A storm as the field reports it, and as it was. */
export interface Storm {
  /** In the order of arrival; a doubled report comes twice under one id. */
  readonly events: readonly CanonicalEvent[];
  /** By onset. */
  readonly truth: readonly Fault[];
  /** What is said and is not so. */
  readonly untruths: readonly Untruth[];
}

/**
 * Makes a storm: faults on devices, everybody below without supply at once, and what SCADA, meters, ONUs and callers
 * report of it: much of it, not all; some of it late, twice, or with a wrong clock.
 * @param registry the network as it is imported; with wrong rows the one that the storm plays against differs from it
 * @returns the events and the truth; fewer faults than asked for where nothing with voltage is left to fail
 * @throws {OmsError} if an option is no number that can be meant, or the network supplies nobody
 */
export function simulateStorm(registry: Network, options: StormOptions): Storm {
  check(options);
  const { seed, faults: count, hours, startMs, hardness = {} } = options;
  const hard = new HardDraws(seed, hardness);
  const { network, wrongRows } = trueNetwork(registry, hard);
  const supply = new Supply(network);
  if (count > 0 && Object.values(supply.inService).every((devices) => devices.length === 0)) {
    throw new OmsError('OMS_BAD_STORM', 'No device of the network supplies a customer; storm over another network.');
  }
  // Two rows of draws: what is reported of a fault does not change which faults there are.
  const span = { count, hours, startMs };
  const plan = planFaults(supply, span, seededRandom(seed, 0), hard);
  const falseTrips = planFalseTrips(supply, plan, span, hard);
  const random = seededRandom(seed, 1);
  const flaws = { nonsense: nonsenseMeters(network), clockOffsetsMs: clockOffsets(network, hard) };
  const reports: Report[] = [];
  for (const fault of plan.faults) {
    for (const report of scadaReports(fault, supply.substationOf(fault.device), random)) reports.push(report);
  }
  for (const spell of plan.spells) {
    for (const report of customerReports(spell, flaws, random)) reports.push(report);
  }
  for (const trip of falseTrips) {
    reports.push(...tripAndClose(trip, supply.substationOf(trip.device), hard.row('falseTrips')));
  }
  const arrivals = inOrderOfArrival(reports);
  const byCause = new ReportsByCause(arrivals);
  return {
    events: arrivals.map(eventOf),
    truth: plan.faults.map((fault) => truthOf(fault, supply, byCause)),
    untruths: [
      ...falseTrips.map((trip) => ({ falseTrip: falseTripTruth(trip, supply, byCause) })),
      ...[...flaws.clockOffsetsMs].map(([meterId, offsetMs]) => ({ clock: { meterId, offsetMs } })),
      ...wrongRows.map((wrongRow) => ({ wrongRow })),
    ],
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
