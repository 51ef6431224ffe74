import { expect, it } from 'vitest';
import { runFaults } from './faults/run.js';

/** Short, for every build; `npm run test:faults` goes on for as long as one likes. */
const MINUTES = 5;

it(
  'a storm through kills, freezes and outages of broker and database loses, doubles and changes nothing',
  { timeout: 15 * 60_000 },
  async () => {
    const { injected, compared, differences } = await runFaults({
      minutes: MINUTES,
      seed: 4,
      rate: 100,
      say: (line) => console.error(line),
    });
    console.error(JSON.stringify({ injected, compared }));
    expect(differences).toEqual([]);
    expect(Object.values(injected).reduce((a, b) => a + b, 0)).toBeGreaterThan(10 * MINUTES);
    for (const [what, count] of Object.entries(compared)) expect(count, what).toBeGreaterThan(0);
  },
);
