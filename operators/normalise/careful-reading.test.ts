import { describe, expect, it } from 'vitest';
import type { ReportedEvent } from '../model/event.js';
import type { Source } from '../model/source.js';
import { parseTimeZone, UTC } from '../model/time-zone.js';
import { codeTable } from './code-table.js';
import type { Reading } from './fields.js';
import { normalise, normaliseText } from './normalise.js';

/** What is needed must be there and unmistakable; what is not needed costs no event. Each kind in several sources and forms. */

const TIME = '2026-10-04T18:04:18Z';
const READING: Reading = { receivedAt: Date.UTC(2026, 9, 4, 18, 5), zone: UTC };

/** What a body becomes: the event, or why it is none. */
function read(source: Source, body: unknown, reading = READING): Partial<ReportedEvent> & { readonly detail?: string } {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reports = normaliseText(source, text, reading);
  expect(reports).toHaveLength(1);
  const report = reports[0]!;
  return 'event' in report ? report.event : { detail: report.detail };
}

const scada = { eventType: 'BreakerTrip', substationId: 'S1', feederId: 'F1', mainStationId: '8', alarmType: 'De-energized', timestamp: TIME, voltage: 0 }; // prettier-ignore
const onu = { type: 'ONU_LastGaspAlert', onuId: 'O1', eventId: 'E1', timestamp: TIME };
const call = { ticketId: 'T1', timestamp: TIME, customer: { meterNumber: 'M1', phone: '1' } };
const kaifa = { event_id: 'K1', timestamp: TIME, message_type: 'LAST_GASP', assets: { mrid: 'M1' } };
const canonical = { source: 'kaifa', kind: 'outage', sourceEventId: 'K1', assetId: 'M1', occurredAt: TIME };
const place = { lat: 31.9, lng: 35.9 };

const TYPE = '<EndDeviceEventType ref="3.26.0.85"/>';
const METER = '<Assets><mRID>M1</mRID></Assets>';
const CREATED = `<createdDateTime>${TIME}</createdDateTime>`;
const xml = (inside: string, root = 'EventMessage', wrap = (events: string) => events): string =>
  `<s:Envelope xmlns:s="s" xmlns:xsi="i"><s:Header><security><Payload>x</Payload></security></s:Header><s:Body><${root}>` +
  `<Header><Timestamp>2026-10-04T18:04:20Z</Timestamp></Header><Payload>` +
  wrap(`<EndDeviceEvents><EndDeviceEvent>${inside}</EndDeviceEvent></EndDeviceEvents>`) +
  `</Payload></${root}></s:Body></s:Envelope>`;

describe('absent is what is missing, null, empty, blank or nil', () => {
  it.each<[string, Source, unknown, object]>([
    ['blank ids of SCADA', 'scada', { ...scada, substationId: ' \u00a0', deviceId: '\u200e' }, { substationId: null, feederId: 'F1', assetId: null }],
    ['an empty event id of an ONU', 'onu', { ...onu, eventId: '' }, { assetId: 'O1' }],
    ['a blank meter number', 'call_center', { ...call, customer: { meterNumber: '\ufeff', location: place } }, { assetId: null, lat: 31.9 }],
    ['empty fields of a canonical event', 'onu', { ...canonical, feederId: '', lat: '', lon: ' ', receivedAt: '', reach: '', otherAssetIds: '' }, { feederId: null, lat: null, receivedAt: READING.receivedAt, reach: null, otherAssetIds: [] }],
    ['empty objects of a meter event', 'kaifa', { ...kaifa, assets: '', usage_point: { mrid: 'M2' }, location: '' }, { assetId: 'M2', lat: null }],
    ['nil elements', 'kaifa', xml(`<mRID xsi:nil="true"/><createdDateTime xsi:nil="1"/><Assets><mRID xsi:nil="true">M0</mRID></Assets><UsagePoint><mRID xsi:type="xs:string">M2</mRID></UsagePoint>${TYPE}`), { assetId: 'M2', occurredAt: Date.parse('2026-10-04T18:04:20Z') }],
    ['text with attributes', 'kaifa', xml(`<mRID xsi:type="xs:string"> K1 </mRID>${CREATED}<Assets xsi:type="x"><mRID a="b">M1</mRID></Assets>${TYPE}`), { sourceEventId: 'K1', assetId: 'M1' }],
  ])('%s', (_, source, body, expected) => expect(read(source, body)).toMatchObject(expected)); // prettier-ignore

  it('an id that is absent is that of the content, the same for a copy', () => {
    for (const sourceEventId of ['', ' ', null, undefined]) {
      expect(read('onu', { ...canonical, sourceEventId }).sourceEventId).toMatch(/^[\da-f-]{36}$/);
    }
    const without = xml(METER + TYPE);
    expect(read('kaifa', without).sourceEventId).toBe(read('kaifa', without).sourceEventId);
    // Of a message that says later when it was, it is another.
    expect(read('kaifa', without.replace('18:04:20', '19:04:20')).sourceEventId).not.toBe(read('kaifa', without).sourceEventId); // prettier-ignore
  });

  it.each<[string, Source, unknown, string]>([
    ['an alarm of no place', 'scada', { ...scada, feederId: ' ', substationId: null }, 'A SCADA alarm needs substationId, feederId.'],
    ['an alarm without its time', 'scada', { ...scada, timestamp: ' ' }, 'timestamp is missing.'],
    ['an ONU without its id', 'onu', { ...onu, onuId: ' ' }, 'An ONU event needs onuId.'],
    ['a call without its ticket', 'call_center', { ...call, ticketId: '' }, 'A trouble call needs ticketId.'],
    ['a meter event without a word', 'kaifa', { ...kaifa, message_type: ' ' }, 'A Kaifa event needs message_type.'],
  ])('what is needed and absent is told of: %s', (_, source, body, detail) => expect(read(source, body)).toEqual({ detail })); // prettier-ignore
});

