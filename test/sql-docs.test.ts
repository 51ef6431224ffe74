import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { TestDatabase } from './kit/database.js';
import { HERE } from './kit/random-log.js';
import { storeLog } from './kit/second-engine.js';

const page = readFileSync(new URL('../docs/sql.md', import.meta.url), 'utf8');
const network = await readNetwork(new URL('../data/contract-cases/network', import.meta.url).pathname);

/** The statements of the page, in its order. */
function statements(): string[] {
  return [...page.matchAll(/```sql\n(.*?)```/gs)].flatMap(([, block]) =>
    block!
      .split(/;\n/)
      .map((statement) => statement.trim())
      .filter((statement) => statement !== ''),
  );
}

it('runs every example of docs/sql.md', async () => {
  const database = await TestDatabase.start(network, 1);
  try {
    // A night in October, for the stretch that the page replays.
    const at = Date.UTC(2026, 9, 4, 18);
    const event = { source: 'kaifa', kind: 'outage', type: 'last_gasp', sourceEventId: 'K-1', assetId: null } as const;
    const place = { ...HERE, dpId: null, customerId: null, reach: 'point', feederCustomers: 0, flags: [] } as const;
    const entries = [{ ...event, ...place, occurredAt: at, receivedAt: at }];
    await storeLog(database, [{ key: { substationId: 'SS001', feederId: 'F1' }, entries }]);
    const results = [];
    for (const sql of statements()) results.push(await database.rows<Record<string, unknown>>(sql));
    const [first, second, third] = results.map(([row]) => row?.oms_correlate_events);
    expect(first).toBe('e9e68e03-9238-57e3-b468-6a22829e4a9d');
    expect([second, third]).toEqual([first, first]);
    expect(results[3]).toMatchObject([
      { status: 'partially_restored', confidence: 0.92, events: '2', customers_out: '1' },
    ]);
    expect(results).toHaveLength(19);
  } finally {
    await database.stop();
  }
});
