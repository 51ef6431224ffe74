import type { Kind } from '../../operators/model/event.js';
import type { Random } from '../random.js';
import type { CanonicalEvent } from './canonical-event.js';
import { xmlText } from '../../operators/model/xml-text.js';
import type { OddBody } from './quirks-json.js';
import { encoded, inOtherDigits, oddXmlTime, padded, type Encoding } from './quirks-texts.js';

/** Meter events in XML as head-end systems of several makers write them; each means what the plain one does. */

const CODES: Readonly<Record<Kind, readonly string[]>> = {
  outage: ['3.26.0.47', '3.26.136.47', '3.26.136.66', '3.26.0.85', '0.26.38.85', '0.26.38.47'],
  restoration: ['3.26.0.216', '3.26.136.216', '0.26.38.49'],
};

/** Names of messages that have the Header and the Payload of IEC 61968-100. */
const ROOTS = [
  'RequestMessage',
  'CreatedEndDeviceEvents',
  'CreatedEndDeviceEventRequest',
  'EndDeviceEventsRequest',
] as const;

/** What else a meter is called, which no network knows. */
const STRANGER = '7070575000000001';

type Element = (name: string, content: string, attributes?: string) => string;

/** What is written of an event, before it becomes XML: each quirk changes one of these. */
interface Writing {
  root: string;
  /** Writes an element under its prefix. */
  element: Element;
  /** The text of an id, escaped. */
  id: (text: string) => string;
  /** The text of the time, and whether it stands in the header alone. */
  time: string;
  isTimeInHeader: boolean;
  /** The elements that say which meter it is, by the id as it is written. */
  meter: (id: string, element: Element) => string;
  type: (code: string, element: Element) => string;
  code: string;
  /** What is there and says nothing. */
  empty: string;
  reason: string;
  inAnyType: boolean;
  envelope: string | null;
  encoding: Encoding;
  isMultipart: boolean;
}

type Quirk = (writing: Writing, event: CanonicalEvent, random: Random) => void;

const named: Element = (name, content, attributes = '') => `<${name}${attributes}>${content}</${name}>`;
const prefixed =
  (prefix: string): Element =>
  (name, content, attributes) =>
    named(`${prefix}:${name}`, content, attributes);

const IDS: readonly ((text: string, random: Random) => string)[] = [
  (text, random) => xmlText(padded(text, random)),
  (text, random) => xmlText(inOtherDigits(text, random)),
  (text) => `<![CDATA[${text}]]>`,
  (text) => [...text].map((one) => `&#${one.codePointAt(0)!};`).join(''),
  (text) => [...text].map((one) => `&#x${one.codePointAt(0)!.toString(16)};`).join(''),
  (text) => `${xmlText(text.slice(0, 3))}<!-- meter -->${xmlText(text.slice(3))}`,
];

const METERS: readonly Writing['meter'][] = [
  (id, e) => e('EndDevice', e('mRID', id)),
  (id, e) => e('UsagePoint', e('mRID', STRANGER)) + e('EndDevice', e('mRID', id)),
  (id, e) => e('Assets', e('mRID', STRANGER)) + e('EndDevice', e('mRID', id)),
  (id, e) => e('UsagePoint', e('mRID', id)),
  (id, e) => e('Assets', '') + e('UsagePoint', e('mRID', id)),
  (id, e) => e('Assets', e('Names', e('name', id) + e('NameType', e('name', 'EndDevice')))),
  (id, e) => e('Assets', e('mRID', id, ' xsi:type="xs:string"')),
  (id, e) => e('EndDevice', e('Names', e('name', id))),
];

const TYPES: readonly Writing['type'][] = [
  (code, e) => e('EndDeviceEventType', '', ` ref=" ${code} "`),
  (code, e) => e('category', code),
  (code, e) => {
    const [type = '', domain = '', subDomain = '', eventOrAction = ''] = code.split('.');
    return e(
      'EndDeviceEventType',
      e('eventOrAction', `\n ${eventOrAction}\n`) + e('type', type) + e('domain', domain) + e('subDomain', subDomain),
    );
  },
];

const EMPTY = [
  '<UsagePoint/>',
  '<UsagePoint><mRID/></UsagePoint>',
  '<EndDevice xsi:nil="true"/>',
  '<severity></severity><issuerID xsi:nil="true"></issuerID>',
  '<status/><Names/>',
] as const;

const SOAP_12 = 'http://www.w3.org/2003/05/soap-envelope';

const QUIRKS: ReadonlyMap<string, Quirk> = new Map<string, Quirk>([
  ['another root', (writing, _, random) => void (writing.root = random.pick(ROOTS))],
  ['other prefixes', (writing, _, random) => void (writing.element = prefixed(random.pick(['ns0', 'tns', 'a'])))],
  [
    'another form of ids',
    (writing, _, random) => {
      const form = random.pick(IDS);
      writing.id = (text) => form(text, random);
    },
  ],
  ['another form of time', (writing, { occurredAt }, random) => void (writing.time = oddXmlTime(occurredAt, random))],
  ['a time in the header alone', (writing) => void (writing.isTimeInHeader = true)],
  ['another place of the meter', (writing, _, random) => void (writing.meter = random.pick(METERS))],
  ['another place of the code', (writing, _, random) => void (writing.type = random.pick(TYPES))],
  ['another code', (writing, { kind }, random) => void (writing.code = random.pick(CODES[kind]))],
  ['empty elements', (writing, _, random) => void (writing.empty = random.pick(EMPTY))],
  ['a payload in anyType', (writing) => void (writing.inAnyType = true)],
  ['SOAP 1.2, or none', (writing, _, random) => void (writing.envelope = random.pick([SOAP_12, null]))],
  ['utf-8 with a mark', (writing) => void (writing.encoding = 'utf-8 with a mark')],
  ['utf-16', (writing, _, random) => void (writing.encoding = random.pick(['utf-16le', 'utf-16be']))],
  [
    'iso-8859-1',
    (writing) => {
      writing.encoding = 'iso-8859-1';
      writing.reason = 'Coupure générale à 18 h, pas de tension';
    },
  ],
  ['multipart', (writing) => void (writing.isMultipart = true)],
]);

