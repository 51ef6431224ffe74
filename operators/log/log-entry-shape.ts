import {
  AmendCommandSchema,
  MeaningCommandSchema,
  OutageCommandSchema,
  RulesCommandSchema,
} from '../model/command-schema.js';
import { KINDS, REACHES, type LogEntry, type PlacedEvent } from '../model/event.js';
import { SOURCES } from '../model/source.js';
import {
  checkFields,
  COUNT,
  EPOCH_MS,
  fieldOf,
  isEpochMs,
  LATITUDE,
  listOf,
  LONGITUDE,
  MAX_DATE_MS,
  nullable,
  OBJECT,
  oneOf,
  TEXT,
  wrongField,
  type Fields,
  type Kind,
} from '../model/record-shape.js';
import { readerOf } from '../model/schema-reader.js';
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

const EVENT_COLUMNS: readonly (readonly [name: string, kind: Kind])[] = Object.entries(EVENT_TEXTS);

const EVENT = {
  ...EVENT_TEXTS,
  occurredAt: EPOCH_MS,
  receivedAt: EPOCH_MS,
  lat: LATITUDE,
  lon: LONGITUDE,
  flags: listOf(TEXT),
};

const readOutageCommand = readerOf(OutageCommandSchema);
const readAmendCommand = readerOf(AmendCommandSchema);
const readRulesCommand = readerOf(RulesCommandSchema);
const readMeaningCommand = readerOf(MeaningCommandSchema);

/**
 * Reads an entry of a log record: an event, by hand, as there are many; a command, which is rare, by its schema. A meaning that
 * nobody knows is read: the fold meets it, and stops.
 * @throws OperatorError if it is neither
 */
export function readEntry(entry: unknown): LogEntry {
  const command = OBJECT.is(entry) ? entry.command : undefined;
  if (command === undefined) {
    checkFields(WHAT, entry, EVENT);
    return entry;
  }
  if (command === 'rules') return readRulesCommand(WHAT, entry);
  if (command === 'meaning') return readMeaningCommand(WHAT, entry);
  return command === 'amend' ? readAmendCommand(WHAT, entry) : readOutageCommand(WHAT, entry);
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
export function checkColumns(columns: Fields): asserts columns is Fields & EventColumns {
  const { count, flags } = columns;
  if (!COUNT.is(count) || count === 0) throw wrongField(WHAT, 'count', count, COUNT);
  for (const [name, kind] of EVENT_COLUMNS) checkColumn(name, fieldOf(columns, name), kind, count);
  const isPlace = (value: unknown): boolean => COUNT.is(value) && value < count;
  const kind = listOf({
    is: (value): value is unknown[] =>
      Array.isArray(value) && value.length === 2 && isPlace(value[0]) && EVENT.flags.is(value[1]),
    name: 'the place of an event and its flags',
  });
  if (!kind.is(flags)) throw wrongField(WHAT, 'flags', flags, kind);
}

function checkColumn(name: string, column: unknown, kind: Kind, count: number): void {
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
