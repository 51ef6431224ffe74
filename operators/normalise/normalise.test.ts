import { describe, expect, it } from 'vitest';
import type { ReportedEvent } from '../model/event.js';
import type { Source } from '../model/source.js';
import { parseTimeZone, UTC } from '../model/time-zone.js';
import { normalise, type Report } from './normalise.js';

const RECEIVED = Date.UTC(2026, 9, 4, 18, 5);
const TAKEN = Date.UTC(2026, 9, 4, 18, 4, 18, 18);

function read(source: Source, value: unknown, zone = UTC): Report[] {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return normalise(source, new TextEncoder().encode(text), { receivedAt: RECEIVED, zone });
}

function only(reports: Report[]): ReportedEvent {
  expect(reports).toHaveLength(1);
  expect(reports[0]).toHaveProperty('event');
  return (reports[0] as { event: ReportedEvent }).event;
}

function reasons(reports: Report[]): string[] {
  return reports.map((report) => ('event' in report ? 'understood' : report.reason));
}

const scada = {
  eventType: 'BreakerTrip',
  substationId: '4A00000K123',
  feederId: 'F00K123',
  mainStationId: '82001',
  alarmType: 'De-energized',
  timestamp: '2026-10-04T18:04:18.018Z',
  voltage: 0,
};

const onu = {
  type: 'ONU_LastGaspAlert',
  onuId: 'ONU1',
  eventId: 'O-1',
  timestamp: '2026-10-04T18:04:18.018Z',
  associatedMeters: ['M1', { meterId: 'M2' }],
};

const call = {
  ticketId: 'T-1',
  timestamp: '2026-10-04T18:04:18.018Z',
  customer: { phone: '1', meterNumber: 'M1', address: 'x', location: { lat: 31.9, lng: 35.9 } },
};

const soap = (events: string, prefix = 's:'): string =>
  `<?xml version="1.0"?><${prefix}Envelope xmlns:s="x"><${prefix}Header/><${prefix}Body><m:EventMessage xmlns:m="y"><m:Header><m:Verb>created</m:Verb>` +
  `<m:Noun>EndDeviceEvents</m:Noun><m:Timestamp>2026-10-04T18:04:20Z</m:Timestamp></m:Header><m:Payload><e:EndDeviceEvents xmlns:e="z">${events}` +
  `</e:EndDeviceEvents></m:Payload></m:EventMessage></${prefix}Body></${prefix}Envelope>`;

const endDeviceEvent = (type: string, id = 'K-1'): string =>
  `<e:EndDeviceEvent><e:mRID>${id}</e:mRID><e:createdDateTime>2026-10-04T18:04:18.018Z</e:createdDateTime><e:severity>1</e:severity>` +
  `<e:Assets><e:mRID>0012345</e:mRID></e:Assets><e:UsagePoint><e:mRID>UP1</e:mRID></e:UsagePoint>${type}</e:EndDeviceEvent>`;

const byRef = (code: string): string => `<e:EndDeviceEventType ref="${code}"/>`;

describe('SCADA', () => {
  it('De-energized is an outage, Energized a restoration, whatever the event is called', () => {
    expect(only(read('scada', scada))).toMatchObject({
      source: 'scada',
      kind: 'outage',
      type: 'BreakerTrip',
      occurredAt: TAKEN,
      reach: 'feeder',
      feederId: 'F00K123',
    });
    expect(only(read('scada', { ...scada, eventType: 'Alarm', alarmType: 'Energized' })).kind).toBe('restoration');
  });

  it('where the alarm says neither, the event type decides, and what says nothing is kept aside', () => {
    expect(only(read('scada', { ...scada, alarmType: 'x', eventType: 'MV_AlarmRestoration' })).kind).toBe(
      'restoration',
    );
    expect(reasons(read('scada', { ...scada, alarmType: 'x', eventType: 'Alarm' }))).toEqual(['unknownCode']);
  });

  it('a copy has the same id, another alarm another', () => {
    const { sourceEventId } = only(read('scada', scada));
    expect(only(read('scada', Object.fromEntries(Object.entries(scada).reverse()))).sourceEventId).toBe(sourceEventId);
    expect(only(read('scada', { ...scada, voltage: 11000 })).sourceEventId).not.toBe(sourceEventId);
  });

  it('with a device the registry decides on the reach, but a fuse is a point', () => {
    expect(only(read('scada', { ...scada, deviceId: 'CB-1' }))).toMatchObject({ assetId: 'CB-1', reach: null });
    expect(only(read('scada', { ...scada, eventType: 'FuseTrip', deviceId: 'FU-1' })).reach).toBe('point');
  });

  it('comes in its envelope too, which says when it was received', () => {
    const envelope = {
      timestamp: 'x',
      source: 'SCADA',
      event: scada,
      topic: 't',
      processed_at: '2026-10-04T18:04:30Z',
    };
    expect(only(read('scada', envelope))).toMatchObject({
      occurredAt: TAKEN,
      receivedAt: Date.UTC(2026, 9, 4, 18, 4, 30),
    });
  });

  it('names the fields that are missing', () => {
    const [report] = read('scada', { ...scada, voltage: undefined, feederId: null });
    expect(report).toMatchObject({ reason: 'missingField', detail: expect.stringContaining('feederId, voltage') });
  });
});

