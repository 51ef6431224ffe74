/** oms_correlate_events as analysts call it: the contract's cases, many connections at once, and what it refuses. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNetwork } from '../pipeline/network/read.js';
import { simulateStorm } from '../pipeline/storm/storm.js';
import { TestDatabase } from './database.js';
import { secondEngine, type Compared } from './second-engine.js';

interface ContractEvent {
  readonly source: string;
  readonly kind: string;
  readonly sourceEventId: string | null;
  readonly occurredAt: string;
  readonly receivedAt?: string;
  readonly lat?: number;
  readonly lon?: number;
  readonly [name: string]: unknown;
}

interface ContractCase {
  readonly name: string;
  readonly events: readonly ContractEvent[];
  readonly expect: {
    readonly outages: readonly (Partial<Compared> & { readonly outageId: string })[];
    readonly late: readonly string[];
    readonly unplaced: readonly string[];
    readonly duplicates: number;
  };
}

const folder = new URL('../data/contract-cases/', import.meta.url);
const { cases } = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as { cases: ContractCase[] };

async function correlate(database: TestDatabase, run: string, event: ContractEvent): Promise<string | null> {
  const {
    kind,
    source,
    sourceEventId,
    occurredAt,
    lat,
    lon,
    substationId,
    feederId,
    assetId,
    reach,
    receivedAt,
    dpId,
  } = event;
  const [row] = await database.rows<{ id: string | null }>(
    `select oms_correlate_events($1, $2, $3, $4, $5, $6, p_substation_id => $7, p_feeder_id => $8, p_asset_id => $9, p_reach => $10,
       p_received_at => $11, p_dp_id => $12, p_run => $13) as id`,
    [kind, source, sourceEventId, occurredAt, lat, lon, substationId, feederId, assetId, reach, receivedAt, dpId, run],
  );
  return row!.id;
}

describe('the contract cases', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await TestDatabase.start(await readNetwork(new URL('network', folder).pathname));
  });

  afterAll(() => database.stop());

  const idsOf = async (sql: string, run: string): Promise<string[]> =>
    (await database.rows<{ id: string }>(sql, [run])).map(({ id }) => id);

  it.each(cases)('$name', async ({ name, events, expect: expected }) => {
    for (const event of events) await correlate(database, name, event);
    const outages = (await secondEngine(database, name)).sort((a, b) => (a.outageId < b.outageId ? -1 : 1));
    expect(outages.map(({ outageId }) => outageId)).toEqual(expected.outages.map(({ outageId }) => outageId));
    outages.forEach((outage, i) => {
      const spoken = { ...expected.outages[i]! };
      if (spoken.members) spoken.members = [...spoken.members].sort();
      expect(outage).toMatchObject(spoken);
    });
    const of = 'join reconcile.keys k using (key_id) join reconcile.runs r using (run_id) where r.name = $1';
    expect(
      await idsOf(`select e.source_event_id as id from reconcile.events e ${of} and e.outcome = 'late'`, name),
    ).toEqual(expected.late);
    const unplaced =
      'select u.source_event_id as id from reconcile.unplaced u join reconcile.runs r using (run_id) where r.name = $1';
    expect(await idsOf(unplaced, name)).toEqual(expected.unplaced);
    const [counted] = await database.rows<{ n: string }>(
      'select coalesce(sum(k.duplicates), 0) as n from reconcile.keys k join reconcile.runs r using (run_id) where r.name = $1',
      [name],
    );
    expect(Number(counted!.n)).toBe(expected.duplicates);
  });
});

describe('oms_correlate_events', () => {
  let database: TestDatabase;
  let storm: ContractEvent[];

  beforeAll(async () => {
    const network = await readNetwork(new URL('../data/ieee9500', import.meta.url).pathname);
    database = await TestDatabase.start(network, 32);
    const { events } = simulateStorm(network, { seed: 3, faults: 40, hours: 1, startMs: Date.UTC(2026, 9, 4) });
    const key = events[0]!;
    // One feeder, outages only and in time: of those the groups do not depend on the order of arrival.
    storm = events
      .filter(({ feederId, kind }) => feederId === key.feederId && kind === 'outage')
      .map((event) => ({ ...event, receivedAt: event.occurredAt }) as unknown as ContractEvent)
      .slice(0, 640);
    expect(storm.length).toBeGreaterThan(200);
  });

  afterAll(() => database.stop());

  it('gives 32 connections that fire one storm at one feeder the outages that one connection gets', async () => {
    for (const event of storm) await correlate(database, 'alone', event);
    const waiting = [...storm];
    const worker = async (): Promise<void> => {
      for (let event = waiting.shift(); event; event = waiting.shift()) await correlate(database, 'together', event);
    };
    await Promise.all(Array.from({ length: 32 }, worker));
    const groups = async (run: string): Promise<string[]> =>
      (await secondEngine(database, run))
        .filter(({ status }) => status !== 'merged')
        .map(({ members, confidence, customersOut }) => JSON.stringify({ members, confidence, customersOut }))
        .sort();
    const alone = await groups('alone');
    expect(alone.length).toBeGreaterThan(1);
    expect(await groups('together')).toEqual(alone);
  });

  it('takes an event once: the second copy gives the same outage and changes nothing', async () => {
    const [event] = storm as [ContractEvent];
    const first = await correlate(database, 'twice', event);
    const before = await secondEngine(database, 'twice');
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(await correlate(database, 'twice', { ...event, kind: 'restoration' })).toBe(first);
    expect(await secondEngine(database, 'twice')).toEqual(before);
  });

  it('makes an event without an id one by its content', async () => {
    const [event] = storm as [ContractEvent];
    const nameless = { ...event, sourceEventId: null };
    const first = await correlate(database, 'nameless', nameless);
    expect(await correlate(database, 'nameless', nameless)).toBe(first);
    expect((await secondEngine(database, 'nameless')).map(({ events }) => events)).toEqual([1]);
  });

  it('takes the eight arguments of its public signature alone, and keeps to the run named direct', async () => {
    const sql = "select oms_correlate_events('outage', 'kaifa', 'E-1', now(), 46.66, -119.14, 30, 1000) as id";
    const [row] = await database.rows<{ id: string | null }>(sql);
    const known = await database.rows('select 1 from reconcile.outages_of($1)', ['direct']);
    const unplaced = await database.rows(
      'select 1 from reconcile.unplaced u join reconcile.runs r using (run_id) where r.name = $1',
      ['direct'],
    );
    expect(known.length + unplaced.length).toBe(1);
    expect(row!.id === null).toBe(known.length === 0);
  });

  it.each([
    ["'nonsense', 'kaifa', 'x', now(), 1, 1", /p_event_type: 'nonsense'/],
    ["'outage', 'telepathy', 'x', now(), 1, 1", /p_source_type: 'telepathy' is unknown/],
    ["'outage', 'kaifa', '', now(), 1, 1", /p_source_event_id: empty/],
    ["'outage', 'kaifa', 'x', null, 1, 1", /p_timestamp: null/],
    ["'outage', 'kaifa', 'x', now(), 91, 1", /p_latitude: 91 is out of range; expected -90 to 90/],
    ["'outage', 'kaifa', 'x', now(), 1, 181", /p_longitude: 181 is out of range/],
    ["'outage', 'kaifa', 'x', now(), 1, null", /p_longitude: null although/],
    ["'outage', 'kaifa', 'x', now(), 'NaN', 1", /p_latitude: NaN is out of range/],
    ["'outage', 'kaifa', 'x', now(), 1, 1, -1", /p_correlation_window_minutes: -1 is out of range/],
    ["'outage', 'kaifa', 'x', now(), 1, 1, 30, null", /p_spatial_radius_meters: null is out of range/],
    ["'outage', 'kaifa', 'x', now(), 1, 1, p_reach => 'world'", /p_reach: 'world' is unknown/],
  ])('refuses (%s) in a sentence that names the argument', async (args, sentence) => {
    await expect(database.rows(`select oms_correlate_events(${args})`)).rejects.toThrow(sentence);
  });

  it.each([
    ["oms_reconcile('r1', now(), now() - interval '1 day')", /p_from|p_to/],
    ["oms_reconcile('r2', p_order => 'alphabet')", /p_order/],
    ["oms_reconcile('direct')", /p_run/],
    ["oms_reconcile('r3', '1990-01-01', '1990-01-02')", /the stored log holds nothing from 1990/],
  ])('the replay refuses %s', async (call, sentence) => {
    await expect(database.rows(`call ${call}`)).rejects.toThrow(sentence);
  });
});
