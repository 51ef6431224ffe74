/** Whatever somebody may write to a topic, for the tests that nothing of it stops a reader. */
import fc from 'fast-check';
import { Packr } from 'msgpackr';

export interface GarbageRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

const packr = new Packr({ useRecords: false });

function packed(value: unknown): Uint8Array {
  try {
    return packr.pack(value);
  } catch {
    return new Uint8Array();
  }
}

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value) ?? '');

/** What stands where it does not belong. */
const odd = fc.constantFrom<unknown>(
  ...[null, '', 'x', 'S/F', 0, -1, 0.5, 91, 8.64e15, 9e15, 1e300, 2 ** 53, true, [], {}, [null], [[0, ['x']]]],
  ...['__proto__', 'constructor', '\0', '\ud800', '2026-02-31T00:00:00Z', 'x'.repeat(5000), 'kaifa', 'rules', 'amend'],
);

/** A value with one of its fields, at any depth, replaced. */
function bent(value: unknown, path: readonly number[], by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || value === null || typeof value !== 'object') return by;
  const names = Object.keys(value);
  if (names.length === 0) return by;
  const name = names[step % names.length]!;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...value };
  (copy as Record<string, unknown>)[name] = bent((value as Record<string, unknown>)[name], rest, by);
  return copy;
}

/**
 * Records that are bytes, JSON of wrong shapes, MessagePack cut and bent, empty, tombstones, under keys of every kind.
 * @param good values that a reader takes: they are cut and bent
 * @param keys keys that a reader takes
 */
export function arbitraryGarbage(good: readonly Uint8Array[], keys: readonly string[]): fc.Arbitrary<GarbageRecord> {
  const some = fc.constantFrom(...good);
  const path = fc.array(fc.nat(40), { minLength: 1, maxLength: 4 });
  const value = fc.oneof(
    fc.constant(null),
    fc.uint8Array({ maxLength: 40 }),
    fc.json().map((text) => Buffer.from(text)),
    fc.anything().map(packed),
    odd.map(json),
    fc.tuple(some, fc.nat()).map(([bytes, at]) => bytes.subarray(0, at % bytes.length)),
    fc.tuple(some, fc.nat(), fc.nat(255)).map(([bytes, at, byte]) => {
      const copy = Uint8Array.from(bytes);
      copy[at % copy.length] = byte;
      return copy;
    }),
    fc.tuple(some, path, odd).map(([bytes, at, by]) => {
      if (bytes[0] !== 0x7b) return packed(bent(packr.unpack(bytes), at, by));
      return json(bent(JSON.parse(Buffer.from(bytes).toString()), at, by));
    }),
  );
  const key = fc.oneof(
    fc.constantFrom(null, new Uint8Array(), new Uint8Array([0xff, 0xfe]), Buffer.from('{"'), Buffer.from('a/b/c')),
    fc.constantFrom(...keys).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 8 }),
  );
  return fc.record({ key, value });
}
