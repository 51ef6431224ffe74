import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Clock } from './clock.js';

const START = Date.UTC(2026, 9, 4, 3) + 300;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

it('ticks on the second for all who look, by one timer, which nobody leaves behind', () => {
  const clock = new Clock();
  const seen: number[] = [];
  const leave = [1, 2, 3].map(() => clock.subscribe(() => seen.push(clock.now())));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(700);
  expect(seen).toEqual([START + 700, START + 700, START + 700]);
  leave[0]!();
  vi.advanceTimersByTime(1_000);
  expect(seen.slice(3)).toEqual([START + 1_700, START + 1_700]);
  leave[1]!();
  leave[2]!();
  expect(vi.getTimerCount()).toBe(0);
});

it('stands still between two ticks, so that all of the page shows the same second', () => {
  const clock = new Clock();
  const leave = clock.subscribe(() => undefined);
  vi.advanceTimersByTime(500);
  expect(clock.now()).toBe(START);
  leave();
});

it('is of this second for whoever looks first after a while', () => {
  const clock = new Clock();
  clock.subscribe(() => undefined)();
  vi.setSystemTime(START + 60_000);
  expect(clock.now()).toBe(START + 60_000);
});
