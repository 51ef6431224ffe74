import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NONE, Room } from './columns.js';
import { TextTable } from './text-table.js';

const part = fc.string({ unit: 'binary', maxLength: 6 });
const texts = fc.array(fc.tuple(fc.constantFrom(0, 1, 7, 255), part, fc.option(part)), { maxLength: 200, size: 'max' });

it('a text table gives each text with its tag one number, also after some were forgotten and it was put back', () => {
  fc.assert(
    fc.property(texts, texts, fc.nat({ max: 4 }), (first, second, kept) => {
      const room = new Room();
      let table = new TextTable(room);
      let known: string[] = [];
      const take = (list: readonly (readonly [number, string, string | null])[]): void => {
        for (const [tag, text, second] of list) {
          const number = table.intern(tag, text, second);
          const identity = JSON.stringify([tag, text, second]);
          const before = known.indexOf(identity);
          expect(number).toBe(before === -1 ? known.length : before);
          if (before === -1) known.push(identity);
        }
      };
      take(first);
      const renumbered = table.keep((number) => number % 5 >= kept);
      known = known.filter((_, number) => renumbered[number] !== NONE);
      const packed = table.pack();
      table = new TextTable(room);
      table.unpack(packed);
      take(second);
      known.forEach((identity, number) => {
        const [tag, text, second] = JSON.parse(identity) as [number, string, string | null];
        expect([table.tag(number), table.text(number), table.second(number)]).toEqual([tag, text, second ?? '']);
      });
    }),
    { numRuns: 300 },
  );
});

it('columns of a room never share a place, and what is given back is used again', () => {
  const sizes = fc.array(fc.record({ length: fc.integer({ min: 0, max: 90_000 }), back: fc.nat() }), { maxLength: 60 });
  fc.assert(
    fc.property(sizes, (steps) => {
      const room = new Room();
      const taken: { column: Int32Array; mark: number }[] = [];
      steps.forEach(({ length, back }, mark) => {
        const column = room.take(Int32Array, length);
        expect(column.length).toBeGreaterThanOrEqual(length);
        taken.push({ column: column.fill(mark), mark });
        if (back % 3 === 0) room.release(taken.splice(back % taken.length, 1)[0]!.column);
      });
      for (const { column, mark } of taken) expect(column.every((value) => value === mark)).toBe(true);
    }),
    { numRuns: 60 },
  );
  const room = new Room();
  const column = room.take(Int32Array, 1000);
  const { buffer, byteOffset } = column;
  room.release(column);
  const again = room.take(Float64Array, 500);
  expect([again.buffer === buffer, again.byteOffset]).toEqual([true, byteOffset]);
});
