import { describe, expect, it } from 'vitest';
import { UTC } from '../../operators/model/time-zone.js';
import { parseTime } from '../../operators/model/time.js';
import { normalise, type Report } from '../../operators/normalise/normalise.js';
import { demoNetwork } from '../network/demo.js';
import type { CanonicalEvent } from './canonical-event.js';
import { oddRequest, oddStorm, plainRequest, QUIRKS, type FieldRequest } from './quirks.js';
import { simulateStorm } from './storm.js';

const startMs = Date.UTC(2026, 9, 4, 18);
const { events } = simulateStorm(demoNetwork({ substations: 2 }), { seed: 3, faults: 60, hours: 4, startMs });
const SEED = 7;
const storm = [...oddStorm(events, SEED)];
const sent = storm.filter(({ request }) => request.refusedFor === null);
const strays = storm.filter(({ request }) => request.refusedFor !== null);

function reportsOf({ source, body }: FieldRequest, { receivedAt }: CanonicalEvent): Report[] {
  return normalise(source, body, { receivedAt: Date.parse(receivedAt), zone: UTC });
}

/** What is understood of a request, or why nothing is. */
function understood(request: FieldRequest, event: CanonicalEvent): unknown {
  const [report, ...others] = reportsOf(request, event);
  if (!report || others.length > 0) return `${others.length + 1} reports`;
  if (!('event' in report)) return `${report.reason}: ${report.detail}`;
  const { kind, assetId: first, otherAssetIds, occurredAt, receivedAt, lat, lon, feederId } = report.event;
  // Which of its names the network knows, placing finds out.
  const assetId = otherAssetIds.includes(event.assetId) ? event.assetId : first;
  return { kind, assetId, occurredAt, receivedAt, lat, lon, feederId };
}

function meant({ kind, assetId, occurredAt, receivedAt, lat, lon, feederId }: CanonicalEvent): unknown {
  return {
    kind,
    assetId,
    occurredAt: parseTime(occurredAt),
    receivedAt: parseTime(receivedAt),
    lat: lat ?? null,
    lon: lon ?? null,
    feederId: feederId ?? null,
  };
}

describe('a storm in the odd forms of the field', () => {
  it('is the same for the same seed, byte for byte, and another for another', () => {
    const bytes = (seed: number) =>
      [...oddStorm(events, seed)].map(({ request }) => Buffer.from(request.body).toString('base64'));
    expect(bytes(SEED)).toEqual(bytes(SEED));
    expect(bytes(SEED + 1)).not.toEqual(bytes(SEED));
  });

  it('holds every event once for each time it comes, and a copy is the same as the first', () => {
    expect(sent.map(({ event }) => event)).toEqual(events);
    const first = new Map<string, Uint8Array>();
    let copies = 0;
    for (const { event, request } of sent.filter(({ request: { quirks } }) => quirks.length > 0)) {
      const before = first.get(event.sourceEventId);
      first.set(event.sourceEventId, request.body);
      if (!before) continue;
      copies++;
      // What a header says of when it was sent is of each for itself.
      expect(withoutReceipt(request, event)).toEqual(withoutReceipt({ ...request, body: before }, event));
    }
    expect(copies).toBeGreaterThan(0);
  });

  it('has all that may be odd in it, and events that keep to the form', () => {
    const seen = new Set(sent.flatMap(({ request }) => request.quirks));
    expect(QUIRKS.filter((quirk) => !seen.has(quirk))).toEqual([]);
    const plain = sent.filter(({ request }) => request.quirks.length === 0).length;
    expect(plain / sent.length).toBeGreaterThan(0.2);
    expect(plain / sent.length).toBeLessThan(0.4);
  });

  it.each(QUIRKS)('means what the plain one means: %s', (quirk) => {
    const wrong = sent
      .filter(({ request }) => request.quirks.includes(quirk))
      .map(({ event, request }) => ({ request, is: understood(request, event), should: meant(event) }))
      .filter(({ is, should }) => JSON.stringify(is) !== JSON.stringify(should))
      .map(({ request, is, should }) => ({ quirks: request.quirks, is, should, body: shown(request) }));
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  it('has bodies in between that are refused, each for what is wrong with it', () => {
    expect(new Set(strays.map(({ request }) => request.refusedFor)).size).toBeGreaterThan(3);
    const wrong = strays
      .map(({ event, request }) => ({
        request,
        is: reportsOf(request, event).map((one) => ('reason' in one ? one.reason : one)),
      }))
      .filter(({ request, is }) => is.length !== 1 || is[0] !== request.refusedFor)
      .map(({ request, is }) => ({ should: request.refusedFor, is, body: shown(request) }));
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  it('leaves canonical events as they are, which are ours', () => {
    const drone = { ...events[0]!, source: 'drone' as never };
    expect(oddRequest(drone, SEED)).toEqual(plainRequest(drone));
  });
});

function shown({ body }: FieldRequest): string {
  return Buffer.from(body).toString().slice(0, 600);
}

function withoutReceipt({ body }: FieldRequest, { receivedAt }: CanonicalEvent): string {
  const text = Buffer.from(body).toString().replaceAll('\0', '');
  return text.replace(/(Timestamp>)[^<]*(<)/, '$1$2').replaceAll(receivedAt, '');
}
