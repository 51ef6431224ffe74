import { expect, it } from 'vitest';
import { rowOf, SOURCES } from './source.js';

/** Schemas of the database that are no source's. */
const TAKEN = ['network', 'oms', 'public', 'reconcile'];

it('no source has what is another’s: its number, its topic, its schema', () => {
  const numbers = SOURCES.map((source) => rowOf(source).number);
  expect(new Set(numbers).size).toBe(SOURCES.length);
  expect(new Set(SOURCES.map((source) => rowOf(source).topic)).size).toBe(SOURCES.length);
  expect(SOURCES.filter((source) => TAKEN.includes(source))).toEqual([]);
});

it.each(SOURCES)('%s is what the columns and the database take', (source) => {
  const { number, weight, lookedUp } = rowOf(source);
  expect(source).toMatch(/^[a-z][a-z_]*$/);
  // Twice the number and one must stay below the tag of customers.
  expect(Number.isInteger(number) && number >= 0 && number < 60).toBe(true);
  expect(weight >= 0 && weight <= 1).toBe(true);
  expect([...lookedUp].sort()).toEqual(['customer', 'device', 'meter', 'onu']);
});
