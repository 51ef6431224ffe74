/** Times as field systems write them: what is unmistakable is read, what can be read in two ways is not. */
import { cleanId } from './id-text.js';
import { MAX_DATE_MS } from './record-shape.js';
import { inZone, isDay, localTimeOf, millisecondsOf, parseTime } from './time.js';
import { parseTimeZone, type TimeZone } from './time-zone.js';

/** `Z`, a word for it, or an offset; behind it the name of the zone as Java writes it, `Z[UTC]`. */
const ZONE = String.raw`\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?(?:\[([^[\]]{1,64})\])?$`;
const EXTENDED = new RegExp(String.raw`^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?${ZONE}`, 'i');
const BASIC = new RegExp(String.raw`^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(?:(\d\d)(?:[.,](\d+))?)?${ZONE}`, 'i');
/** As .NET writes a time in JSON: milliseconds since 1970, and an offset that changes nothing of it. */
const DATE_CALL = /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/i;
const SINCE_1970 = /^(\d{9,13})(?:\.(\d+))?$/;

/** What a time is expected to be, as sentences about a wrong one say it. */
const EXPECTED = 'ISO 8601 such as 2026-10-04T18:04:18Z, or seconds or milliseconds since 1970';

/**
 * Reads a time as a field system writes it: ISO 8601 with `-` and `:` or without, what xs:dateTime allows besides (24:00:00, any
 * number of digits behind the second, second 60), seconds (9 or 10 digits) and milliseconds (12 or 13) since 1970 as number or
 * text, and `/Date(ms)/`.
 * @param zone of a time without one
 * @param nearMs when it was received, epoch ms, which decides in an hour that clocks show twice; null: nobody knows
 * @returns epoch ms; what is finer than a millisecond is cut. Null if it is none of these, or a day that does not exist:
 *   {@link timeProblem} says more
 */
export function parseFieldTime(value: unknown, zone: TimeZone, nearMs: number | null): number | null {
  if (typeof value === 'string') return parseTime(value, zone, nearMs) ?? oddTime(cleanId(value), zone, nearMs);
  return typeof value === 'number' ? since1970(value) : null;
}

function oddTime(text: string, zone: TimeZone, nearMs: number | null): number | null {
  const match = EXTENDED.exec(text) ?? BASIC.exec(text);
  if (match) return isoTime(match, zone, nearMs);
  const ms = DATE_CALL.exec(text)?.[1];
  if (ms !== undefined) return Math.abs(Number(ms)) <= MAX_DATE_MS ? Number(ms) : null;
  const [, digits, fraction = ''] = SINCE_1970.exec(text) ?? [];
  if (digits === undefined) return text === '0' ? 0 : null;
  const time = since1970(Number(digits));
  return time === null || digits.length > 10 ? time : time + millisecondsOf(fraction);
}

function isoTime(match: RegExpExecArray, zone: TimeZone, nearMs: number | null): number | null {
  const [, , , , , , , fraction = '', offset, name] = match;
  const local = localTimeOf(match);
  if (!isDay(local) || local.minute > 59 || local.second > 60) return null;
  // Midnight at the end of the day, and nothing behind it.
  const isEndOfDay = local.hour === 24 && local.minute === 0 && local.second === 0 && /^0*$/.test(fraction);
  if (local.hour > 23 && !isEndOfDay) return null;
  if (offset === undefined && name !== undefined) {
    const named = zoneCalled(name);
    return named && inZone(local, undefined, named, nearMs);
  }
  return inZone(local, offset && /^[ug]/i.test(offset) ? 'Z' : offset, zone, nearMs);
}

function zoneCalled(name: string): TimeZone | null {
  try {
    return parseTimeZone(name);
  } catch {
    return null;
  }
}

/**
 * A number as seconds or milliseconds since 1970, by how many digits it has: each is from 1973 to 2286. 0 is both. Twelve digits
 * may be a date as well (`261004180418`), and are none then.
 */
function since1970(value: number): number | null {
  if (value === 0) return 0;
  // A double holds the milliseconds of such seconds, and a little more or less.
  if (value >= 1e8 && value < 1e10) return Math.floor(value * 1000 + 0.001);
  if (value < 1e11 || !(value < 1e13) || isDateWithoutCentury(Math.trunc(value))) return null;
  return Math.trunc(value);
}

/** Whether twelve digits are a date and a time of day, too: `yyMMddHHmmss`. */
function isDateWithoutCentury(value: number): boolean {
  const [, month, day, hour, minute, second] = /^\d\d(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(String(value)) ?? [];
  if (month === undefined) return false;
  return (
    isDay({ year: 2000, month: Number(month), day: Number(day), hour: 0, minute: 0, second: 0, ms: 0 }) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60
  );
}

/** Days and months of which nobody can say which is which, and digits that may be a date or count from 1970. */
const AMBIGUOUS = /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|^\d{4}[./-]\d{1,2}[./-]\d{1,2}[T ]\d:|^-?\d+(\.\d+)?S?$/i;
const DAY_ALONE = /^\d{4}-?\d\d-?\d\d$/;

/** What is wrong with a value that {@link parseFieldTime} does not take for a time, and what would be right: the end of a sentence. */
export function timeProblem(value: unknown): string {
  const text = typeof value === 'string' ? cleanId(value) : typeof value === 'number' ? String(value) : '';
  if (typeof value === 'string' && DAY_ALONE.test(text)) return `names a day and no time of day: expected ${EXPECTED}`;
  return `${AMBIGUOUS.test(text) ? 'can be read in two ways' : 'is not a time'}: expected ${EXPECTED}`;
}
