import fc from 'fast-check';
import { expect, it } from 'vitest';
import { REPORT_REJECTIONS } from '../model/rejections.js';
import { SOURCES, type Source } from '../model/source.js';
import { parseTimeZone } from '../model/time-zone.js';
import { normalise, type Report } from './normalise.js';

/**
 * Messages of each source by its grammar, with what generators, translators and people make of them: none throws, and each
 * report is read or refused with a reason.
 */

const RUNS = { numRuns: 500 };
const READING = { receivedAt: Date.UTC(2026, 9, 25, 1), zone: parseTimeZone('Europe/Berlin') };

/** What stands where something else should. */
const odd = fc.constantFrom<unknown>(
  ...[null, '', ' ', '\u200e', 0, -1, 12, 1e300, true, [], {}, [null], { '#text': 'x' }, 'x'.repeat(300)],
  ...['constructor', '__proto__', '\0', '\ud800', '\ufffd', 'kind', 'NaN', '[', '<a/>', '{"a":1}', '--b\n\nx'],
);
const orOdd = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: value, weight: 25 }, { arbitrary: odd, weight: 1 });

const id = fc.oneof(
  fc.stringMatching(/^[A-Z0-9-]{1,12}$/),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.nat(),
  fc.constantFrom('M000001  ', '\ufeffM1', 'M٠١', '١٢', 'O-1'),
);
const word = fc.oneof(
  fc.constantFrom('De-energized', 'Energized', 'BreakerTrip', 'MV_AlarmRestoration', 'LAST_GASP', 'ONU_PowerRestored'),
  fc.constantFrom('3.26.0.85', '0.26.38.49', '1.2.3.4', 'ONU_LastGaspAlert', 'FUSETRIP'),
  fc.constantFrom('outage', 'Restoration'),
  fc
    .array(fc.constantFrom('power', 'failure', 'no', 'not', 'Cleared', 'restored', 'trip', '_', 'normal', 'up', 'é'), {
      maxLength: 5,
    })
    .map((words) => words.join(' ')),
);
const iso = fc
  .date({ noInvalidDate: true, min: new Date('0100-01-01'), max: new Date('9999-12-30') })
  .map((t) => t.toISOString());
const time = fc.oneof(
  { arbitrary: iso, weight: 4 },
  fc.constantFrom<unknown>('2026-10-25T02:30:00', '2026-03-29 02:30', '2026-10-04T24:00:00', '2026-10-04T23:59:60Z'),
  fc.constantFrom<unknown>(1791137058, 1791137058123, '/Date(1791137058000)/', '10/4/2026 6:04:18 PM', '2026-10-04'),
  fc.oneof(fc.double(), fc.stringMatching(/^[\dT:.+Z -]{0,24}$/)),
);
const number = fc.oneof(fc.double({ min: -200, max: 200 }), fc.constantFrom<unknown>('46.6', '', 0, null, 'x'));
const location = fc.record({ lat: orOdd(number), lng: orOdd(number), lon: orOdd(number) }, { requiredKeys: [] });

/** Objects of some fields, each odd now and then, with some left out. */
function body(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<object> {
  const model = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, orOdd(value)]));
  return fc.oneof(fc.record(model), fc.record(model, { requiredKeys: [] }));
}

const canonical = body({
  source: fc.constantFrom(...SOURCES, 'Kaifa'),
  kind: word,
  sourceEventId: id,
  occurredAt: time,
  receivedAt: time,
  assetId: id,
  otherAssetIds: fc.array(orOdd(id), { maxLength: 3 }),
  lat: number,
  lon: number,
  reach: fc.constantFrom('point', 'FEEDER', 'x'),
});
const OWN: Readonly<Record<Source, fc.Arbitrary<object>>> = {
  scada: body({ eventType: word, substationId: id, feederId: id, mainStationId: id, alarmType: word, timestamp: time, voltage: number, coordinates: location, deviceId: id, kind: word }),
  kaifa: body({ event_id: id, timestamp: time, message_type: word, category: word, assets: body({ mrid: id, names: fc.array(body({ name: id })) }), usage_point: body({ mrid: id }), location }),
  onu: body({ type: word, onuId: id, timestamp: time, eventId: id, associatedMeters: fc.array(fc.oneof(id, body({ meterId: id }))), location, event: word }),
  call_center: body({ ticketId: id, timestamp: time, customer: body({ meterNumber: id, location, phone: id }), notes: fc.string() }),
}; // prettier-ignore

const escaped = (value: unknown): string =>
  String(value).replace(/[&<>\p{Surrogate}]/gu, (c) => `&#${c.codePointAt(0)};`);
