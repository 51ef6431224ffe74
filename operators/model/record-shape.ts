import { unreadable } from './errors.js';

/**
 * What a record of a topic must look like before anything is made of it: whoever can write to a topic can write anything.
 * By hand and not by a schema, as the log is read for every event; that both say the same is tested.
 */

/** What a value must be. */
export interface Kind {
  readonly is: (value: unknown) => boolean;
  /** What it is called in a sentence: `a text`. */
  readonly name: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Half of a surrogate pair is no character: nothing that is made of such a text has a UTF-8 form, or an id. */
const LONE_SURROGATE = /\p{Surrogate}/u;
export const TEXT: Kind = { is: (value) => typeof value === 'string' && !LONE_SURROGATE.test(value), name: 'a text' };
export const BOOLEAN: Kind = { is: (value) => typeof value === 'boolean', name: 'true or false' };
export const OBJECT: Kind = {
  is: (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
  name: 'an object',
};

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const UUID: Kind = { is: (value) => typeof value === 'string' && UUID_TEXT.test(value), name: 'a UUID' };

/** No date lies farther from 1970, ms. */
export const MAX_DATE_MS = 8.64e15;

/** Whether a number is epoch ms of a date that exists. */
export function isEpochMs(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) <= MAX_DATE_MS;
}

export const EPOCH_MS: Kind = { is: isEpochMs, name: 'a time in epoch ms' };
const ISO_START = /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d/;
/** As every record writes it. */
export const ISO_TIME: Kind = {
  is: (value) => typeof value === 'string' && ISO_START.test(value) && !Number.isNaN(Date.parse(value)),
  name: 'a time in ISO 8601',
};

const MAX_INTEGER = 2 ** 31 - 1;
export const COUNT: Kind = {
  is: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_INTEGER,
  name: 'a count',
};
export const OFFSET: Kind = {
  is: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  name: 'an offset',
};
export const LATITUDE = between(-90, 90, 'a latitude');
export const LONGITUDE = between(-180, 180, 'a longitude');

/** A number from one to another, which NaN is not. */
export function between(min: number, max: number, name = `a number from ${min} to ${max}`): Kind {
  return { is: (value) => typeof value === 'number' && value >= min && value <= max, name };
}

/** One of some words. */
export function oneOf(words: readonly string[]): Kind {
  return { is: (value) => words.includes(value as string), name: `one of ${words.join(', ')}` };
}

/** That kind, or null. */
export function nullable({ is, name }: Kind): Kind {
  return { is: (value) => value === null || is(value), name: `${name} or null` };
}

/** That kind, or nothing at all. */
export function optional({ is, name }: Kind): Kind {
  return { is: (value) => value === undefined || is(value), name };
}

export function listOf({ is, name }: Kind): Kind {
  return { is: (value) => Array.isArray(value) && value.every(is), name: `a list, each of it ${name}` };
}

/** What stands under a name in an object itself, not in what every object has. */
function fieldOf(value: Fields, field: string): unknown {
  return Object.hasOwn(value, field) ? value[field] : undefined;
}

/** An object with fields of these kinds; others may stand beside. */
export function objectOf(kinds: Readonly<Record<string, Kind>>, name: string): Kind {
  const entries = Object.entries(kinds);
  return {
    is: (value) => OBJECT.is(value) && entries.every(([field, { is }]) => is(fieldOf(value as Fields, field))),
    name,
  };
}

/**
 * Checks the fields of a value.
 * @param what how the sentence begins: `An outage record`
 * @throws Error that names the field, what it is, and what it should be
 */
export function checkFields(
  what: string,
  value: unknown,
  kinds: Readonly<Record<string, Kind>>,
): asserts value is Fields {
  if (!OBJECT.is(value)) throw unreadable(`${what} is ${quoted(value)} instead of an object.`);
  for (const [field, kind] of Object.entries(kinds)) {
    const found = fieldOf(value as Fields, field);
    if (!kind.is(found)) throw wrongField(what, field, found, kind);
  }
}

/** That a field is not of its kind. */
export function wrongField(what: string, field: string, value: unknown, { name }: Kind): Error {
  return unreadable(`${what} has ${field} ${quoted(value)} instead of ${name}.`);
}

const QUOTED_CHARACTERS = 60;

function quoted(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, QUOTED_CHARACTERS)) : String(value);
  return text.slice(0, QUOTED_CHARACTERS);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Bytes as text.
 * @throws Error if they are not UTF-8
 */
export function textOf(what: string, bytes: Uint8Array | null): string {
  try {
    return bytes === null ? '' : UTF8.decode(bytes);
  } catch {
    throw unreadable(`${what} is not UTF-8.`);
  }
}

/**
 * Bytes as what their JSON says.
 * @throws Error if they are none
 */
export function jsonOf(what: string, bytes: Uint8Array): unknown {
  const text = textOf(what, bytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(`${what} is not JSON (${(error as Error).message}).`, { cause: error });
  }
}
