/**
 * `npm run test:faults [-- --minutes N --seed S --rate R]`: kills everything at random during a storm, and compares.
 * With `--database-away N` nothing is killed: the database is away for N minutes, and then back.
 * With `--broker-kills N` the broker alone is killed, N times, and everything must go on by itself within a minute.
 */
import { parseArgs } from 'node:util';
import { runFaults } from './run.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 1000) % 1_000_000) },
    rate: { type: 'string', default: '100' },
    'database-away': { type: 'string' },
    'broker-kills': { type: 'string' },
  },
});
const numberOf = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
const databaseAwayMinutes = numberOf(values['database-away']);
const brokerKills = numberOf(values['broker-kills']);
const what =
  brokerKills !== null
    ? `the broker killed ${brokerKills} times`
    : databaseAwayMinutes !== null
      ? `the database away for ${databaseAwayMinutes} minutes`
      : `${values.minutes} minutes`;
console.log(`seed ${values.seed}, ${what}`);
const { injected, compared, differences } = await runFaults({
  minutes: Number(values.minutes),
  seed: Number(values.seed),
  rate: Number(values.rate),
  databaseAwayMinutes,
  brokerKills,
  say: (line) => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`),
});
console.log('Injected:');
for (const [kind, count] of Object.entries(injected)) console.log(`  ${kind}: ${count}`);
console.log('Compared:');
for (const [what, count] of Object.entries(compared)) console.log(`  ${what}: ${count}`);
for (const difference of differences) console.log(difference);
console.log(`Differences: ${differences.length}`);
process.exit(differences.length === 0 ? 0 : 1);