describe('a field that nobody needs costs no event', () => {
  it.each<[Source, unknown]>([
    ['scada', { ...scada, voltage: null, mainStationId: '', severity: {}, reason: 5, coordinates: 'near the mill' }],
    ['scada', { ...scada, feederId: null, deviceId: 'CB1' }],
    ['onu', { ...onu, associatedMeters: { a: 1 }, alarmData: 'x', location: [1, 2] }],
    ['onu', { ...onu, associatedMeters: [null, '', {}, { meterId: {} }], onuSerial: 7 }],
    ['call_center', { ...call, notes: 5, customer: { ...call.customer, phone: {}, address: null, location: 'Main street' } }], // prettier-ignore
    ['kaifa', { ...kaifa, usage_point: { mrid: 'x'.repeat(300) }, location: 7 }],
    ['kaifa', { ...canonical, type: 5, otherAssetIds: {} }],
    ['kaifa', xml(`${CREATED}${METER}<UsagePoint>odd<mRID>${'x'.repeat(300)}</mRID></UsagePoint><severity>&#7;</severity>${TYPE}`)], // prettier-ignore
  ])('%s %j', (source, body) => expect(read(source, body)).not.toHaveProperty('detail'));
});

describe('coordinates', () => {
  const at = (lat: unknown, lng: unknown): object => ({
    ...call,
    customer: { meterNumber: 'M1', location: { lat, lng } },
  });

  it.each([
    ['31.9', ' +35.90 ', 31.9, 35.9],
    ['٣١.٩', '-3.59e1', 31.9, -35.9],
    [0, '35.9', 0, 35.9],
  ])('that are texts of numbers are numbers: %j %j', (lat, lng, ...expected) => {
    const { lat: y, lon: x } = read('call_center', at(lat, lng));
    expect([y, x]).toEqual(expected);
  });

  it.each<[Source, unknown]>([
    ['call_center', at(31.9, undefined)],
    ['call_center', at('', '35.9')],
    ['call_center', at('0', -0)],
    ['scada', { ...scada, coordinates: { lat: 31.9 } }],
    ['onu', { ...onu, location: { lat: 0, lng: 0 } }],
    ['kaifa', { ...kaifa, location: { lon: 35.9 } }],
    ['kaifa', { ...canonical, lat: 31.9, lon: null }],
    ['kaifa', { ...canonical, coordinatesIgnored: true }],
  ])('that are half or 0/0 are none, and noted: %s %j', (source, body) => {
    expect(read(source, body)).toMatchObject({ lat: null, lon: null, coordinatesIgnored: true });
  });

  it.each([[91, 0], [0, 181], ['x', 1], ['0x10', 1], ['1,5', 1], [{}, 1], [1, true]])('that cannot be are refused: %j %j', (lat, lng) => {
    expect(read('call_center', at(lat, lng)).detail).toMatch(/is not a (latitude|longitude)/);
  }); // prettier-ignore
});

