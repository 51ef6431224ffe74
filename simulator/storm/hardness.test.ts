import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { readNetwork } from '../../pipeline/jobs/network/read.js';
import { demoNetwork } from '../network/demo.js';
import { EASY, HARD, type Hardness } from './hardness.js';
import { simulateStorm, type Storm } from './storm.js';

const network = demoNetwork({ substations: 5 });
const options = { seed: 42, faults: 120, hours: 6, startMs: Date.UTC(2026, 9, 4, 18) };
const storm = (hardness: Partial<Hardness>): Storm => simulateStorm(network, { ...options, hardness });

it('a storm without hardness is the same whether nothing is said of it or 0', () => {
  expect(storm(EASY)).toEqual(simulateStorm(network, options));
});

it('a storm without hardness has the events that it had before there was any', async () => {
  const ieee9500 = await readNetwork(new URL('../../data/ieee9500', import.meta.url).pathname);
  const { events } = simulateStorm(ieee9500, { seed: 7, faults: 60, hours: 6, startMs: Date.UTC(2026, 9, 4, 12) });
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  expect(createHash('sha256').update(lines).digest('hex')).toBe(
    'b4f264d82968d1525c017ad977ed279e72f1dcdfa1a51658f3eff37a36782d1e',
  );
});

it('a hard storm is the same for the same seed', () => {
  expect(JSON.stringify(storm(HARD))).toBe(JSON.stringify(storm(HARD)));
});

it('a share that is none is refused', () => {
  expect(() => storm({ weakGasps: 1.5 })).toThrow('weakGasps of 1.5 is no share; give a number from 0 to 1');
  expect(() => storm({ weakGasps: NaN })).toThrow('weakGasps of NaN is no share');
});

it('weak gasps: of each fault another share of the meters says that it lost supply', () => {
  const { truth } = storm({ weakGasps: 1 });
  const rates = truth.map(({ lastGaspRate }) => lastGaspRate);
  expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.2);
  expect(Math.min(...rates)).toBeLessThan(0.3);
  expect(Math.max(...rates)).toBeLessThan(0.9);
  expect(Math.max(...rates)).toBeGreaterThan(0.8);
  const large = truth.filter(({ customersOut }) => customersOut >= 100);
  expect(large.length).toBeGreaterThan(3);
  for (const { reports, customersOut, lastGaspRate } of large) {
    const gasps = reports.filter(({ source }) => source === 'kaifa').length;
    expect(Math.abs(gasps / customersOut - lastGaspRate)).toBeLessThan(0.15);
  }
});

it('lost trips: SCADA tells of some openings only by their end', () => {
  const { truth, events } = storm({ lostTrips: 0.5 });
  const lost = truth.filter(({ tripLost }) => tripLost);
  const watched = truth.filter(({ deviceType }) => deviceType === 'breaker' || deviceType === 'recloser');
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.length).toBeLessThan(watched.length);
  for (const fault of watched) {
    expect(fault.reports.some(({ source }) => source === 'scada')).toBe(!fault.tripLost);
    const closes = events.filter(
      ({ source, kind, assetId, occurredAt }) =>
        source === 'scada' && kind === 'restoration' && assetId === fault.deviceId && occurredAt === fault.restoredAt,
    );
    expect(closes).toHaveLength(1);
  }
});

it('false trips: SCADA tells of devices that open and close while all below them is supplied', () => {
  const { truth, untruths, events } = storm({ falseTrips: 0.5 });
  expect(truth).toEqual(storm({}).truth.map((fault, n) => ({ ...fault, reports: truth[n]!.reports })));
  const falseTrips = untruths.flatMap((untruth) => ('falseTrip' in untruth ? [untruth.falseTrip] : []));
  expect(falseTrips.length).toBeGreaterThan(40);
  expect(falseTrips.length).toBeLessThan(80);
  for (const falseTrip of falseTrips) {
    expect(falseTrip.reports).toHaveLength(1);
    const { sourceEventId } = falseTrip.reports[0]!;
    expect(truth.some(({ reports }) => reports.some((report) => report.sourceEventId === sourceEventId))).toBe(false);
    const trip = events.find((event) => event.sourceEventId === sourceEventId);
    expect(trip).toMatchObject({ source: 'scada', kind: 'outage', occurredAt: falseTrip.onsetAt });
    const { deviceId, onsetAt } = falseTrip;
    expect(truth.some((f) => f.deviceId === deviceId && f.onsetAt <= onsetAt && onsetAt <= f.restoredAt)).toBe(false);
  }
});

