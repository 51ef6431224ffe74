import type { Append } from '../model/receipt.js';
import type { Fields } from '../model/record-shape.js';
import type { ReportRejection } from '../model/rejections.js';
import { parseTime } from '../model/time.js';
import { OperatorError } from '../model/errors.js';

/** A report that cannot be understood: what was wrong, in a word for counting and a sentence for people. */
export class Refusal extends OperatorError {
  override name = 'Refusal';

  constructor(
    readonly reason: ReportRejection,
    message: string,
  ) {
    super('OMS_EVENT_REFUSED', message);
  }
}

export type { Fields };

/**
 * The names of the fields that sources send. They are ours: a body is never asked for a name that came from outside, which
 * might be one that every object has (`constructor`).
 */
export type FieldName =
  | 'Assets'
  | 'Timestamp'
  | 'UsagePoint'
  | 'alarmType'
  | 'assetId'
  | 'assets'
  | 'coordinates'
  | 'createdDateTime'
  | 'deviceId'
  | 'domain'
  | 'dpId'
  | 'eventId'
  | 'eventOrAction'
  | 'eventType'
  | 'event_id'
  | 'feederId'
  | 'kind'
  | 'lat'
  | 'lng'
  | 'location'
  | 'lon'
  | 'mRID'
  | 'mainStationId'
  | 'message_type'
  | 'meterNumber'
  | 'mrid'
  | 'occurredAt'
  | 'onuId'
  | 'otherAssetIds'
  | 'reach'
  | 'receivedAt'
  | 'source'
  | 'sourceEventId'
  | 'subDomain'
  | 'substationId'
  | 'ticketId'
  | 'timestamp'
  | 'type'
  | 'usage_point'
  | 'voltage';

/** What reading a body needs to know of its circumstances. */
export interface Reading {
  /** When it was taken in, epoch ms, as its record says; an envelope or the event itself may say something else. */
  readonly receivedAt: number;
  /** Offset of times that come without a zone, minutes east of UTC. */
  readonly naiveOffsetMin: number;
  /** What all that is said of the receipt is held against. Absent or null: it came on no topic, and what is said counts. */
  readonly append?: Append | null;
}

const MAX_ID_LENGTH = 256;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;
/** Half of a surrogate pair: neither Kafka's nor PostgreSQL's UTF-8 can hold it. */
const LONE_SURROGATE = /\p{Surrogate}/u;
/** What nearly every id is: one look instead of three. */
const PLAIN = /^[!-~]{1,256}$/;

export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

const NO_FIELDS: Fields = {};

/** The object under `name`; empty if it is absent or null. Throws a refusal if it is something else. */
export function objectAt(fields: Fields, name: FieldName): Fields {
  const value = fields[name] ?? NO_FIELDS;
  if (!isFields(value)) throw new Refusal('wrongShape', `${name} is not an object.`);
  return value;
}

/** The id under `name` as text; null if absent. Numbers are taken, empty, long or unprintable ids are refused. */
export function idAt(fields: Fields, name: FieldName): string | null {
  const value = fields[name] ?? null;
  return value === null ? null : checkId(value, name);
}

/** The ids in the list under `name`; none if it is absent or null. Throws a refusal if it is no list of ids. */
export function idsAt(fields: Fields, name: FieldName): string[] {
  const list = fields[name] ?? [];
  if (!Array.isArray(list)) throw new Refusal('wrongShape', `${name} is not a list.`);
  return list.map((id: unknown, i) => checkId(id, `${name}[${i}]`));
}

/** Checks an id: 1 to 256 characters, none of them a control character. */
export function checkId(value: unknown, name: string): string {
  const id = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  if (typeof id !== 'string') throw new Refusal('badId', `${name} is not a text.`);
  if (PLAIN.test(id)) return id;
  if (id.trim() === '') throw new Refusal('badId', `${name} is empty.`);
  if (id.length > MAX_ID_LENGTH) throw new Refusal('badId', `${name} is longer than ${MAX_ID_LENGTH} characters.`);
  if (CONTROL.test(id) || LONE_SURROGATE.test(id))
    throw new Refusal('badId', `${name} holds a character that cannot be printed.`);
  return id;
}

/** The text under `name`; null if it is absent or no text. Cut to the length of an id: it is a word, not a story. */
export function wordAt(fields: Fields, name: FieldName): string | null {
  const value = fields[name];
  return typeof value === 'string' && value !== '' && !CONTROL.test(value) ? value.slice(0, MAX_ID_LENGTH) : null;
}

/** The time under `name`, epoch ms. Throws a refusal if it is missing or no time. */
export function timeAt(fields: Fields, name: FieldName, naiveOffsetMin: number): number {
  const value = fields[name] ?? null;
  if (value === null || value === '') throw new Refusal('badTime', `${name} is missing.`);
  const time = parseTime(value, naiveOffsetMin);
  if (time === null) throw new Refusal('badTime', `${name} ${quote(value)} is not a time: expected ISO 8601.`);
  return time;
}

const NOWHERE = { lat: null, lon: null };

/** The coordinates under two names (degrees); null where both are absent. Throws a refusal if they cannot be. */
export function coordinatesAt(
  fields: Fields,
  latName: FieldName,
  lonName: FieldName,
): { lat: number | null; lon: number | null } {
  const lat = fields[latName] ?? null;
  const lon = fields[lonName] ?? null;
  if (lat === null && lon === null) return NOWHERE;
  if (typeof lat !== 'number' || !(Math.abs(lat) <= 90)) {
    throw new Refusal('badLatitude', `${latName} ${quote(lat)} is not a latitude: expected -90 to 90.`);
  }
  if (typeof lon !== 'number' || !(Math.abs(lon) <= 180)) {
    throw new Refusal('badLongitude', `${lonName} ${quote(lon)} is not a longitude: expected -180 to 180.`);
  }
  return { lat, lon };
}

/** A value as it stands in a sentence. */
export function quote(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 80);
}
