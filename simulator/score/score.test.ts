import { describe, expect, it } from 'vitest';
import type { SaidFault, TrueFault } from './faults-file.js';
import { scoreFaults } from './score.js';

/** A true fault of a device, with a report for each letter. */
const was = (deviceId: string, letters: string): TrueFault => ({ deviceId, reports: [...letters] });

/** What is said of a fault: its device, the confidence, the members, and what it cannot tell from the device. */
function says(device: string | null, confidence: number, letters: string, equivalent: string[] = []): SaidFault {
  return { device, equivalent, confidence, members: [...letters] };
}

const none = { right: 0, of: 0, share: null };

describe('exact', () => {
  it('is a fault whose reports are the members of one fault and no others', () => {
    const truth = [was('D1', 'abc'), was('D2', 'de'), was('D3', 'fg'), was('D4', 'h'), was('D5', 'i'), was('D6', '')];
    const said = [
      says('D1', 1, 'cba'),
      // One fault in two; one with an x that is no true report; two in one.
      says('D2', 1, 'd'),
      says('D2', 1, 'e'),
      says('D3', 1, 'fgx'),
      says('D4', 1, 'hi'),
      // Nobody reported D6: it is not among the five.
    ];
    const score = scoreFaults(truth, said);
    expect(score.exact).toEqual({ right: 1, of: 5, share: 1 / 5 });
    expect(score).toMatchObject({ trueFaults: 5, unreported: 1, saidFaults: 5, unnamed: 0 });
  });

  it('is no fault of which a report is in none', () => {
    expect(scoreFaults([was('D1', 'ab')], [says('D1', 1, 'a')]).exact.right).toBe(0);
  });

  it('does not ask for the device', () => {
    expect(scoreFaults([was('D1', 'ab')], [says(null, 0.1, 'ab')]).exact.right).toBe(1);
  });
});

describe('B-cubed', () => {
  it('is 1 where every fault is exact', () => {
    const { bCubed } = scoreFaults([was('D1', 'ab'), was('D2', 'c')], [says('D1', 1, 'ab'), says('D2', 1, 'c')]);
    expect(bCubed).toEqual({ precision: 1, recall: 1, f1: 1 });
  });

  it('is the mean over reports of how much of their fault is of their own, and how much of their own is there', () => {
    // Two true faults, abcd and ef; said are abe and cdf. Where a is, two of three are of its own: 2/3, as for b, c, d;
    // where e is, one of three: 1/3, as for f. Precision (4 x 2/3 + 2 x 1/3) / 6 = 10/18. Of the four of a's fault two are
    // with it: 1/2, as for b, c, d; of e's two, one: 1/2, as for f. Recall 1/2.
    // F1 = 2 x 5/9 x 1/2 / (5/9 + 1/2) = 10/19.
    const { bCubed } = scoreFaults([was('D1', 'abcd'), was('D2', 'ef')], [says('D1', 1, 'abe'), says('D2', 1, 'cdf')]);
    expect(bCubed!.precision).toBeCloseTo(10 / 18, 12);
    expect(bCubed!.recall).toBeCloseTo(1 / 2, 12);
    expect(bCubed!.f1).toBeCloseTo(10 / 19, 12);
  });

  it('passes over members that are no true reports, and counts nothing for a report that is in no fault', () => {
    // a and b are with each other and an x: precision 1, recall 2/3 each. c: 0 and 0. Precision 2/3, recall 4/9, F1
    // 2 x 2/3 x 4/9 / (2/3 + 4/9) = 16/30.
    const { bCubed } = scoreFaults([was('D1', 'abc')], [says('D1', 1, 'abx')]);
    expect(bCubed!.precision).toBeCloseTo(2 / 3, 12);
    expect(bCubed!.recall).toBeCloseTo(4 / 9, 12);
    expect(bCubed!.f1).toBeCloseTo(16 / 30, 12);
  });

  it('is 0 where nothing was found, and none where there was nothing to find', () => {
    expect(scoreFaults([was('D1', 'a')], []).bCubed).toEqual({ precision: 0, recall: 0, f1: 0 });
    expect(scoreFaults([was('D1', '')], [says('D1', 1, 'x')]).bCubed).toBeNull();
  });
});

describe('the right device', () => {
  it('is named by the fault with most of the reports, or said to be equivalent; unnamed and silent are wrong', () => {
    const truth = [was('D1', 'abc'), was('D2', 'd'), was('D3', 'e'), was('D4', 'f'), was('D5', 'g')];
    const said = [
      // Most of abc: wrong device, though the other one has it right.
      says('D9', 1, 'ab'),
      says('D1', 1, 'c'),
      says('D8', 1, 'd', ['D7', 'D2']),
      says('D3', 1, 'e'),
      says(null, 1, 'f'),
      // Nobody has g.
    ];
    expect(scoreFaults(truth, said).device).toEqual({ right: 2, of: 5, share: 2 / 5 });
  });

  it('of two faults with as many reports is that of the one with fewer members, then that of the first', () => {
    const one = (...said: SaidFault[]) => scoreFaults([was('D1', 'ab')], said).device.right;
    expect(one(says('D9', 1, 'ax'), says('D1', 1, 'b'))).toBe(1);
    expect(one(says('D9', 1, 'b'), says('D1', 1, 'ax'))).toBe(0);
    expect(one(says('D1', 1, 'a'), says('D9', 1, 'b'))).toBe(1);
  });
});

describe('calibration', () => {
  it('says of each tenth of confidence how often the device is that of the fault most members are of', () => {
    const truth = [was('D1', 'ab'), was('D2', 'c'), was('D3', 'd'), was('D4', 'e')];
    const said = [
      // Two of its three are D1's.
      says('D1', 0.93, 'abc'),
      says('D9', 0.95, 'd', ['D3']),
      // Of no true fault: nothing opened.
      says('D5', 0.96, 'x'),
      says('D9', 0.85, 'e'),
      // It names nothing, so it is not asked.
      says(null, 0.9, 'y'),
      says('D1', 0, 'z'),
      says('D1', 1, 'w'),
    ];
    const { calibration, around90, unnamed } = scoreFaults(truth, said);
    expect(calibration.map(({ from, to }) => [from, to]).slice(0, 3)).toEqual([
      [0, 0.1],
      [0.1, 0.2],
      [0.2, 0.3],
    ]);
    // 0.93 right, 0.95 right, 0.96 wrong, 1 wrong; said on the average (0.93 + 0.95 + 0.96 + 1) / 4 = 0.96.
    expect(calibration[9]).toMatchObject({ right: 2, of: 4, share: 1 / 2 });
    expect(calibration[9]!.said).toBeCloseTo(0.96, 12);
    expect(calibration[8]).toMatchObject({ right: 0, of: 1, share: 0, said: 0.85 });
    expect(calibration[0]).toMatchObject({ right: 0, of: 1, share: 0, said: 0 });
    expect(calibration[5]).toMatchObject({ ...none, said: null });
    expect(calibration).toHaveLength(10);
    // 0.85 and 0.95 are among them: 0.93 right, 0.95 right, 0.85 wrong.
    expect(around90).toEqual({ right: 2, of: 3, share: 2 / 3 });
    expect(unnamed).toBe(1);
  });

  it('of nothing is nothing', () => {
    expect(scoreFaults([], [])).toMatchObject({ exact: none, device: none, around90: none, bCubed: null });
  });
});