describe('an id', () => {
  it.each<[string, Source, string, object]>([
    ['a meter of 18 digits', 'kaifa', `{"event_id": 707057500012345671, "timestamp": "${TIME}", "message_type": "3.26.0.85", "assets": {"mrid":707057500012345672}}`, { sourceEventId: '707057500012345671', assetId: '707057500012345672' }],
    ['in a list of meters', 'onu', `{"type":"ONU_LastGaspAlert","onuId":"O1","timestamp":"${TIME}","associatedMeters":[707057500012345671,{"meterId":707057500012345672}]}`, { otherAssetIds: ['707057500012345671', '707057500012345672'] }],
    ['in a text within an envelope', 'call_center', JSON.stringify({ request: { body: `{"ticketId":12345678901234567891,"timestamp":"${TIME}","customer":{"meterNumber":-7}}` } }), { sourceEventId: '12345678901234567891', assetId: '-7' }],
    ['on a line', 'scada', `{"source":"kaifa","kind":"outage","sourceEventId":1,"assetId":90071992547409931,"occurredAt":"${TIME}"}\n`, { sourceEventId: '1', assetId: '90071992547409931' }],
  ])('keeps every digit of a number: %s', (_, source, text, expected) => expect(read(source, text)).toMatchObject(expected)); // prettier-ignore

  it('of an alarm without one differs where a long number in it differs', () => {
    const alarm = (no: string): string => JSON.stringify(scada).replace('{', `{"alarmNo":${no},`);
    expect(read('scada', alarm('707057500012345671')).sourceEventId).not.toBe(read('scada', alarm('707057500012345672')).sourceEventId); // prettier-ignore
  });

  it.each<[Source, unknown, object]>([
    ['scada', { ...scada, feederId: 'F1   ', deviceId: '\u200eCB-1\u00a0' }, { feederId: 'F1', assetId: 'CB-1' }],
    ['onu', { ...onu, onuId: '\ufeffO١', eventId: '\u2066E\u2069', associatedMeters: [' M2 '] }, { assetId: 'O1', sourceEventId: 'E', otherAssetIds: ['M2'] }],
    ['kaifa', { ...canonical, assetId: 'M\u0660\u06f1', dpId: '\tD 1\n' }, { assetId: 'M01', dpId: 'D 1' }],
    ['kaifa', xml(`${CREATED}<Assets><mRID>&#x200e;M&#1633;&#160;</mRID></Assets>${TYPE}`), { assetId: 'M1' }],
  ])('loses what is around it, and has digits of any script as 0 to 9: %s', (source, body, expected) => {
    expect(read(source, body)).toMatchObject(expected);
  }); // prettier-ignore

  it.each(['a\u0000b', '\ud83d', 'x'.repeat(257), 'M\ufffd1'])('that cannot be one is refused: %j', (assetId) => {
    expect(read('kaifa', { ...canonical, assetId }).detail).toMatch(/^assetId /);
    expect(read('kaifa', { ...kaifa, assets: { mrid: assetId } }).detail).toMatch(/^The id of the meter /);
  });
});

describe('where a meter stands', () => {
  const named = (tag: string, inside: string): string => `<${tag}>${inside}</${tag}>`;
  const mrid = (id: string): string => named('mRID', id);
  const name = (id: string): string => named('Names', named('name', id) + named('NameType', named('name', 'x')));

  it.each<[string, unknown, readonly string[]]>([
    ['all of them, in their order', xml(CREATED + named('UsagePoint', mrid('C') + name('F')) + named('EndDevice', name('E') + mrid('B')) + named('Assets', mrid('A') + name('D')) + TYPE), ['A', 'B', 'C', 'D', 'E', 'F']],
    ['the first of several names', xml(CREATED + named('EndDevice', name('') + name('B') + name('C')) + TYPE), ['B']],
    ['several assets, of one name', xml(CREATED + named('Assets', mrid('A')) + named('Assets', mrid('B')) + named('UsagePoint', mrid('A')) + TYPE), ['A', 'B']],
    ['JSON', { ...kaifa, assets: { names: [{ name: 'D' }] }, end_device: { mRID: 'B' }, usage_point: { mrid: 'C' } }, ['B', 'C', 'D']],
    ['nothing', xml(CREATED + TYPE), []],
  ])('%s', (_, body, [first = null, ...others]) => {
    expect(read('kaifa', body)).toMatchObject({ assetId: first, otherAssetIds: others });
  }); // prettier-ignore
});

