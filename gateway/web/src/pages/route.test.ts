import { expect, it } from 'vitest';
import { formatRoute, parseRoute } from './route.js';

it('keeps the selected outage in the hash', () => {
  expect(formatRoute({ view: 'outages', selected: 'a b/c' })).toBe('#/outages/a%20b%2Fc');
  expect(parseRoute('#/outages/a%20b%2Fc')).toEqual({ view: 'outages', selected: 'a b/c' });
});

it('takes an empty or broken hash for what it can be', () => {
  expect(parseRoute('')).toEqual({ view: 'outages', selected: null });
  expect(parseRoute('#/outages/%E0%A4%A')).toEqual({ view: 'outages', selected: '%E0%A4%A' });
});
