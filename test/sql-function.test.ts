import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlacedEvent } from '../operators/model/event.js';
import { formatTime } from '../operators/model/time.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { seededRandom } from '../simulator/random.js';
import { TestDatabase } from './kit/database.js';

const CONNECTIONS = 32;
const network = await readNetwork(new URL('../data/contract-cases/network', import.meta.url).pathname);
const [feeder] = network.feeders;
const AT = "'2026-10-04T10:00:00Z'";

let database: TestDatabase;

beforeAll(async () => {
  database = await TestDatabase.start(network, CONNECTIONS);
});

afterAll(() => database.stop());

/** What a call returns, with the arguments behind the six that every call needs. */
async function call(run: string, first: string, ...more: string[]): Promise<string | null> {
  const [row] = await database.rows<{ id: string | null }>(
    `select oms_correlate_events(${[first, ...more, `p_run => '${run}'`].join(', ')}) as id`,
  );
  return row!.id;
}

const ON_FEEDER = `p_feeder_id => '${feeder!.feederId}'`;

describe('concurrent calls', () => {
  /** Meters in chains, so that outages open apart and merge. */
  function storm(): Pick<PlacedEvent, 'sourceEventId' | 'assetId' | 'occurredAt' | 'lat' | 'lon'>[] {
    const random = seededRandom(7);
    return Array.from({ length: 240 }, (_, i) => ({
      sourceEventId: `K${i}`,
      assetId: `X${i}`,
      occurredAt: Date.UTC(2026, 9, 4, 10) + Math.floor(random.next() * 240 * 60_000),
      lat: feeder!.lat + (random.next() - 0.5) * 0.08,
      lon: feeder!.lon + (random.next() - 0.5) * 0.04,
    }));
  }

  const SQL = `select oms_correlate_events('outage', 'kaifa', $1, $2, $3, $4, p_feeder_id => $5, p_asset_id => $6, p_run => $7)`;

  async function groups(run: string): Promise<string[]> {
    const rows = await database.rows<{ members: string }>(
      `select string_agg(source_event_id, ' ' order by source_event_id) as members from reconcile.members_of($1) group by outage_id`,
      [run],
    );
    return rows.map(({ members }) => members).sort();
  }

  it(`from ${CONNECTIONS} connections on one feeder give the outages that one connection gives`, async () => {
    const events = storm();
    const send = (run: string) => (event: (typeof events)[number]) =>
      database.rows(SQL, [
        event.sourceEventId,
        formatTime(event.occurredAt),
        event.lat,
        event.lon,
        feeder!.feederId,
        event.assetId,
        run,
      ]);
    await Promise.all(events.map(send('many')));
    for (const event of events) await send('one')(event);
    const expected = await groups('one');
    expect(expected.length).toBeGreaterThan(1);
    expect(await groups('many')).toEqual(expected);
  });

  it('with a report on the whole substation among them do not wait for each other for ever', async () => {
    const substation = `'outage', 'scada', $1, ${AT}, null, null, p_substation_id => '${feeder!.substationId}', p_reach => 'substation'`;
    await Promise.all(
      Array.from({ length: 64 }, (_, i) =>
        database.rows(
          i % 2 === 0
            ? `select oms_correlate_events(${substation}, p_run => 'crossing')`
            : `select oms_correlate_events('outage', 'kaifa', $1, ${AT}, null, null, p_feeder_id => '${
                network.feeders[i % network.feeders.length]!.feederId
              }', p_run => 'crossing')`,
          [`E${i}`],
        ),
      ),
    );
    const outages = await database.rows<{ incident_id: string }>(
      "select incident_id from reconcile.outages_of('crossing') where status <> 'merged' and substation_id = $1",
      [feeder!.substationId],
    );
    expect(new Set(outages.map(({ incident_id }) => incident_id)).size).toBe(1);
  });

  it('with the same event at once make it one event', async () => {
    const ids = await Promise.all(
      Array.from({ length: CONNECTIONS }, () =>
        call('same', `'outage', 'kaifa', '1', ${AT}, null, null`, "p_asset_id => 'M0a'"),
      ),
    );
    expect(new Set(ids).size).toBe(1);
    expect(await database.rows("select events::integer from reconcile.outages_of('same')")).toEqual([{ events: 1 }]);
  });
});

