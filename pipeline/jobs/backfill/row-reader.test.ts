import { describe, expect, it } from 'vitest';
import type { ReportedEvent } from '../../../operators/model/event.js';
import type { Source } from '../../../operators/model/source.js';
import { normaliseText } from '../../../operators/normalise/normalise.js';
import { readMapping } from './mapping.js';
import { canonicalLine, RowReader } from './row-reader.js';
import { parseTimeZone, UTC } from '../../../operators/model/time-zone.js';

const NOW = Date.UTC(2026, 9, 5);
const T = Date.UTC(2026, 9, 4, 18, 4, 18);

const FIELDS = `
  occurredAt: TS
  receivedAt: STORED
  kind: {column: ST, values: {OUT: outage, BACK: restoration}}
  assetId: METER
  customerId: CUST
  sourceEventId: ID
  lat: LAT
  lon: LON
`;

function reader(yaml: string | null, source: Source | null = 'kaifa'): RowReader {
  const mapping = yaml === null ? null : readMapping(yaml, 'm.yaml');
  return new RowReader({ mapping, source, zone: UTC, nowMs: NOW });
}

const mapped = reader(`fields:${FIELDS}`);

function event(from: RowReader, row: Record<string, unknown> | string): ReportedEvent {
  const reports = from.read(row);
  expect(reports).toMatchObject([{ index: 0, event: {} }]);
  return (reports[0] as { event: ReportedEvent }).event;
}

function reason(from: RowReader, row: Record<string, unknown> | string): string {
  const [report] = from.read(row);
  return report && 'reason' in report ? `${report.reason}: ${report.detail}` : 'understood';
}

const ROW = {
  TS: '2026-10-04 18:04:18',
  STORED: '',
  ST: 'OUT ',
  METER: ' M1 ',
  CUST: 'C1',
  ID: '7',
  LAT: '31.9',
  LON: '35',
};

describe('a mapped row', () => {
  it('with half a place has none, which is noted', () => {
    expect(event(mapped, { ...ROW, LON: '' })).toMatchObject({ lat: null, lon: null, coordinatesIgnored: true });
  });

  it('is an event; who does not say when it was received, received it when it happened', () => {
    expect(event(mapped, ROW)).toEqual({
      source: 'kaifa',
      kind: 'outage',
      type: '',
      sourceEventId: '7',
      assetId: 'M1',
      otherAssetIds: ['C1'],
      occurredAt: T,
      receivedAt: T,
      lat: 31.9,
      lon: 35,
      substationId: null,
      feederId: null,
      dpId: null,
      reach: null,
    });
    expect(event(mapped, { ...ROW, STORED: '2026-10-04T20:00:00Z' }).receivedAt).toBe(Date.UTC(2026, 9, 4, 20));
    expect(event(mapped, { ...ROW, METER: null })).toMatchObject({ assetId: 'C1', otherAssetIds: [] });
  });

  it('has the time zone and the time format of its mapping', () => {
    const there = reader(`timeZone: "+03:00"\nfields:${FIELDS}`);
    expect(event(there, ROW).occurredAt).toBe(T - 3 * 3_600_000);
    expect(event(there, { ...ROW, TS: '2026-10-04T18:04:18Z' }).occurredAt).toBe(T);
    const epoch = reader('fields: {occurredAt: {column: TS, format: epochSeconds}, kind: {constant: outage}}');
    expect(event(epoch, { TS: '1791137058.5' }).occurredAt).toBe(T + 500);
    expect(reason(epoch, { TS: 'x' })).toBe('badTime: TS "x" is not a time: expected seconds since 1970.');
  });

  it('has cells as spreadsheets write them', () => {
    const written = { ...ROW, ST: ' out\u200E', METER: '="M1"', ID: '٧', LAT: '31,9', LON: '٣٥', CUST: 'N/A' };
    expect(event(mapped, written)).toMatchObject({
      kind: 'outage',
      assetId: 'M1',
      otherAssetIds: [],
      sourceEventId: '7',
      lat: 31.9,
      lon: 35,
    });
  });

  it('with half a place has none, which is noted', () => {
    expect(event(mapped, { ...ROW, LON: '' })).toMatchObject({ lat: null, lon: null, coordinatesIgnored: true });
  });

  it('without an id has that of what happened, whenever it was stored', () => {
    const id = event(mapped, { ...ROW, ID: null }).sourceEventId;
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(event(mapped, { ...ROW, ID: '', STORED: '2026-10-04T20:00:00Z' }).sourceEventId).toBe(id);
    expect(event(mapped, { ...ROW, ID: '', TS: '2026-10-04T18:04:18.000Z' }).sourceEventId).toBe(id);
    expect(event(mapped, { ...ROW, ID: '', METER: 'M2' }).sourceEventId).not.toBe(id);
  });

  it.each([
    ['no time', { TS: null }, 'badTime: occurredAt is missing.'],
    ['a bad time', { TS: 'noon' }, 'badTime: TS "noon" is not a time: expected ISO 8601.'],
    ['a bad time of receipt', { STORED: 'noon' }, 'badTime: STORED "noon" is not a time'],
    [
      'a time that is yet to come',
      { TS: '2027-01-01 00:00' },
      'badTime: occurredAt 2027-01-01T00:00:00.000Z lies in the',
    ],
    ['no kind', { ST: null }, 'unknownKind: kind null is unknown'],
    [
      'a kind that is not in the table',
      { ST: 'MAYBE' },
      'unknownKind: ST "MAYBE" is not in the values of kind: OUT, BACK',
    ],
    ['a bad latitude', { LAT: '91' }, 'badLatitude: lat 91 is not a latitude'],
    ['a latitude that is none', { LAT: 'north' }, 'badLatitude: lat "north" is not a latitude'],
    ['a longitude beyond the earth', { LON: '181' }, 'badLongitude: lon 181 is not a longitude'],
    ['an id that is none', { METER: { a: 1 } }, 'badId: assetId is not a text.'],
  ])('with %s is refused with the reason', (_, change, expected) => {
    expect(reason(mapped, { ...ROW, ...change })).toContain(expected);
  });

  it('a clock that is ahead is no reason to refuse it: it counts when it was received', () => {
    const row = { ...ROW, TS: '2099-01-01 00:00', STORED: '2026-10-04T20:00:00Z' };
    expect(event(mapped, row).receivedAt).toBe(Date.UTC(2026, 9, 4, 20));
  });

  it('a line of NDJSON is one too, and tells which columns it never had', () => {
    const lines = reader('fields: {occurredAt: a.ts, kind: {constant: outage}, assetId: a.meter, dpId: b}');
    expect(event(lines, '{"a":{"ts":"2026-10-04T18:04:18Z","meter":3}}')).toMatchObject({
      assetId: '3',
      occurredAt: T,
    });
    expect([...lines.unseen]).toEqual(['b']);
    expect(reason(lines, '{"a":')).toMatch(/^notJson: /);
    expect(reason(lines, '[]')).toBe('wrongShape: Not an object.');
  });
});

