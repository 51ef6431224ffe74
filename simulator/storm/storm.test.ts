import { describe, expect, it } from 'vitest';
import type { Customer, Device, Network } from '../../operators/network/network.js';
import { demoNetwork } from '../network/demo.js';
import { readNetwork } from '../../pipeline/jobs/network/read.js';
import type { CanonicalEvent } from './canonical-event.js';
import { simulateStorm, type Storm } from './storm.js';
import type { Fault } from './truth.js';

const MINUTE_MS = 60_000;
const startMs = Date.UTC(2026, 9, 4, 18);
const options = { seed: 42, faults: 120, hours: 6, startMs };
const network = demoNetwork({ substations: 5 });
const storm = simulateStorm(network, options);
const momentsOf = (event: CanonicalEvent) => ({ t: Date.parse(event.occurredAt), at: Date.parse(event.receivedAt) });

function of(source: CanonicalEvent['source'], kind: CanonicalEvent['kind'], { events } = storm): CanonicalEvent[] {
  return events.filter((event) => event.source === source && event.kind === kind);
}

/** Each event once: without the second copies. */
function distinct(events: readonly CanonicalEvent[]): CanonicalEvent[] {
  return [...new Map(events.map((event) => [event.sourceEventId, event])).values()];
}

/** The devices through which an asset is supplied. */
function suppliedThrough({ devices, distributionPoints, customers }: Network): Map<string, Set<string>> {
  const byId = new Map<string, Device>(devices.map((device) => [device.deviceId, device]));
  const paths = new Map<string, Set<string>>();
  for (const { deviceId } of devices) {
    const path = new Set<string>();
    for (let at = byId.get(deviceId); at; at = byId.get(at.upstreamDeviceId ?? '')) path.add(at.deviceId);
    paths.set(deviceId, path);
  }
  const points = new Map(distributionPoints.map((point) => [point.dpId, paths.get(point.deviceId!)!]));
  const assets = ({ meterId, onuId }: Customer) => [meterId, onuId].filter((id) => id !== null);
  for (const customer of customers) for (const id of assets(customer)) paths.set(id, points.get(customer.dpId)!);
  return paths;
}

const paths = suppliedThrough(network);

function faultOf(event: CanonicalEvent, truth: readonly Fault[], withinMs: number): Fault | undefined {
  const { t } = momentsOf(event);
  return truth.find((fault) => {
    const since = t - Date.parse(fault.onsetAt);
    return paths.get(event.assetId)?.has(fault.deviceId) && since >= 0 && since <= withinMs;
  });
}

function hasGoodClock(event: CanonicalEvent): boolean {
  return Math.abs(momentsOf(event).t - startMs) < 24 * 60 * MINUTE_MS;
}