describe('what it returns', () => {
  it('is the outage for an outage event, for its second copy, and for a restoration that brings a member of it back', async () => {
    const meter = "p_asset_id => 'M0a'";
    const id = await call('returns', `'outage', 'kaifa', '1', ${AT}, null, null`, meter);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await call('returns', `'outage', 'kaifa', '1', '2030-01-01', 1, 1`, meter)).toBe(id);
    expect(await call('returns', `'restoration', 'kaifa', '2', '2026-10-04T10:05:00Z', null, null`, meter)).toBe(id);
    expect(await call('returns', `'restoration', 'kaifa', '3', '2026-10-04T10:06:00Z', null, null`, meter)).toBeNull();
  });

  it('is null for a late event, which is kept with the reason', async () => {
    const late = `p_received_at => '2026-10-04T10:40:00.001Z'`;
    expect(await call('late', `'outage', 'kaifa', '1', ${AT}, null, null`, "p_asset_id => 'M0a'", late)).toBeNull();
    const kept = await database.rows(
      "select reason from reconcile.late join reconcile.keys using (key_id) join reconcile.runs using (run_id) where name = 'late'",
    );
    expect(kept).toEqual([{ reason: 'receivedTooLate' }]);
  });

  it.each([
    ['unknownIds', 'null, null', "p_asset_id => 'nobody'", 'The registry does not know asset "nobody".'],
    ['outsideNetwork', '1, 1', "p_asset_id => 'nobody'",
     'No distribution point lies within 500 m of 1, 1, and the registry does not know asset "nobody".'],
    ['nothingToGoBy', 'null, null', 'p_asset_id => null',
     'The event names no asset, distribution point or feeder and has no coordinates.'],
  ])('is null for an event that cannot be placed, which is kept: %s', async (reason, place, asset, detail) => {
    for (const _ of [1, 2]) expect(await call(reason, `'outage', 'kaifa', '1', ${AT}, ${place}`, asset)).toBeNull();
    const kept = await database.rows(
      'select reason, detail from reconcile.unplaced join reconcile.runs using (run_id) where name = $1',
      [reason],
    );
    expect(kept).toEqual([{ reason, detail }]);
  }); // prettier-ignore

  it('takes the nearest distribution point where no id is known', async () => {
    const [point] = network.distributionPoints;
    expect(await call('nearest', `'outage', 'kaifa', '1', ${AT}, ${point!.lat}, ${point!.lon}`)).not.toBeNull();
    expect(await database.rows("select feeder_id, flags from reconcile.outages_of('nearest')")).toEqual([
      { feeder_id: point!.feederId, flags: ['placedByCoordinates'] },
    ]);
  });

  it('gives an event without an id the one that the gateway would', async () => {
    const twice = [1, 2].map(() => call('content', `'outage', 'kaifa', null, ${AT}, 31.5, -1e-7`, ON_FEEDER));
    expect(new Set(await Promise.all(twice)).size).toBe(1);
    const { contentIdOf } = await import('../operators/model/identity.js');
    const id = contentIdOf({
      source: 'kaifa', kind: 'outage', occurredAt: '2026-10-04T10:00:00.000Z', lat: 31.5, lon: -1e-7, feederId: feeder!.feederId,
    }); // prettier-ignore
    expect(
      await database.rows('select source_event_id as id from reconcile.reports where source_event_id = $1', [id]),
    ).toEqual([{ id }]);
  });

  it('takes window and radius of the call where they are not the defaults', async () => {
    const pair = async (run: string, ...more: string[]): Promise<boolean> => {
      const a = await call(run, `'outage', 'kaifa', '1', ${AT}, null, null`, "p_asset_id => 'M0a'");
      return (
        a ===
        (await call(run, `'outage', 'kaifa', '2', '2026-10-04T10:45:00Z', null, null`, "p_asset_id => 'M2a'", ...more))
      );
    };
    const wider = 'p_spatial_radius_meters => 2000';
    const longer = 'p_correlation_window_minutes => 60';
    expect(await pair('as-is')).toBe(false);
    expect(await pair('wider', wider)).toBe(false);
    expect(await pair('longer', longer)).toBe(false);
    expect(await pair('both', wider, longer)).toBe(true);
  });
});

