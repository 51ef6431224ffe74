import { beforeEach, describe, expect, it } from 'vitest';
import type { OutageRecord } from '../api/outages.js';
import { outageRecord } from '../api/outageRecord.fixture.js';
import { DATABASE_LAG_MS, OpenOutages, RESTORED_SHOWN_MS } from './openOutages.js';

const NOW = Date.UTC(2026, 9, 4, 3);
const record = (revision: number, changes: Partial<OutageRecord> = {}): OutageRecord =>
  outageRecord({ outageId: 'a', revision, ...changes });

let open: OpenOutages;
beforeEach(() => {
  open = new OpenOutages();
});
const ids = (): string[] => open.all().map((outage) => outage.record.outageId);
const revisions = (): number[] => open.all().map((outage) => outage.record.revision);

describe('the open outages', () => {
  it('take the newer revision, whatever the order in which they come', () => {
    expect(open.hear(record(3), NOW)).toBe(true);
    expect(open.hear(record(2), NOW)).toBe(false);
    expect(open.read(record(3), NOW)).toBe(false);
    expect(open.read(record(4), NOW)).toBe(true);
    expect(revisions()).toEqual([4]);
  });

  it('take the record of an outage that opened anew, whose revisions begin at 1 again', () => {
    open.hear(record(7, { status: 'closed', log: { partition: 0, offset: 100 } }), NOW);
    expect(open.hear(record(1, { log: { partition: 0, offset: 900 } }), NOW)).toBe(true);
    expect(open.read(record(7, { log: { partition: 0, offset: 100 } }), NOW)).toBe(false);
    expect(revisions()).toEqual([1]);
  });

  it.each(['merged', 'closed', 'cancelled'] as const)('lose an outage that is %s', (status) => {
    open.hear(record(1), NOW);
    expect(open.hear(record(2, { status }), NOW)).toBe(true);
    expect(ids()).toEqual([]);
  });

  it('are not changed by the end of an outage that was never seen', () => {
    expect(open.hear(record(2, { status: 'restored' }), NOW)).toBe(false);
    expect(ids()).toEqual([]);
  });

  it('do not get back an outage that left when a list lags behind', () => {
    open.hear(record(1), NOW);
    open.hear(record(5, { status: 'closed' }), NOW);
    expect(open.read(record(4), NOW)).toBe(false);
    expect(ids()).toEqual([]);
    expect(open.hear(record(6, { flags: ['reopened'] }), NOW)).toBe(true);
    expect(revisions()).toEqual([6]);
  });

  it('show a restored outage for two minutes', () => {
    open.hear(record(1), NOW);
    open.hear(record(2, { status: 'restored' }), NOW);
    expect(open.all()[0]!.restoredSeenAt).toBe(NOW);
    expect(open.expire(NOW + RESTORED_SHOWN_MS - 1)).toBe(false);
    expect(open.expire(NOW + RESTORED_SHOWN_MS)).toBe(true);
    expect(ids()).toEqual([]);
  });

  it('take a restored outage up again when it reopens', () => {
    open.hear(record(1), NOW);
    open.hear(record(2, { status: 'restored' }), NOW);
    open.hear(record(3), NOW);
    expect(open.all()[0]!.restoredSeenAt).toBeNull();
    expect(open.expire(NOW + RESTORED_SHOWN_MS)).toBe(false);
  });

  it('mark as arrived what the stream told of first, not what was there at the start', () => {
    open.read(record(1), NOW);
    open.hear(record(2), NOW + 1);
    open.hear(outageRecord({ outageId: 'b' }), NOW + 2);
    expect(open.all().map(({ arrivedAt }) => arrivedAt)).toEqual([null, NOW + 2]);
  });

  it('drop what a complete list no longer has', () => {
    open.read(record(1), NOW);
    open.read(outageRecord({ outageId: 'b' }), NOW);
    const mark = open.mark();
    open.read(outageRecord({ outageId: 'b' }), NOW);
    expect(open.dropUnlisted(mark, NOW)).toBe(0);
    expect(ids()).toEqual(['b']);
  });

  it('keep what the stream told of while the list was read', () => {
    const mark = open.mark();
    open.hear(record(1), NOW);
    open.dropUnlisted(mark, NOW + DATABASE_LAG_MS);
    expect(ids()).toEqual(['a']);
  });

  it('keep for a while what the database may not have yet, and say so', () => {
    open.hear(record(1), NOW);
    expect(open.dropUnlisted(open.mark(), NOW + 1_000)).toBe(1);
    expect(ids()).toEqual(['a']);
    expect(open.dropUnlisted(open.mark(), NOW + DATABASE_LAG_MS)).toBe(0);
    expect(ids()).toEqual([]);
  });
});
