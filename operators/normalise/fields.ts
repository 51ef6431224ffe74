import type { Append } from '../model/receipt.js';
import type { Fields } from '../model/record-shape.js';
import type { ReportRejection } from '../model/rejections.js';
import { parseFieldTime, timeProblem } from '../model/field-time.js';
import { cleanId } from '../model/id-text.js';
import { OperatorError } from '../model/errors.js';
import type { TimeZone } from '../model/time-zone.js';
import type { CodeTable } from './code-table.js';

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
  | 'EndDevice'
  | 'EndDeviceEventType'
  | 'Header'
  | 'Names'
  | 'Timestamp'
  | 'UsagePoint'
  | 'alarmType'
  | 'assetId'
  | 'assets'
  | 'associatedMeters'
  | 'category'
  | 'coordinates'
  | 'createdDateTime'
  | 'deviceId'
  | 'domain'
  | 'dpId'
  | 'end_device'
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
  | 'meterId'
  | 'meterNumber'
  | 'mrid'
  | 'name'
  | 'names'
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
  /** Of times that come without one. */
  readonly zone: TimeZone;
  /** What all that is said of the receipt is held against. Absent or null: it came on no topic, and what is said counts. */
  readonly append?: Append | null;
  /** What the codes and words of sources mean. Absent: as they are given with the program. */
  readonly codes?: CodeTable;
}

const MAX_ID_LENGTH = 256;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;
/** Half of a surrogate pair: neither Kafka's nor PostgreSQL's UTF-8 can hold it. */
const LONE_SURROGATE = /\p{Surrogate}/u;
/** What stands for bytes that are no UTF-8: of which id they were nobody can say. */
const REPLACEMENT = '\ufffd';
/** What nearly every id is: one look instead of four. */
const PLAIN = /^[!-~]{1,256}$/;

export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Whether a value says nothing: it is missing, null, or a text of white space and format characters alone. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && cleanId(value) === '');
}

const NO_FIELDS: Fields = {};

/** The object under `name`; empty if there is none. What else stands there says nothing that is needed. */
export function fieldsAt(fields: Fields, name: FieldName): Fields {
  const value = fields[name];
  return isFields(value) ? value : NO_FIELDS;
}

/**
 * The id under `name` as text; null if it is absent. White space and format characters around it go, digits of any script
 * become 0 to 9, and a number is its digits. Throws a refusal if it is long, unprintable, or neither text nor number.
 */
export function idAt(fields: Fields, name: FieldName): string | null {
  return idOf(fields[name], name);
}

/** A value as {@link idAt} reads it. */
export function idOf(value: unknown, name: string): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' && PLAIN.test(value) ? value : oddId(value, name);
}

function oddId(value: unknown, name: string): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') throw new Refusal('badId', `${name} is not a text.`);
  const id = cleanId(value);
  if (id === '') return null;
  if (id.length > MAX_ID_LENGTH) throw new Refusal('badId', `${name} is longer than ${MAX_ID_LENGTH} characters.`);
  if (CONTROL.test(id) || LONE_SURROGATE.test(id))
    throw new Refusal('badId', `${name} holds a character that cannot be printed.`);
  if (id.includes(REPLACEMENT))
    throw new Refusal(
      'badId',
      `${name} holds U+FFFD, which stands for bytes that are not UTF-8: send UTF-8, or XML that declares its encoding.`,
    );
  return id;
}

const NO_IDS: readonly string[] = [];

/** The ids in the list under `name`, or the one id there. They are further ones: what of them is none is left out. */
export function idsAt(fields: Fields, name: FieldName): readonly string[] {
  const value = fields[name] ?? null;
  return value === null ? NO_IDS : goodIds(Array.isArray(value) ? value : [value], name);
}