it('skewed clocks: some meters are off by half a minute and say all their times so', () => {
  const { truth, untruths, events } = storm({ skewedClocks: 0.08 });
  const clocks = untruths.flatMap((untruth) => ('clock' in untruth ? [untruth.clock] : []));
  expect(clocks.length / network.customers.length).toBeCloseTo(0.08, 1);
  const sigmaMs = Math.sqrt(clocks.reduce((sum, { offsetMs }) => sum + offsetMs ** 2, 0) / clocks.length);
  expect(sigmaMs).toBeGreaterThan(20_000);
  expect(sigmaMs).toBeLessThan(30_000);
  // Nothing else has changed.
  const without = storm({});
  expect(truth).toEqual(without.truth);
  const offsets = new Map(clocks.map(({ meterId, offsetMs }) => [meterId, offsetMs]));
  for (const [at, event] of events.entries()) {
    const byMs = Date.parse(event.occurredAt) - Date.parse(without.events[at]!.occurredAt);
    const isLost = Math.abs(Date.parse(event.occurredAt) - options.startMs) > 86_400_000;
    const offsetMs = event.source === 'kaifa' && !isLost ? (offsets.get(event.assetId) ?? 0) : 0;
    expect(Math.abs(byMs - offsetMs)).toBeLessThanOrEqual(1);
  }
});

it('wrong rows: some customers lose supply with the neighbours of the point that the registry has them at', () => {
  const { truth, untruths } = storm({ wrongRows: 0.03 });
  const rows = untruths.flatMap((untruth) => ('wrongRow' in untruth ? [untruth.wrongRow] : []));
  expect(rows.length / network.customers.length).toBeCloseTo(0.03, 2);
  const points = new Map(network.distributionPoints.map((point) => [point.dpId, point]));
  const customers = new Map(network.customers.map((customer) => [customer.customerId, customer]));
  const devices = new Map(network.devices.map((device) => [device.deviceId, device]));
  const hangsBelow = (dpId: string, deviceId: string): boolean => {
    for (let at = devices.get(points.get(dpId)!.deviceId ?? ''); at; at = devices.get(at.upstreamDeviceId ?? '')) {
      if (at.deviceId === deviceId) return true;
    }
    return false;
  };
  let strangers = 0;
  for (const { customerId, registryDpId, dpId } of rows) {
    expect(customers.get(customerId)!.dpId).toBe(registryDpId);
    expect(dpId).not.toBe(registryDpId);
    expect(points.get(dpId)!.feederId).toBe(points.get(registryDpId)!.feederId);
    const { meterId } = customers.get(customerId)!;
    for (const { deviceId, reports } of truth) {
      if (!reports.some(({ assetId }) => assetId === meterId)) continue;
      expect(hangsBelow(dpId, deviceId)).toBe(true);
      if (!hangsBelow(registryDpId, deviceId)) strangers++;
    }
  }
  expect(strangers).toBeGreaterThan(0);
});

it('single-phase faults: one pole of a fuse opens, and a third of those below are out', () => {
  const { truth } = storm({ singlePhase: 1 });
  const phases = new Map(network.devices.map((device) => [device.deviceId, device.phases]));
  const all = new Map(storm({}).truth.map(({ deviceId, onsetAt, customersOut }) => [deviceId + onsetAt, customersOut]));
  const shares: number[] = [];
  for (const fault of truth) {
    const { deviceId, deviceType, onsetAt, customersOut } = fault;
    const ofDevice = phases.get(deviceId)!;
    if (deviceType !== 'fuse' || ofDevice.length === 1) expect(fault.phases).toBe(ofDevice);
    else {
      expect([...ofDevice]).toContain(fault.phases);
      const outOtherwise = all.get(deviceId + onsetAt);
      if (outOtherwise !== undefined) shares.push(customersOut / outOtherwise);
    }
  }
  expect(shares.length).toBeGreaterThan(5);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  expect(mean).toBeGreaterThan(0.2);
  expect(mean).toBeLessThan(0.5);
});

