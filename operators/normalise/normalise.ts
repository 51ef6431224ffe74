import type { ReportedEvent } from '../model/event.js';
import type { Source } from '../model/source.js';
import { withReceipt } from '../model/receipt.js';
import type { ReportRejection } from '../model/rejections.js';
import { readCallCenter } from './call-center.js';
import { isCanonical, readCanonical } from './canonical.js';
import { openEnvelope } from './envelope.js';
import { isFields, Refusal, type Fields, type Reading } from './fields.js';
import { readEndDeviceEvent, readEventMessage, readKaifaJson } from './kaifa.js';
import { readOnu } from './onu.js';
import { readScada } from './scada.js';

/** The largest value of a source record (bytes); gateways and producers stay below. */
export const MAX_VALUE_BYTES = 1_048_576;

/** One report of a source record: an event, or why it is none. `index` counts reports within the record. */
export type Report =
  | { readonly index: number; readonly event: ReportedEvent }
  | { readonly index: number; readonly reason: ReportRejection; readonly detail: string; readonly raw: string };

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

/** UTF-8 as text. Node's own buffers do it in a third of the time of a decoder, which counts for a meter's event. */
function textOf(value: Uint8Array): string {
  return (value instanceof Buffer ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)).toString();
}

/**
 * Reads a source record: a body alone or in an envelope, one event or many (SOAP, a JSON list, NDJSON).
 * @param source whose topic it stands on; a canonical event names its own source
 * @param value the record's value
 * @returns each report of the record in order, understood or refused; it never throws on input
 */
export function normalise(source: Source, value: Uint8Array | null, reading: Reading): Report[] {
  if (value === null) return [refused(0, 'noValue', 'The record has no value.', '')];
  const text = textOf(value);
  if (value.byteLength > MAX_VALUE_BYTES) {
    return [
      refused(0, 'tooLarge', `The value has ${value.byteLength} bytes; at most ${MAX_VALUE_BYTES} are read.`, text),
    ];
  }
  return normaliseText(source, text, reading);
}

/** Reads a text as {@link normalise} reads a record's value. */
export function normaliseText(source: Source, text: string, reading: Reading): Report[] {
  const trimmed = text.trim();
  if (trimmed === '') return [refused(0, 'noValue', 'The record is empty.', text)];
  if (trimmed.startsWith('<')) return readXml(trimmed, reading, []);
  if (isObjectLines(trimmed)) return readLines(source, trimmed, reading);
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch (error) {
    // What is no JSON as a whole may be a line of JSON each.
    if (trimmed.includes('\n')) return readLines(source, trimmed, reading);
    return [refused(0, 'notJson', `Not JSON: ${(error as Error).message.slice(0, 200)}`, text)];
  }
  return normaliseValue(source, value, reading);
}

/** Reads a value that was parsed already as {@link normalise} reads its text. */
export function normaliseValue(source: Source, value: unknown, reading: Reading): Report[] {
  const reports: Report[] = [];
  if (Array.isArray(value)) for (const item of value) readValue(source, item, reading, reports);
  else readValue(source, value, reading, reports);
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

function readLines(source: Source, text: string, reading: Reading): Report[] {
  const reports: Report[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      const detail = `Not JSON: ${(error as Error).message.slice(0, 200)}`;
      reports.push(refused(reports.length, 'notJson', detail, line));
      continue;
    }
    readValue(source, value, reading, reports);
  }
  return reports;
}

/** Puts what a value holds behind the `reports` of those before it. */
function readValue(source: Source, value: unknown, reading: Reading, reports: Report[]): Report[] {
  if (!isFields(value)) {
    reports.push(refused(reports.length, 'wrongShape', 'Not an object.', JSON.stringify(value)));
    return reports;
  }
  if (isCanonical(value)) return read(value, readCanonical, reading, reports);
  const { body, receivedAt } = openEnvelope(value);
  const inner = receivedAt === null ? reading : { ...reading, receivedAt };
  if (typeof body !== 'string') return read(body, isCanonical(body) ? readCanonical : readerOf(source), inner, reports);
  if (body.trim().startsWith('<')) return readXml(body, inner, reports);
  reports.push(refused(reports.length, 'notJson', 'The body inside the envelope is neither JSON nor XML.', body));
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

/** Enough of what was refused for people to see what it was. */
const RAW_KEPT = 10_000;

function refused(index: number, reason: ReportRejection, detail: string, raw: string): Report {
  return { index, reason, detail, raw: raw.slice(0, RAW_KEPT) };
}
