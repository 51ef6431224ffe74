import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { answerMalformed } from './errors.js';
import { MemoryGateway } from './memory-gateway.fixture.js';
import { encodeCursor } from './oms/cursor.js';

const gateway = new MemoryGateway();

afterEach(() => gateway.forget());
afterAll(() => gateway.app.close());

const ID = 'efb2224e-3262-5fcd-9429-50e27f3a8f77';
const TIME = '2026-10-04T18:04:18.018Z';
const event = { source: 'kaifa', kind: 'outage', sourceEventId: 'K-1', assetId: 'M1', occurredAt: TIME };
const xml =
  `<EventMessage><Payload><EndDeviceEvents><EndDeviceEvent><createdDateTime>${TIME}</createdDateTime>` +
  '<Assets><mRID>M1</mRID></Assets><EndDeviceEventType ref="3.26.0.47"/></EndDeviceEvent></EndDeviceEvents>' +
  '</Payload></EventMessage>';

describe('what PostgreSQL cannot hold', () => {
  it.each([
    '/api/oms/outages?substation=%00',
    '/api/oms/outages?feeder=a%00b',
    '/api/oms/outages?status=%00',
    '/api/oms/outages?feeder=a&feeder=%00',
    `/api/oms/outages?cursor=${encodeCursor({ lastEventAt: '2026-02-31T00:00:00.000Z', outageId: ID })}`,
    `/api/oms/outages?cursor=${encodeCursor({ lastEventAt: '0000-01-01T00:00:00.000Z', outageId: ID })}`,
    '/api/oms/outages?since=9999-12-31T23:59:59-14:00',
    '/api/oms/outages/%00',
    '/trouble-call/status?ticketId=%00',
    '/trouble-call/status?omsEventId=call_center/%00',
    '/tiles/network/0/0/%00.mvt',
  ])('is refused in the address %s', async (url) => {
    const answer = await gateway.get(url);
    expect([answer.statusCode, answer.json().message]).toEqual([400, expect.stringMatching(/^.{20,}\.$/)]);
  });

  it.each([
    [`/api/oms/outages/${ID}/commands`, { command: 'note', author: 'a\0', reason: 'x' }],
    [`/api/oms/outages/${ID}/commands`, { command: 'note', author: 'ann', reason: 'x\0' }],
    [`/api/oms/outages/${ID}/commands`, { command: 'crew', author: 'ann', crew: '\0' }],
    [`/api/oms/outages/${ID}/commands`, { command: 'etr', author: 'ann', etr: '9999-12-31T23:59:59-14:00' }],
    ['/api/oms/events/correlate', { event_type: 'outage\0', source_type: 'kaifa', timestamp: TIME }],
    ['/api/onu/map-meter', { onuId: 'O\0', meterId: 'M' }],
  ])('is refused in the body, %s %j', async (url, body) => {
    gateway.database.rows = [{ substationId: 'S1', feederId: 'F1' }];
    const answer = await gateway.post(url, body);
    expect([answer.statusCode, answer.json().message]).toEqual([400, expect.stringMatching(/^.{20,}\.$/)]);
    expect(gateway.publisher.records).toEqual([]);
  });

  it('is not seen in a text that only speaks of it', async () => {
    gateway.database.rows = [{ substationId: 'S1', feederId: 'F1' }];
    const body = { command: 'note', author: 'ann', reason: String.raw`a \u0000 in the report` };
    expect((await gateway.post(`/api/oms/outages/${ID}/commands`, body)).statusCode).toBe(202);
  });
});