describe('a simulated storm', () => {
  it('is the same for the same seed, byte for byte, and another for another', () => {
    const again = simulateStorm(demoNetwork({ substations: 5 }), options);
    expect(JSON.stringify(again)).toBe(JSON.stringify(storm));
    expect(simulateStorm(network, { ...options, seed: 43 }).truth).not.toEqual(storm.truth);
  });

  it('has as many faults as asked for, all in the first 70 % of it, mostly fuses', () => {
    const { truth } = storm;
    expect(truth).toHaveLength(120);
    expect(truth.every((fault) => Date.parse(fault.onsetAt) >= startMs)).toBe(true);
    expect(truth.every((fault) => Date.parse(fault.onsetAt) < startMs + 0.7 * 6 * 60 * MINUTE_MS)).toBe(true);
    const count = (type: string) => truth.filter((fault) => fault.deviceType === type).length;
    expect(count('fuse')).toBeGreaterThan(60);
    expect(count('breaker')).toBeLessThan(12);
    expect(count('breaker')).toBeGreaterThan(0);
  });

  it('comes in the order of arrival', () => {
    const arrivals = storm.events.map((event) => event.receivedAt);
    expect(arrivals).toEqual([...arrivals].sort());
  });

  it('takes out who is below a device, at once: every last gasp has a fault above it seconds before', () => {
    const gasps = [...of('kaifa', 'outage'), ...of('onu', 'outage')].filter(hasGoodClock);
    expect(gasps.length).toBeGreaterThan(1000);
    expect(gasps.filter((event) => !faultOf(event, storm.truth, 3000))).toEqual([]);
  });

  it('tells of SCADA only what breakers and reclosers do, with the reach of the feeder from its head', () => {
    const trips = of('scada', 'outage');
    const automatic = storm.truth.filter(({ deviceType }) => deviceType === 'breaker' || deviceType === 'recloser');
    expect(trips.map((trip) => trip.assetId).sort()).toEqual(automatic.map((fault) => fault.deviceId).sort());
    for (const trip of trips) expect(trip.reach).toBe(trip.assetId.endsWith('-CB01') ? 'feeder' : undefined);
    expect(of('scada', 'restoration')).toHaveLength(trips.length);
  });

  it('loses 15 % of last gasps and 10 % of power-ups, and 30 % of what ONUs would say', () => {
    const out = storm.truth.reduce((sum, fault) => sum + fault.customersOut, 0);
    const share = (events: readonly CanonicalEvent[]) => distinct(events).length / out;
    expect(share(of('kaifa', 'outage'))).toBeCloseTo(0.85, 1);
    expect(share(of('kaifa', 'restoration'))).toBeCloseTo(0.9, 1);
    expect(share(of('onu', 'outage'))).toBeCloseTo(0.55 * 0.7, 1);
    expect(share(of('onu', 'restoration'))).toBeCloseTo(0.55 * 0.7, 1);
  });

  it('sends some meter events twice, some late and some with a wrong clock', () => {
    const gasps = of('kaifa', 'outage');
    const firsts = distinct(gasps);
    const delays = firsts.filter(hasGoodClock).map((event) => momentsOf(event).at - momentsOf(event).t);
    const share = (count: number) => count / firsts.length;
    expect(share(gasps.length - firsts.length)).toBeGreaterThan(0.01);
    expect(share(gasps.length - firsts.length)).toBeLessThan(0.03);
    expect(share(firsts.filter((event) => !hasGoodClock(event)).length)).toBeGreaterThan(0.001);
    expect(share(firsts.filter((event) => !hasGoodClock(event)).length)).toBeLessThan(0.01);
    expect(share(delays.filter((delay) => delay >= 45 * MINUTE_MS).length)).toBeGreaterThan(0.003);
    expect(share(delays.filter((delay) => delay >= 45 * MINUTE_MS).length)).toBeLessThan(0.03);
    expect(share(delays.filter((delay) => delay <= 15 * 60_000).length)).toBeGreaterThan(0.97);
  });

  it('gives the second copy of an event the same content, received later', () => {
    const first = new Map<string, CanonicalEvent>();
    for (const event of storm.events) {
      const before = first.get(event.sourceEventId);
      if (before) expect({ ...event, receivedAt: before.receivedAt }).toEqual(before);
      else first.set(event.sourceEventId, event);
    }
    expect(first.size).toBeLessThan(storm.events.length);
  });

  it('has calls of a few customers while they are out, some with a meter number that is none', () => {
    const calls = of('call_center', 'outage');
    const lasting = storm.truth.filter((fault) => !fault.momentary);
    const out = lasting.reduce((sum, fault) => sum + fault.customersOut, 0);
    expect(calls.length / out).toBeGreaterThan(0.025);
    expect(calls.length / out).toBeLessThan(0.05);
    const placeable = calls.filter((event) => paths.has(event.assetId));
    expect(placeable.every((event) => faultOf(event, storm.truth, 30 * MINUTE_MS))).toBe(true);
    const unplaceable = calls.filter((event) => !paths.has(event.assetId));
    expect(unplaceable.length).toBeGreaterThan(0);
    expect(unplaceable.every((event) => event.lat === undefined)).toBe(true);
  });

  it('says in its truth which outage reports each fault led to, but for calls that nobody can place', () => {
    const faultOfId = new Map<string, Fault>();
    for (const fault of storm.truth) for (const report of fault.reports) faultOfId.set(report.sourceEventId, fault);
    const named = storm.truth.reduce((sum, fault) => sum + fault.reports.length, 0);
    expect(faultOfId.size).toBe(named);
    const outages = distinct(storm.events.filter(({ kind }) => kind === 'outage'));
    const [known, unknown] = [true, false].map((is) =>
      outages.filter((event) => faultOfId.has(event.sourceEventId) === is),
    );
    expect(known).toHaveLength(named);
    expect(unknown!.map(({ assetId }) => paths.has(assetId))).toEqual(unknown!.map(() => false));
    for (const event of known!.filter(hasGoodClock)) {
      const fault = faultOfId.get(event.sourceEventId)!;
      expect(paths.get(event.assetId)!.has(fault.deviceId), event.sourceEventId).toBe(true);
      expect(momentsOf(event).t - Date.parse(fault.onsetAt)).toBeLessThanOrEqual(30 * MINUTE_MS);
    }
  });

  it('is restored after 20 to 180 min, or within 5 min where a recloser or breaker clears the fault', () => {
    for (const fault of storm.truth) {
      const minutes = (Date.parse(fault.restoredAt) - Date.parse(fault.onsetAt)) / MINUTE_MS;
      if (fault.momentary) {
        expect(minutes).toBeLessThanOrEqual(5);
        expect(['recloser', 'breaker']).toContain(fault.deviceType);
      } else {
        expect(minutes).toBeGreaterThanOrEqual(20);
        expect(minutes).toBeLessThanOrEqual(180);
      }
    }
    expect(storm.truth.some((fault) => fault.momentary)).toBe(true);
  });
});

