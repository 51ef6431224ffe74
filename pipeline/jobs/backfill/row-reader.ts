import type { ReportedEvent } from '../../../operators/model/event.js';
import { SOURCES, type Source } from '../../../operators/model/source.js';
import { contentIdOf } from '../../../operators/model/identity.js';
import { isCanonical, readCanonical } from '../../../operators/normalise/canonical.js';
import { isFields, quote, Refusal, type Fields } from '../../../operators/normalise/fields.js';
import { normaliseText, normaliseValue, type Report } from '../../../operators/normalise/normalise.js';
import { isClockSuspect, parseTime, timeOf } from '../../../operators/model/time.js';
import { columnsOf, FIELD_NAMES, type FieldName, type MappedField, type Mapping } from './mapping.js';

/** How the rows of one input are to be understood. */
export interface RowReading {
  /** Null: the rows are as their source sent them, or canonical events. */
  readonly mapping: Mapping | null;
  /** Whose rows they are; null where each row says it itself. */
  readonly source: Source | null;
  /** Offset of times without a zone, minutes east of UTC, unless the mapping says another. */
  readonly naiveOffsetMin: number;
  /** Now, epoch ms: no history lies behind it. */
  readonly nowMs: number;
}

/** Stands for "the row does not say when it was received" until the event is read: then it is when it happened. */
const NOT_SAID = NaN;
/** How far a clock may be ahead, as in the contract. */
const AHEAD_MS = 5 * 60_000;
const RAW_KEPT = 10_000;

/** Turns rows into events, or says why they are none. It never throws on what stands in a row. */
export class RowReader {
  readonly #naiveOffsetMin: number;
  /** Columns of the mapping that no row had so far. */
  readonly unseen: Set<string>;

  constructor(private readonly reading: RowReading) {
    const { mapping, naiveOffsetMin } = reading;
    this.#naiveOffsetMin = mapping?.naiveOffsetMin ?? naiveOffsetMin;
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
    const reading = { receivedAt, naiveOffsetMin: this.#naiveOffsetMin };
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
    const body = cell(row, column);
    if (body === null) throw new Refusal('noValue', `${column} is empty.`);
    const { fields } = mapping;
    const received = fields.receivedAt ? this.#time('receivedAt', fields.receivedAt, row) : null;
    const source = fields.source ? knownSource(valueOf('source', fields.source, row)) : this.reading.source;
    return this.#raw(source, isFields(body) ? body : String(body as string), received ?? NOT_SAID);
  }

  #mapped({ fields }: Mapping, row: Fields): Report {
    const body: Record<string, unknown> = { source: this.reading.source };
    for (const name of FIELD_NAMES) {
      const field = fields[name];
      if (field) body[name] = this.#value(name, field, row);
    }
    const customerId = body.customerId ?? null;
    // A customer is an asset of the registry too: the one that reports, or what to go by if that is unknown.
    if (customerId !== null) {
      if ((body.assetId ?? null) === null) body.assetId = customerId;
      else body.otherAssetIds = [customerId];
    }
    delete body.customerId;
    const event = readCanonical(body, { receivedAt: NOT_SAID, naiveOffsetMin: this.#naiveOffsetMin });
    if ((body.sourceEventId ?? null) !== null) return { index: 0, event };
    // When a row was stored says nothing about what happened: of two rows that differ in that alone, one is a copy.
    const { sourceEventId: _, receivedAt: __, ...content } = event;
    return { index: 0, event: { ...event, sourceEventId: contentIdOf(content) } };
  }

  #value(name: FieldName, field: MappedField, row: Fields): unknown {
    if (name === 'occurredAt' || name === 'receivedAt') {
      const time = this.#time(name, field, row);
      return time === null ? null : new Date(time).toISOString();
    }
    const value = valueOf(name, field, row);
    if ((name === 'lat' || name === 'lon') && typeof value === 'string') {
      const degrees = Number(value);
      // What is no number stays a text, which is then refused as such.
      return Number.isNaN(degrees) ? value : degrees;
    }
    return value;
  }

  #time(name: 'occurredAt' | 'receivedAt', field: MappedField, row: Fields): number | null {
    const value = valueOf(name, field, row);
    if (value === null) return null;
    const { column = name, format = 'iso' } = field;
    const time =
      format === 'iso'
        ? parseTime(value, this.#naiveOffsetMin)
        : Math.trunc(Number(value) * (format === 'epochMs' ? 1 : 1000));
    if (time === null || !(Math.abs(time) <= 8.64e15)) {
      const expected = { iso: 'ISO 8601', epochMs: 'milliseconds since 1970', epochSeconds: 'seconds since 1970' };
      throw new Refusal('badTime', `${column} ${quote(value)} is not a time: expected ${expected[format]}.`);
    }
    return time;
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

/** The value under a column, texts without the spaces around them; null if there is none. A dot leads into an object. */
function cell(row: Fields, column: string): unknown {
  let value = ownValue(row, column);
  if (value === undefined && column.includes('.')) value = column.split('.').reduce<unknown>(ownValue, row);
  if (typeof value !== 'string') return value ?? null;
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}

function has(row: Fields, column: string): boolean {
  return Object.hasOwn(row, column) || (column.includes('.') && cell(row, column) !== null);
}

function valueOf(name: FieldName, { column, constant, values }: MappedField, row: Fields): unknown {
  if (column === undefined) return constant ?? null;
  const value = cell(row, column);
  if (values === undefined || value === null) return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (Object.hasOwn(values, text)) return values[text];
  const reason = name === 'kind' ? 'unknownKind' : name === 'source' ? 'unknownSource' : 'unknownCode';
  throw new Refusal(
    reason,
    `${column} ${quote(value)} is not in the values of ${name}: ${Object.keys(values).join(', ')}.`,
  );
}

function knownSource(value: unknown): Source {
  const source = SOURCES.find((known) => known === value);
  if (!source) throw new Refusal('unknownSource', `source ${quote(value)} is unknown: expected ${SOURCES.join(', ')}.`);
  return source;
}

function parsedLine(line: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(line);
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
