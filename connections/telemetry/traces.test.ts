import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toCollector, Traces } from './traces.js';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let exporter: InMemorySpanExporter;
let traces: Traces;
let end: () => Promise<void>;

beforeEach(async () => {
  exporter = new InMemorySpanExporter();
  traces = new Traces();
  end = await traces.start(new SimpleSpanProcessor(exporter), 'oms-test');
});

afterEach(() => end());

describe('traces', () => {
  it('are of one event in a thousand, and of the first', () => {
    const taken = Array.from({ length: 3000 }, (_, n) => n).filter(() => traces.takesEvents(1));
    expect(taken).toEqual([0, 1000, 2000]);
    // Of those that come together one is followed, however many there are.
    expect([1, 999, 5000, 2, 1].map((count) => traces.takesEvents(count))).toEqual([true, false, true, true, false]);
  });

  it('go on from record to record by their header', () => {
    const sinceMs = Date.now() - 40;
    const posted = traces.step({ name: 'receive', attributes: { 'oms.source': 'kaifa' } });
    expect(posted).toEqual({ traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/) as string });
    const strange = [{ ce_id: '1' }, { traceparent: '' }, { traceparent: 'x'.repeat(100_000) }];
    expect([posted, ...strange].map((headers) => traces.follows(headers))).toEqual([true, false, false, false]);
    const placed = traces.step({ name: 'place', sinceMs }, { ce_id: '1', ...posted });
    traces.step({ name: 'correlate', failure: 'unknownOutage' }, placed);
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ name }) => name)).toEqual(['receive', 'place', 'correlate']);
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
    const ids = spans.map((span) => span.spanContext().spanId);
    expect(spans.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([undefined, ids[0], ids[1]]);
    const [first, second, third] = spans;
    expect(first!.attributes).toEqual({ 'oms.source': 'kaifa' });
    expect(first!.resource.attributes['service.name']).toBe('oms-test');
    expect(second!.duration[0] * 1000 + second!.duration[1] / 1e6).toBeGreaterThanOrEqual(40);
    expect(third!.status).toMatchObject({ message: 'unknownOutage' });
  });

  it('go on from whoever began them', () => {
    traces.step({ name: 'place' }, { traceparent: PARENT });
    const [span] = exporter.getFinishedSpans();
    expect(span!.spanContext().traceId).toBe(PARENT.slice(3, 35));
    expect(span!.parentSpanContext?.spanId).toBe(PARENT.slice(36, 52));
  });

  it.each(['', 'nothing of the kind', '00-0-0-01'])('begin anew where the header is %j', (traceparent) => {
    traces.step({ name: 'place' }, { traceparent });
    const [span] = exporter.getFinishedSpans();
    expect(span!.parentSpanContext).toBeUndefined();
  });
});

describe('a collector that is away', () => {
  it('keeps nobody from ending in time', async () => {
    await end();
    const nobody = await toCollector('http://127.0.0.1:9/');
    end = await traces.start(nobody, 'oms-test');
    traces.step({ name: 'place' });
    const askedAt = performance.now();
    await end();
    expect(performance.now() - askedAt).toBeLessThan(4000);
    end = () => Promise.resolve();
  });
});

describe('where nobody wants traces', () => {
  it('none are made, and a header goes on as it came', async () => {
    await end();
    const off = new Traces();
    end = await off.start(await toCollector(null), 'oms-test');
    expect([off.takesEvents(1), off.takesEvents(5000)]).toEqual([false, false]);
    expect(off.step({ name: 'place' }, { ce_id: '1', traceparent: PARENT })).toEqual({ traceparent: PARENT });
    expect(off.step({ name: 'place' }, { ce_id: '1' })).toEqual({});
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});