describe('errors name the argument', () => {
  it.each([
    ["null, 'kaifa', '1', now(), 1, 1", /^p_event_type: null/],
    ["'tea', 'kaifa', '1', now(), 1, 1", /^p_event_type: 'tea' is neither/],
    ["'outage', 'phone', '1', now(), 1, 1", /^p_source_type: 'phone' is unknown; expected scada, kaifa, onu/],
    ["'outage', null, '1', now(), 1, 1", /^p_source_type: null/],
    ["'outage', 'kaifa', ' ', now(), 1, 1", /^p_source_event_id: empty/],
    ["'outage', 'kaifa', e'a\\nb', now(), 1, 1", /^p_source_event_id: holds a character/],
    ["'outage', 'kaifa', '1', null, 1, 1", /^p_timestamp: null/],
    ["'outage', 'kaifa', '1', 'infinity', 1, 1", /^p_timestamp: infinite/],
    ["'outage', 'kaifa', '1', now(), 91, 1", /^p_latitude: 91 is out of range; expected -90 to 90/],
    ["'outage', 'kaifa', '1', now(), 'NaN', 1", /^p_latitude: NaN is out of range/],
    ["'outage', 'kaifa', '1', now(), 1, -180.5", /^p_longitude: -180.5 is out of range/],
    ["'outage', 'kaifa', '1', now(), 1, null", /^p_longitude: null although/],
    ["'outage', 'kaifa', '1', now(), 1, 1, -1", /^p_correlation_window_minutes: -1 is out of range/],
    ["'outage', 'kaifa', '1', now(), 1, 1, null", /^p_correlation_window_minutes: null is out of range/],
    ["'outage', 'kaifa', '1', now(), 1, 1, 30, 1e9", /^p_spatial_radius_meters: 1000000000 is out of range/],
    ["'outage', 'kaifa', '1', now(), 1, 1, p_reach => 'far'", /^p_reach: 'far' is unknown/],
    ["'outage', 'kaifa', '1', now(), 1, 1, p_feeder_customers => -1", /^p_feeder_customers: -1 is negative/],
    ["'outage', 'kaifa', '1', now(), 1, 1, p_run => ''", /^p_run: null or empty/],
  ])('%s', async (values, message) => {
    await expect(database.rows(`select oms_correlate_events(${values})`)).rejects.toThrow(message);
  });

  it.each([
    ["oms_reconcile_command('dance', gen_random_uuid())", /^p_command: 'dance' is unknown/],
    ["oms_reconcile_command('note', null)", /^p_outage_id: null/],
    ["oms_reconcile_command('crew', gen_random_uuid())", /^p_crew: null/],
    [`oms_reconcile_rules('"calm"', now())`, /^p_rule_set: "calm" is no given rule set/],
    [`oms_reconcile_rules('{"name": "x", "radiusM": -5}', now())`, /^p_rule_set: radiusM is -5; expected 0 to 100000/],
    [`oms_reconcile_rules('"storm"', null)`, /^p_valid_from: null/],
    [`oms_reconcile_rules('"storm"', now(), 'S')`, /^p_feeder_id: a key is/],
    ['oms_reconcile_meaning(99)', /^The log is of meaning 99, and this database knows 1: run the version/],
    ["oms_reconcile_step('nothing')", /^p_run: there is no replay 'nothing'/],
    ["reconcile.begin_replay('x', null, null, 'random')", /^p_order: 'random' is unknown/],
    ["reconcile.begin_replay('x', now(), now(), 'log')", /^p_to: .* is not after p_from/],
  ])('%s', async (expression, message) => {
    await expect(database.rows(`select ${expression}`)).rejects.toThrow(message);
  });
});
