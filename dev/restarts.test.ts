import { expect, test } from 'vitest';
import { Restarts } from './restarts.js';

test('what has never come up waits twice as long each time, and its fifth quick end is the last', () => {
  const restarts = new Restarts();
  expect([1, 2, 3, 4, 5].map(() => restarts.next(1_000))).toEqual([500, 1_000, 2_000, 4_000, null]);
});

test('what has come up once is started again for as long as it takes, at most 15 s later', () => {
  const restarts = new Restarts();
  for (let i = 0; i < 4; i++) restarts.next(1_000);
  expect(restarts.next(60_000)).toBe(500);
  expect([1, 2, 3, 4, 5, 6, 7].map(() => restarts.next(1_000))).toEqual([
    1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000,
  ]);
});
