import { expect, it } from 'vitest';
import { formatOf } from './format.js';
import { words } from './words.js';

const { age, counted, percent, span, time } = words.format;

const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;

it('gives an age in its two largest units', () => {
  const ages = [-5 * S, 42_900, 12 * MIN + 59 * S, 3 * H + 5 * MIN, 52 * H];
  expect(ages.map(age)).toEqual(['0 s', '42 s', '12 min', '3 h 05 min', '2 d 4 h']);
});

it('gives the span between two reports to the second, below that to the tenth', () => {
  const spans = [0, 420, -3_000, 59_600, 5 * MIN, 250 * S, 65 * MIN];
  expect(spans.map(span)).toEqual(['0 s', '0.4 s', '3 s', '1 min', '5 min', '4 min 10 s', '1 h 05 min']);
});

it('names the day only when it is not today', () => {
  const noon = new Date(2026, 9, 4, 12, 0, 5);
  expect(time(noon.toISOString(), noon.getTime() + H)).toBe('12:00:05');
  expect(time(noon.toISOString(), noon.getTime() + 24 * H)).toBe('04 Oct 12:00:05');
});

it('has a noun in each form that the language has for numbers', () => {
  expect([0, 1, 1_200].map((n) => counted(n, { one: 'reporter', other: 'reporters' }))).toEqual([
    '0 reporters',
    '1 reporter',
    '1,200 reporters',
  ]);
  const arabic = formatOf('ar', { s: 'ث', min: 'د', h: 'س', d: 'ي', m: 'م', km: 'كم', percent: '%' });
  const meters = { one: 'عداد', two: 'عدادان', few: 'عدادات', many: 'عدادا', other: 'عداد' };
  expect([2, 3, 11].map((n) => arabic.counted(n, meters).split(' ').at(-1))).toEqual(['عدادان', 'عدادات', 'عدادا']);
});

it('says 100 % only of what is certain', () => {
  expect([0.956, 0.9999, 1].map(percent)).toEqual(['95 %', '99 %', '100 %']);
});