/** The names of what may be odd about a body in XML. */
export const XML_QUIRKS: readonly string[] = [...QUIRKS.keys()];

/** An event in XML with one to four things odd about it; it means the same. */
export function oddXml(event: CanonicalEvent, random: Random): OddBody {
  const writing = plainWriting(event, random);
  const all = [...QUIRKS];
  const quirks = new Set<string>();
  for (let left = random.integer(1, 4); left > 0; left--) {
    const [name, quirk] = random.pick(all);
    quirk(writing, event, random);
    quirks.add(name);
  }
  return { ...packed(writing, messageOf(writing, event)), quirks: [...quirks] };
}

function plainWriting({ occurredAt, kind }: CanonicalEvent, random: Random): Writing {
  return {
    root: 'EventMessage',
    element: named,
    id: xmlText,
    time: occurredAt,
    isTimeInHeader: false,
    meter: (id, e) => e('Assets', e('mRID', id)),
    type: (code, e) => e('EndDeviceEventType', '', ` ref="${code}"`),
    code: random.pick(CODES[kind]),
    empty: '',
    reason: 'Power',
    inAnyType: false,
    envelope: 'http://schemas.xmlsoap.org/soap/envelope/',
    encoding: 'utf-8',
    isMultipart: false,
  };
}

function messageOf(writing: Writing, { sourceEventId, assetId, receivedAt }: CanonicalEvent): string {
  const { root, element: e, id, time, isTimeInHeader, meter, type, code, empty, reason, inAnyType } = writing;
  const meterElements = meter(id(assetId), e);
  // No element stands there twice.
  const nothing = meterElements.includes(/\w+/.exec(empty)?.[0] ?? ' ') ? '' : empty;
  const happened = isTimeInHeader ? e('createdDateTime', '') : e('createdDateTime', time);
  const event = e(
    'EndDeviceEvent',
    e('mRID', id(sourceEventId)) + happened + e('reason', reason) + meterElements + nothing + type(code, e),
  );
  const header = e(
    'Header',
    e('Verb', 'created') + e('Noun', 'EndDeviceEvents') + e('Timestamp', isTimeInHeader ? time : receivedAt),
  );
  const events = e('EndDeviceEvents', `\n${event}\n`);
  const payload = e('Payload', inAnyType ? e('anyType', events, ' xsi:type="EndDeviceEvents"') : events);
  return e(root, `${header}${payload}`, namespacesOf(e));
}

/** The declarations of all prefixes that may be used below. */
function namespacesOf(element: Element): string {
  const [, prefix] = /^<(\w+):/.exec(element('x', '')) ?? [];
  const own = prefix === undefined ? '' : ` xmlns:${prefix}="http://iec.ch/TC57/2011/schema/message"`;
  return `${own} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema"`;
}

const DECLARED: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-8 with a mark': 'utf-8',
  'utf-16le': 'utf-16',
  'utf-16be': 'UTF-16',
  'iso-8859-1': 'ISO-8859-1',
};

/** The message as it is sent: in its envelope, its encoding, and as the root of several parts if it is. */
function packed({ envelope, encoding, isMultipart }: Writing, message: string): Pick<OddBody, 'contentType' | 'body'> {
  const declaration = `<?xml version="1.0" encoding="${DECLARED[encoding]}"?>\n`;
  const soap =
    envelope === null ? message : `<s:Envelope xmlns:s="${envelope}"><s:Body>${message}</s:Body></s:Envelope>`;
  const xml = declaration + soap;
  const text =
    encoding === 'iso-8859-1' ? xml.replace(/[\u0100-\u{10ffff}]/gu, (one) => `&#${one.codePointAt(0)!};`) : xml;
  const bytes = encoded(text, encoding);
  const type = envelope === SOAP_12 ? 'application/soap+xml' : 'text/xml';
  return isMultipart ? multipart(bytes, type) : { contentType: type, body: bytes };
}

/** As MTOM has it: the message is the first part. */
function multipart(root: Uint8Array, type: string): Pick<OddBody, 'contentType' | 'body'> {
  const boundary = 'uuid:6f1c7a52-0c1e-4d7e-9d0f-5b1f0f4f2a10';
  const head =
    `--${boundary}\r\nContent-Type: application/xop+xml; type="${type}"\r\nContent-Transfer-Encoding: binary\r\n` +
    `Content-ID: <root@head-end>\r\n\r\n`;
  return {
    contentType: `multipart/related; type="application/xop+xml"; start="<root@head-end>"; boundary="${boundary}"`,
    body: Buffer.concat([Buffer.from(head), root, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
