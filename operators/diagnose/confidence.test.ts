import { describe, expect, it } from 'vitest';
import { readNetwork } from '../../pipeline/jobs/network/read.js';
import { Field } from '../../test/kit/field.js';
import { calibrated, equivalentOf } from './confidence.js';
import { Diagnosis } from './diagnosis.js';
import { treesOf } from './network-trees.js';

const network = await readNetwork(new URL('../../data/diagnosis-cases/network', import.meta.url).pathname);
const trees = treesOf(network);

describe('confidence', () => {
  it.each([
    [-9, -3.1],
    [-4, -3.1],
    [0, -1],
    [0.3, -0.15],
    [5, 2.2],
    [12, 4.8],
    [99, 4.8],
  ])('of log odds %d is the logistic of %d, as measured', (logOdds, x) => {
    expect(calibrated(logOdds)).toBeCloseTo(x, 12);
  });

  it('of callers alone is that of one, two, or more', () => {
    const field = new Field(network);
    const confidences = [1, 2, 3, 4].map((callers) => {
      const diagnosis = new Diagnosis({ substationId: 'S1', feederId: 'F1' }, trees.get('S1/F1')!);
      const calls = ['C08', 'C09', 'C10', 'C11'].slice(0, callers).map((customer, i) => field.call(customer, 60 * i));
      diagnosis.take([...calls, field.call('C08', 600)], { partition: 0, offset: 0 });
      const [fault, ...others] = diagnosis.faults({ partition: 0, offset: 0 });
      expect(others).toEqual([]);
      return fault!.confidence;
    });
    expect(confidences).toEqual([0.03, 0.3, 0.6, 0.6]);
  });

  it('does not tell apart what has the same customers', () => {
    const tree = trees.get('S1/F2')!;
    const names = (id: string): string[] => equivalentOf(tree, tree.nodeOf(id)!).map((node) => tree.ids[node]!);
    expect(names('U1')).toEqual(['FEEDER:F2', 'CB2']);
    expect(names('CB2')).toEqual(['FEEDER:F2', 'U1']);
    expect(names('R2')).toEqual([]);
    expect(names('C35')).toEqual([]);
  });
});
