import {
  COUNT,
  ISO_TIME,
  listOf,
  nullable,
  OBJECT,
  objectOf,
  OFFSET,
  oneOf,
  optional,
  readFields,
  TEXT,
  UUID,
  type Checked,
  type Fields,
  type Kind,
} from './record-shape.js';
import { SOURCES } from './source.js';

const LOG = objectOf({ partition: COUNT, offset: OFFSET }, 'a place on the log');

const MEMBER: Kind<Fields & { readonly link: Fields | null }> = {
  is: (value): value is Fields & { readonly link: Fields | null } =>
    OBJECT.is(value) && (value.link === null || OBJECT.is(value.link)),
  name: 'a member with its link',
};
const CHANGE: Kind<Fields & { readonly logIndex: number }> = {
  is: (value): value is Fields & { readonly logIndex: number } => OBJECT.is(value) && COUNT.is(value.logIndex),
  name: 'a change with its place',
};
const OBJECTS = listOf(OBJECT);

/**
 * What of a record of evidence other fields stand in. There is a member for each event of a storm, and whoever takes one looks
 * at the rest of its fields: a cell of a row takes only what its column is of. To look at them here as well takes 0.8 us each.
 */
const EVIDENCE = {
  outageId: nullable(UUID),
  substationId: TEXT,
  feederId: TEXT,
  log: LOG,
  members: listOf(MEMBER),
  restorations: OBJECTS,
  duplicates: OBJECTS,
  withoutEffect: OBJECTS,
  timeline: listOf(CHANGE),
  restated: optional(objectOf({ logIndex: COUNT, outageIds: listOf(UUID) }, 'a restatement')),
};

/** A record of `oms.evidence`, as far as it was looked at. */
export type Evidence = Checked<typeof EVIDENCE>;

/**
 * Reads the value of a record of `oms.evidence`.
 * @throws Error if it is none, with what is wrong
 */
export function readEvidenceRecord(value: Uint8Array): Evidence {
  return readFields('An evidence record', value, EVIDENCE);
}

const LATE = {
  reason: TEXT,
  substationId: TEXT,
  feederId: TEXT,
  t: ISO_TIME,
  watermark: nullable(ISO_TIME),
  log: LOG,
  logIndex: COUNT,
  // Kept for people, whole as it is.
  event: objectOf({ source: oneOf(SOURCES), sourceEventId: TEXT }, 'an event'),
};

/**
 * Reads the value of a record of `oms.late`.
 * @throws Error if it is none, with what is wrong
 */
export function readLateRecord(value: Uint8Array): Checked<typeof LATE> {
  return readFields('A late record', value, LATE);
}
