import { XMLParser } from 'fast-xml-parser';
import type { Kind, ReportedEvent } from '../model/event.js';
import { contentIdOf } from '../model/identity.js';
import {
  coordinatesAt,
  idAt,
  isFields,
  objectAt,
  quote,
  Refusal,
  timeAt,
  wordAt,
  type Fields,
  type Reading,
} from './fields.js';

/**
 * EndDeviceEventType codes (IEC 61968-9: type.domain.subDomain.eventOrAction; domain 26 is power) and what they mean.
 * Codes differ between head-end systems: a utility adds its own here.
 */
export const KIND_OF_CODE: ReadonlyMap<string, Kind> = new Map([
  ['3.26.0.47', 'outage'],
  ['3.26.136.47', 'outage'],
  ['3.26.136.66', 'outage'],
  ['3.26.0.85', 'outage'],
  ['0.26.38.85', 'outage'],
  ['3.26.0.216', 'restoration'],
  ['3.26.136.216', 'restoration'],
  ['0.26.38.49', 'restoration'],
]);

const MAX_DEPTH = 32;

/** Prefixes vary, so names are local. Values stay texts: an id of digits is not a number. */
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  maxNestedTags: MAX_DEPTH,
  isArray: (name) => name === 'EndDeviceEvent' || name === 'EndDeviceEventDetails',
});

/** One EndDeviceEvent, and the header of the message it came in. */
export interface EndDeviceEvent {
  readonly event: Fields;
  readonly header: Fields;
}

/**
 * The events of an IEC 61968-100 EventMessage, in or out of a SOAP envelope.
 * @throws Refusal if it is not XML, not such a message, or hostile (document types carry entities: none is read)
 */
export function readEventMessage(xml: string): EndDeviceEvent[] {
  if (/<!(DOCTYPE|ENTITY)/i.test(xml))
    throw new Refusal('forbiddenXml', 'The XML declares a document type or an entity.');
  let document: unknown;
  try {
    document = parser.parse(xml, true);
  } catch (error) {
    throw new Refusal('notXml', `The body is not well-formed XML: ${firstLine(error)}`);
  }
  const message = (['Envelope', 'Body', 'EventMessage'] as const).reduce<unknown>(
    (node, name) => (isFields(node) && name in node ? node[name] : node),
    document,
  );
  const payload = isFields(message) ? message.Payload : undefined;
  const list = isFields(payload) ? payload.EndDeviceEvents : undefined;
  const events = isFields(list) ? list.EndDeviceEvent : undefined;
  if (!Array.isArray(events)) throw new Refusal('wrongShape', 'The XML is not an EventMessage with EndDeviceEvents.');
  const header = isFields(message) && isFields(message.Header) ? message.Header : {};
  return events.map((event: unknown) => ({ event: isFields(event) ? event : {}, header }));
}

function firstLine(error: unknown): string {
  return String((error as Error).message)
    .split('\n')[0]!
    .slice(0, 200);
}

/** Reads one EndDeviceEvent. */
export function readEndDeviceEvent({ event, header }: EndDeviceEvent, reading: Reading): ReportedEvent {
  const code = codeOf(event);
  const assetId = idAt(objectAt(event, 'Assets'), 'mRID');
  const usagePoint = idAt(objectAt(event, 'UsagePoint'), 'mRID');
  const named = (event.createdDateTime ?? null) !== null ? event : header;
  const occurredAt = timeAt(named, named === event ? 'createdDateTime' : 'Timestamp', reading.naiveOffsetMin);
  const id = idAt(event, 'mRID') ?? contentIdOf(event);
  return meterEvent(kindOf(code), code, id, assetId, usagePoint, occurredAt, null, null, reading);
}

/** The code stands in the attribute `ref` or in four child elements. */
function codeOf(event: Fields): string {
  const type = event.EndDeviceEventType;
  if (typeof type === 'string') return type.trim();
  if (!isFields(type)) throw new Refusal('missingField', 'An EndDeviceEvent needs EndDeviceEventType.');
  if (typeof type['@ref'] === 'string') return type['@ref'].trim();
  return (['type', 'domain', 'subDomain', 'eventOrAction'] as const)
    .map((name) => String(type[name] ?? '').trim())
    .join('.');
}

function kindOf(code: string): Kind {
  const kind = KIND_OF_CODE.get(code);
  if (!kind) throw new Refusal('unknownCode', `EndDeviceEventType ${quote(code)} is neither power down nor power up.`);
  return kind;
}

/** Reads the JSON form of a meter event. */
export function readKaifaJson(body: Fields, reading: Reading): ReportedEvent {
  const type = wordAt(body, 'message_type');
  if (type === null) throw new Refusal('missingField', 'A Kaifa event needs message_type.');
  const assetId = idAt(objectAt(body, 'assets'), 'mrid');
  const usagePoint = idAt(objectAt(body, 'usage_point'), 'mrid');
  const location = objectAt(body, 'location');
  const { lat, lon } = coordinatesAt(location, 'lat', 'lng' in location ? 'lng' : 'lon');
  const occurredAt = timeAt(body, 'timestamp', reading.naiveOffsetMin);
  const id = idAt(body, 'event_id') ?? contentIdOf(body);
  return meterEvent(kindOfMessage(type), type, id, assetId, usagePoint, occurredAt, lat, lon, reading);
}

/** `message_type` holds a code, or a word for it. */
function kindOfMessage(type: string): Kind {
  const kind = KIND_OF_CODE.get(type);
  if (kind) return kind;
  if (/restor|power[ _-]?up|power[ _-]?on/i.test(type)) return 'restoration';
  if (/last[ _-]?gasp|outage|power[ _-]?(down|off|fail|loss)/i.test(type)) return 'outage';
  return kindOf(type);
}

const NO_OTHERS: readonly string[] = [];

function meterEvent(
  kind: Kind,
  type: string,
  sourceEventId: string,
  assetId: string | null,
  usagePoint: string | null,
  occurredAt: number,
  lat: number | null,
  lon: number | null,
  { receivedAt }: Reading,
): ReportedEvent {
  return {
    source: 'kaifa',
    kind,
    type,
    sourceEventId,
    assetId: assetId ?? usagePoint,
    otherAssetIds: assetId !== null && usagePoint !== null ? [usagePoint] : NO_OTHERS,
    occurredAt,
    receivedAt,
    lat,
    lon,
    substationId: null,
    feederId: null,
    dpId: null,
    reach: null,
  };
}
