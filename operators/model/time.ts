/** The time that counts. All times are epoch milliseconds, UTC. */
import { localTimeMs, UTC, type LocalTime, type TimeZone } from './time-zone.js';

const AHEAD_MS = 5 * 60_000;
const BEHIND_MS = 400 * 86_400_000;
const OLD_NEWS_MS = 7 * 86_400_000;

/** The two times of an event that decide which one counts. */
interface Timed {
  readonly occurredAt: number;
  readonly receivedAt: number;
}

/**
 * Has the clock lost its date? Plausible is: no later than 5 min after it was received, no earlier than 400 days before (a
 * meter that lost power may wake up in 1970).
 */
export function isClockSuspect({ occurredAt, receivedAt }: Timed): boolean {
  return occurredAt > receivedAt + AHEAD_MS || occurredAt < receivedAt - BEHIND_MS;
}

/** `t`, the time that counts: when it happened, if that is plausible, else when it was received. */
export function timeOf(event: Timed): number {
  return isClockSuspect(event) ? event.receivedAt : event.occurredAt;
}

/** Is a restoration at `t` (epoch ms) told so late that it may end an outage which began since? Then it is none. */
export function isOldNews(t: number, receivedAt: number): boolean {
  return t < receivedAt - OLD_NEWS_MS;
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d\d(?::?\d\d)?)?$/;

/**
 * Reads a time as records, files and people write it: with or without seconds and their fraction, with `Z`, with an offset,
 * or with no zone at all. Field systems write more forms: see field-time.ts.
 * @param text the time
 * @param zone of a time without one
 * @param nearMs when it was received, epoch ms, which decides in an hour that clocks show twice; null: nobody knows
 * @returns epoch ms; a fraction finer than a millisecond is cut. Null if it is not a time, or a day that does not exist.
 */
export function parseTime(text: unknown, zone = UTC, nearMs: number | null = null): number | null {
  if (typeof text !== 'string') return null;
  if (isPlain(text)) return plainTimeOf(text);
  const match = ISO.exec(text.trim());
  if (!match) return null;
  const local = localTimeOf(match);
  if (!isDay(local) || local.hour > 23 || local.minute > 59 || local.second > 59) return null;
  return inZone(local, match[8], zone, nearMs);
}

/** The local time in a match whose groups are year, month, day, hour, minute, and perhaps second and its fraction. */
export function localTimeOf(match: RegExpExecArray): LocalTime {
  const [, year, month, day, hour, minute, second = '0', fraction = ''] = match;
  return {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    ms: millisecondsOf(fraction),
  };
}

/** A fraction of a second as milliseconds; what is finer is cut. */
export function millisecondsOf(fraction: string): number {
  return Number(fraction.slice(0, 3).padEnd(3, '0'));
}

/**
 * A local time as epoch ms.
 * @param offset as it stands behind the time: `Z`, `+03:00`, `+0300`, `+03`; undefined: the time is of `zone`
 * @returns null if no zone has that offset
 */
export function inZone(
  local: LocalTime,
  offset: string | undefined,
  zone: TimeZone,
  nearMs: number | null,
): number | null {
  if (offset === undefined) return localTimeMs(local, zone, nearMs);
  const offsetMin = zoneOffsetMin(offset);
  return offsetMin === null ? null : localTimeMs(local, UTC, null) - offsetMin * 60_000;
}

const ZERO = 48;
const SHAPE = '0000-00-00T00:00:00.000Z';

/** Is it of the shape that most systems write? A regular expression takes ten times as long to say so. */
function isPlain(text: string): boolean {
  if (text.length !== SHAPE.length) return false;
  for (let i = 0; i < SHAPE.length; i++) {
    const code = text.charCodeAt(i);
    const shape = SHAPE.charCodeAt(i);
    if (shape === ZERO ? code < ZERO || code > ZERO + 9 : code !== shape) return false;
  }
  return true;
}

/** Epoch ms of a text of that shape; null for what does not exist. */
function plainTimeOf(text: string): number | null {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (!isDate(year, month, day) || hour > 23 || minute > 59 || second > 59) return null;
  return Date.UTC(year, month - 1, day, hour, minute, second) + twoDigits(text, 20) * 10 + text.charCodeAt(22) - ZERO;
}

/** The two digits at a place. */
function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
}

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a day exists: there is no 30 February. */
export function isDay({ year, month, day }: LocalTime): boolean {
  return isDate(year, month, day);
}

function isDate(year: number, month: number, day: number): boolean {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  // A year below 100 is none of a field system's: Date.UTC takes it for one of the last century.
  return year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= DAYS_OF_MONTH[month - 1]! + leap;
}

function zoneOffsetMin(offset: string): number | null {
  if (offset === 'Z' || offset === 'z') return 0;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2));
  if (hours > 14 || minutes > 59) return null;
  return (offset[0] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

/** A time as all records write it: ISO 8601, UTC, milliseconds. */
export function formatTime(t: number): string {
  return new Date(t).toISOString();
}
