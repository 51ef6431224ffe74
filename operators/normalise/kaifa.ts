import type { ReportedEvent } from '../model/event.js';
import { contentIdOf } from '../model/identity.js';
import type { Kind } from '../model/words.js';
import { GIVEN_CODES } from './code-table.js';
import type { EndDeviceEvent } from './event-message.js';
import { kindOf } from './event-words.js';
import {
  fieldsAt,
  goodIds,
  idAt,
  idOf,
  isFields,
  locationAt,
  NOWHERE,
  quote,
  Refusal,
  timeAt,
  wordAt,
  wordOf,
  type Coordinates,
  type Fields,
  type Reading,
} from './fields.js';
import { elementsOf, textOf } from './xml.js';

/** Reads one EndDeviceEvent. */
export function readEndDeviceEvent({ event, header }: EndDeviceEvent, reading: Reading): ReportedEvent {
  const code = codeOf(event);
  const meters = meterIds(metersNamed(event, ['Assets', 'EndDevice', 'UsagePoint']));
  const createdDateTime = textOf(event.createdDateTime);
  const times = createdDateTime === null ? { Timestamp: textOf(header.Timestamp) } : { createdDateTime };
  const named = createdDateTime === null ? 'Timestamp' : 'createdDateTime';
  const occurredAt = timeAt(times, named, reading.zone, reading.receivedAt);
  // Without a time of its own an event is no copy of another message's.
  const content = createdDateTime === null ? { ...event, ...times } : event;
  const id = idOf(textOf(event.mRID), 'mRID') ?? contentIdOf(content);
  return meterEvent(kindOfCode(code, reading), code, id, meters, occurredAt, NOWHERE, reading);
}

/** The code stands in the attribute `ref` or in four child elements, or a dialect calls it category. */
function codeOf(event: Fields): string {
  for (const type of elementsOf(event.EndDeviceEventType)) {
    const ref = isFields(type) ? textOf(type['@ref']) : null;
    const code = wordOf(ref ?? textOf(type) ?? (isFields(type) ? codeInParts(type) : null));
    if (code !== null) return code;
  }
  const category = wordOf(textOf(event.category));
  if (category === null) throw new Refusal('missingField', 'An EndDeviceEvent needs EndDeviceEventType.');
  return category;
}

function codeInParts(type: Fields): string | null {
  const parts = [type.type, type.domain, type.subDomain, type.eventOrAction].map(textOf);
  return parts.every((part) => part === null) ? null : parts.map((part) => part?.trim() ?? '').join('.');
}

/** What a message calls a meter: the mRID of each element that names it, then the first name of each. */
function metersNamed(event: Fields, holders: readonly ('Assets' | 'EndDevice' | 'UsagePoint')[]): string[] {
  const ids: string[] = [];
  const names: string[] = [];
  for (const holder of holders) {
    for (const element of elementsOf(event[holder])) {
      if (!isFields(element)) continue;
      const id = textOf(element.mRID);
      if (id !== null) ids.push(id);
      if (element.Names === undefined) continue;
      const name = textOf(elementsOf(element.Names).map((one) => (isFields(one) ? one.name : null)));
      if (name !== null) names.push(name);
    }
  }
  return names.length === 0 ? ids : [...ids, ...names];
}

/** Of what a meter is called, what is an id, each once. Throws a refusal if none of several is: the event would have no place. */
function meterIds(named: readonly unknown[]): readonly string[] {
  const ids = goodIds(named, 'The id of the meter');
  if (ids.length === 0) for (const name of named) idOf(name, 'The id of the meter');
  const isEachOnce = ids.length < 2 || (ids.length === 2 && ids[0] !== ids[1]);
  return isEachOnce ? ids : [...new Set(ids)];
}

function kindOfCode(code: string, { codes = GIVEN_CODES }: Reading): Kind {
  const kind = kindOf(codes.kaifa, code);
  if (!kind) throw new Refusal('unknownCode', `EndDeviceEventType ${quote(code)} is neither power down nor power up.`);
  return kind;
}

/** Reads the JSON form of a meter event; its code or word is `message_type`, or a dialect's category. */
export function readKaifaJson(body: Fields, reading: Reading): ReportedEvent {
  const type = wordAt(body, 'message_type') ?? wordAt(body, 'category');
  if (type === null) throw new Refusal('missingField', 'A Kaifa event needs message_type.');
  const meters = meterIds(metersOf(body));
  const location = locationAt(body, 'location');
  const occurredAt = timeAt(body, 'timestamp', reading.zone, reading.receivedAt);
  const id = idAt(body, 'event_id') ?? contentIdOf(body);
  return meterEvent(kindOfCode(type, reading), type, id, meters, occurredAt, location, reading);
}

function metersOf(body: Fields): unknown[] {
  const ids: unknown[] = [];
  const names: unknown[] = [];
  for (const holder of [fieldsAt(body, 'assets'), fieldsAt(body, 'end_device'), fieldsAt(body, 'usage_point')]) {
    ids.push(holder.mrid ?? holder.mRID);
    const [name] = elementsOf(holder.names);
    names.push(isFields(name) ? name.name : name);
  }
  return [...ids, ...names];
}

const NO_OTHERS: readonly string[] = [];

function meterEvent(
  kind: Kind,
  type: string,
  sourceEventId: string,
  meters: readonly string[],
  occurredAt: number,
  coordinates: Coordinates,
  { receivedAt }: Reading,
): ReportedEvent {
  return {
    source: 'kaifa',
    kind,
    type,
    sourceEventId,
    assetId: meters[0] ?? null,
    otherAssetIds: meters.length < 2 ? NO_OTHERS : meters.slice(1),
    occurredAt,
    receivedAt,
    ...coordinates,
    substationId: null,
    feederId: null,
    dpId: null,
    reach: null,
  };
}
