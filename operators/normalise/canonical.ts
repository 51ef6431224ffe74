import { KINDS, REACHES, type ReportedEvent } from '../model/event.js';
import { SOURCES } from '../model/source.js';
import { contentIdOf } from '../model/identity.js';
import { RECEIPT_FLAGS } from '../model/receipt.js';
import {
  coordinatesAt,
  idAt,
  idsAt,
  quote,
  Refusal,
  timeAt,
  wordAt,
  type FieldName,
  type Fields,
  type Reading,
} from './fields.js';

/** Is it an event in our own form? */
export function isCanonical(body: Fields): boolean {
  return 'sourceEventId' in body || 'kind' in body;
}

/** Reads a canonical event. Without an id it gets that of its content; without `receivedAt`, the time it was taken in. */
export function readCanonical(body: Fields, { receivedAt, naiveOffsetMin }: Reading): ReportedEvent {
  const occurredAt = timeAt(body, 'occurredAt', naiveOffsetMin);
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
    receivedAt: (body.receivedAt ?? null) === null ? receivedAt : timeAt(body, 'receivedAt', naiveOffsetMin),
    ...coordinatesAt(body, 'lat', 'lon'),
    substationId: idAt(body, 'substationId'),
    feederId: idAt(body, 'feederId'),
    dpId: idAt(body, 'dpId'),
    reach: (body.reach ?? null) === null ? null : oneOf(body, 'reach', REACHES, 'wrongShape'),
    ...(body.placedByHand === true ? { placedByHand: true } : {}),
    ...(receiptFlag ? { receiptFlag } : {}),
  };
}

function oneOf<T extends string>(
  body: Fields,
  name: FieldName,
  names: readonly T[],
  reason: 'unknownSource' | 'unknownKind' | 'wrongShape',
): T {
  const value = body[name];
  if (!(names as readonly unknown[]).includes(value)) {
    throw new Refusal(reason, `${name} ${quote(value)} is unknown: expected ${names.join(', ')}.`);
  }
  return value as T;
}