describe('a row with the whole message', () => {
  const onu = { type: 'ONU_LastGaspAlert', onuId: 'O1', eventId: 'E1', timestamp: '2026-10-04T18:04:18Z' };

  it('is read as its source sent it', () => {
    const from = reader('body: P\nfields: {receivedAt: AT}', 'onu');
    const row = { P: JSON.stringify({ ...onu, associatedMeters: ['M1'] }), AT: '2026-10-04T18:05:00Z' };
    const read = event(from, row);
    expect(read).toMatchObject({ assetId: 'O1', otherAssetIds: ['M1'], receivedAt: Date.UTC(2026, 9, 4, 18, 5) });
    expect(event(from, { P: onu, AT: null }).receivedAt).toBe(T);
    expect(reason(from, { P: null, AT: null })).toBe('noValue: P is empty.');
    expect(reason(from, { P: 'x', AT: null })).toMatch(/^notJson/);
  });

  it('may say whose it is', () => {
    const from = reader('body: P\nfields: {source: SYS}', null);
    expect(event(from, { P: onu, SYS: 'onu' }).source).toBe('onu');
    expect(reason(from, { P: onu, SYS: 'telegraph' })).toMatch(/^unknownSource: source "telegraph"/);
  });
});

describe('a row without a mapping', () => {
  it('is what its source sent, or a canonical event', () => {
    const alarm = {
      eventType: 'BreakerTrip',
      substationId: 'S',
      feederId: 'F',
      mainStationId: '1',
      alarmType: 'De-energized',
      timestamp: '2026-10-04T18:04:18Z',
      voltage: 0,
    };
    expect(event(reader(null, 'scada'), alarm)).toMatchObject({ kind: 'outage', feederId: 'F', receivedAt: T });
    const canonical = JSON.stringify({
      source: 'onu',
      kind: 'outage',
      sourceEventId: '1',
      occurredAt: '2026-10-04T18:00Z',
    });
    expect(event(reader(null, null), canonical).source).toBe('onu');
    expect(reason(reader(null, null), alarm)).toMatch(
      /^unknownSource: This is no canonical event, .* name --source\.$/,
    );
  });

  it('has one id, whatever is known of when it was received', () => {
    const body = { source: 'kaifa', kind: 'outage', occurredAt: '2026-10-04T18:04:18Z', assetId: 'M1' };
    const live = normaliseText('kaifa', JSON.stringify(body), { receivedAt: NOW, zone: UTC });
    expect((live[0] as { event: ReportedEvent }).event.sourceEventId).toBe(event(reader(null), body).sourceEventId);
  });
});

it('a line of an event gives the same event again', () => {
  const one = event(mapped, { ...ROW, METER: 'M"1\t' });
  const line = canonicalLine(one);
  expect(line).not.toMatch(/[\t\n]|null/);
  expect(normaliseText('scada', line, { receivedAt: 0, zone: parseTimeZone('+01:39') })).toEqual([
    { index: 0, event: one },
  ]);
});
