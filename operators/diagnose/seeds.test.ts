import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../simulator/random.js';
import { Explanation, noSums } from './explanation.js';
import { densities, inOrderOfSeeds } from './seeds.js';

function item(t: number, reporters: number, node = 1, isTrip = false): Explanation {
  const sums = { ...noSums(), reporters };
  return new Explanation({ node, phases: 1, t, sums, reports: [], parts: null, returns: [] }, isTrip);
}

describe('the order in which seeds are tried', () => {
  it('is by the density around them, which running sums give as well', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 50; round++) {
      const items = Array.from({ length: random.integer(1, 60) }, () =>
        item(1.7e12 + random.integer(0, 50_000), random.integer(0, 9)),
      ).sort((a, b) => a.t - b.t);
      const summed = items.map(({ t }) =>
        items
          .filter((other) => Math.abs(other.t - t) < 8000)
          .reduce((sum, other) => sum + other.reporters * (8000 - Math.abs(other.t - t)), 0),
      );
      expect([...densities(items)]).toEqual(summed);
    }
  });

  it('begins with trips of the node itself', () => {
    const items = [item(0, 5, 2), item(1000, 5, 2), item(40_000, 0, 1, true), item(50_000, 0, 2, true)];
    expect(inOrderOfSeeds(items, 1)).toEqual([2, 0, 1, 3]);
  });
});
