import { COMMANDS, KEY_COMMANDS, KINDS, REACHES, type PlacedEvent } from '../model/event.js';
import { bySource, SOURCES } from '../model/source.js';
import {
  between,
  BOOLEAN,
  checkFields,
  COUNT,
  EPOCH_MS,
  isEpochMs,
  LATITUDE,
  listOf,
  LONGITUDE,
  MAX_DATE_MS,
  nullable,
  objectOf,
  oneOf,
  optional,
  TEXT,
  UUID,
  wrongField,
  type Fields,
  type Kind,
} from '../model/record-shape.js';
import type { EventColumns } from './log-record-schema.js';
import { unreadable } from '../model/errors.js';

/** What the entries of a log record must look like: a fold that has taken in half of one cannot give it back. */

const WHAT = 'A record of the log';

const TEXT_OR_NULL = nullable(TEXT);

/** The fields of an event that stand in columns, an element each or the one value of all. */
const EVENT_TEXTS = {
  source: oneOf(SOURCES),
  kind: oneOf(KINDS),
  type: TEXT,
  sourceEventId: TEXT,
  assetId: TEXT_OR_NULL,
  dpId: TEXT_OR_NULL,
  reach: oneOf(REACHES),
  customerId: TEXT_OR_NULL,
  feederCustomers: COUNT,
};

const EVENT = {
  ...EVENT_TEXTS,
  occurredAt: EPOCH_MS,
  receivedAt: EPOCH_MS,
  lat: LATITUDE,
  lon: LONGITUDE,
  flags: listOf(TEXT),
};

const SHARE = between(0, 1);
const MAX_DURATION_MS = 365 * 86_400_000;
const DURATION_MS = between(0, MAX_DURATION_MS, 'a duration in ms');
const CUSTOMERS = between(0, Infinity, 'a number of customers');

/** What linking and ageing reckon with; ranges for people are those of the file that a rule set comes from. */
export const RULE_SET: Readonly<Record<string, Kind>> = {
  name: TEXT,
  windowMs: DURATION_MS,
  radiusM: between(0, 1e7, 'a distance in metres'),
  latenessMs: DURATION_MS,
  retentionMs: DURATION_MS,
  weights: objectOf(
    bySource(() => optional(SHARE)),
    'a weight from 0 to 1 for each source that it names',
  ),
  confirmThreshold: SHARE,
  severity: objectOf(
    { medium: CUSTOMERS, high: CUSTOMERS, critical: CUSTOMERS },
    'customers for medium, high, critical',
  ),
};

const ANY_COMMAND = { commandId: TEXT, at: EPOCH_MS, author: TEXT, reason: nullable(TEXT) };

const OUTAGE_COMMAND = {
  ...ANY_COMMAND,
  command: oneOf([...COMMANDS, 'amend', ...KEY_COMMANDS]),
  outageId: UUID,
  crew: optional(TEXT),
  leaves: optional(BOOLEAN),
  etr: optional(nullable(EPOCH_MS)),
  flag: optional(TEXT),
};

const AMEND_COMMAND = {
  ...ANY_COMMAND,
  outageId: UUID,
  members: listOf(objectOf(EVENT, 'an event')),
  whole: BOOLEAN,
  absorbs: listOf(UUID),
};

/** A command that puts a rule set in force, as it stands on the log and on `oms.rules`. */
export const RULES_COMMAND: Readonly<Record<string, Kind>> = {
  ...ANY_COMMAND,
  command: oneOf(['rules']),
  ruleSet: objectOf(RULE_SET, 'a rule set'),
  validFrom: EPOCH_MS,
};

/** A command that says by which meaning a key goes on; one that nobody knows is met by the fold, which then stops. */
export const MEANING_COMMAND: Readonly<Record<string, Kind>> = {
  ...ANY_COMMAND,
  command: oneOf(['meaning']),
  number: COUNT,
};

/** Throws if an entry of a log record is neither an event nor a command. */
export function checkEntry(entry: unknown): void {
  const command = (entry as Fields | null | undefined)?.command;
  checkFields(WHAT, entry, command === undefined ? EVENT : commandFields(command));
}