describe('a message of IEC 61968-100', () => {
  it.each(['EventMessage', 'RequestMessage', 'CreatedEndDeviceEvents', 'x:EndDeviceEventsRequest', 'Anything'])('may be called %s', (root) => {
    expect(read('kaifa', xml(`${CREATED}${METER}${TYPE}`, root))).toMatchObject({ kind: 'outage', assetId: 'M1' });
  }); // prettier-ignore

  it('may wrap its events in anyType, and several of them', () => {
    const any = (events: string): string => `<anyType xsi:type="x">${events}</anyType>`;
    expect(read('kaifa', xml(`${CREATED}${METER}${TYPE}`, 'EventMessage', any))).toMatchObject({ assetId: 'M1' });
    const twice = xml(`${CREATED}${METER}${TYPE}`, 'EventMessage', (events) => any(events) + any(events));
    expect(normaliseText('kaifa', twice, READING)).toHaveLength(2);
    expect(read('kaifa', xml('').replace(/<Payload><End.*<\/Payload>/, '<Payload/>')).detail).toMatch(/no Payload with EndDeviceEvents/); // prettier-ignore
  });

  it.each([
    ['ref', '<EndDeviceEventType ref=" 0.26.38.47 "/>', 'outage'],
    ['children', '<EndDeviceEventType a="b"><type>0</type><domain x="y">26</domain><subDomain>38</subDomain><eventOrAction>49</eventOrAction></EndDeviceEventType>', 'restoration'],
    ['text', '<EndDeviceEventType ref="">3.26.0.216</EndDeviceEventType>', 'restoration'],
    ['category', '<EndDeviceEventType/><category>3.26.136.47</category>', 'outage'],
    ['a word', '<category>Power Failure Cleared</category>', 'restoration'],
  ])('says what happened in %s', (_, type, kind) => expect(read('kaifa', xml(CREATED + METER + type)).kind).toBe(kind)); // prettier-ignore

  it('is XML: CDATA, comments and character references, in which nothing is declared', () => {
    const body = xml(`<!-- <!DOCTYPE a> -->${CREATED}<reason><![CDATA[<!DOCTYPE a>]]></reason><Assets><mRID>M<![CDATA[<]]>&#49;<!-- -->&#x31;&amp;</mRID></Assets>${TYPE}`); // prettier-ignore
    expect(read('kaifa', body)).toMatchObject({ assetId: 'M<11&' });
    expect(read('kaifa', body.replace('<Header>', '<!DOCTYPE a><Header>')).detail).toMatch(/declares a document type/);
    expect(read('kaifa', xml(`${METER}<reason>&#0;&#xd800;&#9999999;&nbsp;</reason>${TYPE}`))).toMatchObject({ assetId: 'M1' }); // prettier-ignore
  });
});

describe('words', () => {
  it.each<[Source, unknown, string]>([
    ['scada', { ...scada, alarmType: 'DE-ENERGIZED' }, 'outage'],
    ['scada', { ...scada, alarmType: 'Cleared' }, 'restoration'],
    ['scada', { ...scada, alarmType: null, eventType: 'breakerclose' }, 'restoration'],
    ['onu', { ...onu, type: 'onu_powerrestored' }, 'restoration'],
    ['onu', { ...onu, type: 'DyingGasp cleared' }, 'restoration'],
    ['kaifa', { ...kaifa, message_type: undefined, category: '0.26.38.49' }, 'restoration'],
    ['kaifa', { ...canonical, source: 'Kaifa', kind: 'OUTAGE', reach: 'Point' }, 'outage'],
  ])('of any case, and turned round by one for the end: %s %j', (source, body, kind) => {
    expect(read(source, body).kind).toBe(kind);
  });

  it.each<[Source, unknown]>([
    ['scada', { ...scada, alarmType: 'not energized' }],
    ['onu', { ...onu, type: 'ONU_PowerRestore_Failed' }],
    ['onu', { ...onu, type: 7 }],
    ['kaifa', { ...kaifa, message_type: 'no power failure' }],
    ['kaifa', xml(CREATED + METER + '<category>Power restoration failed</category>')],
  ])('that are not for certain are unknown: %s %j', (source, body) => {
    expect(read(source, body).detail).toMatch(/is neither/);
  });

  it('are those of the utility, where it has said so', () => {
    const codes = codeTable(
      { kaifa: { ignored: ['LAST_GASP'], outage: ['9.9'] }, onu: { restoration: ['Reboot'] } },
      'c',
    );
    const reading = { ...READING, codes };
    expect(read('kaifa', kaifa, reading).detail).toMatch(/is neither/);
    expect(read('kaifa', xml(`${CREATED}${METER}<category>9.9</category>`), reading).kind).toBe('outage');
    expect(read('onu', { ...onu, type: 'reboot' }, reading).kind).toBe('restoration');
  });
});

