import type { Static, TSchema } from 'typebox';
import Compile, { type Validator } from 'typebox/compile';
import { unreadable } from './errors.js';
import type { Immutable } from './immutable.js';
import { fieldOf, quoted, type Fields } from './record-shape.js';

/**
 * Reads what is rare on topics, whole, by its schema: rule sets, commands, the network. What comes for every event is checked by
 * hand, as its schema says too (record-shape.ts).
 */

/**
 * A reader by a schema. It takes what the value is called in a sentence (`An activation`), and the value.
 * @param errorOf what it throws, of a sentence: which field is wrong, what it is, and what it should be
 */
export function readerOf<S extends TSchema>(
  schema: S,
  errorOf: (sentence: string) => Error = unreadable,
): (what: string, value: unknown) => Immutable<Static<S>> {
  // To compile it takes some ms, and most of those who could read it never do.
  let validator: Validator | null = null;
  return (what, value) => {
    validator ??= Compile(schema);
    if (!validator.Check(value)) throw errorOf(sentenceOf(what, value, schema, validator));
    return value as Immutable<Static<S>>;
  };
}

function sentenceOf(what: string, value: unknown, schema: TSchema, validator: Validator): string {
  const errors = validator.Errors(value);
  // A name that is unknown is an error of its own value first, which says less.
  const error = errors.find(({ keyword }) => keyword === 'additionalProperties') ?? errors[0];
  if (!error) return `${what} is wrong, and its schema does not say where.`;
  // One branch of several: what is expected is any of them.
  let place = error.schemaPath
    .replace(/\/anyOf\/\d+$/, '')
    .split('/')
    .slice(1);
  let path = error.instancePath.split('/').slice(1);
  if (error.keyword === 'required') {
    const [field] = error.params.requiredProperties;
    place = [...error.schemaPath.split('/').slice(1), 'properties', field!];
    path = [...path, field!];
  }
  if (error.keyword === 'additionalProperties') {
    const [field] = error.params.additionalProperties;
    return `${what} has ${[...path, field].join('.')}, which is no field of it.`;
  }
  const expected = nameOf(at(schema, place));
  const found = quoted(at(value, path));
  return path.length === 0
    ? `${what} is ${found} instead of ${expected}.`
    : `${what} has ${path.join('.')} ${found} instead of ${expected}.`;
}

/** What stands at a path, if anything. */
function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, name) => (isNode(node) ? fieldOf(node, name) : undefined), value);
}

function isNode(value: unknown): value is Fields {
  return value !== null && typeof value === 'object';
}

/** What a schema asks for, as it is called in a sentence. */
function nameOf(schema: unknown): string {
  if (!isNode(schema)) return 'something else';
  const { anyOf, enum: words, const: word, type, format, pattern, maxLength, description } = schema;
  if (Array.isArray(anyOf)) return anyOf.map(nameOf).join(' or ');
  if (Array.isArray(words)) return `one of ${words.join(', ')}`;
  if (word !== undefined) return JSON.stringify(word);
  if (format === 'uuid') return 'a UUID';
  if (format === 'date-time') return 'a time in ISO 8601';
  if (type === 'integer' || type === 'number') return `a ${type === 'integer' ? 'whole ' : ''}number${rangeOf(schema)}`;
  if (type === 'string') {
    if (pattern !== undefined && description !== undefined) return String(description);
    return maxLength === undefined ? 'a text' : `a text of ${String(maxLength)} characters at most`;
  }
  return NAMES.get(type) ?? 'something else';
}

const NAMES: ReadonlyMap<unknown, string> = new Map([
  ['boolean', 'true or false'],
  ['null', 'null'],
  ['array', 'a list'],
  ['object', 'an object'],
]);

/** Bounds that say more than that there are some. */
const TELLING = 1e12;

function rangeOf({ minimum, maximum, description }: Fields): string {
  const isTelling = (bound: unknown): boolean => typeof bound === 'number' && Math.abs(bound) < TELLING;
  const from = isTelling(minimum) ? ` from ${String(minimum)}` : '';
  const to = isTelling(maximum) ? ` to ${String(maximum)}` : '';
  return from + to + (from + to === '' && description !== undefined ? ` (${String(description)})` : '');
}
