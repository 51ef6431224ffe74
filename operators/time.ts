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
  const asWritten = parseFormatted(text);
  if (!Number.isNaN(asWritten)) return asWritten;
  const match = ISO.exec(text.trim());
  if (!match) return null;
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone] = match;
  const fields = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const utc = Date.UTC(fields[0], fields[1] - 1, fields[2], fields[3], fields[4], fields[5]);
  const back = new Date(utc);
  // Date.UTC rolls over what does not exist (30 February, 25:00): then the fields do not come back as they went in.
  const exists =
    back.getUTCFullYear() === fields[0] &&
    back.getUTCMonth() === fields[1] - 1 &&
    back.getUTCDate() === fields[2] &&
    back.getUTCHours() === fields[3] &&
    back.getUTCMinutes() === fields[4] &&
    back.getUTCSeconds() === fields[5];
  const offsetMin = zone === undefined ? naiveOffsetMin : zoneOffsetMin(zone);
  if (!exists || offsetMin === null) return null;
  return utc + Number(fraction.padEnd(3, '0').slice(0, 3)) - offsetMin * 60_000;
}

/**
 * Reads a time in the form of {@link formatTime}, which nearly all have, without a regular expression: a tenth of the time.
 * NaN if it has another form, and for what needs a closer look: the end of a month, the first century.
 */
function parseFormatted(text: string): number {
  if (text.length !== 24 || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T') return NaN;
  if (text[13] !== ':' || text[16] !== ':' || text[19] !== '.' || text[23] !== 'Z') return NaN;
  const year = 100 * twoDigits(text, 0) + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const millisecond = 10 * twoDigits(text, 20) + digit(text, 22);
  // Each comparison is false of NaN.
  const exists = year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour < 24 && minute < 60;
  return exists && second < 60 ? Date.UTC(year, month - 1, day, hour, minute, second, millisecond) : NaN;
}

function twoDigits(text: string, at: number): number {
  return 10 * digit(text, at) + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : NaN;
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
