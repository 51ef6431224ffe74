import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeLogRecord } from '../operators/log/log-record.js';
import { alarm, event, MemoryGateway, TIME, topics } from './memory-gateway.fixture.js';

let gateway: MemoryGateway;

beforeEach(() => {
  gateway = new MemoryGateway();
});
afterEach(() => gateway.app.close());

describe('ingest', () => {
  it('publishes the body untouched under its asset, with what CloudEvents asks for', async () => {
    const body = `  ${JSON.stringify(alarm)}\n`;
    const answer = await gateway.post('/scada-mock-generator', body, {
      'content-type': 'application/json',
      'ce-time': TIME,
    });
    expect(answer.statusCode).toBe(202);
    const [{ topic, key, value, headers } = {}] = gateway.publisher.records;
    expect([topic, key, String(value)]).toEqual(['scada-outage-topic', 'CB-1', body]);
    expect(headers).toMatchObject({ ce_specversion: '1.0', ce_source: '/gateway/scada', ce_time: TIME });
  });

  it.each([
    ['/scada-mock-generator', { ...alarm, voltage: undefined }, 'voltage is missing.'],
    ['/scada-mock-generator', { ...alarm, coordinates: { lat: 91, lng: 0 } }, 'coordinates.lat must be <= 90.'],
    ['/scada-mock-generator', { ...alarm, timestamp: 'soon' }, '"soon" is not a time'],
    ['/onu-event', { type: 'ONU_LastGaspAlert', timestamp: TIME }, 'onuId is missing.'],
    ['/trouble-call/intake', { ticketId: 'T', timestamp: TIME }, 'customer is missing.'],
    ['/api/oms/events', [{ ...event, lat: 91, lon: 0 }], 'lat 91 is not a latitude'],
    [
      '/api/oms/events/correlate',
      { event_type: 'outage', source_type: 'moon', timestamp: TIME },
      'source_type is none',
    ],
    ['/api/onu/map-meter', { onuId: ' ', meterId: 'M' }, 'onuId is wrong'],
  ])('refuses on %s what is wrong, says what, and publishes nothing', async (url, body, message) => {
    const answer = await gateway.post(url, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ message: expect.stringContaining(message) });
    expect(gateway.publisher.records).toEqual([]);
  });

  it('answers for each event of a batch, and publishes it in its order, whatever the sources', async () => {
    const lines = [event, { ...event, source: 'onu' }, { ...event, occurredAt: 'x' }].map((item) =>
      JSON.stringify(item),
    );
    const answer = await gateway.post('/api/oms/events', [...lines, 'no json'].join('\n'), {
      'content-type': 'application/x-ndjson',
    });
    expect(answer.json()).toMatchObject({
      accepted: 2,
      rejected: 2,
      events: [{ status: 'accepted' }, { status: 'accepted' }, { reason: 'badTime' }, { index: 3, reason: 'notJson' }],
    });
    expect(gateway.publisher.records.map(({ topic, value }) => [topic, String(value)])).toEqual([
      [topics.kaifa, lines.join('\n')],
    ]);
  });

  it('splits a large batch of lines into records of at most 1 MB, and refuses a large list', async () => {
    const line = JSON.stringify({ ...event, note: 'x'.repeat(100_000) });
    const lines = await gateway.post('/api/oms/events', Array(15).fill(line).join('\n'), {
      'content-type': 'application/x-ndjson',
    });
    expect(lines.json()).toMatchObject({ accepted: 15 });
    expect(gateway.publisher.records.map(({ value }) => value.length <= 1_048_576)).toEqual([true, true]);
    // One partition keeps their order.
    expect(new Set(gateway.publisher.records.map(({ key }) => key)).size).toBe(1);
    expect(gateway.publisher.records[0]!.key).not.toBeNull();
    const list = await gateway.post('/api/oms/events', `[${Array(15).fill(line).join(',')}]`, {
      'content-type': 'application/json',
    });
    expect([list.statusCode, list.json().code]).toEqual([413, 'OMS_BODY_TOO_LARGE']);
  });

  it('answers a head-end system in SOAP, on any path, hostile XML too', async () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>';
    const answer = await gateway.post('/hes/any/path', bomb, { 'content-type': 'text/xml' });
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('<faultcode>soap:Client</faultcode>');
    const unknown = await gateway.post('/hes/any/path', { a: 1 });
    expect([unknown.statusCode, unknown.json().code]).toEqual([404, 'OMS_NO_ROUTE']);
  });

  it('asks to be asked again while Kafka is away', async () => {
    gateway.publisher.away = true;
    const answer = await gateway.post('/scada-mock-generator', alarm);
    expect([answer.statusCode, answer.headers['retry-after'], answer.json().code]).toEqual([
      503,
      '5',
      'OMS_KAFKA_UNAVAILABLE',
    ]);
  });

  it('takes an event whose answer does not come in time, and says what it did not use', async () => {
    const body = {
      event_type: 'last_gasp',
      source_type: 'kaifa',
      timestamp: TIME,
      spatial_radius_meters: 5,
      metadata: { meter_id: 7 },
    };
    const answer = await gateway.post('/api/oms/events/correlate', body);
    expect(answer.statusCode).toBe(202);
    expect(answer.json().warnings).toEqual([expect.stringContaining('spatial_radius_meters 5 was not used')]);
    const published = JSON.parse(String(gateway.publisher.records[0]!.value)) as object;
    expect(published).toMatchObject({ source: 'kaifa', kind: 'outage', type: 'last_gasp', assetId: '7' });
  });
});

describe('the OMS API', () => {
  const ID = 'efb2224e-3262-5fcd-9429-50e27f3a8f77';

  it('puts a decision on the log under the key of its outage', async () => {
    gateway.database.rows = [{ substationId: 'S1', feederId: 'F1' }];
    const answer = await gateway.post(`/api/oms/outages/${ID}/commands`, {
      command: 'crew',
      author: 'ann',
      crew: 'C7',
      at: TIME,
    });
    expect(answer.statusCode).toBe(202);
    const [{ topic, key, value } = {}] = gateway.publisher.records;
    expect([topic, key]).toEqual([topics.events, 'S1/F1']);
    expect(decodeLogRecord(Buffer.from(value!))).toEqual([
      {
        command: 'crew',
        commandId: answer.json().commandId,
        outageId: ID,
        at: Date.parse(TIME),
        author: 'ann',
        reason: null,
        crew: 'C7',
      },
    ]);
  });

  it.each([
    [{ command: 'crew', author: 'ann' }, 400, 'crew is missing.'],
    [{ command: 'explode', author: 'ann' }, 400, 'command is none of confirm'],
    [{ command: 'confirm', author: 'ann' }, 404, 'There is no outage'],
  ])('refuses %j with %i', async (body, status, message) => {
    const answer = await gateway.post(`/api/oms/outages/${ID}/commands`, body);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().message).toContain(message);
  });

  it.each([
    '/api/oms/outages?limit=0',
    '/api/oms/outages?status=open',
    '/api/oms/outages?since=x',
    '/tiles/network/1/2/0.mvt',
  ])('refuses %s', async (url) => expect((await gateway.get(url)).statusCode).toBe(400));
});

it('says what is missing until it is ready', async () => {
  const missing = ['Kafka does not answer.'];
  gateway.missing = missing;
  const answer = await gateway.get('/ready');
  expect([answer.statusCode, answer.json()]).toEqual([
    503,
    { status: 'not ready', missing, reasons: [], installation: 'cluster/oms.events' },
  ]);
});
