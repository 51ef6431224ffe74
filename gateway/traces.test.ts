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
