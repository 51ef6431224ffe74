import { formatTime, parseTime } from '../../../operators/model/time.js';

/** A stretch of time, epoch ms: from, up to. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
  /** It was said in relation to now: nobody can have mistaken it, so it may be empty. */
  readonly isRelative?: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * A day in UTC.
 * @param text `yesterday`, or a date such as `2026-10-04`
 * @returns null if it is neither
 */
export function dayRange(text: string, nowMs: number): TimeRange | null {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  if (text === 'yesterday') return { from: today - DAY_MS, to: today, isRelative: true };
  const from = /^\d{4}-\d\d-\d\d$/.test(text) ? parseTime(`${text}T00:00:00Z`) : null;
  return from === null ? null : { from, to: from + DAY_MS };
}

/**
 * The last hours or days, up to the last full hour: the same command within an hour means the same.
 * @param text `24h` or `7d`
 * @returns null if it is neither, or nothing
 */
export function lastRange(text: string, nowMs: number): TimeRange | null {
  const match = /^([1-9]\d{0,3})([hd])$/.exec(text);
  if (!match) return null;
  const to = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  return { from: to - Number(match[1]) * (match[2] === 'h' ? HOUR_MS : DAY_MS), to, isRelative: true };
}

/** A range in a name: `2026-10-04`, `2026-10-01 to 2026-10-04`, `2026-10-04T18:00Z to 2026-10-04T23:00Z`. */
export function rangeText({ from, to }: TimeRange): string {
  if (from % DAY_MS === 0 && to - from === DAY_MS) return shortTime(from);
  return `${shortTime(from)} to ${shortTime(to)}`;
}

function shortTime(ms: number): string {
  return formatTime(ms)
    .replace(/\.000Z$/, 'Z')
    .replace(/:00Z$/, 'Z')
    .replace(/T00:00Z$/, '');
}
