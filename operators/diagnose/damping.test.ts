import { describe, expect, it } from 'vitest';
import { readNetwork } from '../../pipeline/jobs/network/read.js';
import { START } from '../../test/kit/field.js';
import { calibrated, judge, type Judgement } from './confidence.js';
import { damped } from './damping.js';
import { Fault } from './fault.js';
import { findingOf } from './finding.js';
import { treesOf } from './network-trees.js';
import type { Report } from './report.js';
import { Solver } from './solver.js';

const network = await readNetwork(new URL('../../data/diagnosis-cases/network', import.meta.url).pathname);
const tree = treesOf(network).get('S1/F1')!;
const KEY = { substationId: 'S1', feederId: 'F1' };
const solver = new Solver(tree);

/** The transformer T2 below the fuse FA failed: three of its meters say so. */
const fault = ((): Fault => {
  ['C04', 'C05', 'C07'].forEach((customerId, order) => {
    const node = tree.customer(customerId)!;
    const report: Report = {
      order,
      source: 'kaifa',
      sourceEventId: `K${order}`,
      assetId: customerId.replace('C', 'M'),
      speaker: 'meter',
      isOutage: true,
      node,
      t: START + 1000,
      isWide: false,
    };
    solver.addReport(node, report);
  });
  solver.watermark = START + 1000;
  solver.solve();
  return Fault.of(solver, solver.head.items[0]!, []);
})();

const found = findingOf(KEY, fault, START, new Map());
const shown = { device: 'FA', phases: 'A' };
const judgement = (logOdds: number): Judgement => ({
  confidence: 0.9,
  candidates: [{ node: tree.nodeOf('FA')!, phases: null, logOdds }],
});
const at = (second: number): number => START + second * 1000;

describe('what is shown of a fault', () => {
  it('is what was found, at first', () => {
    expect(found.device).toBe('T2');
    expect(damped(found, fault, judge(fault), at(1), null)).toBe(found);
  });

  it('stays with the device that is shown, while that is not much worse', () => {
    const kept = damped(found, fault, judgement(-1), at(10), shown);
    expect(kept).toMatchObject({ device: 'FA', deviceType: 'fuse', phases: 'A', customersOut: found.customersOut });
    expect(kept.candidates[0]).toEqual({ device: 'T2', phases: 'A', logOdds: 1 });
    // Against what is shown the device that was found is e to 1.
    const noise = 1 - fault.explanation!.gain;
    expect(kept.confidence).toBeCloseTo(1 / (1 + Math.exp(-calibrated(-Math.log(Math.exp(noise) + Math.E)))), 4);
  });

  it.each([
    ['it is much worse', -1.2, 10],
    ['its time is over', -1, 200],
  ])('is what was found, if %s', (_, logOdds, second) => {
    expect(damped(found, fault, judgement(logOdds), at(second), shown)).toBe(found);
  });

  it('is what was found, if what is shown is no candidate any more', () => {
    expect(damped(found, fault, { confidence: 0.9, candidates: [] }, at(10), shown)).toBe(found);
    expect(damped(found, fault, judgement(-1), at(10), { device: 'gone', phases: 'A' })).toBe(found);
  });
});
