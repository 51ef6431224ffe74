import { unreadable } from './errors.js';

/**
 * What a record of a topic must look like before anything is made of it: whoever can write to a topic can write anything.
 * By hand and not by a schema, as the log is read for every event; that both say the same is tested.
 */

/** What a value must be; `T`, once it is known to be so. */
export interface Kind<T = unknown> {
  readonly is: (value: unknown) => value is T;
  /** What it is called in a sentence: `a text`. */
  readonly name: string;
}

/** A kind of a field that may be absent. */
interface OptionalKind<T> extends Kind<T | undefined> {
  readonly isOptional: true;
}

/** What the fields of an object must be. */
export type Kinds = Readonly<Record<string, Kind>>;

type Of<K> = K extends Kind<infer T> ? T : never;
type OptionalNames<K> = { [N in keyof K]: K[N] extends OptionalKind<unknown> ? N : never }[keyof K];

/** An object whose fields are known to be of these kinds. */
export type Checked<K> = { [N in Exclude<keyof K, OptionalNames<K>>]: Of<K[N]> } & {
  [N in OptionalNames<K>]?: Exclude<Of<K[N]>, undefined>;
};

/** A JSON object whose fields nobody has looked at yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Half of a surrogate pair is no character: nothing that is made of such a text has a UTF-8 form, or an id. */
const LONE_SURROGATE = /\p{Surrogate}/u;
export const TEXT: Kind<string> = {
  is: (value): value is string => typeof value === 'string' && !LONE_SURROGATE.test(value),
  name: 'a text',
};
/** One that only people read: the beginning of something, perhaps, whose last character is cut in half. */
export const ANY_TEXT: Kind<string> = { is: (value): value is string => typeof value === 'string', name: 'a text' };
export const BOOLEAN: Kind<boolean> = { is: (value) => typeof value === 'boolean', name: 'true or false' };
export const OBJECT: Kind<Fields> = {
  is: (value): value is Fields => value !== null && typeof value === 'object' && !Array.isArray(value),
  name: 'an object',
};

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const UUID: Kind<string> = {
  is: (value): value is string => typeof value === 'string' && UUID_TEXT.test(value),
  name: 'a UUID',
};

/** No date lies farther from 1970, ms. */
export const MAX_DATE_MS = 8.64e15;

/** Whether a number is epoch ms of a date that exists. */
export function isEpochMs(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) <= MAX_DATE_MS;
}

export const EPOCH_MS: Kind<number> = { is: isEpochMs, name: 'a time in epoch ms' };
const ISO_START = /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d/;
/** As every record writes it. */
export const ISO_TIME: Kind<string> = {
  is: (value): value is string =>
    typeof value === 'string' && ISO_START.test(value) && !Number.isNaN(Date.parse(value)),
  name: 'a time in ISO 8601',
};

const MAX_INTEGER = 2 ** 31 - 1;
export const INTEGER: Kind<number> = {
  is: (value): value is number => Number.isSafeInteger(value),
  name: 'a whole number',
};
export const COUNT: Kind<number> = {
  is: (value): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_INTEGER,
  name: 'a count',
};
export const FROM_1: Kind<number> = {
  is: (value): value is number => COUNT.is(value) && value > 0,
  name: 'a count from 1',
};
export const OFFSET: Kind<number> = {
  is: (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0,
  name: 'an offset',
};
export const LATITUDE = between(-90, 90, 'a latitude');
export const LONGITUDE = between(-180, 180, 'a longitude');

/** A number from one to another, which NaN is not. */
export function between(min: number, max: number, name = `a number from ${min} to ${max}`): Kind<number> {
  return { is: (value): value is number => typeof value === 'number' && value >= min && value <= max, name };
}

/** One of some words. */
export function oneOf<W extends string>(words: readonly W[]): Kind<W> {
  return {
    is: (value): value is W => (words as readonly unknown[]).includes(value),
    name: `one of ${words.join(', ')}`,
  };
}

/** That kind, or null. */
export function nullable<T>({ is, name }: Kind<T>): Kind<T | null> {
  return { is: (value): value is T | null => value === null || is(value), name: `${name} or null` };
}

/** That kind, or nothing at all. */
export function optional<T>({ is, name }: Kind<T>): OptionalKind<T> {
  return { is: (value): value is T | undefined => value === undefined || is(value), name, isOptional: true };
}

export function listOf<T>({ is, name }: Kind<T>): Kind<T[]> {
  return { is: (value): value is T[] => Array.isArray(value) && value.every(is), name: `a list, each of it ${name}` };
}

/** What stands under a name in an object itself, not in what every object has. */
export function fieldOf(value: Fields, field: string): unknown {
  return Object.hasOwn(value, field) ? value[field] : undefined;
}

/** An object with fields of these kinds; others may stand beside. */
export function objectOf<K extends Kinds>(kinds: K, name: string): Kind<Checked<K>> {
  const entries = Object.entries(kinds);
  return {
    is: (value): value is Checked<K> => {
      if (!OBJECT.is(value)) return false;
      // A loop: there is one such object for each event of a storm.
      for (const [field, { is }] of entries) if (!is(fieldOf(value, field))) return false;
      return true;
    },
    name,
  };
}

/**
 * Checks the fields of a value.
 * @param what how the sentence begins: `An outage record`
 * @throws Error that names the field, what it is, and what it should be
 */
export function checkFields<K extends Kinds>(what: string, value: unknown, kinds: K): asserts value is Checked<K> {
  if (!OBJECT.is(value)) throw unreadable(`${what} is ${quoted(value)} instead of an object.`);
  for (const [field, kind] of Object.entries(kinds)) {
    const found = fieldOf(value, field);
    if (!kind.is(found)) throw wrongField(what, field, found, kind);
  }
}

/**
 * Bytes as the object that their JSON says, with fields of these kinds.
 * @param what how the sentence begins: `An outage record`
 * @throws Error if they are none: what of it is wrong, and what it should be
 */
export function readFields<K extends Kinds>(what: string, bytes: Uint8Array, kinds: K): Checked<K> {
  const value = jsonOf(what, bytes);
  checkFields(what, value, kinds);
  return value;
}

/** That a field is not of its kind. */
export function wrongField(what: string, field: string, value: unknown, { name }: Kind): Error {
  return unreadable(`${what} has ${field} ${quoted(value)} instead of ${name}.`);
}

const QUOTED_CHARACTERS = 60;

/** A value as it stands in a sentence, its beginning. */
export function quoted(value: unknown): string {
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
