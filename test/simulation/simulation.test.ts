import { describe, expect, it } from 'vitest';
import { simulate } from './run.js';
import type { Missing } from './simulated-broker.js';

/** Seeds of a run of every build; OMS_SIMULATED_SEEDS asks for more, OMS_SIMULATED_FROM for others. */
const SEEDS = Number(process.env.OMS_SIMULATED_SEEDS ?? 500);
const FROM = Number(process.env.OMS_SIMULATED_FROM ?? 1);

describe('the runtime on a broker that fails', () => {
  it('loses, doubles and changes nothing, whatever the seed', { timeout: 600_000 }, async () => {
    const done: Record<string, number> = {};
    for (let seed = FROM; seed < FROM + SEEDS; seed++) {
      const run = await simulate(seed);
      expect(run.differences, `seed ${seed}`).toEqual([]);
      for (const [kind, count] of Object.entries(run.done)) done[kind] = (done[kind] ?? 0) + count;
    }
    console.log(`${SEEDS} seeds: ${JSON.stringify(done)}`);
  });

  it('comes again with its seed', async () => {
    expect(await simulate(7)).toEqual(await simulate(7));
  });

  it.each<[string, Missing]>([
    ['readers see what is not committed', { readCommitted: true }],
    ['offsets are read while a transaction holds them', { stableOffsets: true }],
    ['the group takes offsets of whom it has taken out', { groupFencing: true }],
  ])('shows it when %s', { timeout: 120_000 }, async (_what, missing) => {
    for (let seed = 1; seed <= 300; seed++) {
      const { differences } = await simulate(seed, missing);
      if (differences.length > 0) return;
    }
    expect.fail('no seed shows it');
  });
});
