import { XMLParser } from 'fast-xml-parser';
import { afterAll, afterEach, expect, it } from 'vitest';
import { alarm, event, MemoryGateway, TIME } from '../memory-gateway.fixture.js';

const gateway = new MemoryGateway();

afterEach(() => gateway.forget());
afterAll(() => gateway.app.close());

const alert = { type: 'ONU_LastGaspAlert', onuId: 'O1', timestamp: TIME };
const call = { ticketId: 'T1', timestamp: TIME, customer: { phone: '1' } };
const meter = { message_type: 'last_gasp', timestamp: TIME, assets: { mrid: 'M1' } };

const linesOf = (items: readonly object[]): string => items.map((item) => JSON.stringify(item)).join('\n');
const listOf = (items: readonly object[]): string => JSON.stringify(items);
const refused = (count: number): object[] => Array(count).fill({ a: 1 });

/** As many as are read at once, and as many as are read in a thread. */
const COUNTS = [300, 5000];

it.each(
  [
    ['/api/oms/events', 'application/x-ndjson', linesOf, event, 'badTime'],
    ['/api/oms/events', 'application/json', listOf, event, 'badTime'],
    ['/scada-mock-generator', 'application/json', listOf, alarm, 'missingField'],
    ['/onu-event', 'application/json', listOf, alert, 'missingField'],
    ['/trouble-call/intake', 'application/json', listOf, call, 'missingField'],
    ['/kaifa', 'application/json', listOf, meter, 'missingField'],
  ].flatMap((row) =>
    COUNTS.map((count) => [...row, count] as [string, string, typeof linesOf, object, string, number]),
  ),
)('%s lists the first hundred refusals of %s and counts them all', async (path, type, bodyOf, good, reason, count) => {
  const some = await gateway.post(path, bodyOf([...refused(count), good]), { 'content-type': type });
  expect(some.statusCode).toBe(202);
  const { accepted, rejected, rejectedByReason, events } = some.json();
  expect([accepted, rejected, rejectedByReason]).toEqual([1, count, { [reason]: count }]);
  expect(events).toHaveLength(101);
  expect(events[99]).toMatchObject({ index: 99, status: 'rejected', reason });
  expect(events[100]).toMatchObject({ index: count, status: 'accepted' });
  gateway.forget();

  const none = await gateway.post(path, bodyOf(refused(count)), { 'content-type': type });
  expect(none.statusCode).toBe(400);
  expect(none.json()).toMatchObject({ code: 'OMS_NOTHING_ACCEPTED', rejected: count });
  expect(none.json().events).toHaveLength(100);
  expect(gateway.publisher.records).toEqual([]);
});

it('answers in SOAP for the first hundred that were refused, and for the others by reason', async () => {
  const asset = '<Assets><mRID>M1</mRID></Assets>';
  const down = '<EndDeviceEventType ref="3.26.0.47"/>';
  const good = `<EndDeviceEvent><createdDateTime>${TIME}</createdDateTime>${asset}${down}</EndDeviceEvent>`;
  const timeless = `<EndDeviceEvent>${asset}${down}</EndDeviceEvent>`;
  const xml = `<EventMessage><Payload><EndDeviceEvents>${timeless.repeat(250)}${good}</EndDeviceEvents></Payload></EventMessage>`;
  const answer = await gateway.post('/kaifa', xml, { 'content-type': 'text/xml' });
  expect(answer.statusCode).toBe(200);
  const { Reply } = new XMLParser({ removeNSPrefix: true }).parse(answer.body).Envelope.Body.ResponseMessage;
  expect(Reply.Result).toBe('PARTIAL');
  expect(Reply.Error).toHaveLength(101);
  expect(Reply.Error[100]).toEqual({
    code: 'badTime',
    details: '150 more events were refused for this reason.',
  });
});

it('reads in a thread as it reads at once', async () => {
  const items = [event, { ...event, source: 'onu' }, { ...event, source: 'scada', occurredAt: 'x' }, 7, null];
  const post = async (times: number) => {
    const lines = Array(times)
      .fill(linesOf(items as object[]))
      .join('\n');
    const answer = await gateway.post('/api/oms/events', lines, { 'content-type': 'application/x-ndjson' });
    const published = gateway.publisher.records.splice(0).map(({ topic, value }) => [topic, String(value)] as const);
    return { answer: answer.json(), published };
  };
  const once = await post(1);
  const often = await post(200);
  expect(often.published).toEqual(once.published.map(([topic, value]) => [topic, Array(200).fill(value).join('\n')]));
  expect(often.answer.events.slice(0, 5)).toEqual(once.answer.events);
  expect(often.answer).toMatchObject({
    accepted: 400,
    rejected: 600,
    rejectedByReason: { badTime: 200, wrongShape: 400 },
  });
});

it('refuses what nests deeper than it can read, and goes on', async () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  const type = { 'content-type': 'application/json' };
  const refusal = await gateway.post('/kaifa', `[${deep}]`, type);
  expect([refusal.statusCode, refusal.json().message]).toEqual([400, 'The body nests too deep to be read.']);
  const good = await gateway.post('/kaifa', listOf(Array(1000).fill(meter)), type);
  expect(good.json()).toMatchObject({ accepted: 1000 });
});
