import { expect, test } from 'vitest';
import { Restarts } from './restarts.js';

test('each restart waits twice as long, and the fifth quick end in a row is the last', () => {
  const restarts = new Restarts();
  expect([1, 2, 3, 4, 5].map(() => restarts.next(1_000))).toEqual([500, 1_000, 2_000, 4_000, null]);
});

test('a child that ran for a while starts over', () => {
  const restarts = new Restarts();
  for (let i = 0; i < 4; i++) restarts.next(1_000);
  expect(restarts.next(60_000)).toBe(500);
  expect(restarts.next(1_000)).toBe(1_000);
});
