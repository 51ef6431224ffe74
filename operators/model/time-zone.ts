/**
 * What a clock on the wall means: local times of a zone as epoch milliseconds. The tables of zones are those of the platform
 * (IANA, by Intl).
 */
import { OperatorError } from './errors.js';

/** A zone of times that come without one. It holds texts and numbers only, as it goes from thread to thread. */
export interface TimeZone {
  /** As it was written: `UTC`, `+03:00`, `Asia/Amman`. */
  readonly name: string;
  /** Minutes east of UTC; null: it depends on the time, and the tables of zones know it by the name. */
  readonly offsetMin: number | null;
}

export const UTC: TimeZone = { name: 'UTC', offsetMin: 0 };

/** What a clock shows. Second 60 and hour 24 are those of the next minute and day. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Milliseconds, 0 to 999. */
  readonly ms: number;
}

/** What is wrong with a local time in its zone: clocks showed it never (`gap`) or twice (`doubled`). */
export type LocalTimeDoubt = 'gap' | 'doubled';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MAX_OFFSET_HOURS = 14;

const UTC_NAMES = /^(z|utc|gmt)$/i;
const OFFSET = /^([+-])(\d\d)(?::?(\d\d))?$/;
/** `EST`, `IST`: several zones are called so, and the tables take them for one that knows no summer. */
const ABBREVIATION = /^[a-z]{1,4}$/i;

/** What a zone may be, as sentences about a wrong one say it. */
export const TIME_ZONE_EXPECTED = 'UTC, an offset such as +03:00, or a zone such as Asia/Amman';

/**
 * Reads the name of a zone: `UTC`, `Z`, an offset such as `+03:00`, or a name of the IANA tables, in which case does not matter.
 * @throws OperatorError if it is none, or an abbreviation that several zones share
 */
export function parseTimeZone(text: string): TimeZone {
  const name = text.trim();
  if (UTC_NAMES.test(name)) return UTC;
  const [, sign, hours, minutes = '0'] = OFFSET.exec(name) ?? [];
  if (sign !== undefined) {
    const offsetMin = Number(hours) * 60 + Number(minutes);
    if (Number(minutes) > 59 || offsetMin > MAX_OFFSET_HOURS * 60) throw noZone(text);
    return { name, offsetMin: sign === '-' ? -offsetMin : offsetMin };
  }
  if (ABBREVIATION.test(name)) throw noZone(text);
  try {
    clockOf(name.toLowerCase());
  } catch (error) {
    if (error instanceof RangeError) throw noZone(text);
    throw error;
  }
  return { name, offsetMin: null };
}

function noZone(text: string): OperatorError {
  const quoted = JSON.stringify(text.slice(0, 60));
  return new OperatorError('OMS_BAD_TIME_ZONE', `${quoted} is no time zone: expected ${TIME_ZONE_EXPECTED}.`);
}

/**
 * A local time as epoch ms. Of an hour that clocks show twice it is the one nearer to `nearMs`; a time that they leave out is
 * taken with the offset that held before.
 * @param local what the clock shows; a date that exists
 * @param nearMs when it was received, epoch ms; null: nobody knows, and of two it is the first
 */
export function localTimeMs(local: LocalTime, zone: TimeZone, nearMs: number | null): number {
  const shownMs = utcMs(local);
  if (zone.offsetMin !== null) return shownMs - zone.offsetMin * MINUTE_MS;
  const name = keyOf(zone);
  const [first, second] = readingsOf(shownMs, name);
  if (first === undefined) return shownMs - offsetMs(shownMs - DAY_MS, name);
  if (second === undefined || nearMs === null) return first;
  return Math.abs(second - nearMs) < Math.abs(first - nearMs) ? second : first;
}

/** Whether a local time is one that clocks of the zone never showed, or twice; null: once. */
export function localTimeDoubt(local: LocalTime, zone: TimeZone): LocalTimeDoubt | null {
  if (zone.offsetMin !== null) return null;
  const { length } = readingsOf(utcMs(local), keyOf(zone));
  if (length === 1) return null;
  return length === 0 ? 'gap' : 'doubled';
}

/** Small: what is kept of a zone is kept once, in whatever letters it is written. */
function keyOf({ name }: TimeZone): string {
  return name.toLowerCase();
}

/**
 * The moments at which clocks of a zone show a time, in their order.
 * @param shownMs what they show, as if it were UTC
 */
function readingsOf(shownMs: number, zone: string): number[] {
  // No offset is as much as a day: whatever changes at about that time lies between the two.
  const before = offsetMs(shownMs - DAY_MS, zone);
  const after = offsetMs(shownMs + DAY_MS, zone);
  const offsets = before === after ? [before] : [before, after];
  return offsets.map((offset) => shownMs - offset).filter((t, i) => offsetMs(t, zone) === offsets[i]);
}

const CLOCKS = new Map<string, Intl.DateTimeFormat>();

/** Throws a RangeError where the tables do not know the zone. A formatter takes longer to make than a thousand times to use. */
function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = CLOCKS.get(zone);
  if (clock) return clock;
  clock = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  CLOCKS.set(zone, clock);
  return clock;
}

/** Offsets that were asked for, by zone and minute: events of a storm are of the same few, and offsets change on the minute. */
const OFFSETS = new Map<string, Map<number, number>>();
const MAX_OFFSETS = 512;

/** How far clocks of a zone are ahead of UTC at a time, ms. */
function offsetMs(t: number, zone: string): number {
  const minute = Math.floor(t / MINUTE_MS);
  let offsets = OFFSETS.get(zone);
  if (!offsets) OFFSETS.set(zone, (offsets = new Map()));
  const known = offsets.get(minute);
  if (known !== undefined) return known;
  if (offsets.size === MAX_OFFSETS) offsets.clear();
  const offset = clockMs(minute * MINUTE_MS, zone) - minute * MINUTE_MS;
  offsets.set(minute, offset);
  return offset;
}

/** What clocks of a zone show at a time, as if it were UTC. */
function clockMs(t: number, zone: string): number {
  const shown = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of clockOf(zone).formatToParts(t)) {
    switch (type) {
      case 'year':
      case 'month':
      case 'day':
      case 'hour':
      case 'minute':
      case 'second':
        shown[type] = Number(value);
    }
  }
  return utcMs({ ...shown, ms: 0 });
}

function utcMs({ year, month, day, hour, minute, second, ms }: LocalTime): number {
  const t = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  // Date.UTC takes a year below 100 for one of the last century.
  return year < 100 ? new Date(t).setUTCFullYear(year) : t;
}
