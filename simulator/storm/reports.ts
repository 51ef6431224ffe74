import type { Reach } from '../../operators/model/event.js';
import type { Customer, Device, Network } from '../../operators/network/network.js';
import type { Random } from '../random.js';
import type { CanonicalEvent } from './canonical-event.js';
import type { FalseTrip } from './false-trips.js';
import { isWatched, type PlannedFault, type Spell } from './faults.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** Shares of what a field reports of what happens, and of what is wrong with its reports. */
const METER_POWER_UP = 0.9;
const ONU_POWER_UP = 0.7;
const CALLS = 0.04;
/** Whoever stays out while the neighbours are back calls. */
const CALLS_LEFT_OUT = 0.2;
const NONSENSE_METER = 0.05;
const LATE = 0.01;
const BAD_CLOCK = 0.005;
const DOUBLED = 0.02;

/** What a call taker types for a meter number that nobody has read out. */
const NONSENSE = ['3', '0', '12345', 'N/A', '-', 'unknown'] as const;
/** Where clocks stand that lost their time (1970-01-01) or their mind (2099-01-01). */
const WRONG_CLOCKS = [0, Date.UTC(2099, 0, 1)] as const;

/** What a report tells of: what happened, or what did not. */
export type Cause = PlannedFault | FalseTrip;

/** A report before it has an id and in no order yet; times are epoch ms. */
export interface Report {
  readonly event: Omit<CanonicalEvent, 'sourceEventId' | 'occurredAt' | 'receivedAt'>;
  /** What it tells of; null if nobody can know from it. */
  readonly cause: Cause | null;
  readonly occurredMs: number;
  readonly receivedMs: number;
  /** When the same report is received once more. */
  readonly againMs: number | null;
}

/** SCADA tells of what it sees: that a device opened, if that is not lost, and that it closed. */
export function* scadaReports(fault: PlannedFault, substationId: string, random: Random): Generator<Report> {
  const { device, tripLost } = fault;
  if (!isWatched(device)) return;
  const [trip, close] = tripAndClose(fault, substationId, random);
  if (!tripLost) yield trip;
  yield close;
}

/** What SCADA says of an opening, true or false. */
export function tripAndClose(cause: Cause, substationId: string, random: Random): [trip: Report, close: Report] {
  const { device, onsetMs, closedMs } = cause;
  const from = fromScada(device, substationId);
  const seen = (ms: number) => ms + random.between(0.2, 2) * SECOND_MS;
  return [
    once({ ...from, kind: 'outage', type: 'BreakerTrip' }, cause, onsetMs, seen(onsetMs)),
    once({ ...from, kind: 'restoration', type: 'BreakerClose' }, cause, closedMs, seen(closedMs)),
  ];
}

function fromScada({ deviceId, feederId, upstreamDeviceId, lat, lon }: Device, substationId: string) {
  // The head speaks for the feeder; of what is below it the registry knows that it speaks for its own place.
  const reach: { readonly reach?: Reach } = upstreamDeviceId === null ? { reach: 'feeder' } : {};
  return { source: 'scada', assetId: deviceId, lat, lon, feederId, substationId, ...reach } as const;
}

/** What is wrong with who reports, all the time. */
export interface Flaws {
  /** What is typed for a meter number that nobody has read out. */
  readonly nonsense: readonly string[];
  /** By how much the clocks of some meters are ahead, ms; behind: below 0. */
  readonly clockOffsetsMs: ReadonlyMap<string, number>;
}

/** What a customer's meter, ONU and telephone say of a time without supply. */
export function* customerReports(spell: Spell, flaws: Flaws, random: Random): Generator<Report> {
  const { customer, fault, fromMs, toMs, cutMs } = spell;
  const { meterId, onuId } = customer;
  if (meterId !== null) {
    const from = { source: 'kaifa', assetId: meterId } as const;
    const offsetMs = flaws.clockOffsetsMs.get(meterId) ?? 0;
    if (random.chance(fault.lastGasps.meters)) {
      const diedMs = fromMs + random.between(0, 2.5) * SECOND_MS;
      yield meterReport({ ...from, kind: 'outage', type: 'last_gasp' }, fault, diedMs, offsetMs, random);
    }
    if (random.chance(METER_POWER_UP)) {
      const wokeMs = toMs + random.between(1, 8) * SECOND_MS;
      const powerUp = { ...from, kind: 'restoration', type: 'power_restored' } as const;
      if (wokeMs < cutMs) yield meterReport(powerUp, fault, wokeMs, offsetMs, random);
    }
    if (random.chance(CALLS)) yield* call(spell, fromMs, meterId, flaws.nonsense, random);
    for (const holder of spell.holders) {
      if (random.chance(CALLS_LEFT_OUT)) yield* call(spell, holder.fromMs, meterId, flaws.nonsense, random);
    }
  }
  if (onuId !== null) yield* onuReports(spell, onuId, random);
}