describe('faults above each other', () => {
  const crowded: Storm = simulateStorm(demoNetwork({ substations: 1 }), { ...options, faults: 150, hours: 2 });
  const openAt = (fault: Fault, t: string) => fault.onsetAt < t && t < fault.restoredAt;

  it('happen: a trunk device trips over a blown fuse, never a device that has no voltage', () => {
    let above = 0;
    for (const fault of crowded.truth) {
      const open = crowded.truth.filter((other) => other !== fault && openAt(other, fault.onsetAt));
      expect(open.filter((other) => paths.get(fault.deviceId)!.has(other.deviceId))).toEqual([]);
      above += open.filter((other) => paths.get(other.deviceId)!.has(fault.deviceId)).length;
    }
    expect(above).toBeGreaterThan(0);
  });

  it('bring a customer back with the last of them', () => {
    const powerUps = distinct(of('kaifa', 'restoration', crowded)).filter(hasGoodClock);
    const early = powerUps.filter(({ assetId, occurredAt }) =>
      crowded.truth.some((fault) => {
        const bootedAt = new Date(Date.parse(occurredAt) - 8000).toISOString();
        // What trips within the seconds of starting up is a new outage.
        return paths.get(assetId)!.has(fault.deviceId) && openAt(fault, bootedAt) && openAt(fault, occurredAt);
      }),
    );
    expect(early).toEqual([]);
  });

  it('are fewer than asked for once nothing has voltage any more', async () => {
    const tiny = await readNetwork(new URL('../../data/contract-cases/network', import.meta.url).pathname);
    const { truth } = simulateStorm(tiny, { ...options, faults: 50, hours: 1 });
    expect(truth.length).toBeGreaterThan(0);
    expect(truth.length).toBeLessThan(50);
  });
});

describe('a storm that cannot be', () => {
  it('is refused with what would be right', () => {
    expect(() => simulateStorm(network, { ...options, seed: 0.5 })).toThrow('Seed 0.5 is not a whole number');
    expect(() => simulateStorm(network, { ...options, faults: -1 })).toThrow('-1 faults cannot be made');
    expect(() => simulateStorm(network, { ...options, hours: 0 })).toThrow('A storm of 0 hours cannot be made');
    expect(() => simulateStorm(network, { ...options, startMs: NaN })).toThrow('is no time; give epoch milliseconds');
    expect(() => simulateStorm({ ...network, customers: [] }, options)).toThrow('No device of the network supplies');
  });
});