it('steps: many customers of a large fault are back more than five minutes before the last', () => {
  const { truth, events } = storm({ steps: 1 });
  const stepped = truth.filter(({ steps }) => steps.length > 1);
  const large = truth.filter(({ momentary, customersOut }) => !momentary && customersOut >= 30);
  expect(stepped.length).toBeGreaterThan(5);
  expect(stepped.every((fault) => large.includes(fault))).toBe(true);
  expect(stepped.some(({ steps }) => steps.length === 3)).toBe(true);
  for (const { steps, customersOut, restoredAt } of truth) {
    expect(steps.reduce((sum, { customers }) => sum + customers, 0)).toBe(customersOut);
    expect(steps.every(({ customers }) => customers > 0)).toBe(true);
    expect(steps.at(-1)!.at).toBe(restoredAt);
    const gapsMs = steps.slice(1).map(({ at }, n) => Date.parse(at) - Date.parse(steps[n]!.at));
    expect(Math.min(Infinity, ...gapsMs)).toBeGreaterThan(5 * 60_000);
  }
  const times = truth.flatMap(({ steps }) => steps.map(({ at }) => Date.parse(at)));
  for (const { source, kind, occurredAt } of events) {
    const t = Date.parse(occurredAt);
    if (source !== 'kaifa' || kind !== 'restoration' || Math.abs(t - options.startMs) > 86_400_000) continue;
    expect(times.some((at) => at < t && t <= at + 8001)).toBe(true);
  }
});

it('reclosing: a recloser opens for seconds, once or more, before it stays open, and few say so', () => {
  const { truth, events } = storm({ reclosing: 1 });
  const tries = truth.filter(({ reclosing }) => reclosing);
  expect(tries.length).toBeGreaterThan(5);
  let silent = 0;
  for (const fault of tries) {
    expect(fault).toMatchObject({ deviceType: 'recloser', momentary: true });
    expect(Date.parse(fault.restoredAt) - Date.parse(fault.onsetAt)).toBeLessThanOrEqual(30_000);
    const next = truth.find(({ deviceId, onsetAt }) => deviceId === fault.deviceId && onsetAt >= fault.restoredAt)!;
    const liveMs = Date.parse(next.onsetAt) - Date.parse(fault.restoredAt);
    expect(liveMs).toBeGreaterThanOrEqual(10_000);
    expect(liveMs).toBeLessThanOrEqual(60_000);
    expect(fault.lastGaspRate).toBeLessThan(0.5);
    // Nothing that has just died says that it lives, and no ONU that has not started that it dies.
    const assets = new Set([...fault.reports, ...next.reports].map(({ assetId }) => assetId));
    const isFalse = ({ kind, source, assetId, occurredAt }: (typeof events)[number]) =>
      kind === 'restoration' &&
      source !== 'scada' &&
      assets.has(assetId) &&
      occurredAt > next.onsetAt &&
      occurredAt < next.restoredAt &&
      Date.parse(occurredAt) < Date.parse(next.onsetAt) + 60_000;
    expect(events.filter(isFalse)).toEqual([]);
    if (liveMs >= 35_000) continue;
    const onus = fault.reports.filter(({ source }) => source === 'onu').map(({ assetId }) => assetId);
    expect(next.reports.filter(({ assetId }) => onus.includes(assetId))).toEqual([]);
    silent++;
  }
  expect(silent).toBeGreaterThan(0);
});

it('nested faults: above one that is out, or below one and not seen before that is over', () => {
  const { truth } = storm({ nested: 1 });
  const nested = truth.filter((fault) => fault.nested);
  const upstream = new Map(network.devices.map((device) => [device.deviceId, device.upstreamDeviceId]));
  const isAbove = (upper: string, lower: string): boolean => {
    let at = upstream.get(lower) ?? null;
    while (at !== null && at !== upper) at = upstream.get(at) ?? null;
    return at === upper;
  };
  let beneath = 0;
  let above = 0;
  for (const fault of nested) {
    const { deviceId, onsetAt, restoredAt } = fault;
    if (truth.some((other) => isAbove(other.deviceId, deviceId) && other.restoredAt === onsetAt)) {
      beneath++;
      expect(fault.deviceType).toBe('fuse');
      expect(fault.reports.filter(({ source }) => source !== 'call_center')).toEqual([]);
    } else {
      above++;
      expect(
        truth.some(
          (other) => isAbove(deviceId, other.deviceId) && other.onsetAt < onsetAt && onsetAt < other.restoredAt,
        ),
      ).toBe(true);
    }
    expect(onsetAt < restoredAt).toBe(true);
  }
  expect(beneath).toBeGreaterThan(3);
  expect(above).toBeGreaterThan(20);
  expect(truth.map(({ onsetAt }) => onsetAt)).toEqual(truth.map(({ onsetAt }) => onsetAt).toSorted());
  const kept = nested.filter(({ reports }) => reports.length > 0 && reports.every((r) => r.source === 'call_center'));
  expect(kept.length).toBeGreaterThan(0);
});