/** The meter numbers that are nonsense in this network too: no id of it. */
export function nonsenseMeters(network: Network): readonly string[] {
  const ids = new Set<string | null>();
  for (const { customerId, meterId, onuId } of network.customers) ids.add(customerId).add(meterId).add(onuId);
  for (const { dpId } of network.distributionPoints) ids.add(dpId);
  for (const { deviceId } of network.devices) ids.add(deviceId);
  for (const { feederId } of network.feeders) ids.add(feederId);
  return NONSENSE.filter((word) => !ids.has(word));
}

/** @param offsetMs by how much the meter's clock is ahead of the time */
function meterReport(
  event: Report['event'],
  cause: Cause,
  happenedMs: number,
  offsetMs: number,
  random: Random,
): Report {
  const delayMs = random.chance(LATE) ? random.between(45, 120) * MINUTE_MS : radioDelayMs(random);
  const receivedMs = happenedMs + delayMs;
  const isLost = random.chance(BAD_CLOCK);
  const clockMs = isLost ? random.pick(WRONG_CLOCKS) + random.between(0, MINUTE_MS) : happenedMs + offsetMs;
  const againMs = random.chance(DOUBLED) ? receivedMs + random.between(5, 600) * SECOND_MS : null;
  return { event, cause, occurredMs: clockMs, receivedMs, againMs };
}

/** Meters of a dark street share one radio channel: most get through in seconds, the last after a minute. */
function radioDelayMs(random: Random): number {
  return Math.min(SECOND_MS + random.exponential(12 * SECOND_MS), MINUTE_MS);
}

function* onuReports(spell: Spell, onuId: string, random: Random): Generator<Report> {
  const { customer, fault, fromMs, toMs, cutMs, onuAwake } = spell;
  const from = { source: 'onu', assetId: onuId, ...placeOf(customer) } as const;
  if (random.chance(fault.lastGasps.onus) && onuAwake) {
    const diedMs = fromMs + random.between(0, 2.5) * SECOND_MS;
    const receivedMs = diedMs + random.between(0.5, 10) * SECOND_MS;
    yield once({ ...from, kind: 'outage', type: 'ONU_LastGaspAlert' }, fault, diedMs, receivedMs);
  }
  if (random.chance(ONU_POWER_UP)) {
    const bootedMs = toMs + random.between(20, 50) * SECOND_MS;
    const receivedMs = bootedMs + random.between(0.5, 10) * SECOND_MS;
    const powerUp = { ...from, kind: 'restoration', type: 'ONU_PowerRestored' } as const;
    if (bootedMs < cutMs) yield once(powerUp, fault, bootedMs, receivedMs);
  }
}

/** A call: some minutes after a time, and not if the light is back before somebody takes up the telephone. */
function* call(
  { customer, fault, toMs, holders }: Spell,
  fromMs: number,
  meterId: string,
  nonsense: readonly string[],
  random: Random,
): Generator<Report> {
  const calledMs = fromMs + random.between(2, 30) * MINUTE_MS;
  if (calledMs >= toMs) return;
  const event = { source: 'call_center', kind: 'outage', type: 'trouble_call' } as const;
  const receivedMs = calledMs + random.between(5, 90) * SECOND_MS;
  if (nonsense.length > 0 && random.chance(NONSENSE_METER)) {
    yield once({ ...event, assetId: random.pick(nonsense) }, null, calledMs, receivedMs);
    return;
  }
  // Half of the callers are found on the map by the call taker.
  const place = random.chance(0.5) ? placeOf(customer) : {};
  // The call is about what took the customer out, even if more has failed since; once that is over, about what is left.
  const cause = holders.findLast((holder) => holder.fromMs <= calledMs)?.fault ?? fault;
  yield once({ ...event, assetId: meterId, ...place }, cause, calledMs, receivedMs);
}

function placeOf({ lat, lon }: Customer): { lat: number; lon: number } {
  return { lat, lon };
}

function once(event: Report['event'], cause: Cause | null, occurredMs: number, receivedMs: number): Report {
  return { event, cause, occurredMs, receivedMs, againMs: null };
}
