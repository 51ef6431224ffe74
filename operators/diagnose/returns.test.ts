import { describe, expect, it } from 'vitest';
import { stepsOf } from './fault.js';
import {
  addClaimed,
  claimedSlots,
  fits,
  mergedPools,
  mergedSlots,
  poolWindow,
  slotOfShare,
  withoutClaimed,
} from './returns.js';

describe('returns in slots', () => {
  it('add up', () => {
    expect(
      mergedSlots([
        [3, 1, 5, 2],
        [4, 1],
        [3, 4],
      ]),
    ).toEqual([3, 5, 4, 1, 5, 2]);
    expect(
      mergedPools([
        [3, 1, 0, 0, 0],
        [3, 0, 2, 0, 0],
      ]),
    ).toEqual([3, 1, 2, 0, 0]);
    expect(mergedSlots([])).toEqual([]);
  });

  it('fit others if a quarter of them, and one, lies within nine slots', () => {
    expect(fits([100, 1, 200, 3], 109)).toBe(true);
    expect(fits([100, 1, 200, 4], 109)).toBe(false);
    expect(fits([100, 1], 110)).toBe(false);
    expect(fits([], 100)).toBe(false);
  });

  it('know by which of them a share was in', () => {
    expect(slotOfShare([1, 5, 2, 4, 3, 1], 0.9)).toBe(2);
    expect(slotOfShare([1, 5, 2, 5], 0.5)).toBe(1);
    expect(slotOfShare([1, 5, 2, 5], 0.5, true)).toBe(2);
    expect(slotOfShare([], 0.5)).toBe(null);
  });

  it('are claimed by phase, once, by what began before they ended', () => {
    const pool = [100, 2, 1, 0, 0, 150, 1, 0, 0, 0];
    const claim = { t: 1_005_000, phases: 1, returns: [103, 4] };
    const counts = [0, 0, 0, 0];
    addClaimed(pool, claim, counts);
    expect(counts).toEqual([2, 0, 0, 0]);
    expect(claimedSlots(pool, claim)).toEqual([100, 2]);
    expect(withoutClaimed(pool, claim)).toEqual([100, 0, 1, 0, 0, 150, 1, 0, 0, 0]);
    expect(withoutClaimed(pool, { ...claim, t: 1_010_000 })).toEqual(pool);
    expect(poolWindow(pool, 101, 150)).toEqual([150, 1, 0, 0, 0]);
  });

  it('are steps of a restoration where more than five minutes lie between, and what is claimed counts in the nearest', () => {
    const steps = stepsOf([100, 3, 101, 1, 131, 2, 162, 5], [98, 7, 160, 1]);
    expect(steps).toEqual([
      { from: 1_000_000, to: 1_320_000, customers: 13 },
      { from: 1_620_000, to: 1_630_000, customers: 6 },
    ]);
  });
});
