import { describe, expect, it } from 'vitest';
import type { OutageRecord } from '../../api/outages.js';
import type { OpenOutage } from '../../feed/openOutages.js';
import { feedersOf, inHeldOrder, listed, NO_FILTER, type ListFilter, type SortKey } from './listing.js';
import { outageRecord } from '../../api/outageRecord.fixture.js';

const outage = (outageId: string, changes: Partial<OutageRecord> = {}): OpenOutage => ({
  record: outageRecord({ outageId, ...changes }),
  arrivedAt: null,
  restoredSeenAt: changes.status === 'restored' ? 1 : null,
});

const OUTAGES = [
  outage('a', { severity: 'low', customersOut: 4, firstDetectedAt: '2026-10-04T03:00:00.000Z' }),
  outage('b', { severity: 'critical', customersOut: 900, feederId: 'S10-F1', crew: ['North 2'] }),
  outage('c', { severity: 'high', customersOut: 950, feederId: 'S2-F2', status: 'detected' }),
  outage('d', { severity: 'critical', customersOut: 2_000, status: 'restored' }),
];
const order = (sort: SortKey, filter: Partial<ListFilter> = {}): string =>
  listed(OUTAGES, { ...NO_FILTER, ...filter }, sort)
    .map(({ record }) => record.outageId)
    .join('');

describe('the list', () => {
  it('sorts by severity, by customers out, and by newest; restored ones come last', () => {
    expect(order('severity')).toBe('bcad');
    expect(order('customersOut')).toBe('cbad');
    expect(order('newest')).toBe('abcd');
  });

  it('breaks ties by customers out, then the newer, then the id', () => {
    const tied = [
      outage('y'),
      outage('x'),
      outage('newer', { firstDetectedAt: '2026-10-04T02:00:00.000Z' }),
      outage('larger', { customersOut: 2 }),
    ];
    const sorted = listed(tied, NO_FILTER, 'severity').map(({ record }) => record.outageId);
    expect(sorted).toEqual(['larger', 'newer', 'x', 'y']);
  });

  it('finds by all words, in feeder, id or crew', () => {
    expect(order('severity', { text: 's10' })).toBe('b');
    expect(order('severity', { text: 'north critical' })).toBe('b');
    expect(order('severity', { text: 'north s2-f2' })).toBe('');
  });

  it('filters by feeder and by status', () => {
    expect(order('severity', { feederId: 'S2-F2' })).toBe('c');
    expect(order('severity', { status: 'detected' })).toBe('c');
  });

  it('holds the order under the hand, newcomers at the end', () => {
    const sorted = listed(OUTAGES, NO_FILTER, 'severity');
    const held = inHeldOrder(sorted, ['c', 'gone', 'a']);
    expect(held.map(({ record }) => record.outageId).join('')).toBe('cabd');
  });

  it('offers feeders in the order people count', () => {
    expect(feedersOf(OUTAGES)).toEqual(['S2-F1', 'S2-F2', 'S10-F1']);
  });
});
