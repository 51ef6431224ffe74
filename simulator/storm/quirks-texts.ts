/** Ids, times and bytes as some systems in the field write them: each means what it meant. */
import type { Random } from '../random.js';

/** What stands around ids: blanks of fixed columns, and what copying from a page or a file brings along. */
const AROUND = [' ', '          ', '\u00a0', '\u200e', '\ufeff', '\u202f', '\n'] as const;

/** An id with something around it. */
export function padded(id: string, random: Random): string {
  return `${random.chance(0.5) ? random.pick(AROUND) : ''}${id}${random.pick(AROUND)}`;
}

/** Where the digits of other scripts begin: Arabic-Indic, Persian, Devanagari, full width. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0xff10] as const;

/** An id with the digits of another script. */
export function inOtherDigits(id: string, random: Random): string {
  const zero = random.pick(ZEROS);
  return id.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
}

/** A number of 18 digits for an id, more than a double holds: the same for the same id. */
export function bigNumberOf(id: string): bigint {
  return 707_057_500_000_000_000n + BigInt(id.replace(/\D/g, '') || '0');
}

/** Clocks that say so may be written in any form: others stand in years that some forms cannot say. */
function isPlain(iso: string): boolean {
  return /^20[0-8]\d-.*Z$/.test(iso);
}

const OFFSETS_MIN = [180, 120, -300, 330] as const;

/** The same moment, in the time of another zone. */
function inOtherZone(iso: string, random: Random): string {
  const offsetMin = random.pick(OFFSETS_MIN);
  const local = new Date(Date.parse(iso) + offsetMin * 60_000).toISOString().slice(0, -1);
  const ofDay = new Date(Math.abs(offsetMin) * 60_000).toISOString();
  const sign = offsetMin < 0 ? '-' : '+';
  return `${local}${sign}${ofDay.slice(11, 13)}${random.chance(0.5) ? ':' : ''}${ofDay.slice(14, 16)}`;
}

/** xs:dateTime, in which every offset has its colon. */
const XML_TIMES: readonly ((iso: string, random: Random) => string)[] = [
  // Finer than a millisecond.
  (iso, random) => iso.replace('Z', `${random.integer(0, 9_999)}Z`),
  (iso, random) => inOtherZone(iso, random).replace(/(\d\d)(\d\d)$/, '$1:$2'),
  // Without a zone, UTC is meant unless something else is configured.
  (iso) => iso.replace('Z', ''),
  (iso) => `\n  ${iso}\n`,
  // Without the last noughts of its fraction.
  (iso) => iso.replace(/\.?0*Z$/, 'Z'),
];

const JSON_TIMES: readonly ((iso: string, random: Random) => string | number)[] = [
  ...XML_TIMES,
  inOtherZone,
  (iso) => iso.replace('T', ' '),
  (iso) => iso.replace('.', ','),
  (iso) => Date.parse(iso),
  (iso) => String(Date.parse(iso)),
  (iso) => `/Date(${Date.parse(iso)})/`,
];

/** A time (ISO 8601, UTC, milliseconds) in another form of xs:dateTime. */
export function oddXmlTime(iso: string, random: Random): string {
  return isPlain(iso) ? random.pick(XML_TIMES)(iso, random) : iso;
}

/** A time (ISO 8601, UTC, milliseconds) in another form that JSON has. */
export function oddJsonTime(iso: string, random: Random): string | number {
  return isPlain(iso) ? random.pick(JSON_TIMES)(iso, random) : iso;
}

/** How a text becomes bytes. UTF-16 comes with a byte-order mark. */
export const ENCODINGS = ['utf-8', 'utf-8 with a mark', 'utf-16le', 'utf-16be', 'iso-8859-1'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** A text in an encoding; what ISO 8859-1 does not have must not be in one for it. */
export function encoded(text: string, encoding: Encoding): Uint8Array {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text);
    case 'utf-8 with a mark':
      return Buffer.from(`\ufeff${text}`);
    case 'utf-16le':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'utf-16be':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    case 'iso-8859-1':
      return Buffer.from(text, 'latin1');
  }
}
