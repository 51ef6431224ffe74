import { parseExactJson } from '../../../operators/model/exact-json.js';
import type { ReportedEvent } from '../../../operators/model/event.js';
import { cleanId } from '../../../operators/model/id-text.js';
import { SOURCES, type Source } from '../../../operators/model/source.js';
import { contentIdOf } from '../../../operators/model/identity.js';
import { isCanonical, readCanonical } from '../../../operators/normalise/canonical.js';
import { isFields, quote, Refusal, type Fields } from '../../../operators/normalise/fields.js';
import { normaliseText, normaliseValue, type Report } from '../../../operators/normalise/normalise.js';
import type { TimeZone } from '../../../operators/model/time-zone.js';
import { isClockSuspect, timeOf } from '../../../operators/model/time.js';
import { unwrapped } from '../csv-form.js';
import { CellTimes, type TimeCell } from './cell-time.js';
import { isEmptyMark } from './empty-mark.js';
import { columnsOf, FIELD_NAMES, type FieldName, type MappedField, type Mapping } from './mapping.js';

/** How the rows of one input are to be understood. */
export interface RowReading {
  /** Null: the rows are as their source sent them, or canonical events. */
  readonly mapping: Mapping | null;
  /** Whose rows they are; null where each row says it itself. */
  readonly source: Source | null;
  /** Of times that come without one, unless the mapping says another. */
  readonly zone: TimeZone;
  /** Now, epoch ms: no history lies behind it. */
  readonly nowMs: number;
  /** Takes a sentence on a time that clocks showed twice, or never, of the row at hand. */
  readonly onRemark?: (sentence: string) => void;
}

/** Stands for "the row does not say when it was received" until the event is read: then it is when it happened. */
const NOT_SAID = NaN;
/** How far a clock may be ahead, as in the contract. */
const AHEAD_MS = 5 * 60_000;
const RAW_KEPT = 10_000;
/** What nearly every cell is. */
const PLAIN = /^[ -~]*$/;
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;

/** Turns rows into events, or says why they are none. It never throws on what stands in a row. */
export class RowReader {
  readonly #zone: TimeZone;
  readonly #times: CellTimes;
  /** Columns of the mapping that no row had so far. */
  readonly unseen: Set<string>;

  constructor(private readonly reading: RowReading) {
    const { mapping, zone, onRemark = () => undefined } = reading;
    const offsetMin = mapping?.naiveOffsetMin ?? null;
    this.#zone = mapping?.zone ?? (offsetMin === null ? zone : { name: 'of the mapping', offsetMin });
    this.#times = new CellTimes(this.#zone, onRemark);
    this.unseen = new Set(mapping ? columnsOf(mapping).keys() : []);
  }

