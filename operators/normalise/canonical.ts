import { KINDS, REACHES, type ReportedEvent } from '../model/event.js';
import { SOURCES } from '../model/source.js';
import { parseFieldTime } from '../model/field-time.js';
import { cleanId } from '../model/id-text.js';
import { contentIdOf } from '../model/identity.js';
import { RECEIPT_FLAGS } from '../model/receipt.js';
import {
  coordinatesAt,
  idAt,
  idsAt,
  IGNORED,
  isAbsent,
  NOWHERE,
  quote,
  Refusal,
  timeAt,
  wordAt,
  type FieldName,
  type Fields,
  type Reading,
} from './fields.js';

/**
 * Is it an event in our own form? Known by what it has together: the body of a source may have a `kind` of its own, and every
 * source but ours calls its time `timestamp`.
 */
export function isCanonical(body: Fields): boolean {
  const isOfSource = 'timestamp' in body;
  if (!('occurredAt' in body)) return !isOfSource && ('sourceEventId' in body || wordIn(body.kind, KINDS) !== null);
  if (!('kind' in body || 'source' in body)) return false;
  return !isOfSource || (wordIn(body.kind, KINDS) !== null && wordIn(body.source, SOURCES) !== null);
}

/** Reads a canonical event. Without an id it gets that of its content; without `receivedAt`, the time it was taken in. */
export function readCanonical(body: Fields, reading: Reading): ReportedEvent {
  // First: in an hour that clocks show twice it decides when the event happened.
  const receivedAt = receivedAtOf(body, reading);
  const occurredAt = timeAt(body, 'occurredAt', reading.zone, receivedAt);
  const coordinates = coordinatesAt(body, 'lat', 'lon');
  // An event that was set aside unplaced, and is placed now.
  const receiptFlag = RECEIPT_FLAGS.find((flag) => flag === body.receiptFlag);
  return {
    source: oneOf(body, 'source', SOURCES, 'unknownSource'),
    kind: oneOf(body, 'kind', KINDS, 'unknownKind'),
    type: wordAt(body, 'type') ?? '',
    sourceEventId: idAt(body, 'sourceEventId') ?? contentIdOf(body),
    assetId: idAt(body, 'assetId'),
    otherAssetIds: idsAt(body, 'otherAssetIds'),
    occurredAt,
    receivedAt,
    ...(coordinates === NOWHERE && body.coordinatesIgnored === true ? IGNORED : coordinates),
    substationId: idAt(body, 'substationId'),
    feederId: idAt(body, 'feederId'),
    dpId: idAt(body, 'dpId'),
    reach: isAbsent(body.reach) ? null : oneOf(body, 'reach', REACHES, 'wrongShape'),
    ...(body.placedByHand === true ? { placedByHand: true } : {}),
    ...(receiptFlag ? { receiptFlag } : {}),
  };
}

function receivedAtOf(body: Fields, { receivedAt, zone }: Reading): number {
  const told = body.receivedAt ?? null;
  if (told === null) return receivedAt;
  const time = parseFieldTime(told, zone, receivedAt);
  if (time !== null) return time;
  return isAbsent(told) ? receivedAt : timeAt(body, 'receivedAt', zone, receivedAt);
}

function oneOf<T extends string>(
  body: Fields,
  name: FieldName,
  words: readonly T[],
  reason: 'unknownSource' | 'unknownKind' | 'wrongShape',
): T {
  const value = body[name];
  const word = wordIn(value, words);
  if (word === null) throw new Refusal(reason, `${name} ${quote(value)} is unknown: expected ${words.join(', ')}.`);
  return word;
}

/** Which of some words a value is; upper and lower case do not decide. */
function wordIn<T extends string>(value: unknown, words: readonly T[]): T | null {
  if ((words as readonly unknown[]).includes(value)) return value as T;
  if (typeof value !== 'string') return null;
  const small = cleanId(value).toLowerCase();
  return words.find((one) => one === small) ?? null;
}