function commandFields(command: unknown): Readonly<Record<string, Kind>> {
  if (command === 'rules') return RULES_COMMAND;
  if (command === 'meaning') return MEANING_COMMAND;
  return command === 'amend' ? AMEND_COMMAND : OUTAGE_COMMAND;
}

/** Throws if an event that was placed could not be read back from the log: it would take others of its record with it. */
export function checkPlaced({
  occurredAt,
  receivedAt,
  lat,
  lon,
  dpId,
  customerId,
  feederCustomers,
}: PlacedEvent): void {
  if (!isEpochMs(occurredAt)) throw wrongField(WHAT, 'occurredAt', occurredAt, EPOCH_MS);
  if (!isEpochMs(receivedAt)) throw wrongField(WHAT, 'receivedAt', receivedAt, EPOCH_MS);
  if (!LATITUDE.is(lat)) throw wrongField(WHAT, 'lat', lat, LATITUDE);
  if (!LONGITUDE.is(lon)) throw wrongField(WHAT, 'lon', lon, LONGITUDE);
  if (!EVENT_TEXTS.dpId.is(dpId)) throw wrongField(WHAT, 'dpId', dpId, EVENT_TEXTS.dpId);
  if (!EVENT_TEXTS.customerId.is(customerId)) throw wrongField(WHAT, 'customerId', customerId, EVENT_TEXTS.customerId);
  if (!COUNT.is(feederCustomers)) throw wrongField(WHAT, 'feederCustomers', feederCustomers, COUNT);
}

/** Throws if the columns of a log record are not what they should be, or not all of one length. */
export function checkColumns(columns: Readonly<Record<keyof EventColumns, unknown>>): asserts columns is EventColumns {
  const { count, flags } = columns;
  if (!COUNT.is(count) || count === 0) throw wrongField(WHAT, 'count', count, COUNT);
  for (const name in EVENT_TEXTS) checkColumn(columns, name as keyof typeof EVENT_TEXTS, count as number);
  const isPlace = (value: unknown): boolean => COUNT.is(value) && (value as number) < (count as number);
  const kind = listOf({
    is: (value) => Array.isArray(value) && value.length === 2 && isPlace(value[0]) && EVENT.flags.is(value[1]),
    name: 'the place of an event and its flags',
  });
  if (!kind.is(flags)) throw wrongField(WHAT, 'flags', flags, kind);
}

function checkColumn(
  columns: Readonly<Record<keyof EventColumns, unknown>>,
  name: keyof typeof EVENT_TEXTS,
  count: number,
): void {
  const column = columns[name];
  const kind = EVENT_TEXTS[name];
  if (!Array.isArray(column)) {
    if (!kind.is(column)) throw wrongField(WHAT, name, column, kind);
    return;
  }
  if (column.length !== count) throw missing(name, count);
  const isOfTexts = kind === TEXT || kind === TEXT_OR_NULL;
  for (let i = 0; i < count; i++) {
    const value: unknown = column[i];
    // Nearly all are texts, and a call for each would cost as much as reading it.
    if (isOfTexts && typeof value === 'string') continue;
    if (!kind.is(value)) throw wrongField(WHAT, name, value, kind);
  }
}

/** That a column has not an element for each event. */
export function missing(name: string, count: number): Error {
  return unreadable(`${WHAT} has no ${name} for each of its ${count} events.`);
}

/** Throws if a time of a column is no epoch ms. */
export function checkTimes(name: 'occurredAt' | 'receivedAt', values: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= -MAX_DATE_MS && value <= MAX_DATE_MS) || value !== Math.floor(value))
      throw wrongField(WHAT, name, value, EPOCH_MS);
  }
}

/** Throws if a coordinate of a column is none. */
export function checkDegrees(name: 'lat' | 'lon', values: Float64Array): void {
  const most = name === 'lat' ? 90 : 180;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= -most && value <= most)) throw wrongField(WHAT, name, value, EVENT[name]);
  }
}
