/** Runs logs through both engines and compares what comes of them. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { isCommand, type LogEntry } from '../../operators/model/event.js';
import { isClockSuspect, timeOf } from '../../operators/model/time.js';
import { TestDatabase } from './database.js';
import { arbitraryLog } from './random-log.js';
import {
  byKey,
  feedRows,
  firstEngine,
  networkOf,
  secondEngine,
  storeLog,
  type Compared,
  type KeyLog,
} from './second-engine.js';

/** Other storms in every build; a failure names the seed that brings them back. */
export const SEED = Number(process.env.PARITY_SEED ?? Date.now() % 2 ** 31);

export function randomLogs(count: number, seed: number): KeyLog[] {
  return fc.sample(arbitraryLog, { numRuns: count, seed }).map((log, i) => {
    const key = { substationId: `S${i}`, feederId: `F${i}` };
    return { key, entries: log(key) };
  });
}

/** Compares key by key, so that a difference shows one storm, not all. */
export function expectSame(actual: readonly Compared[], expected: readonly Compared[], what: string): void {
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

/**
 * Runs logs through both engines: by calls, replayed in log order, and replayed in event-time order.
 * @returns what the stream makes of them in log order
 */
export async function compare(logs: readonly KeyLog[]): Promise<readonly Compared[]> {
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
    return expected;
  } finally {
    await database.stop();
  }
}
