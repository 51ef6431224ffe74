import { describe, expect, it } from 'vitest';
import type { ReportedEvent } from '../../operators/model/event.js';
import { normalise } from '../../operators/normalise/normalise.js';
import { parseTime } from '../../operators/model/time.js';
import { demoNetwork } from '../network/demo.js';
import type { CanonicalEvent } from './canonical-event.js';
import { kaifaBatch, sourceShape, type SourceRequest } from './shapes.js';
import { simulateStorm } from './storm.js';
import { UTC } from '../../operators/model/time-zone.js';

const startMs = Date.UTC(2026, 9, 4, 18);
const { events } = simulateStorm(demoNetwork({ substations: 2 }), { seed: 3, faults: 40, hours: 4, startMs });

/** What the pipeline understands of a request. */
function received(request: SourceRequest): ReportedEvent[] {
  const value = new TextEncoder().encode(request.body);
  return normalise(request.source, value, { receivedAt: startMs, zone: UTC }).map((report) => {
    if (!('event' in report)) throw new Error(report.detail);
    return report.event;
  });
}

function facts({ source, kind, assetId, occurredAt, lat, lon }: CanonicalEvent): unknown {
  return { source, kind, assetId, occurredAt: parseTime(occurredAt), lat: lat ?? null, lon: lon ?? null };
}

describe('an event in the shape of its field system', () => {
  it('is understood as what it was, for every event of a storm', () => {
    for (const event of events) {
      const [understood, ...others] = received(sourceShape(event));
      expect(others).toEqual([]);
      expect(understood).toMatchObject(facts(event) as object);
    }
  });

  it('keeps its id, but from SCADA, which gives none', () => {
    for (const event of events.filter((each) => each.source !== 'scada')) {
      expect(received(sourceShape(event))[0]!.sourceEventId).toBe(event.sourceEventId);
    }
    const trip = events.find((event) => event.source === 'scada')!;
    expect(sourceShape(trip).body).not.toContain(trip.sourceEventId);
    expect(received(sourceShape(trip))[0]).toMatchObject({ feederId: trip.feederId, substationId: trip.substationId });
  });

  it('goes to the route of its system', () => {
    const routes = new Set(events.map((event) => `${event.source} ${sourceShape(event).path}`));
    expect([...routes].sort()).toEqual([
      'call_center /trouble-call/intake',
      'kaifa /kaifa',
      'onu /onu-event',
      'scada /scada-mock-generator',
    ]);
  });

  it('from Kaifa has its code as an attribute or as elements by turns', () => {
    const bodies = events.filter((event) => event.source === 'kaifa').map((event) => sourceShape(event).body);
    const withRef = bodies.filter((body) => body.includes(' ref="')).length;
    expect(withRef).toBeGreaterThan(bodies.length / 3);
    expect(withRef).toBeLessThan((bodies.length * 2) / 3);
  });

  it('escapes what XML would misread', () => {
    const event = { ...events.find((each) => each.source === 'kaifa')!, assetId: 'M<1>&"2"' };
    expect(received(sourceShape(event))[0]!.assetId).toBe('M<1>&"2"');
  });
});

describe('a batch of meter events', () => {
  it('is one message in which every event is found, in order', () => {
    const batch = events.filter((event) => event.source === 'kaifa').slice(0, 200);
    const ids = received(kaifaBatch(batch)).map((event) => event.sourceEventId);
    expect(ids).toEqual(batch.map((event) => event.sourceEventId));
  });

  it('holds events of Kaifa alone, and at least one', () => {
    expect(() => kaifaBatch([])).toThrow('at least one event');
    expect(() => kaifaBatch(events.filter((event) => event.source === 'onu').slice(0, 1))).toThrow(/is from onu; /);
  });
});
