import type { ReportedEvent, Source } from '../event.js';
import { readCallCenter } from './call-center.js';
import { isCanonical, readCanonical } from './canonical.js';
import { openEnvelope } from './envelope.js';
import { isFields, Refusal, type Fields, type Reading, type RejectReason } from './fields.js';
import { readEndDeviceEvent, readEventMessage, readKaifaJson } from './kaifa.js';
import { readOnu } from './onu.js';
import { readScada } from './scada.js';

/** The largest value of a source record (bytes); gateways and producers stay below. */
export const MAX_VALUE_BYTES = 1_048_576;

/** One report of a source record: an event, or why it is none. `index` counts reports within the record. */
export type Report =
  | { readonly index: number; readonly event: ReportedEvent }
  | { readonly index: number; readonly reason: RejectReason; readonly detail: string; readonly raw: string };

const READERS: Readonly<Record<Source, (body: Fields, reading: Reading) => ReportedEvent>> = {
  scada: readScada,
  kaifa: readKaifaJson,
  onu: readOnu,
  call_center: readCallCenter,
};

/**
 * Reads a source record: a body alone or in an envelope, one event or many (SOAP, a JSON list, NDJSON).
 * @param source whose topic it stands on; a canonical event names its own source
 * @param value the record's value
 * @returns each report of the record in order, understood or refused; it never throws on input
 */
export function normalise(source: Source, value: Uint8Array | null, reading: Reading): Report[] {
  if (value === null) return [refused(0, 'noValue', 'The record has no value.', '')];
  const text = new TextDecoder().decode(value);
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
  if (trimmed.startsWith('<')) return readXml(trimmed, reading);
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
  return (Array.isArray(value) ? value : [value]).flatMap((item) => readValue(source, item, reading)).map(numbered);
}

function readLines(source: Source, text: string, reading: Reading): Report[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines
    .flatMap((line) => {
      try {
        return readValue(source, JSON.parse(line), reading);
      } catch (error) {
        return [refused(0, 'notJson', `Not JSON: ${(error as Error).message.slice(0, 200)}`, line)];
      }
    })
    .map(numbered);
}

function readValue(source: Source, value: unknown, reading: Reading): Report[] {
  if (!isFields(value)) return [refused(0, 'wrongShape', 'Not an object.', JSON.stringify(value))];
  if (isCanonical(value)) return [read(value, readCanonical, reading)];
  const { body, receivedAt } = openEnvelope(value);
  const inner = receivedAt === null ? reading : { ...reading, receivedAt };
  if (typeof body !== 'string') return [read(body, isCanonical(body) ? readCanonical : READERS[source], inner)];
  if (body.trim().startsWith('<')) return readXml(body, inner);
  return [refused(0, 'notJson', 'The body inside the envelope is neither JSON nor XML.', body)];
}

function readXml(xml: string, reading: Reading): Report[] {
  try {
    return readEventMessage(xml)
      .map((event) => read(event, readEndDeviceEvent, reading))
      .map(numbered);
  } catch (error) {
    return [refusedBy(error, xml)];
  }
}

function read<T>(body: T, reader: (body: T, reading: Reading) => ReportedEvent, reading: Reading): Report {
  try {
    return { index: 0, event: reader(body, reading) };
  } catch (error) {
    return refusedBy(error, JSON.stringify(body));
  }
}

function refusedBy(error: unknown, raw: string): Report {
  if (!(error instanceof Refusal)) throw error;
  return refused(0, error.reason, error.message, raw);
}

/** Enough of what was refused for people to see what it was. */
const RAW_KEPT = 10_000;

function refused(index: number, reason: RejectReason, detail: string, raw: string): Report {
  return { index, reason, detail, raw: raw.slice(0, RAW_KEPT) };
}

function numbered(report: Report, index: number): Report {
  return report.index === index ? report : { ...report, index };
}
