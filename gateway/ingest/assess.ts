import { canonicalEvent } from '../../operators/model/canonical-event.js';
import type { ReportedEvent } from '../../operators/model/event.js';
import { SOURCES, type Source } from '../../operators/model/source.js';
import { readCanonical } from '../../operators/normalise/canonical.js';
import { isFields, Refusal, type Reading } from '../../operators/normalise/fields.js';
import { MAX_VALUE_BYTES, normalise, normaliseValue } from '../../operators/normalise/normalise.js';
import { parseExactJson } from '../../operators/model/exact-json.js';
import { textOfBytes } from '../../operators/normalise/body-text.js';
import { GatewayError } from '../errors.js';
import { bodyCheck } from '../validation.js';
import { Tally, type Assessment, type ReceivedBody, type SourceRecord } from './assessment.js';
import { jsonOf } from './body.js';
import { LineBodies, linesOf } from './lines.js';
import { CHECKED, type RoutedSource } from './report.js';

const CHECKS = {
  scada: bodyCheck(CHECKED.scada),
  onu: bodyCheck(CHECKED.onu),
  call_center: bodyCheck(CHECKED.call_center),
};

/** Who else hears of accepted events: listeners of ONU alarms read them, callers ask for their tickets. */
const TELL: Readonly<Partial<Record<ReceivedBody['as'], (event: ReportedEvent) => string>>> = {
  onu: (event) => JSON.stringify(canonicalEvent(event)),
  call_center: ({ sourceEventId }) => sourceEventId,
};

/**
 * Says what the stream will make of a body, and which records hold it. It stops now and then, where whoever drives it may do
 * something else: a body of some MB takes a second.
 * @throws GatewayError if the body as a whole cannot be read
 */
export function* assess(body: ReceivedBody): Generator<void, Assessment> {
  const tally = new Tally(TELL[body.as] ?? null);
  try {
    return tally.assessment(yield* recordsOf(body, tally));
  } catch (error) {
    // To read lists in lists takes of the stack for each.
    if (error instanceof RangeError) throw new GatewayError('OMS_BAD_REQUEST', ['The body nests too deep to be read.']);
    throw error;
  }
}

function* recordsOf({ as, bytes, ...reading }: ReceivedBody, tally: Tally): Generator<void, SourceRecord[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (as === 'canonicalLines') return yield* assessLines(buffer, reading, tally);
  if (as === 'canonicalList') return yield* assessList(buffer, reading, tally);
  yield* assessReports(as, buffer, reading, tally);
  return [{ source: as, value: bytes }];
}

/** A source's own words. */
function* assessReports(source: RoutedSource, bytes: Buffer, reading: Reading, tally: Tally): Generator<void> {
  if (source === 'kaifa') {
    for (const report of normalise(source, bytes, reading)) count(source, report, tally);
    return;
  }
  const value = jsonOf(bytes);
  const wrong = CHECKS[source](value);
  if (wrong !== null) throw new GatewayError('OMS_BAD_REQUEST', [wrong]);
  for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
    for (const report of normaliseValue(source, [item], reading)) count(source, report, tally);
    yield;
  }
}

function count(source: Source, report: ReturnType<typeof normalise>[number], tally: Tally): void {
  if ('event' in report) tally.accept(report.event);
  else tally.refuse(source, report.reason, report.detail);
}

/**
 * Canonical events, a line each: on the log they come in the order of their lines, so all of them go to the topic of the first
 * one's source. What is refused goes along if its source is known, to be seen beside what else was rejected.
 */
function* assessLines(bytes: Buffer, reading: Reading, tally: Tally): Generator<void, SourceRecord[]> {
  const lines = legible(bytes);
  const bodies = new LineBodies(MAX_VALUE_BYTES, lines.length);
  let first: Source | null = null;
  for (const line of linesOf(lines)) {
    const source = assessLine(line, reading, tally);
    if (source !== null) bodies.add(line);
    first ??= source;
    yield;
  }
  return first === null ? [] : bodies.end().map((value) => ({ source: first, value }));
}

/** Lines are found by their bytes, and are UTF-8 then: what begins otherwise is made so. */
function legible(bytes: Buffer): Buffer {
  const first = bytes[0];
  if (first !== 0xff && first !== 0xfe && first !== 0 && bytes[1] !== 0) return bytes;
  try {
    return Buffer.from(textOfBytes(bytes));
  } catch (error) {
    if (error instanceof Refusal) throw new GatewayError('OMS_BAD_REQUEST', [error.message]);
    throw error;
  }
}

function assessLine(line: Buffer, reading: Reading, tally: Tally): Source | null {
  if (line.length > MAX_VALUE_BYTES) {
    tally.refuse(null, 'tooLarge', `The line has ${line.length} bytes; at most ${MAX_VALUE_BYTES} are read.`);
    return null;
  }
  let value: unknown;
  try {
    value = parseExactJson(line.toString().trim());
  } catch (error) {
    tally.refuse(null, 'notJson', `Not JSON: ${(error as Error).message.slice(0, 200)}`);
    return null;
  }
  return assessItem(value, reading, tally);
}

/** Canonical events, one or a list: the body goes on untouched, to the topic of the first one's source. */
function* assessList(bytes: Buffer, reading: Reading, tally: Tally): Generator<void, SourceRecord[]> {
  const value = jsonOf(bytes);
  let first: Source | null = null;
  for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
    const source = assessItem(item, reading, tally);
    first ??= source;
    yield;
  }
  return first === null ? [] : [{ source: first, value: bytes }];
}

/** Returns the source that the event says it is of; null: of none that is known. */
function assessItem(value: unknown, reading: Reading, tally: Tally): Source | null {
  if (!isFields(value)) {
    tally.refuse(null, 'wrongShape', 'Not an object.');
    return null;
  }
  try {
    const event = readCanonical(value, reading);
    tally.accept(event);
    return event.source;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const source = SOURCES.find((known) => known === value.source) ?? null;
    tally.refuse(source, error.reason, error.message);
    return source;
  }
}
