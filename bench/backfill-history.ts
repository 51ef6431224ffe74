/**
 * Writes a history of meters as an old system might keep it, in no order, for measuring `oms backfill`:
 * `npx tsx bench/backfill-history.ts data/ieee9500 1000000 history.csv`. Its mapping is bench/backfill-history.yaml.
 */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { seededRandom } from '../simulator/random.js';

const [dir, rows, file] = process.argv.slice(2);
if (dir === undefined || !(Number(rows) > 0) || file === undefined) {
  console.error(
    'Name a network, a number of rows and a file: bench/backfill-history.ts data/ieee9500 1000000 history.csv',
  );
  process.exit(2);
}
const meters = (await readNetwork(dir)).customers.flatMap(({ meterId }) => meterId ?? []);
const random = seededRandom(1);
const YEAR_MS = 365 * 86_400_000;
const BEGIN = Date.UTC(2025, 0, 1);
const out = createWriteStream(file);
out.write('EVENT_ID,STATUS,METER_NO,EVENT_TIME,INSERTED_AT,REMARK\n');
const text = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
let happened = '';
let at = BEGIN;
for (let i = 0; i < Number(rows); i++) {
  // One row in a hundred says once more what the one before it said.
  if (i === 0 || !random.chance(0.01)) {
    at = BEGIN + Math.floor(random.between(0, YEAR_MS));
    happened = `K-${i},${i % 2 ? 'OUT' : 'BACK'},${random.pick(meters)},${text(at)}`;
  }
  const stored = text(at + Math.floor(random.between(1000, 60_000)));
  if (!out.write(`${happened},${stored},"from AMI, batch ${i >> 10}"\n`)) await once(out, 'drain');
}
out.end();
await once(out, 'finish');
