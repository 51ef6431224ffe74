/**
 * `npm run test:faults [-- --minutes N --seed S --rate R]`: kills everything at random during a storm, and compares.
 * With `--database-away N` nothing is killed: the database is away for N minutes, and then back.
 */
import { parseArgs } from 'node:util';
import { runFaults } from './run.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 1000) % 1_000_000) },
    rate: { type: 'string', default: '100' },
    'database-away': { type: 'string' },
  },
});
const away = values['database-away'];
console.log(
  `seed ${values.seed}, ${away === undefined ? `${values.minutes} minutes` : `the database away for ${away}`}`,
);
const { injected, compared, differences } = await runFaults({
  minutes: Number(values.minutes),
  seed: Number(values.seed),
  rate: Number(values.rate),
  databaseAwayMinutes: away === undefined ? null : Number(away),
  say: (line) => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`),
});
console.log('Injected:');
for (const [kind, count] of Object.entries(injected)) console.log(`  ${kind}: ${count}`);
console.log('Compared:');
for (const [what, count] of Object.entries(compared)) console.log(`  ${what}: ${count}`);
for (const difference of differences) console.log(difference);
console.log(`Differences: ${differences.length}`);
process.exit(differences.length === 0 ? 0 : 1);
