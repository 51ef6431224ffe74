import { expect, it } from 'vitest';
import { Room } from '../columns/columns.js';
import { Reporters, tagOfOld } from './reporters.js';

const report = { source: 'call_center', assetId: 'C1', sourceEventId: '7', customerId: null } as const;

it('what stood under an old tag stands under the one that it has now', () => {
  const reporters = new Reporters(new Room());
  const asset = reporters.reporterOf(report);
  const own = reporters.reporterOf({ ...report, assetId: null });
  const customer = reporters.unitOf({ ...report, customerId: 'C1' });
  const { texts, unitTexts } = reporters;
  expect([3, 7].map(tagOfOld)).toEqual([texts.tag(asset), texts.tag(own)]);
  expect(tagOfOld(8)).toBe(unitTexts.tag(customer));
  expect(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8].map(tagOfOld)).size).toBe(9);
  expect([reporters.sourceOf(asset), reporters.sourceOf(own)]).toEqual(['call_center', 'call_center']);
  expect([reporters.isCustomer(customer), reporters.isCustomer(reporters.unitOf(report))]).toEqual([true, false]);
});
