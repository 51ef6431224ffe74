import type { Reach } from '../../operators/model/event.js';
import type { Customer, Network } from '../../operators/network/network.js';
import type { Random } from '../random.js';
import type { CanonicalEvent } from './canonical-event.js';
import type { PlannedFault, Spell } from './faults.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** Shares of what a field reports of what happens, and of what is wrong with its reports. */
const METER_LAST_GASP = 0.85;
const METER_POWER_UP = 0.9;
const ONU_REPORTS = 0.7;
const CALLS = 0.04;
const NONSENSE_METER = 0.05;
const LATE = 0.01;
const BAD_CLOCK = 0.005;
const DOUBLED = 0.02;

/** What a call taker types for a meter number that nobody has read out. */
const NONSENSE = ['3', '0', '12345', 'N/A', '-', 'unknown'] as const;
/** Where clocks stand that lost their time (1970-01-01) or their mind (2099-01-01). */
const WRONG_CLOCKS = [0, Date.UTC(2099, 0, 1)] as const;

/** A report before it has an id and in no order yet; times are epoch ms. */
export interface Report {
  readonly event: Omit<CanonicalEvent, 'sourceEventId' | 'occurredAt' | 'receivedAt'>;
  readonly occurredMs: number;
  readonly receivedMs: number;
  /** When the same report is received once more. */
  readonly againMs: number | null;
}

/** SCADA sees the devices that have a drive and a relay: breakers and reclosers open and close. */
export function* scadaReports(fault: PlannedFault, substationId: string, random: Random): Generator<Report> {
  const { deviceId, feederId, type, upstreamDeviceId, lat, lon } = fault.device;
  if (type !== 'breaker' && type !== 'recloser') return;
  // The head speaks for the feeder; of what is below it the registry knows that it speaks for its own place.
  const reach: { readonly reach?: Reach } = upstreamDeviceId === null ? { reach: 'feeder' } : {};
  const from = { source: 'scada', assetId: deviceId, lat, lon, feederId, substationId, ...reach } as const;
  const seen = (ms: number) => ms + random.between(0.2, 2) * SECOND_MS;
  yield once({ ...from, kind: 'outage', type: 'BreakerTrip' }, fault.onsetMs, seen(fault.onsetMs));
  yield once({ ...from, kind: 'restoration', type: 'BreakerClose' }, fault.restoredMs, seen(fault.restoredMs));
}

/** What a customer's meter, ONU and telephone say of a time without supply. */
export function* customerReports(spell: Spell, nonsense: readonly string[], random: Random): Generator<Report> {
  const { customer, fromMs, toMs } = spell;
  const { meterId, onuId } = customer;
  if (meterId !== null) {
    const from = { source: 'kaifa', assetId: meterId } as const;
    if (random.chance(METER_LAST_GASP)) {
      const diedMs = fromMs + random.between(0, 2.5) * SECOND_MS;
      yield meterReport({ ...from, kind: 'outage', type: 'last_gasp' }, diedMs, random);
    }
    if (random.chance(METER_POWER_UP)) {
      const wokeMs = toMs + random.between(1, 8) * SECOND_MS;
      yield meterReport({ ...from, kind: 'restoration', type: 'power_restored' }, wokeMs, random);
    }
    if (random.chance(CALLS)) yield* call(spell, meterId, nonsense, random);
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

function meterReport(event: Report['event'], happenedMs: number, random: Random): Report {
  const delayMs = random.chance(LATE) ? random.between(45, 120) * MINUTE_MS : radioDelayMs(random);
  const receivedMs = happenedMs + delayMs;
  const clockMs = random.chance(BAD_CLOCK) ? random.pick(WRONG_CLOCKS) + random.between(0, MINUTE_MS) : happenedMs;
  const againMs = random.chance(DOUBLED) ? receivedMs + random.between(5, 600) * SECOND_MS : null;
  return { event, occurredMs: clockMs, receivedMs, againMs };
}

/** Meters of a dark street share one radio channel: most get through in seconds, the last after a minute. */
function radioDelayMs(random: Random): number {
  return Math.min(SECOND_MS + random.exponential(12 * SECOND_MS), MINUTE_MS);
}

function* onuReports({ customer, fromMs, toMs }: Spell, onuId: string, random: Random): Generator<Report> {
  const from = { source: 'onu', assetId: onuId, ...placeOf(customer) } as const;
  if (random.chance(ONU_REPORTS)) {
    const diedMs = fromMs + random.between(0, 2.5) * SECOND_MS;
    const receivedMs = diedMs + random.between(0.5, 10) * SECOND_MS;
    yield once({ ...from, kind: 'outage', type: 'ONU_LastGaspAlert' }, diedMs, receivedMs);
  }
  if (random.chance(ONU_REPORTS)) {
    const bootedMs = toMs + random.between(20, 50) * SECOND_MS;
    const receivedMs = bootedMs + random.between(0.5, 10) * SECOND_MS;
    yield once({ ...from, kind: 'restoration', type: 'ONU_PowerRestored' }, bootedMs, receivedMs);
  }
}

/** A call: some minutes after the light went out, and not if it is back before somebody takes up the telephone. */
function* call(spell: Spell, meterId: string, nonsense: readonly string[], random: Random): Generator<Report> {
  const { customer, fromMs, toMs } = spell;
  const calledMs = fromMs + random.between(2, 30) * MINUTE_MS;
  if (calledMs >= toMs) return;
  const event = { source: 'call_center', kind: 'outage', type: 'trouble_call' } as const;
  const receivedMs = calledMs + random.between(5, 90) * SECOND_MS;
  if (nonsense.length > 0 && random.chance(NONSENSE_METER)) {
    yield once({ ...event, assetId: random.pick(nonsense) }, calledMs, receivedMs);
    return;
  }
  // Half of the callers are found on the map by the call taker.
  const place = random.chance(0.5) ? placeOf(customer) : {};
  yield once({ ...event, assetId: meterId, ...place }, calledMs, receivedMs);
}

function placeOf({ lat, lon }: Customer): { lat: number; lon: number } {
  return { lat, lon };
}

function once(event: Report['event'], occurredMs: number, receivedMs: number): Report {
  return { event, occurredMs, receivedMs, againMs: null };
}