  /**
   * Reads one row.
   * @param value the row's cells by column, or a line of NDJSON
   * @returns its reports: one, or as many as a message holds
   */
  read(value: Fields | string): Report[] {
    const { mapping } = this.reading;
    if (mapping === null) return this.#raw(this.reading.source, value, NOT_SAID).map((report) => this.#settled(report));
    try {
      const row = typeof value === 'string' ? parsedLine(value) : value;
      if (this.unseen.size > 0) for (const column of this.unseen) if (has(row, column)) this.unseen.delete(column);
      const reports = mapping.body === null ? [this.#mapped(mapping, row)] : this.#body(mapping, mapping.body, row);
      return reports.map((report) => this.#settled(report));
    } catch (error) {
      return [refusedBy(error, value)];
    }
  }

  /** A row as its source sent it, or a canonical event, which names its own source. */
  #raw(source: Source | null, value: Fields | string, receivedAt: number): Report[] {
    const reading = { receivedAt, zone: this.#zone };
    if (source !== null)
      return typeof value === 'string' ? normaliseText(source, value, reading) : normaliseValue(source, value, reading);
    try {
      const fields = typeof value === 'string' ? parsedLine(value) : value;
      if (!isCanonical(fields))
        throw new Refusal('unknownSource', 'This is no canonical event, and nothing says whose it is: name --source.');
      return [{ index: 0, event: readCanonical(fields, reading) }];
    } catch (error) {
      return [refusedBy(error, value)];
    }
  }

  #body(mapping: Mapping, column: string, row: Fields): Report[] {
    const body = held(row, column);
    if (body === null || (typeof body === 'string' && isEmptyMark(body)))
      throw new Refusal('noValue', `${column} is empty.`);
    const { fields } = mapping;
    const received = this.#time('receivedAt', fields, row);
    const source = fields.source ? knownSource(valueOf('source', fields.source, row)) : this.reading.source;
    return this.#raw(source, isFields(body) ? body : String(body as string), received ?? NOT_SAID);
  }

  #mapped({ fields }: Mapping, row: Fields): Report {
    const body: Record<string, unknown> = { source: this.reading.source };
    for (const name of FIELD_NAMES) {
      const field = fields[name];
      if (field) body[name] = this.#value(name, field, fields, row);
    }
    const customerId = body.customerId ?? null;
    // A customer is an asset of the registry too: the one that reports, or what to go by if that is unknown.
    if (customerId !== null) {
      if ((body.assetId ?? null) === null) body.assetId = customerId;
      else body.otherAssetIds = [customerId];
    }
    delete body.customerId;
    const event = readCanonical(body, { receivedAt: NOT_SAID, zone: this.#zone });
    if ((body.sourceEventId ?? null) !== null) return { index: 0, event };
    // When a row was stored says nothing about what happened: of two rows that differ in that alone, one is a copy.
    const { sourceEventId: _, receivedAt: __, ...content } = event;
    return { index: 0, event: { ...event, sourceEventId: contentIdOf(content) } };
  }

  #value(name: FieldName, field: MappedField, fields: Mapping['fields'], row: Fields): unknown {
    if (name === 'occurredAt' || name === 'receivedAt') {
      const time = this.#time(name, fields, row);
      return time === null ? null : new Date(time).toISOString();
    }
    const value = valueOf(name, field, row);
    if ((name === 'lat' || name === 'lon') && typeof value === 'string') {
      const degrees = Number(DECIMAL_COMMA.test(value) ? value.replace(',', '.') : value);
      // What is no number stays a text, which is then refused as such.
      return Number.isNaN(degrees) ? value : degrees;
    }
    return value;
  }

  #time(name: TimeName, fields: Mapping['fields'], row: Fields): number | null {
    const cell = timeCellOf(name, fields, row);
    if (cell === null) return null;
    if (this.#zone.offsetMin !== null) return this.#times.read(cell, null);
    const nearMs = this.#nearTo(name, fields, row);
    const time = this.#times.read(cell, nearMs);
    this.#times.tellDoubts(cell, nearMs, time);
    return time;
  }

  /** What decides of a time in an hour that clocks show twice: of the two times of a row the other. */
  #nearTo(name: TimeName, fields: Mapping['fields'], row: Fields): number | null {
    const occurred = timeCellOf('occurredAt', fields, row);
    const occurredMs = occurred && this.#times.read(occurred, null);
    if (name === 'receivedAt') return occurredMs;
    const received = timeCellOf('receivedAt', fields, row);
    return received && this.#times.read(received, occurredMs);
  }

  #settled(report: Report): Report {
    if (!('event' in report)) return report;
    const { event } = report;
    const settled = Number.isNaN(event.receivedAt) ? { ...event, receivedAt: event.occurredAt } : event;
    // The log never comes back from a time that is yet to come: all that follows on that feeder would be late.
    if (timeOf(settled) > this.reading.nowMs + AHEAD_MS) {
      const which = isClockSuspect(settled) ? 'receivedAt' : 'occurredAt';
      const detail = `${which} ${new Date(settled[which]).toISOString()} lies in the future.`;
      return { index: report.index, reason: 'badTime', detail, raw: JSON.stringify(settled) };
    }
    return { index: report.index, event: settled };
  }
}

