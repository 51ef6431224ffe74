import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { expect, it } from 'vitest';
import { traces } from '../connections/telemetry/traces.js';
import { event, MemoryGateway } from './memory-gateway.fixture.js';

const OUTAGE = '00000000-0000-4000-8000-000000000000';

it('the way of one event in a thousand, of each command, and of what is refused begins at the gateway', async () => {
  const gateway = new MemoryGateway();
  const { publisher, database } = gateway;
  database.rows = [{ substationId: 'S1', feederId: 'F1' }];
  const headersOf = (): (string | undefined)[] => publisher.records.map(({ headers }) => headers?.traceparent);
  const post = async (): Promise<void> => {
    await gateway.post('/api/oms/events', event);
    await gateway.post('/api/oms/events', { ...event, sourceEventId: 'K-2' });
    await gateway.post('/api/oms/events', { ...event, kind: 'nothing' });
    await gateway.post(`/api/oms/outages/${OUTAGE}/commands`, { command: 'confirm', author: 'ann' });
  };
  await post();
  expect(headersOf()).toEqual([undefined, undefined, undefined]);

  const exporter = new InMemorySpanExporter();
  const end = await traces.start(new SimpleSpanProcessor(exporter), 'oms-gateway');
  publisher.records.length = 0;
  // The thousandth since the gateway runs.
  traces.takesEvents(998);
  await post();
  const followed = expect.stringMatching(/^00-.*-01$/) as string;
  expect(headersOf()).toEqual([followed, undefined, followed]);
  const spans = exporter.getFinishedSpans();
  expect(spans.map(({ name }) => name)).toEqual(['receive', 'refuse', 'decide']);
  expect(spans[1]!.attributes).toEqual({ 'oms.source': 'kaifa', 'oms.events': 1 });
  expect(spans[1]!.status.message).toBe('unknownKind');
  await end();
  await gateway.app.close();
});

it('what its sender follows is followed, and only that', async () => {
  const gateway = new MemoryGateway();
  gateway.database.rows = [{ substationId: 'S1', feederId: 'F1' }];
  const exporter = new InMemorySpanExporter();
  const end = await traces.start(new SimpleSpanProcessor(exporter), 'oms-gateway');
  traces.takesEvents(1000);
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const span = 'b7ad6b7169203331';
  for (const [n, traceparent] of [`00-${trace}-${span}-01`, `00-${trace}-${span}-00`, 'x'.repeat(55)].entries())
    await gateway.post('/api/oms/events', { ...event, sourceEventId: `T-${n}` }, { traceparent });
  const url = `/api/oms/outages/${OUTAGE}/commands`;
  await gateway.post(url, { command: 'confirm', author: 'ann' }, { traceparent: `00-${trace}-${span}-01` });
  const spans = exporter.getFinishedSpans();
  expect(spans.map(({ name }) => name)).toEqual(['receive', 'decide']);
  for (const { parentSpanContext } of spans) expect(parentSpanContext).toMatchObject({ traceId: trace, spanId: span });
  const sent = gateway.publisher.records.map(({ headers }) => headers?.traceparent?.slice(3, 35));
  expect(sent).toEqual([trace, undefined, undefined, trace]);
  await end();
  await gateway.app.close();
});
