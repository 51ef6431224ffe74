/** Corrections on a system that runs: what reconciliation in event-time order finds is mended through the log. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PooledDatabase } from '../gateway/database.js';
import { membersOf } from '../gateway/oms/outage-history.js';
import { outageIdOf } from '../operators/model/identity.js';
import type { Customer } from '../operators/network/network.js';
import type { OutageRecord } from '../operators/model/outage.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { rejectedRepairs } from '../pipeline/jobs/reconcile/repair-publication.js';
import { simulateStorm } from '../simulator/storm/storm.js';
import { NETWORK } from './kit/commands-program.js';
import { Reconciliation } from './kit/reconciliation.js';
import { neighboursIn } from './kit/neighbours.js';
import { TestSystem } from './kit/system.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const network = await readNetwork(NETWORK);
const startMs = Date.UTC(2026, 9, 4);
const storm = simulateStorm(network, { seed: 11, faults: 60, hours: 12, startMs });
const quietMs = startMs + 24 * HOUR_MS;

const [one, two, three] = neighboursIn(network);
const { feederId } = network.distributionPoints.find(({ dpId }) => dpId === one.dpId)!;
const { substationId } = network.feeders.find((feeder) => feeder.feederId === feederId)!;
/** The outage that a report opens. */
function outageOf(sourceEventId: string): string {
  const { assetId, occurredAt } = quiet.find((one) => one.sourceEventId === sourceEventId)!;
  return outageIdOf({ substationId, feederId }, { source: 'kaifa', assetId, sourceEventId }, Date.parse(occurredAt));
}

/** What a meter reports, in minutes of the quiet day: when it happened, and when it was received. */
function report(
  kind: 'outage' | 'restoration',
  sourceEventId: string,
  { meterId }: Customer,
  min: number,
  receivedMin = min,
) {
  return {
    source: 'kaifa',
    kind,
    type: '',
    sourceEventId,
    assetId: meterId,
    occurredAt: new Date(quietMs + min * MINUTE_MS).toISOString(),
    receivedAt: new Date(quietMs + receivedMin * MINUTE_MS + 1000).toISOString(),
  };
}

const quiet = [
  // Late, and back since: its restoration is forgotten when it is taken in.
  report('outage', 'missing', one, 0, 60),
  report('restoration', 'missing-back', one, 30, 61),
  // Two outages that are one with a late event between them.
  report('outage', 'first', one, 120),
  report('outage', 'second', two, 170),
  report('restoration', 'first-back', one, 190),
  report('outage', 'bridge', three, 145, 200),
  // One outage that is two: the restoration between them was long under way.
  report('outage', 'before', one, 900),
  report('outage', 'after', two, 920),
  report('restoration', 'slow', one, 905, 940),
];

let system: TestSystem;
let reconciliation: Reconciliation;

beforeAll(async () => {
  system = await TestSystem.start(network);
  await system.run('place', 'correlate', 'sink');
  await system.send([...storm.events, ...quiet].map((event) => JSON.stringify(event)));
  await system.settled(storm.events.length + quiet.length);
  reconciliation = await Reconciliation.of(system, '2026-10-04', '2026-10-06');
});

afterAll(async () => {
  reconciliation.end();
  await system.stop();
});

interface OutageRow {
  readonly status: string;
  readonly members: string[];
}

async function outage(opener: string): Promise<OutageRow> {
  const { rows } = await system.pool.query<OutageRow>(
    `select o.status, array(select source_event_id from oms.outage_members m where m.outage_id = o.outage_id order by t) as members
     from oms.outages o where outage_id = $1`,
    [outageOf(opener)],
  );
  return rows[0]!;
}

describe('a repair through the log', () => {
  it('mends what the stream could not know, once and for all, and both engines follow', async () => {
    const before = await reconciliation.run('event-time');
    expect(before.length).toBeGreaterThan(5);
    const kinds = new Set(before.map(({ kind }) => kind));
    for (const kind of ['missing', 'merged', 'split'] as const) expect(kinds).toContain(kind);
    const repairs = await reconciliation.repairsOf(before);
    expect(repairs.map(({ unmended }) => unmended)).toEqual(before.map(() => null));
    await reconciliation.publish(repairs);
    expect(await rejectedRepairs(reconciliation.client, repairs)).toEqual(new Map());

    expect(await outage('missing')).toEqual({ status: 'restored', members: ['missing'] });
    expect(await outage('first')).toEqual({ status: 'partially_restored', members: ['first', 'bridge', 'second'] });
    expect((await outage('second')).status).toBe('merged');
    expect(await outage('before')).toEqual({ status: 'restored', members: ['before'] });
    expect(await outage('after')).toEqual({ status: 'confirmed', members: ['after'] });
    const told = await system.pool.query(
      "select distinct by, reason from oms.timeline where what = 'amend' and outage_id = $1",
      [outageOf('missing')],
    );
    expect(told.rows).toEqual([{ by: 'ann', reason: expect.stringMatching(/missing/) as string }]);
    // No event is a member twice.
    expect(
      await system.count(
        'select count(*) - count(distinct (substation_id, feeder_id, source, source_event_id)) from oms.members join oms.outages using (outage_id)',
      ),
    ).toBe(0);

    expect(await reconciliation.run('event-time')).toEqual([]);
    expect(await reconciliation.run('log')).toEqual([]);
    const members = await system.count('select count(*) from oms.members');
    await reconciliation.publish(repairs);
    expect(await system.count('select count(*) from oms.members')).toBe(members);
    expect(await reconciliation.run('event-time')).toEqual([]);
  });

  it('tells all there is to know of what was taken in: where it was, what it said, that a correction did it', async () => {
    const database = new PooledDatabase(system.environment.databaseUrl!);
    const { rows } = await system.pool.query<{ record: OutageRecord }>(
      'select record from oms.outages where outage_id = $1',
      [outageOf('missing')],
    );
    const members = await membersOf(database, rows[0]!.record, [outageOf('missing')]);
    await database.stop();
    expect(members).toContainEqual(
      expect.objectContaining({
        sourceEventId: 'missing',
        kind: 'outage',
        amended: true,
        link: null,
        assetId: one.meterId,
        customerId: one.customerId,
        lat: one.lat,
        lon: one.lon,
        receivedAt: new Date(quietMs + 60 * MINUTE_MS + 1000).toISOString(),
      }),
    );
  });
});
