import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MEANINGS } from '../operators/correlate/meaning.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { TestDatabase } from './kit/database.js';
import { cornerLogs } from './kit/corner-logs.js';
import { keptLogs, keptOutages } from './kit/kept-logs.js';
import { compare, expectSame, randomLogs, SEED } from './kit/parity.js';
import { feedRows, networkOf, secondEngine } from './kit/second-engine.js';

/** How many random storms are compared; PARITY_STORMS=10000 for a night. */
const STORMS = Number(process.env.PARITY_STORMS ?? 240);
const PER_DATABASE = 120;

const folder = new URL('../data/contract-cases/', import.meta.url);

interface ContractCase {
  readonly name: string;
  readonly events: readonly object[];
  readonly expect: {
    readonly outages: readonly { readonly members: readonly string[]; readonly assets?: readonly string[] }[];
    readonly late: readonly string[];
    readonly unplaced: readonly string[];
    readonly duplicates: number;
  };
}

describe('the contract cases', () => {
  it('give in SQL what the contract says', async () => {
    const { cases } = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as { cases: ContractCase[] };
    const database = await TestDatabase.start(await readNetwork(new URL('network', folder).pathname));
    const ids = async (sql: string, ...values: string[]): Promise<string[]> =>
      (await database.rows<{ id: string }>(sql, values)).map(({ id }) => id);
    try {
      for (const { name, events, expect: expected } of cases) {
        await database.rows(
          `select oms_correlate_events(kind, source, "sourceEventId", "occurredAt", lat, lon, p_substation_id => "substationId",
             p_feeder_id => "feederId", p_asset_id => "assetId", p_reach => reach, p_received_at => "receivedAt", p_run => $2,
             p_type => type)
           from jsonb_to_recordset($1) as e (kind text, type text, source text, "sourceEventId" text, "occurredAt" timestamptz, lat float8,
             lon float8, "substationId" text, "feederId" text, "assetId" text, reach text, "receivedAt" timestamptz)`,
          [JSON.stringify(events), name],
        );
        const outages = (await secondEngine(database, name)).sort((a, b) => (a.outageId < b.outageId ? -1 : 1));
        // Who was out from when to when is said by the cases, and not by outages with their members: that is held elsewhere.
        const said = expected.outages.map(({ members: _, assets: __, ...outage }) => ({
          ...outage,
          interruptions: undefined,
        }));
        expect(
          outages.map((outage) => ({ ...outage, interruptions: undefined })),
          name,
        ).toMatchObject(said);
        const membersOf = `select source || '/' || source_event_id as id from reconcile.members_of($1) where outage_id = $2`;
        const assetsOf = `select coalesce(asset_id, '') as id from reconcile.members_of($1) where outage_id = $2`;
        for (const [i, { members, assets = [] }] of expected.outages.entries()) {
          expect((await ids(membersOf, name, outages[i]!.outageId)).sort(), name).toEqual([...members].sort());
          expect((await ids(assetsOf, name, outages[i]!.outageId)).sort(), name).toEqual(assets);
        }
        expect(outages.length, name).toBe(expected.outages.length);
        const ofRun = 'join reconcile.keys using (key_id) join reconcile.runs using (run_id) where name = $1';
        expect(await ids(`select source_event_id as id from reconcile.late ${ofRun} order by seq`, name), name).toEqual(
          expected.late,
        );
        expect(
          await ids(
            'select source_event_id as id from reconcile.unplaced join reconcile.runs using (run_id) where name = $1',
            name,
          ),
          name,
        ).toEqual(expected.unplaced);
        const [duplicates] = await ids(
          'select coalesce(sum(duplicates), 0)::text as id from reconcile.keys join reconcile.runs using (run_id) where name = $1',
          name,
        );
        expect(Number(duplicates), name).toBe(expected.duplicates);
      }
    } finally {
      await database.stop();
    }
  });
});

describe('the logs that were kept of a meaning', () => {
  it.each(MEANINGS.map(({ number }) => number))('%i give in SQL what they gave', async (number) => {
    const logs = keptLogs(number);
    const database = await TestDatabase.start(networkOf(logs));
    try {
      await feedRows(database, 'kept', logs);
      expectSame(await secondEngine(database, 'kept'), keptOutages(number), 'oms_correlate_events');
    } finally {
      await database.stop();
    }
  });
});

describe('both engines give the same outages', () => {
  it('in every corner of the contract', async () => {
    const logs = cornerLogs();
    expect(new Set(logs.map(({ name }) => name)).size).toBe(logs.length);
    await compare(logs);
  });

  for (let from = 0; from < STORMS; from += PER_DATABASE) {
    const count = Math.min(PER_DATABASE, STORMS - from);
    it(`for ${count} random storms from ${from}`, async () => {
      await compare(randomLogs(count, SEED + from));
    });
  }
});
