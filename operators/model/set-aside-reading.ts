import {
  ANY_TEXT,
  COUNT,
  ISO_TIME,
  nullable,
  objectOf,
  OFFSET,
  oneOf,
  readFields,
  TEXT,
  type Checked,
} from './record-shape.js';
import { SOURCES } from './source.js';

const KEPT_ASIDE = {
  reason: TEXT,
  detail: ANY_TEXT,
  position: objectOf({ topic: TEXT, partition: COUNT, offset: OFFSET, index: COUNT }, 'where it came from'),
};

const UNPLACED = {
  ...KEPT_ASIDE,
  // Kept whole, as it is, for when there is a place for it.
  event: objectOf({ source: oneOf(SOURCES), sourceEventId: TEXT, receivedAt: ISO_TIME }, 'an event'),
};

/**
 * Reads the value of a record of `oms.unplaced`.
 * @throws Error if it is none, with what is wrong
 */
export function readUnplacedRecord(value: Uint8Array): Checked<typeof UNPLACED> {
  return readFields('An unplaced record', value, UNPLACED);
}

const REJECTED = { ...KEPT_ASIDE, source: nullable(oneOf(SOURCES)), receivedAt: ISO_TIME, raw: ANY_TEXT };

/**
 * Reads the value of a record of `oms.rejected`.
 * @throws Error if it is none, with what is wrong
 */
export function readRejectedRecord(value: Uint8Array): Checked<typeof REJECTED> {
  return readFields('A rejected record', value, REJECTED);
}