describe('Kaifa', () => {
  it('is read with any prefix, its code as attribute or as elements', () => {
    const elements =
      '<e:EndDeviceEventType><e:type>3</e:type><e:domain>26</e:domain><e:subDomain>0</e:subDomain><e:eventOrAction>216</e:eventOrAction></e:EndDeviceEventType>';
    expect(only(read('kaifa', soap(endDeviceEvent(byRef('3.26.0.85')))))).toMatchObject({
      kind: 'outage',
      type: '3.26.0.85',
      sourceEventId: 'K-1',
      assetId: '0012345',
      otherAssetIds: ['UP1'],
      occurredAt: TAKEN,
    });
    expect(
      only(read('kaifa', soap(endDeviceEvent(elements), 'soapenv:').replaceAll('xmlns:s=', 'xmlns:soapenv='))).kind,
    ).toBe('restoration');
    expect(only(read('kaifa', soap(endDeviceEvent(byRef('3.26.0.47')), ''))).kind).toBe('outage');
  });

  it('a message of many events is as many reports, each on its own', () => {
    const reports = read(
      'kaifa',
      soap(
        endDeviceEvent(byRef('3.26.0.85'), 'a') +
          endDeviceEvent(byRef('1.2.3.4'), 'b') +
          endDeviceEvent(byRef('3.26.0.216'), 'c'),
      ),
    );
    expect(reasons(reports)).toEqual(['understood', 'unknownCode', 'understood']);
    expect(reports.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it('comes as text in an envelope, and as JSON', () => {
    const envelope = {
      timestamp: 'x',
      source: 'hes',
      request: { method: 'POST', uri: '/', headers: {}, body: soap(endDeviceEvent(byRef('3.26.0.85'))) },
      processed_at: '2026-10-04T18:04:30Z',
    };
    expect(only(read('kaifa', envelope)).sourceEventId).toBe('K-1');
    const json = {
      event_id: 'J-1',
      timestamp: '2026-10-04T18:04:18.018Z',
      message_type: 'LAST_GASP',
      assets: { mrid: 'M1' },
      usage_point: { mrid: 'UP' },
      location: { lat: 1, lon: 2 },
    };
    expect(only(read('kaifa', json))).toMatchObject({
      kind: 'outage',
      assetId: 'M1',
      lat: 1,
      lon: 2,
      occurredAt: TAKEN,
    });
    expect(only(read('kaifa', { ...json, message_type: '3.26.0.216' })).kind).toBe('restoration');
  });

  it('hostile XML is refused: entities, external entities, depth', () => {
    const bomb = '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>' + soap('&lol2;');
    const external = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + soap('&x;');
    expect(reasons(read('kaifa', bomb))).toEqual(['forbiddenXml']);
    expect(reasons(read('kaifa', external))).toEqual(['forbiddenXml']);
    expect(reasons(read('kaifa', '<a>'.repeat(5000) + '</a>'.repeat(5000)))).toEqual(['notXml']);
    expect(reasons(read('kaifa', '<a><b></a>'))).toEqual(['notXml']);
    expect(reasons(read('kaifa', '<a/>'))).toEqual(['wrongShape']);
  });
});

describe('ONU and call centre', () => {
  it('an ONU names its meters, to be asked where it is unknown itself', () => {
    expect(only(read('onu', onu))).toMatchObject({
      kind: 'outage',
      assetId: 'ONU1',
      otherAssetIds: ['M1', 'M2'],
      sourceEventId: 'O-1',
    });
    const envelope = {
      timestamp: 'x',
      source: 'onu',
      event_type: 'ONU_Event',
      event: { body: JSON.stringify({ ...onu, type: 'ONU_PowerRestored' }) },
    };
    expect(only(read('onu', envelope)).kind).toBe('restoration');
    expect(reasons(read('onu', { ...onu, type: 'ONU_Reboot' }))).toEqual(['unknownCode']);
  });

  it('a call is read alone, in its envelope, and as JSON text in a request', () => {
    const expected = { source: 'call_center', sourceEventId: 'T-1', assetId: 'M1', lat: 31.9, lon: 35.9 };
    expect(only(read('call_center', call))).toMatchObject(expected);
    expect(only(read('call_center', { event: call, intake: { intakeId: 'i' } }))).toMatchObject(expected);
    expect(only(read('call_center', { request: { method: 'POST', body: JSON.stringify(call) } }))).toMatchObject(
      expected,
    );
    expect(only(read('call_center', { ...call, customer: { ...call.customer, meterNumber: '3' } })).assetId).toBe('3');
  });
});

const canonical = {
  source: 'kaifa',
  kind: 'outage',
  type: 'last_gasp',
  sourceEventId: 'K-1',
  assetId: 'M1',
  occurredAt: '2026-10-04T18:04:18.018Z',
};

describe('canonical events', () => {
  it('name further assets, as the records of unplaced events do', () => {
    expect(only(read('onu', { ...canonical, otherAssetIds: ['M1', 2] })).otherAssetIds).toEqual(['M1', '2']);
    expect(only(read('onu', { ...canonical, otherAssetIds: 'M1' })).otherAssetIds).toEqual(['M1']);
    expect(only(read('onu', { ...canonical, otherAssetIds: ['', {}, 'M2'] })).otherAssetIds).toEqual(['M2']);
  });

  it('are understood on any topic, in lists and as lines; half a line is refused alone', () => {
    expect(only(read('scada', canonical))).toMatchObject({ source: 'kaifa', receivedAt: RECEIVED });
    expect(reasons(read('kaifa', [canonical, 1, { ...canonical, kind: 'x' }]))).toEqual([
      'understood',
      'wrongShape',
      'unknownKind',
    ]);
    const lines = `${JSON.stringify(canonical)}\n${JSON.stringify(canonical)}\n{"source":"kaifa","kin`;
    expect(reasons(read('kaifa', lines))).toEqual(['understood', 'understood', 'notJson']);
  });

  it('without an id get that of their content', () => {
    const { sourceEventId: _, ...rest } = canonical;
    const reversed = Object.fromEntries(Object.entries(rest).reverse());
    expect(only(read('kaifa', rest)).sourceEventId).toBe(only(read('kaifa', reversed)).sourceEventId);
  });
});

describe('times', () => {
  it.each([
    ['2026-10-04T18:04:18.018Z', TAKEN],
    ['2026-10-04T18:04:18Z', TAKEN - 18],
    ['2026-10-04T21:04:18.018+03:00', TAKEN],
    ['2026-10-04T18:04:18.018', TAKEN],
    ['2026-10-04 18:04:18', TAKEN - 18],
    ['2026-10-04T18:04:18.0189999Z', TAKEN],
    ['1970-01-01T00:00:07Z', 7000],
    ['2099-01-01T00:00:00Z', Date.UTC(2099, 0)],
  ])('%s is read', (occurredAt, t) => {
    expect(only(read('kaifa', { ...canonical, occurredAt })).occurredAt).toBe(t);
  });

  it('without a zone are those of the configured zone', () => {
    const there = parseTimeZone('+03:00');
    expect(only(read('kaifa', { ...canonical, occurredAt: '2026-10-04T21:04:18.018' }, there)).occurredAt).toBe(TAKEN);
  });

  it.each([
    'yesterday',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-10-04T25:00:00Z',
    '',
    null,
    undefined,
    12,
    {},
    '2026-10-04',
  ])('%s is refused', (occurredAt) => {
    expect(reasons(read('kaifa', { ...canonical, occurredAt }))).toEqual(['badTime']);
  });
});

describe('bad input', () => {
  it.each<[string, unknown, string]>([
    ['not JSON', 'hello', 'notJson'],
    [
      'NaN',
      '{"source":"kaifa","kind":"outage","sourceEventId":"1","occurredAt":"2026-10-04T18:04:18Z","lat":NaN,"lon":1}',
      'notJson',
    ],
    ['a number', 42, 'wrongShape'],
    ['an empty object', {}, 'missingField'],
    ['an unknown source', { ...canonical, source: 'telegraph' }, 'unknownSource'],
    ['latitude 91', { ...canonical, lat: 91, lon: 1 }, 'badLatitude'],
    ['longitude 181', { ...canonical, lat: 1, lon: 181 }, 'badLongitude'],
    ['latitude as text', { ...canonical, lat: 'NaN', lon: 1 }, 'badLatitude'],
    ['an id of 10 kB', { ...canonical, sourceEventId: 'x'.repeat(10_240) }, 'badId'],
    ['an id with a control character', { ...canonical, assetId: 'a\u0000b' }, 'badId'],
    ['an id with half an emoji', { ...canonical, assetId: '\ud83d' }, 'badId'],
    ['an id that is an object', { ...canonical, assetId: {} }, 'badId'],
    ['an unknown reach', { ...canonical, reach: 'world' }, 'wrongShape'],
    ['white space', '  \n ', 'noValue'],
  ])('%s is refused with its reason', (_, value, reason) => {
    expect(reasons(read('kaifa', value))).toEqual([reason]);
  });

  it('ids with quotes, slashes and emoji are ids', () => {
    const sourceEventId = `a"b'c/d\\e;--🔥`;
    expect(only(read('kaifa', { ...canonical, sourceEventId })).sourceEventId).toBe(sourceEventId);
  });

  it('a record without a value, and one that is too large, are refused', () => {
    const reading = { receivedAt: RECEIVED, zone: UTC };
    expect(reasons(normalise('kaifa', null, reading))).toEqual(['noValue']);
    expect(reasons(normalise('kaifa', new Uint8Array(2_000_000).fill(32), reading))).toEqual(['tooLarge']);
  });
});