describe('content types', () => {
  const JSON_ROUTES = [
    '/scada-mock-generator',
    '/onu-event',
    '/trouble-call/intake',
    '/call-center-ticket-generator',
    '/api/oms/events',
    '/api/oms/events/correlate',
    '/api/onu/map-meter',
    `/api/oms/outages/${ID}/commands`,
    '/kaifa',
  ];
  /** What a page of any origin can post without being asked. */
  const OF_ANY_PAGE: readonly Record<string, string>[] = [
    { 'content-type': 'text/plain' },
    { 'content-type': 'text/plain; charset=application/json' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'multipart/form-data; boundary=x' },
    { 'content-type': 'nonsense' },
    { origin: 'http://example.com' },
  ];

  it.each(JSON_ROUTES.flatMap((path) => OF_ANY_PAGE.map((headers) => [path, headers] as const)))(
    '%s does not take %j',
    async (path, headers) => {
      // Of a text that was given no type, inject says nothing either.
      const answer = await gateway.post(path, JSON.stringify([event]), headers);
      expect(answer.statusCode).toBe(415);
      expect(answer.json()).toMatchObject({
        code: 'OMS_BAD_CONTENT_TYPE',
        message: expect.stringContaining('send'),
      });
    },
  );

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'text/json',
    'application/cloudevents+json',
  ])('takes %s for JSON', async (type) => {
    const answer = await gateway.post('/api/oms/events', JSON.stringify(event), { 'content-type': type });
    expect(answer.statusCode).toBe(202);
  });

  it.each(['application/x-ndjson', 'application/jsonl; charset=utf-8'])('takes %s for lines', async (type) => {
    const lines = `${JSON.stringify(event)}\n${JSON.stringify(event)}`;
    const answer = await gateway.post('/api/oms/events', lines, { 'content-type': type });
    expect(answer.json()).toMatchObject({ accepted: 2 });
  });

  it.each(
    ['/kaifa', '/', '/any/path', '/health', '/api/oms/outages'].flatMap((path) =>
      [
        { 'content-type': 'text/xml; charset=utf-8' },
        { 'content-type': 'application/xml' },
        { 'content-type': 'application/soap+xml; action="x"' },
        {},
      ].map((headers) => [path, headers] as const),
    ),
  )('a head-end system may post XML to %s as %j', async (path, headers) => {
    const answer = await gateway.post(path, xml, headers as Record<string, string>);
    expect([answer.statusCode, answer.body]).toEqual([200, expect.stringContaining('<Result>OK</Result>')]);
  });
});

describe('what no route takes', () => {
  it.each([
    ['GET', '/scada-mock-generator', 405, 'POST'],
    ['DELETE', `/api/oms/outages/${ID}`, 405, 'GET, HEAD'],
    ['POST', `/api/oms/outages/${ID}`, 405, 'GET, HEAD'],
    ['PUT', '/api/oms/events', 405, 'POST'],
    ['HEAD', '/api/oms/stream', 405, 'GET'],
    ['OPTIONS', '/tiles/network/1/0/0.mvt', 405, 'GET, HEAD'],
    ['POST', '/no/such/path', 404, undefined],
    ['GET', '/no/such/path', 404, undefined],
    ['PATCH', '/no/such/path', 404, undefined],
    ['QUERY', '/health', 405, 'GET, HEAD'],
  ] as const)('%s %s is answered with %i and what is allowed', async (method, url, status, allow) => {
    const answer = await gateway.app.inject({ method: method as 'GET', url });
    expect([answer.statusCode, answer.headers.allow]).toEqual([status, allow]);
    if (method !== 'HEAD') expect(answer.json().code).toBe(status === 405 ? 'OMS_BAD_METHOD' : 'OMS_NO_ROUTE');
  });

  it.each(['/api/oms/outages/%ff', '/%', `/api/oms/outages/${'x'.repeat(5000)}`])(
    'an address that cannot be read is answered in the form of all errors',
    async (url) => {
      const answer = await gateway.get(url);
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toEqual({ code: 'OMS_BAD_REQUEST', message: expect.stringMatching(/^.{20,150}\.$/) });
    },
  );

  it.each([
    ['what is no HTTP', 'hello\r\n\r\n', 400],
    ['a method that does not exist', 'FETCH / HTTP/1.1\r\nhost: x\r\n\r\n', 400],
    ['too large headers', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s is answered in the form of all errors', async (_, request, status) => {
    const server = createServer();
    answerMalformed(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(request);
    const [head, body] = (await text(socket)).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(JSON.parse(body!)).toEqual({ code: expect.stringMatching(/^OMS_/), message: expect.stringMatching(/\.$/) });
    server.close();
  });
});

it('refuses a body before it is read, if it says that it is too large', async () => {
  const answer = await gateway.post('/scada-mock-generator', '{}', {
    'content-type': 'application/json',
    'content-length': '1048577',
  });
  expect(answer.json()).toMatchObject({ code: 'OMS_BODY_TOO_LARGE', message: expect.stringContaining('1048576') });
});
