import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { unreadable } from './errors.js';
import { EpochMs, Latitude, nullable, Text, Time, Uuid } from './schema-parts.js';
import { readerOf } from './schema-reader.js';

const Crew = Type.Object(
  {
    crewId: Uuid,
    name: Text,
    skill: Type.Enum(['line', 'cable']),
    lat: nullable(Latitude),
    since: EpochMs,
    until: Type.Optional(nullable(Time)),
    kind: Type.Literal('crew'),
    cars: Type.Array(Type.Object({ seats: Type.Integer({ minimum: 1, maximum: 9 }), isOpen: Type.Boolean() })),
    plate: Type.Optional(Type.String({ pattern: '^[A-Z]+$', description: 'a plate of capital letters' })),
  },
  { additionalProperties: false },
);
const read = readerOf(Crew);
const crew = {
  ...{ crewId: '468db2e7-db47-5300-bf9d-1e4404532ee0', name: 'Ann', skill: 'line', lat: null, since: 0, kind: 'crew' },
  cars: [{ seats: 2, isOpen: false }],
};

const { name: _, ...withoutName } = crew;

describe('a reader by a schema', () => {
  it('gives back what is as it should be', () => {
    expect(read('A crew', crew)).toBe(crew);
    const full = { ...crew, lat: -90, until: '2026-10-04T18:00:00.000Z', plate: 'AB' };
    expect(read('A crew', full)).toBe(full);
  });

  it.each([
    [7, 'A crew is 7 instead of an object.'],
    [[], 'A crew is a list instead of an object.'],
    [{ ...crew, crewId: 'x' }, 'A crew has crewId "x" instead of a UUID.'],
    [withoutName, 'A crew has name undefined instead of a text.'],
    [{ ...crew, name: '\ud83d' }, 'A crew has name "\\ud83d" instead of a text.'],
    [{ ...crew, skill: 'tree' }, 'A crew has skill "tree" instead of one of line, cable.'],
    [{ ...crew, lat: 91 }, 'A crew has lat 91 instead of a number from -90 to 90 or null.'],
    [{ ...crew, since: 0.5 }, 'A crew has since 0.5 instead of a whole number (epoch ms, UTC).'],
    [{ ...crew, until: 'soon' }, 'A crew has until "soon" instead of a time in ISO 8601 or null.'],
    [{ ...crew, kind: 'truck' }, 'A crew has kind "truck" instead of "crew".'],
    [{ ...crew, cars: {} }, 'A crew has cars an object instead of a list.'],
    [{ ...crew, cars: [crew.cars[0], { seats: 0, isOpen: true }] }, 'A crew has cars.1.seats 0 instead of a whole number from 1 to 9.'],
    [{ ...crew, cars: [{ seats: 1 }] }, 'A crew has cars.0.isOpen undefined instead of true or false.'],
    [{ ...crew, plate: 'ab' }, 'A crew has plate "ab" instead of a plate of capital letters.'],
    [{ ...crew, colour: 'red' }, 'A crew has colour, which is no field of it.'],
  ])('says of %j which field is wrong, what it is, and what it should be', (value, sentence) => {
    expect(() => read('A crew', value)).toThrow(unreadable(sentence));
  }); // prettier-ignore
});
