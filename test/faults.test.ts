import { expect, it } from 'vitest';
import { runFaults } from './faults/run.js';

/** Short, for every build; `npm run test:faults` goes on for as long as one likes, and kills the broker 30 times. */
const MINUTES = 4;
const BROKER_KILLS = 3;

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

it(
  'after each kill of the broker under load everything goes on by itself within a minute, without a difference',
  { timeout: 15 * 60_000 },
  async () => {
    const say = (line: string): void => console.error(line);
    const run = await runFaults({ minutes: 0, brokerKills: BROKER_KILLS, seed: 5, rate: 100, say });
    expect(run.differences).toEqual([]);
    expect(run.injected['kill -9 of the broker']).toBe(BROKER_KILLS);
    expect(run.compared['acknowledged events']).toBeGreaterThan(0);
  },
);
