import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MEANINGS } from '../operators/correlate/meaning.js';
import { isCommand, type LogEntry } from '../operators/model/event.js';
import { isClockSuspect, timeOf } from '../operators/model/time.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { TestDatabase } from './kit/database.js';
import { cornerLogs } from './kit/corner-logs.js';
import { keptLogs, keptOutages } from './kit/kept-logs.js';
import { arbitraryLog } from './kit/random-log.js';
import {
  byKey,
  feedRows,
  firstEngine,
  networkOf,
  secondEngine,
  storeLog,
  type Compared,
  type KeyLog,
} from './kit/second-engine.js';

/** How many random storms are compared; PARITY_STORMS=10000 for a night. */
const STORMS = Number(process.env.PARITY_STORMS ?? 240);
const PER_DATABASE = 120;
/** Other storms in every build; a failure names the seed that brings them back. */
const SEED = Number(process.env.PARITY_SEED ?? Date.now() % 2 ** 31);

function randomLogs(count: number, seed: number): KeyLog[] {
  return fc.sample(arbitraryLog, { numRuns: count, seed }).map((log, i) => {
    const key = { substationId: `S${i}`, feederId: `F${i}` };
    return { key, entries: log(key) };
  });
}

/** Compares key by key, so that a difference shows one storm, not all. */
function expectSame(actual: readonly Compared[], expected: readonly Compared[], what: string): void {
  const actualKeys = byKey(actual);
  for (const [key, outages] of Object.entries(byKey(expected))) {
    expect(actualKeys[key], `${what}, key ${key}, PARITY_SEED=${SEED}`).toEqual(outages);
  }
  expect(Object.keys(actualKeys).sort()).toEqual(Object.keys(byKey(expected)).sort());
}

/** The log as reconciliation takes it in event-time order: by the time that counts, and nothing is late or amended. */
function byEventTime(entries: readonly LogEntry[]): LogEntry[] {
  const time = (entry: LogEntry): number => (isCommand(entry) ? entry.at : timeOf(entry));
  return entries
    .filter((entry) => !isCommand(entry) || entry.command !== 'amend')
    .map((entry) => (isCommand(entry) || isClockSuspect(entry) ? entry : { ...entry, receivedAt: entry.occurredAt }))
    .sort((a, b) => time(a) - time(b));
}

/** Runs logs through both engines: by calls, replayed in log order, and replayed in event-time order. */
async function compare(logs: readonly KeyLog[]): Promise<void> {
  const database = await TestDatabase.start(networkOf(logs));
  try {
    const expected = firstEngine(logs);
    await feedRows(database, 'rows', logs);
    expectSame(await secondEngine(database, 'rows'), expected, 'oms_correlate_events');
    await storeLog(database, logs);
    await database.rows("call oms_reconcile('log')");
    expectSame(await secondEngine(database, 'log'), expected, 'oms_reconcile in log order');
    await database.rows("call oms_reconcile('time', p_order => 'event-time')");
    const sorted = logs.map(({ key, entries }) => ({ key, entries: byEventTime(entries) }));
    expectSame(await secondEngine(database, 'time'), firstEngine(sorted), 'oms_reconcile in event-time order');
  } finally {
    await database.stop();
  }
}

const folder = new URL('../data/contract-cases/', import.meta.url);

interface ContractCase {
  readonly name: string;
  readonly events: readonly object[];
  readonly expect: {
    readonly outages: readonly object[];
    readonly late: readonly string[];
    readonly unplaced: readonly string[];
    readonly duplicates: number;
  };
}

describe('the contract cases', () => {
  it('give in SQL what the contract says', async () => {
    const { cases } = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as { cases: ContractCase[] };
    const database = await TestDatabase.start(await readNetwork(new URL('network', folder).pathname));
    const ids = async (sql: string, run: string): Promise<string[]> =>
      (await database.rows<{ id: string }>(sql, [run])).map(({ id }) => id);
    try {
      for (const { name, events, expect: expected } of cases) {
        await database.rows(
          `select oms_correlate_events(kind, source, "sourceEventId", "occurredAt", lat, lon, p_substation_id => "substationId",
             p_feeder_id => "feederId", p_asset_id => "assetId", p_reach => reach, p_received_at => "receivedAt", p_run => $2)
           from jsonb_to_recordset($1) as e (kind text, source text, "sourceEventId" text, "occurredAt" timestamptz, lat float8,
             lon float8, "substationId" text, "feederId" text, "assetId" text, reach text, "receivedAt" timestamptz)`,
          [JSON.stringify(events), name],
        );
        const outages = (await secondEngine(database, name)).sort((a, b) => (a.outageId < b.outageId ? -1 : 1));
        expect(outages, name).toMatchObject(expected.outages);
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
    it(`for ${count} random storms from ${from}`, () => compare(randomLogs(count, SEED + from)));
  }
});
