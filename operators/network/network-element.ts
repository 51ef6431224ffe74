import { unreadable } from '../model/errors.js';
import { jsonOf } from '../model/record-shape.js';
import { DEVICE_TYPES } from './network.js';
import { checkId, isFields, quote, type Fields } from '../normalise/fields.js';
import type { NetworkElement, NetworkKind } from './registry.js';

/**
 * Checks elements of the network where they are read from their topic: whoever writes there may be wrong, and an index that
 * has taken one coordinate that is no number finds nothing any more. By hand, as a schema's validator would make every `oms`
 * command start a fifth of a second later.
 */

/** Reads one field; throws what would be right. */
type Reader = (value: unknown) => unknown;

const LONGEST_TEXT = 256;

const id: Reader = (value) => {
  try {
    if (typeof value === 'string') return checkId(value, '');
  } catch {
    // Said below.
  }
  throw unreadable(`an id: a text of 1 to ${LONGEST_TEXT} printable characters`);
};

/** An id that is a part of the key SUBSTATION/FEEDER. */
const keyId: Reader = (value) => {
  if (typeof value === 'string' && value.includes('/'))
    throw unreadable('an id without a slash, which separates the key');
  return id(value);
};

const text: Reader = (value) => {
  if (typeof value !== 'string' || value.length > LONGEST_TEXT) throw unreadable(`a text of ${LONGEST_TEXT} at most`);
  return value;
};

const numberBetween =
  (least: number, greatest: number): Reader =>
  (value) => {
    if (typeof value !== 'number' || !(value >= least && value <= greatest))
      throw unreadable(`a number from ${least} to ${greatest}`);
    return value;
  };

const lat = numberBetween(-90, 90);
const lon = numberBetween(-180, 180);
const quantity = numberBetween(0, Number.MAX_VALUE);

const yesOrNo: Reader = (value) => {
  if (typeof value !== 'boolean') throw unreadable('true or false');
  return value;
};

const oneOf =
  (words: readonly string[]): Reader =>
  (value) => {
    if (!words.some((word) => word === value)) throw unreadable(`one of ${words.join(', ')}`);
    return value;
  };

/** May be null, which is also what is absent. */
const orNull =
  (reader: Reader): Reader =>
  (value) =>
    (value ?? null) === null ? null : reader(value);

/** The fields of each kind, its id first. */
const KINDS: ReadonlyMap<unknown, readonly (readonly [name: string, reader: Reader])[]> = new Map(
  Object.entries({
    substation: { substationId: keyId, name: text, lat, lon, voltageKv: orNull(quantity) },
    feeder: { feederId: keyId, substationId: keyId, name: text, lat, lon },
    device: {
      deviceId: id,
      type: oneOf(DEVICE_TYPES),
      feederId: keyId,
      upstreamDeviceId: orNull(id),
      lat,
      lon,
      phases: text,
      normallyOpen: yesOrNo,
    },
    distribution_point: { dpId: id, feederId: keyId, deviceId: id, lat, lon, kva: orNull(quantity), phases: text },
    customer: {
      customerId: id,
      dpId: id,
      lat,
      lon,
      meterId: orNull(id),
      onuId: orNull(id),
      priority: orNull(oneOf(['critical'])),
    },
    onu: { onuId: id, meterId: id },
  } satisfies Record<NetworkKind, Record<string, Reader>>).map(([kind, fields]) => [kind, Object.entries(fields)]),
);

/**
 * Reads the value of a record of `oms.network`.
 * @param key the record's: `kind/id`
 * @throws Error in a sentence: what of it is wrong, and what would be right
 */
export function readNetworkElement(key: string, value: Uint8Array): NetworkElement {
  const given = jsonOf(key || 'A record without a key', value);
  const { kind, element } = isFields(given) ? given : ({} as Fields);
  const fields = KINDS.get(kind);
  if (!fields) throw unreadable(`${key}: kind ${quote(kind)} is unknown: expected ${[...KINDS.keys()].join(', ')}.`);
  if (!isFields(element)) throw unreadable(`${key}: element ${quote(element)} is not an object.`);
  const read = Object.fromEntries(fields.map(([name, reader]) => [name, fieldOf(key, element, name, reader)]));
  const [idName] = fields[0]!;
  const own = `${String(kind)}/${String(Object.values(read)[0])}`;
  if (key !== own) throw unreadable(`${key} holds ${own}: the key of a record is its kind and its ${idName}.`);
  return { kind, element: read } as unknown as NetworkElement;
}

function fieldOf(key: string, element: Fields, name: string, reader: Reader): unknown {
  const value = Object.hasOwn(element, name) ? element[name] : undefined;
  try {
    return reader(value);
  } catch (error) {
    throw unreadable(`${key}: ${name} ${quote(value)} is wrong (expected ${(error as Error).message}).`, {
      cause: error,
    });
  }
}
