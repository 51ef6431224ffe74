import type { ReportedEvent } from '../model/event.js';
import { SOURCES, type Source } from '../model/source.js';
import { withReceipt } from '../model/receipt.js';
import type { ReportRejection } from '../model/rejections.js';
import { parseExactJson } from '../model/exact-json.js';
import { textOfBytes, textOfText } from './body-text.js';
import { readCallCenter } from './call-center.js';
import { isCanonical, readCanonical } from './canonical.js';
import { openEnvelope } from './envelope.js';
import { readEventMessage } from './event-message.js';
import { isFields, quote, Refusal, type Fields, type Reading } from './fields.js';
import { readEndDeviceEvent, readKaifaJson } from './kaifa.js';
import { readOnu } from './onu.js';
import { readScada } from './scada.js';

/** The largest value of a source record (bytes); gateways and producers stay below. */
export const MAX_VALUE_BYTES = 1_048_576;

/** One report of a source record: an event, or why it is none. `index` counts reports within the record. */
export type Report =
  | { readonly index: number; readonly event: ReportedEvent }
  | {
      readonly index: number;
      readonly reason: ReportRejection;
      readonly detail: string;
      readonly raw: string;
      /** The source that it says it is of, if it is in our own form and of another one than its record. */
      readonly source?: Source;
    };

type Reader = (body: Fields, reading: Reading) => ReportedEvent;

/** Who reads the words of a source that has words of its own; the others speak in our form alone. */
const READERS: Readonly<Partial<Record<Source, Reader>>> = {
  scada: readScada,
  kaifa: readKaifaJson,
  onu: readOnu,
  call_center: readCallCenter,
};

function readerOf(source: Source): Reader {
  return READERS[source] ?? readCanonical;
}

/**
 * Reads a source record: a body alone or in an envelope, one event or many (SOAP, a JSON list, NDJSON).
 * @param source whose topic it stands on; a canonical event names its own source
 * @param value the record's value
 * @returns each report of the record in order, understood or refused; it never throws on input
 */
export function normalise(source: Source, value: Uint8Array | null, reading: Reading): Report[] {
  if (value === null) return [refused(0, 'noValue', 'The record has no value.', '')];
  if (value.byteLength > MAX_VALUE_BYTES) {
    const detail = `The value has ${value.byteLength} bytes; at most ${MAX_VALUE_BYTES} are read.`;
    return [refused(0, 'tooLarge', detail, beginningOf(value))];
  }
  let text: string;
  try {
    text = textOfBytes(value);
  } catch (error) {
    return [refusedBy(0, error, beginningOf(value))];
  }
  return readText(source, text, reading, [], 0);
}

/** Reads a text as {@link normalise} reads a record's value. */
export function normaliseText(source: Source, text: string, reading: Reading): Report[] {
  return readText(source, text, reading, [], 0);
}

/** Reads a value that was parsed already as {@link normalise} reads its text. */
export function normaliseValue(source: Source, value: unknown, reading: Reading): Report[] {
  return readItems(source, value, reading, [], 0);
}

/** What stands in an envelope may stand in one, and no deeper. */
const MAX_ENVELOPES = 3;

/**
 * Puts what a text holds behind the `reports` of those before it.
 * @param depth envelopes around it
 */
function readText(source: Source, text: string, reading: Reading, reports: Report[], depth: number): Report[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('<')) return readXml(trimmed, reading, reports);
  if (isObjectLines(trimmed)) return readLines(source, trimmed, reading, reports, depth);
  if (trimmed.startsWith('--')) return readParts(source, trimmed, reading, reports, depth);
  let value: unknown;
  try {
    value = parseExactJson(trimmed);
  } catch (error) {
    // What is no JSON as a whole may be a line of JSON each.
    if (trimmed.includes('\n')) return readLines(source, trimmed, reading, reports, depth);
    reports.push(
      trimmed === ''
        ? refused(reports.length, 'noValue', 'The record is empty.', text)
        : notJson(reports.length, trimmed, error),
    );
    return reports;
  }
  return readItems(source, value, reading, reports, depth);
}

/** The root of a message in parts; what only begins like one is neither JSON nor XML. */
function readParts(source: Source, text: string, reading: Reading, reports: Report[], depth: number): Report[] {
  try {
    const root = textOfText(text);
    if (root !== text && !root.trim().startsWith('--')) return readText(source, root, reading, reports, depth);
    reports.push(notJson(reports.length, text, null));
  } catch (error) {
    reports.push(refusedBy(reports.length, error, text));
  }
  return reports;
}