/** What is put under a name; undefined if nothing is, though every object has it. */
function ownValue(fields: unknown, name: string): unknown {
  return isFields(fields) && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** What stands under a column, texts without the spaces around them; null if nothing does. A dot leads into an object. */
function held(row: Fields, column: string): unknown {
  let value = ownValue(row, column);
  if (value === undefined && column.includes('.')) value = column.split('.').reduce<unknown>(ownValue, row);
  if (typeof value !== 'string') return value ?? null;
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}

/** The value under a column: what stands there, digits of any script as 0 to 9, `="00123"` as the text that it is. */
function cell(row: Fields, column: string): unknown {
  const value = held(row, column);
  if (typeof value !== 'string') return value;
  const text = unwrapped(PLAIN.test(value) ? value : cleanId(value));
  return text === '' ? null : text;
}

function has(row: Fields, column: string): boolean {
  return Object.hasOwn(row, column) || (column.includes('.') && cell(row, column) !== null);
}

function valueOf(name: FieldName, { column, constant, values }: MappedField, row: Fields): unknown {
  if (column === undefined) return constant ?? null;
  const value = cell(row, column);
  if (value === null || (values === undefined && typeof value !== 'string')) return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const meant = values === undefined ? undefined : meaningIn(values, text);
  if (meant !== undefined) return meant;
  // Unless its mapping says what it means.
  if (isEmptyMark(text)) return null;
  if (values === undefined) return value;
  const reason = name === 'kind' ? 'unknownKind' : name === 'source' ? 'unknownSource' : 'unknownCode';
  throw new Refusal(
    reason,
    `${column} ${quote(value)} is not in the values of ${name}: ${Object.keys(values).join(', ')}.`,
  );
}

/** What a text means by a table of values; upper and lower case decide only between words that differ in nothing else. */
function meaningIn(values: Readonly<Record<string, string>>, text: string): string | undefined {
  if (Object.hasOwn(values, text)) return values[text];
  const small = text.toLowerCase();
  const alike = Object.entries(values).filter(([word]) => word.toLowerCase() === small);
  return alike.length === 1 ? alike[0]![1] : undefined;
}

type TimeName = 'occurredAt' | 'receivedAt';

/** The cell of a time; null if the row has none. */
function timeCellOf(name: TimeName, fields: Mapping['fields'], row: Fields): TimeCell | null {
  const field = fields[name];
  const value = field ? valueOf(name, field, row) : null;
  return value === null ? null : { column: field?.column ?? name, value, format: field?.format ?? 'iso' };
}

function knownSource(value: unknown): Source {
  const source = SOURCES.find((known) => known === value);
  if (!source) throw new Refusal('unknownSource', `source ${quote(value)} is unknown: expected ${SOURCES.join(', ')}.`);
  return source;
}

function parsedLine(line: string): Fields {
  let value: unknown;
  try {
    value = parseExactJson(line);
  } catch (error) {
    throw new Refusal('notJson', `Not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  if (!isFields(value)) throw new Refusal('wrongShape', 'Not an object.');
  return value;
}

function refusedBy(error: unknown, value: Fields | string): Report {
  if (!(error instanceof Refusal)) throw error;
  const raw = typeof value === 'string' ? value : JSON.stringify(value);
  return { index: 0, reason: error.reason, detail: error.message, raw: raw.slice(0, RAW_KEPT) };
}

/** A report in canonical form, as a line: what is null is left out. */
export function canonicalLine(event: ReportedEvent): string {
  const { otherAssetIds, occurredAt, receivedAt, ...fields } = event;
  const line: Record<string, unknown> = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null),
  );
  line.occurredAt = new Date(occurredAt).toISOString();
  line.receivedAt = new Date(receivedAt).toISOString();
  if (otherAssetIds.length > 0) line.otherAssetIds = otherAssetIds;
  return JSON.stringify(line);
}
