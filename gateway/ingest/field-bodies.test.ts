import { afterAll, afterEach, expect, it } from 'vitest';
import { alarm, event, MemoryGateway, TIME, topics } from '../memory-gateway.fixture.js';

/** Bodies as field systems send them, over HTTP: what the stream reads the gateway takes. */

const gateway = new MemoryGateway();

afterEach(() => gateway.forget());
afterAll(() => gateway.app.close());

const published = () => gateway.publisher.records;
const soap =
  '<?xml version="1.0" encoding="utf-16"?><RequestMessage><Header/><Payload><EndDeviceEvents><EndDeviceEvent>' +
  `<createdDateTime>${TIME}</createdDateTime><EndDevice><mRID>M1</mRID></EndDevice><EndDeviceEventType ref="0.26.38.47"/>` +
  '</EndDeviceEvent></EndDeviceEvents></Payload></RequestMessage>';
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

it.each([
  ['UTF-16', 'text/xml; charset=utf-16', utf16(soap)],
  ['UTF-16 that does not say what it is', '', utf16(soap)],
  ['parts', 'multipart/related; boundary=b', Buffer.from(`--b\r\nContent-Type: text/xml\r\n\r\n${soap}\r\n--b--\r\n`)],
])('a head-end system that sends %s is answered in SOAP, and its body published untouched', async (_, type, body) => {
  const answer = await gateway.post('/kaifa', body, type === '' ? {} : { 'content-type': type });
  expect(answer.body).toContain('<Result>OK</Result>');
  expect(answer.statusCode).toBe(200);
  expect(published().map(({ topic, key }) => [topic, key])).toEqual([[topics.kaifa, 'M1']]);
  expect(Buffer.compare(Buffer.from(published()[0]!.value as Uint8Array), body)).toBe(0);
}); // prettier-ignore

it.each([
  ['a byte-order mark on each line', Buffer.from([event, event].map((one) => `\ufeff${JSON.stringify(one)}\r\n`).join(''))],
  ['UTF-16', utf16([event, event].map((one) => JSON.stringify(one)).join('\n'))],
])('lines with %s are taken', async (_, body) => {
  const answer = await gateway.post('/api/oms/events', body, { 'content-type': 'application/x-ndjson' });
  expect(answer.json()).toMatchObject({ accepted: 2, rejected: 0 });
}); // prettier-ignore

it('long numbers keep their digits, in lists that are taken apart too', async () => {
  const one = JSON.stringify(event).replace('"M1"', '707057500012345671');
  const answer = await gateway.post('/api/oms/events', `[${one},${one.replace('kaifa', 'onu')}]`, {
    'content-type': 'application/json',
  });
  expect(answer.json()).toMatchObject({ accepted: 2 });
  for (const { value } of published()) expect(String(value)).toContain('707057500012345671');
});

it('an event that is answered at once is known by the id that the stream reads', async () => {
  const body = `{"event_type":"Power Failure","source_type":"kaifa","source_event_id":" K-1 ","timestamp":1791137058,"latitude":"46.6","longitude":"-119.1","metadata":{"meter_id":707057500012345671}}`;
  const answer = await gateway.post('/api/oms/events/correlate', body, { 'content-type': 'application/json' });
  expect(answer.json()).toMatchObject({ event_id: 'kaifa/K-1', source_event_id: 'K-1' });
  expect(published()).toMatchObject([{ key: '707057500012345671' }]);
  expect(JSON.parse(String(published()[0]!.value))).toMatchObject({ kind: 'outage', assetId: '707057500012345671' });
}); // prettier-ignore

it.each<[string, object]>([
  ['/scada-mock-generator', { ...alarm, mainStationId: '', voltage: null, severity: {}, coordinates: '' }],
  ['/onu-event', { type: 'ONU_LastGaspAlert', onuId: 5, timestamp: 1791137058, eventId: '', location: { lat: '', lng: '' } }],
  ['/trouble-call/intake', { ticketId: 'T', timestamp: TIME, customer: { meterNumber: '', location: { lat: '46.6', lng: '-119.1' } } }],
])('%s asks for no more than is needed', async (path, body) => {
  const answer = await gateway.post(path, body);
  expect([answer.statusCode, answer.json().accepted]).toEqual([202, 1]);
}); // prettier-ignore

it('an encoding that is not read is named', async () => {
  const body = Buffer.from([0x7b, 0, 0, 0, 0x7d, 0, 0, 0]);
  for (const [path, type] of [
    ['/scada-mock-generator', 'application/json'],
    ['/api/oms/events', 'application/x-ndjson'],
    ['/api/onu/map-meter', 'application/json'],
  ] as const) {
    const answer = await gateway.post(path, body, { 'content-type': type });
    expect([answer.statusCode, answer.json().message]).toEqual([400, expect.stringContaining('UTF-32')]);
  }
});

it('a mapped ONU is known by its id alone', async () => {
  const answer = await gateway.post('/api/onu/map-meter', { onuId: 'O1 ', meterId: '\u200eM1' });
  expect(answer.json()).toEqual({ status: 'mapped', onuId: 'O1', meterId: 'M1' });
  expect(published()).toMatchObject([{ key: 'onu/O1' }]);
});