function readItems(source: Source, value: unknown, reading: Reading, reports: Report[], depth: number): Report[] {
  if (!Array.isArray(value)) return readValue(source, value, reading, reports, depth);
  for (const item of value) readValue(source, item, reading, reports, depth);
  return reports;
}

/**
 * Whether a text begins with two lines of an object each: it is no JSON as a whole. To try takes V8 as long as 200 lines, as
 * it looks for the line where it failed.
 */
function isObjectLines(text: string): boolean {
  const end = text.indexOf('\n');
  return end !== -1 && text.startsWith('{') && text.startsWith('{', end + 1) && /\}\r?$/.test(text.slice(0, end));
}

function readLines(source: Source, text: string, reading: Reading, reports: Report[], depth: number): Report[] {
  for (const untrimmed of text.split('\n')) {
    // A byte-order mark is white space to it: files that were put together have one within.
    const line = untrimmed.trim();
    if (line === '') continue;
    let value: unknown;
    try {
      value = parseExactJson(line);
    } catch (error) {
      reports.push(notJson(reports.length, line, error));
      continue;
    }
    readValue(source, value, reading, reports, depth);
  }
  return reports;
}

/** Puts what a value holds behind the `reports` of those before it. */
function readValue(source: Source, value: unknown, reading: Reading, reports: Report[], depth: number): Report[] {
  if (!isFields(value)) {
    reports.push(refused(reports.length, 'wrongShape', 'Not an object.', JSON.stringify(value)));
    return reports;
  }
  if (isCanonical(value)) return readOurs(source, value, reading, reports);
  const opened = depth === MAX_ENVELOPES ? null : openEnvelope(source, value, reading);
  if (opened === null) return read(value, readerOf(source), reading, reports);
  const inner = opened.receivedAt === null ? reading : { ...reading, receivedAt: opened.receivedAt };
  const { body } = opened;
  if (typeof body === 'string') return readText(source, body, inner, reports, depth + 1);
  return readItems(source, body, inner, reports, depth + 1);
}

/** An event in our own form, which may be of another source than those around it. */
function readOurs(source: Source, value: Fields, reading: Reading, reports: Report[]): Report[] {
  read(value, readCanonical, reading, reports);
  const report = reports.at(-1)!;
  if ('event' in report) return reports;
  const own = SOURCES.find((known) => known === value.source);
  if (own !== undefined && own !== source) reports[reports.length - 1] = { ...report, source: own };
  return reports;
}

function readXml(xml: string, reading: Reading, reports: Report[]): Report[] {
  try {
    for (const event of readEventMessage(xml)) read(event, readEndDeviceEvent, reading, reports);
  } catch (error) {
    reports.push(refusedBy(reports.length, error, xml));
  }
  return reports;
}

function read<T>(
  body: T,
  reader: (body: T, reading: Reading) => ReportedEvent,
  reading: Reading,
  reports: Report[],
): Report[] {
  const index = reports.length;
  try {
    const event = reader(body, reading);
    reports.push({ index, event: reading.append ? withReceipt(event, reading.append) : event });
  } catch (error) {
    reports.push(refusedBy(index, error, JSON.stringify(body)));
  }
  return reports;
}

function refusedBy(index: number, error: unknown, raw: string): Report {
  if (!(error instanceof Refusal)) throw error;
  return refused(index, error.reason, error.message, raw);
}

/** That a text is no JSON, and no XML either: what it begins with says more than where JSON ends. */
function notJson(index: number, text: string, error: unknown): Report {
  const detail = /^[[{"]/.test(text)
    ? `Not JSON: ${(error as Error).message.slice(0, 200)}`
    : `Neither JSON nor XML: it begins with ${quote(text.slice(0, 40))}.`;
  return refused(index, 'notJson', detail, text);
}

/** The beginning of bytes that are no text that is read, for people. */
function beginningOf(value: Uint8Array): string {
  return Buffer.from(value.subarray(0, RAW_KEPT)).toString();
}

/** Enough of what was refused for people to see what it was. */
const RAW_KEPT = 10_000;

function refused(index: number, reason: ReportRejection, detail: string, raw: string): Report {
  return { index, reason, detail, raw: raw.slice(0, RAW_KEPT) };
}
