import type { LocalTime } from '../../../operators/model/time-zone.js';

/** Times as a column has them that is not in ISO 8601: `MM/DD/YYYY hh:mm:ss a`. A mapping says the form. */

/** Reads the text of a cell as what a clock shows; null if it is of another form, or there is no such day or hour. */
export type TimeForm = (text: string) => LocalTime | null;

/** What a form is made of, the longest first. What is no letter stands for itself, and T, which ISO 8601 has. */
const TOKENS = /YYYY|YY|MMM|MM?|DD?|HH?|hh?|mm?|ss?|S+|a|A|T|[^A-Za-z]+/g;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'half';

/** What each letter of a form tells. */
const PARTS: ReadonlyMap<string, Part> = new Map([
  ['Y', 'year'],
  ['M', 'month'],
  ['D', 'day'],
  ['H', 'hour'],
  ['h', 'hour'],
  ['m', 'minute'],
  ['s', 'second'],
  ['S', 'fraction'],
  ['a', 'half'],
  ['A', 'half'],
]);
const NEEDED: readonly Part[] = ['year', 'month', 'day', 'hour', 'minute'];

/**
 * Reads a form: `YYYY` or `YY` (of this century), `MM`, `MMM` (a month's English name), `DD`, `HH` (0 to 23) or `hh` (1 to 12)
 * with `a` (am or pm), `mm`, `ss`, `SSS`. Where something stands between numbers, one digit will do for two.
 * @returns null if it is none: a part is missing, stands twice, or is a letter that says nothing
 */
export function readTimeForm(form: string): TimeForm | null {
  const tokens = form.match(TOKENS) ?? [];
  if (tokens.join('') !== form) return null;
  const parts = tokens.flatMap((token) => PARTS.get(token[0]!) ?? []);
  if (new Set(parts).size !== parts.length || NEEDED.some((part) => !parts.includes(part))) return null;
  const isOfTwelve = tokens.some((token) => token.startsWith('h'));
  if (isOfTwelve !== parts.includes('half')) return null;
  const pattern = new RegExp(`^${tokens.map((_, i) => patternOf(tokens, i)).join('')}$`, 'i');
  return (text) => localTimeOf(pattern.exec(text)?.groups, isOfTwelve);
}

function patternOf(tokens: readonly string[], at: number): string {
  const token = tokens[at]!;
  const part = PARTS.get(token[0]!);
  if (part === undefined) {
    const between = token.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    // am and pm stand with or without a blank, of whatever width.
    return between.replace(/\s+/g, /^a$/i.test(tokens[at + 1] ?? '') ? '\\s*' : '\\s+');
  }
  if (part === 'half') return '(?<half>[ap])\\.?\\s?m\\.?';
  if (token === 'MMM') return '(?<month>[a-z]{3,9})\\.?';
  if (part === 'fraction') return '(?<fraction>\\d{1,9})';
  if (part === 'year') return `(?<year>\\d{${token.length}})`;
  const isDense = isNumber(tokens[at - 1]) || isNumber(tokens[at + 1]);
  const digits = `(?<${part}>\\d{${isDense ? '2' : '1,2'}})`;
  const hasFraction = tokens.some((other) => other.startsWith('S'));
  return part === 'second' && !hasFraction ? `${digits}(?:[.,](?<fraction>\\d{1,9}))?` : digits;
}

/** Whether digits stand for a token: then nothing divides them from those beside them. */
function isNumber(token: string | undefined): boolean {
  return token !== undefined && token !== 'MMM' && !/^a$/i.test(token) && PARTS.has(token[0]!);
}

function localTimeOf(
  groups: Readonly<Record<string, string | undefined>> | undefined,
  isOfTwelve: boolean,
): LocalTime | null {
  if (!groups) return null;
  const { year = '', month = '', day = '', hour = '', minute = '', second = '0', fraction = '', half } = groups;
  const local = {
    year: year.length === 2 ? 2000 + Number(year) : Number(year),
    month: /^\d/.test(month) ? Number(month) : MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1,
    day: Number(day),
    hour: isOfTwelve ? (Number(hour) % 12) + (half?.toLowerCase() === 'p' ? 12 : 0) : Number(hour),
    minute: Number(minute),
    second: Number(second),
    ms: Number(fraction.padEnd(3, '0').slice(0, 3)),
  };
  if (isOfTwelve && (Number(hour) < 1 || Number(hour) > 12)) return null;
  return isDay(local) && local.hour < 24 && local.minute < 60 && local.second < 60 ? local : null;
}

function isDay({ year, month, day }: LocalTime): boolean {
  return year >= 100 && month >= 1 && new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && month <= 12;
}
