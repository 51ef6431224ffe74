/** The time that counts. All times are epoch milliseconds, UTC. */

const AHEAD_MS = 5 * 60_000;
const BEHIND_MS = 7 * 86_400_000;

/** The two times of an event that decide which one counts. */
interface Timed {
  readonly occurredAt: number;
  readonly receivedAt: number;
}

/**
 * Is what the device says of its time implausible? Plausible is: no later than 5 min after it was received, no earlier
 * than 7 days before (a meter that lost power may wake up in 1970).
 */
export function isClockSuspect({ occurredAt, receivedAt }: Timed): boolean {
  return occurredAt > receivedAt + AHEAD_MS || occurredAt < receivedAt - BEHIND_MS;
}

/** `t`, the time that counts: when it happened, if that is plausible, else when it was received. */
export function timeOf(event: Timed): number {
  return isClockSuspect(event) ? event.receivedAt : event.occurredAt;
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d\d(?::?\d\d)?)?$/;

/**
 * Reads a time as field systems write it: with or without seconds and their fraction, with `Z`, with an offset, or with
 * no zone at all.
 * @param text the time
 * @param naiveOffsetMin the offset (minutes east of UTC) of times without a zone
 * @returns epoch ms; a fraction finer than a millisecond is cut. Null if it is not a time, or a day that does not exist.
 */
export function parseTime(text: unknown, naiveOffsetMin = 0): number | null {
  if (typeof text !== 'string') return null;
  if (isPlain(text)) {
    const time = utcOf(
      twoDigits(text, 0) * 100 + twoDigits(text, 2),
      twoDigits(text, 5),
      twoDigits(text, 8),
      twoDigits(text, 11),
      twoDigits(text, 14),
      twoDigits(text, 17),
    );
    return time === null ? null : time + twoDigits(text, 20) * 10 + text.charCodeAt(22) - ZERO;
  }
  const match = ISO.exec(text.trim());
  if (!match) return null;
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone] = match;
  const utc = utcOf(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
  const offsetMin = zone === undefined ? naiveOffsetMin : zoneOffsetMin(zone);
  if (utc === null || offsetMin === null) return null;
  return utc + Number(fraction.padEnd(3, '0').slice(0, 3)) - offsetMin * 60_000;
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

/** The two digits at a place. */
function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
}

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Epoch ms; null for what does not exist (30 February, 25:00), which Date.UTC would roll over. */
function utcOf(year: number, month: number, day: number, hour: number, minute: number, second: number): number | null {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  // Date.UTC takes a year below 100 for one of the last century; no field system means one.
  if (year < 100 || month < 1 || month > 12 || day < 1 || day > DAYS_OF_MONTH[month - 1]! + leap) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function zoneOffsetMin(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2));
  if (hours > 14 || minutes > 59) return null;
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

/** A time as all records write it: ISO 8601, UTC, milliseconds. */
export function formatTime(t: number): string {
  return new Date(t).toISOString();
}