describe('an envelope is known by what it has together', () => {
  const processed_at = '2026-10-04T18:04:30';

  it.each<[string, Source, unknown, object]>([
    ['a body with a kind of its own', 'onu', { ...onu, kind: 'alarm', source: 'olt-1' }, { source: 'onu', assetId: 'O1' }],
    ['a body with an event of its own', 'scada', { ...scada, event: { body: '{}' }, source: 'rtu', topic: 't' }, { feederId: 'F1' }],
    ['a body with a request of its own', 'call_center', { ...call, request: { body: '<x/>' } }, { sourceEventId: 'T1' }],
    ['a body with an occurredAt of its own', 'kaifa', { ...kaifa, occurredAt: 'x', kind: 'alarm' }, { sourceEventId: 'K1' }],
    ['an event with a body of its own', 'onu', { event: { ...onu, body: 'text' }, source: 'nms', processed_at }, { assetId: 'O1' }],
    ['a canonical event with an event of its own', 'kaifa', { ...canonical, event: { a: 1 }, topic: 't', timestamp: 'x' }, { sourceEventId: 'K1' }],
    ['an envelope with a kind of its own', 'onu', { kind: 'onu', source: 'nms', event: onu }, { assetId: 'O1' }],
    ['a list in an envelope', 'onu', { source: 'nms', request: { body: JSON.stringify([onu]) } }, { assetId: 'O1' }],
    ['an envelope in an envelope', 'onu', { topic: 't', event: { source: 'nms', event: onu } }, { assetId: 'O1' }],
    ['a body that was parsed', 'onu', { source: 'nms', event: { body: onu } }, { assetId: 'O1' }],
  ])('%s', (_, source, body, expected) => expect(read(source, body)).toMatchObject(expected)); // prettier-ignore

  it('its times are of the configured zone, too', () => {
    const reading = { ...READING, zone: parseTimeZone('Europe/Berlin') };
    const doubled = { event: { ...onu, timestamp: '2026-10-25T02:30:00' }, source: 'x', processed_at: '2026-10-25T01:31:00Z' };
    expect(read('onu', doubled, reading).occurredAt).toBe(Date.parse('2026-10-25T01:30:00Z'));
    const naive = { event: onu, source: 'x', processed_at };
    expect(read('onu', naive, reading).receivedAt).toBe(Date.parse('2026-10-04T16:04:30Z'));
    expect(read('onu', { ...naive, processed_at: '10/4/2026' }).receivedAt).toBe(READING.receivedAt);
  }); // prettier-ignore

  it('what is in it and is nothing of the kind is said to be so', () => {
    expect(read('onu', { source: 'x', request: { body: 'hello' } }).detail).toBe('Neither JSON nor XML: it begins with "hello".'); // prettier-ignore
    expect(read('onu', { source: 'x', event: 'dying-gasp' }).detail).toBe('An ONU event needs onuId.');
  });
});

it('a byte-order mark may stand before any line', () => {
  const lines = [canonical, canonical].map((event) => `\ufeff${JSON.stringify(event)}\r\n`).join('');
  const reports = normalise('kaifa', Buffer.from(lines), READING);
  expect(reports).toMatchObject([{ event: { assetId: 'M1' } }, { event: { assetId: 'M1' } }]);
});