/** Of some values those that are ids. */
export function goodIds(values: readonly unknown[], name: string): string[] {
  const ids: string[] = [];
  for (const value of values) {
    try {
      const id = idOf(value, name);
      if (id !== null) ids.push(id);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return ids;
}

/** The text under `name`; null if it is absent or no text. Cut to the length of an id: it is a word, not a story. */
export function wordAt(fields: Fields, name: FieldName): string | null {
  return wordOf(fields[name]);
}

/** A value as {@link wordAt} reads it. */
export function wordOf(value: unknown): string | null {
  const word = typeof value === 'string' ? value.trim() : '';
  return word !== '' && !CONTROL.test(word) ? word.slice(0, MAX_ID_LENGTH) : null;
}

/**
 * The time under `name`, epoch ms. Throws a refusal if it is missing or no time.
 * @param zone of a time without one
 * @param nearMs when it was received, epoch ms
 */
export function timeAt(fields: Fields, name: FieldName, zone: TimeZone, nearMs: number): number {
  const value = fields[name];
  const time = parseFieldTime(value, zone, nearMs);
  if (time !== null) return time;
  if (isAbsent(value)) throw new Refusal('badTime', `${name} is missing.`);
  throw new Refusal('badTime', `${name} ${quote(value)} ${timeProblem(value)}.`);
}

/** Where an event says that it was: WGS 84 degrees, or nothing. */
export interface Coordinates {
  readonly lat: number | null;
  readonly lon: number | null;
  /** What was said is half of a place, the point 0/0, or no coordinates at all. */
  readonly coordinatesIgnored?: true;
}

/** What says nothing of where it was. */
export const NOWHERE: Coordinates = { lat: null, lon: null };
/** What says something of where it was that is no place. */
export const IGNORED: Coordinates = { lat: null, lon: null, coordinatesIgnored: true };

/** The coordinates in the object under `name`, as `lat` and `lng` or `lon`. What is no object says none. */
export function locationAt(fields: Fields, name: FieldName): Coordinates {
  const value = fields[name] ?? null;
  if (value === null) return NOWHERE;
  if (isFields(value)) return coordinatesAt(value, 'lat', 'lon' in value && !('lng' in value) ? 'lon' : 'lng');
  return isAbsent(value) ? NOWHERE : IGNORED;
}

/**
 * The coordinates under two names, numbers or texts of them; null where both are absent, or they are half or 0/0, which is
 * noted. Throws a refusal if they cannot be.
 */
export function coordinatesAt(fields: Fields, latName: FieldName, lonName: FieldName): Coordinates {
  const lat = fields[latName] ?? null;
  const lon = fields[lonName] ?? null;
  if (lat === null && lon === null) return NOWHERE;
  if (isWithin(lat, 90) && isWithin(lon, 180) && (lat !== 0 || lon !== 0)) return { lat, lon };
  return oddCoordinates(lat, lon, latName, lonName);
}

function isWithin(value: unknown, most: number): value is number {
  return typeof value === 'number' && Math.abs(value) <= most;
}

function oddCoordinates(latGiven: unknown, lonGiven: unknown, latName: FieldName, lonName: FieldName): Coordinates {
  const noLat = isAbsent(latGiven);
  const noLon = isAbsent(lonGiven);
  if (noLat || noLon) return noLat && noLon ? NOWHERE : IGNORED;
  const lat = numberOf(latGiven);
  const lon = numberOf(lonGiven);
  if (!isWithin(lat, 90)) {
    throw new Refusal('badLatitude', `${latName} ${quote(latGiven)} is not a latitude: expected -90 to 90.`);
  }
  if (!isWithin(lon, 180)) {
    throw new Refusal('badLongitude', `${lonName} ${quote(lonGiven)} is not a longitude: expected -180 to 180.`);
  }
  return lat === 0 && lon === 0 ? IGNORED : { lat, lon };
}

const DECIMAL = /^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/i;

/** A text of a number as that; what is none stays as it is. */
function numberOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = cleanId(value);
  return DECIMAL.test(text) ? Number(text) : value;
}

/** A value as it stands in a sentence. */
export function quote(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 80);
}