const element = (name: string, text: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: orOdd(text).map((value) => `<e:${name}>${escaped(value)}</e:${name}>`), weight: 8 },
    { arbitrary: orOdd(text).map((value) => `<${name} xsi:type="x"><![CDATA[${String(value)}]]></${name}>`), weight: 2 },
    { arbitrary: fc.constantFrom('', `<${name}/>`, `<${name} xsi:nil="true"/>`, `<${name}`, `<!-- ${name} -->`), weight: 2 },
  ); // prettier-ignore
const inside = (name: string, ...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((all) => `<${name}>${all.join('')}</${name}>`);
const xmlEvent = inside(
  'EndDeviceEvent',
  element('mRID', id),
  element('createdDateTime', time),
  inside('Assets', element('mRID', id), inside('Names', element('name', id))),
  inside('EndDevice', element('mRID', id)),
  fc.oneof(
    word.map((code) => `<EndDeviceEventType ref="${escaped(code)}"/>`),
    element('EndDeviceEventType', word),
    inside('EndDeviceEventType', element('type', fc.nat(3)), element('domain', fc.constant(26)), element('subDomain', fc.nat(2)), element('eventOrAction', fc.nat(99))),
  ),
  element('category', word),
); // prettier-ignore
const message = fc
  .tuple(fc.array(xmlEvent, { maxLength: 3 }), fc.constantFrom('EventMessage', 'm:Request', 'a'), fc.nat(5), time)
  .map(([events, root, wrapped, at]) => {
    const any = '<anyType>'.repeat(wrapped) + events.join('') + '</anyType>'.repeat(wrapped);
    const all = `<${root}><Header><Timestamp>${escaped(at)}</Timestamp></Header><Payload>${any}</Payload></${root}>`;
    return `<?xml version="1.0"?><s:Envelope><s:Body>${all}</s:Body></s:Envelope>`;
  });

const enclosed = (inner: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    inner,
    fc.tuple(inner, orOdd(time)).map(([event, processed_at]) => ({ source: 'x', event, processed_at })),
    fc.tuple(inner, orOdd(time)).map(([event, processed_at]) => ({ topic: 't', request: { body: typeof event === 'string' ? event : JSON.stringify(event) }, processed_at })),
    inner.map((event) => ({ event })),
  ); // prettier-ignore

/** Bytes of a text in an encoding that is read, or none. */
const encoded = (text: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> =>
  fc.tuple(text, fc.constantFrom('utf8', 'utf8', 'utf8', 'bom', 'utf16le', 'latin1', 'parts', 'cut')).map(([one, how]) => {
    if (how === 'bom') return Buffer.from(`\ufeff${one}`);
    if (how === 'utf16le') return Buffer.from(`\ufeff${one}`, 'utf16le');
    if (how === 'latin1') return Buffer.from(one, 'latin1');
    if (how === 'parts') return Buffer.from(`--b\r\nContent-Type: x\r\n\r\n${one}\r\n--b--`);
    return Buffer.from(how === 'cut' ? one.slice(0, -3) : one);
  }); // prettier-ignore

function textsOf(source: Source): fc.Arbitrary<string> {
  const one = enclosed(fc.oneof(OWN[source], canonical, ...(source === 'kaifa' ? [message] : [])));
  const json = one.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return fc.oneof(
    json,
    fc.array(one, { maxLength: 3 }).map((list) => JSON.stringify(list)),
    fc.array(json, { maxLength: 3 }).map((lines) => lines.join('\r\n')),
  );
}

function isSound(report: Report, index: number): boolean {
  if (report.index !== index) return false;
  if (!('event' in report)) return REPORT_REJECTIONS.includes(report.reason) && /\.$|^The body is not well-formed|^Not JSON/s.test(report.detail); // prettier-ignore
  const { occurredAt, receivedAt, sourceEventId, assetId, otherAssetIds, lat, lon } = report.event;
  const ids = [sourceEventId, ...(assetId === null ? [] : [assetId]), ...otherAssetIds];
  return (
    [occurredAt, receivedAt].every(Number.isInteger) &&
    ids.every((one) => one !== '' && one.length <= 256 && one.trim() === one) &&
    (lat === null) === (lon === null)
  );
}

it.each(SOURCES)('whatever %s sends is read or refused with a reason', (source) => {
  let understood = 0;
  let refused = 0;
  fc.assert(
    fc.property(encoded(textsOf(source)), (value) => {
      const reports = normalise(source, value, READING);
      expect(reports.every(isSound), JSON.stringify(reports)).toBe(true);
      understood += reports.filter((report) => 'event' in report).length;
      refused += reports.filter((report) => !('event' in report)).length;
    }),
    RUNS,
  );
  expect(understood).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(10);
});
