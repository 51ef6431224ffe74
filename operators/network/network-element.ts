import type { TObject } from 'typebox';
import { unreadable } from '../model/errors.js';
import { isFields, quote, type Fields } from '../normalise/fields.js';
import { jsonOf } from '../model/record-shape.js';
import { readerOf } from '../model/schema-reader.js';
import { ELEMENT_SCHEMAS } from './network-schema.js';
import type { NetworkElement, NetworkKind } from './registry.js';

/**
 * Checks elements of the network where they are read from their topic: whoever writes there may be wrong, and an index that
 * has taken one coordinate that is no number finds nothing any more.
 */

interface ElementReader {
  /** The names of its fields, its id first. */
  readonly names: readonly string[];
  /** Those that must be there, be it as null. */
  readonly required: ReadonlySet<string>;
  read(what: string, value: unknown): NetworkElement;
}

const READERS: ReadonlyMap<unknown, ElementReader> = new Map(
  Object.entries({
    substation: { ...fieldsOf(ELEMENT_SCHEMAS.substation), read: readerOf(ELEMENT_SCHEMAS.substation) },
    feeder: { ...fieldsOf(ELEMENT_SCHEMAS.feeder), read: readerOf(ELEMENT_SCHEMAS.feeder) },
    device: { ...fieldsOf(ELEMENT_SCHEMAS.device), read: readerOf(ELEMENT_SCHEMAS.device) },
    distribution_point: {
      ...fieldsOf(ELEMENT_SCHEMAS.distribution_point),
      read: readerOf(ELEMENT_SCHEMAS.distribution_point),
    },
    customer: { ...fieldsOf(ELEMENT_SCHEMAS.customer), read: readerOf(ELEMENT_SCHEMAS.customer) },
    onu: { ...fieldsOf(ELEMENT_SCHEMAS.onu), read: readerOf(ELEMENT_SCHEMAS.onu) },
  } satisfies Record<NetworkKind, ElementReader>),
);

function fieldsOf(schema: TObject<{ element: TObject }>): Pick<ElementReader, 'names' | 'required'> {
  const { properties, required } = schema.properties.element;
  return { names: Object.keys(properties), required: new Set<string>(required) };
}

/**
 * Reads the value of a record of `oms.network`. What may be null may be absent, and what no element of its kind has is left
 * out.
 * @param key the record's: `kind/id`
 * @throws Error in a sentence: what of it is wrong, and what would be right
 */
export function readNetworkElement(key: string, value: Uint8Array): NetworkElement {
  const given = jsonOf(key || 'A record without a key', value);
  const { kind, element } = isFields(given) ? given : ({} as Fields);
  const reader = READERS.get(kind);
  if (!reader) throw unreadable(`${key}: kind ${quote(kind)} is unknown: expected ${[...READERS.keys()].join(', ')}.`);
  if (!isFields(element)) throw unreadable(`${key}: element ${quote(element)} is not an object.`);
  const { names, required } = reader;
  const known = names
    .map((name) => [name, Object.hasOwn(element, name) ? element[name] : null] as const)
    .filter(([name, value]) => value !== null || required.has(name));
  const read = reader.read(key, { kind, element: Object.fromEntries(known) });
  const id = names[0]!;
  const own = `${read.kind}/${String(Object.values(read.element)[0])}`;
  if (key !== own) throw unreadable(`${key} holds ${own}: the key of a record is its kind and its ${id}.`);
  return read;
}
