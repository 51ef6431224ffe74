import { afterEach, beforeEach, expect, it } from 'vitest';
import { Registry } from '../../operators/network/registry.js';
import { EMPTY_NETWORK } from '../../operators/network/network.js';
import { alarm, event, MemoryGateway, TIME } from '../memory-gateway.fixture.js';

let gateway: MemoryGateway;

beforeEach(() => {
  gateway = new MemoryGateway();
  gateway.registry = Registry.of({
    ...EMPTY_NETWORK,
    feeders: [{ feederId: 'F1', substationId: 'S1', name: 'north', lat: 31.95, lon: 35.93 }],
  });
});
afterEach(async () => {
  // Whatever is asked: nothing is taken in.
  expect(gateway.publisher.records).toEqual([]);
  await gateway.app.close();
});

async function read(query: string, payload: string | object, headers: Record<string, string> = {}) {
  const answer = await gateway.post(`/api/oms/read?${query}`, payload, headers);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

it('says what a body would become and where it would be placed', async () => {
  expect(await read('source=scada', [alarm, { ...alarm, feederId: 'F9', timestamp: 'soon' }])).toEqual({
    understood: 1,
    refused: 1,
    refusedByReason: { badTime: 1 },
    reports: [
      {
        index: 0,
        event: expect.objectContaining({ source: 'scada', kind: 'outage', assetId: 'CB-1', occurredAt: TIME }),
        key: 'S1/F1',
        placed: [{ key: 'S1/F1', lat: 31.95, lon: 35.93, reach: 'point', flags: [] }],
      },
      { index: 1, refused: { reason: 'badTime', detail: expect.stringContaining('"soon" is not a time') } },
    ],
  });
  expect((await read('source=canonical', { ...event, feederId: 'F9' })).reports).toMatchObject([
    { index: 0, event: { sourceEventId: 'K-1' }, unplaced: { reason: 'unknownIds' } },
  ]);
});

it('goes by the bytes of a body, whatever its sender calls it', async () => {
  const xml = `<EventMessage><Payload><EndDeviceEvents><EndDeviceEvent><mRID>1</mRID><createdDateTime>${TIME}</createdDateTime>
    <Assets><mRID>F1</mRID></Assets><EndDeviceEventType ref="3.26.0.47"/></EndDeviceEvent></EndDeviceEvents></Payload></EventMessage>`;
  for (const type of ['text/xml; charset=utf-8', 'application/x-www-form-urlencoded', 'text/plain']) {
    const { reports } = await read('source=kaifa', xml, { 'content-type': type });
    expect(reports).toMatchObject([{ event: { source: 'kaifa', assetId: 'F1' }, key: 'S1/F1' }]);
  }
  expect(await read('source=kaifa', '')).toMatchObject({ refused: 1, refusedByReason: { noValue: 1 } });
});

it.each(['%2B03:00', '+03:00'])('reads times without a zone in the one that is named: %s', async (zone) => {
  const [report] = (await read(`source=scada&zone=${zone}`, { ...alarm, timestamp: '2026-10-04T21:04:18' })).reports;
  expect(report.event.occurredAt).toBe('2026-10-04T18:04:18.000Z');
});

it('says when a body was received, if its sender does', async () => {
  const { reports } = await read('source=scada', alarm, { 'ce-time': TIME });
  expect(reports[0].event.receivedAt).toBe(TIME);
});

it('lists the first hundred that are refused and all that are understood, and counts them all', async () => {
  const answer = await read('source=scada', [...Array(150).fill({}), alarm, {}]);
  expect(answer).toMatchObject({ understood: 1, refused: 151, refusedByReason: { missingField: 151 } });
  expect(answer.reports).toHaveLength(101);
  expect(answer.reports.at(-1)).toMatchObject({ index: 150, key: 'S1/F1' });
});

it.each([
  ['', 400, 'source is missing.'],
  ['source=moon', 400, 'source is none of scada, kaifa, onu, call_center, canonical.'],
  ['source=onu&zone=noon', 400, 'zone is wrong: expected '],
  ['source=onu', 413, '65536 bytes'],
])('refuses what it cannot answer: %s', async (query, status, message) => {
  const answer = await gateway.post(`/api/oms/read?${query}`, 'x'.repeat(70_000 * Number(status === 413)));
  expect(answer.statusCode).toBe(status);
  expect(answer.json().message).toContain(message);
});
