/** Events that nobody knew where to put, given back: by hand, and by a network that knows them now. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retryUntil } from '../dev/retry.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { writeNetwork } from '../pipeline/jobs/network/write.js';
import type { UnplacedEvent } from '../pipeline/jobs/unplaced.js';
import { folder, parsed, refusal, result, run } from './kit/commands-program.js';
import { Reconciliation } from './kit/reconciliation.js';
import { TestSystem } from './kit/system.js';

const full = await readNetwork(new URL('../data/contract-cases/network', import.meta.url).pathname);
/** The network before the meters of C1a and C1b were known. */
const network = { ...full, customers: full.customers.filter(({ dpId }) => dpId !== 'DP1') };

const event = (sourceEventId: string, assetId: string | null, time: string, fields: object = {}) => ({
  source: 'kaifa',
  kind: 'outage',
  type: 'last_gasp',
  sourceEventId,
  assetId,
  occurredAt: `2026-10-04T${time}:00Z`,
  receivedAt: `2026-10-04T${time}:05Z`,
  ...fields,
});

const events = [
  event('known', 'M0a', '10:00'),
  event('lost', '3', '10:05'),
  event('elsewhere', null, '10:06', { lat: 10, lon: 10 }),
  event('to-come', 'M1a', '10:07'),
  event('to-come-2', 'M1b', '10:08'),
  // The feeder has got on by the time anybody looks.
  event('later', 'M0b', '18:00'),
];

let system: TestSystem;
let sent = 0;

async function send(...some: readonly object[]): Promise<void> {
  await system.send(some.map((one) => JSON.stringify(one)));
  sent += some.length;
  await system.settled(sent);
}

beforeAll(async () => {
  system = await TestSystem.start(network);
  await system.run('place', 'correlate', 'sink');
  await send(...events);
});

afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true });
});

const listed = async (...args: string[]): Promise<string[]> =>
  parsed<UnplacedEvent>(await result(['unplaced', 'list', '--json', ...args], system.env)).map(
    (one) => one.sourceEventId,
  );

describe('an event that nobody knew where to put', () => {
  it('is listed once, however often it came', async () => {
    await send(event('lost', '3', '10:05'));
    expect(await listed()).toEqual(['elsewhere', 'lost', 'to-come', 'to-come-2']);
    expect(await listed('--reason', 'outsideNetwork')).toEqual(['elsewhere']);
    expect(await result(['unplaced', 'list', '--reason', 'outsideNetwork'], system.env)).toMatch(
      /^kaifa\/elsewhere received 2026-10-04T10:06:05.000Z: No distribution point lies within 500 m of 10, 10/,
    );
  });

  it('is not placed where the network knows nothing', async () => {
    const place = (...args: string[]) => refusal(2, ['unplaced', 'place', ...args], system.env);
    expect(await place('kaifa/lost')).toMatch(/one of --dp, --asset and --feeder/);
    expect(await place('kaifa/lost', '--dp', 'DP0', '--asset', 'M0b')).toMatch(/one of --dp, --asset and --feeder/);
    expect(await place('kaifa/lost', '--dp', 'DP77')).toBe('The network knows no DP77: nothing was placed.');
    expect(await place('kaifa/lost', '--feeder', 'SS002/F1')).toMatch(/knows no SS002\/F1/);
    expect(await place('lost', '--dp', 'DP0')).toMatch(/Expected SOURCE\/ID/);
    expect(await refusal(1, ['unplaced', 'place', 'kaifa/nobody', '--dp', 'DP0'], system.env)).toMatch(
      /There is no unplaced event kaifa\/nobody/,
    );
    expect(await listed()).toContain('lost');
  });

  it('goes on as the event that it is when somebody says where, and not twice by accident', async () => {
    const placed = await run(['unplaced', 'place', 'kaifa/lost', '--dp', 'DP0'], system.env);
    expect(placed).toMatchObject({ code: 0, err: 'kaifa/lost goes on as one of SS001/F1, at 31.95, 35.93.\n' });
    await system.settled((sent += 1));
    // By now its neighbours may have left the stream's memory.
    const { rows } = await system.pool.query("select source_event_id, reason, event -> 'flags' as flags from oms.late");
    expect(rows).toEqual([{ source_event_id: 'lost', reason: 'behindWatermark', flags: ['placedByHand'] }]);
    const marked = await system.pool.query(
      "select placed_by, placed_as, placed_at > now() - interval '1 min' as now from oms.unplaced where source_event_id = 'lost'",
    );
    const mark = { placed_by: userInfo().username, placed_as: { dpId: 'DP0' }, now: true };
    expect(marked.rows).toEqual([mark, mark]);
    expect(await listed()).not.toContain('lost');

    const again = ['unplaced', 'place', 'kaifa/lost', '--dp', 'DP0'];
    expect(await refusal(1, again, system.env)).toMatch(/kaifa\/lost was placed on .*; --again places it once more/);
    await result([...again, '--again'], system.env);
    await system.settled((sent += 1));
    // So long after its time its identity is forgotten: the copy is late as well, and a member of nothing.
    expect(await system.count("select count(*) from oms.late where source_event_id = 'lost'")).toBe(2);
    expect(await system.count("select count(*) from oms.members where source_event_id = 'lost'")).toBe(0);
  });

  it('is taken into its outage by a repair, late as it is', async () => {
    const reconciliation = await Reconciliation.of(system, '2026-10-04', '2026-10-05');
    const found = await reconciliation.run('event-time');
    expect(found).toMatchObject([{ kind: 'members', added: [{ sourceEventId: 'lost' }] }]);
    await reconciliation.publish(await reconciliation.repairsOf(found));
    const { rows } = await system.pool.query(
      `select m.source_event_id as id, o.record -> 'flags' as flags from oms.outage_members m join oms.outages o using (outage_id)
       where o.first_detected_at < '2026-10-04T12:00Z' order by m.t`,
    );
    expect(rows).toEqual([
      { id: 'known', flags: ['placedByHand'] },
      { id: 'lost', flags: ['placedByHand'] },
    ]);
    expect(await reconciliation.run('event-time')).toEqual([]);
    expect(await reconciliation.run('log')).toEqual([]);
    reconciliation.end();
  });

  it('is offered to be given back by an import of a network that knows it', async () => {
    const path = join(folder, 'network');
    await writeNetwork(full, path);
    const asked = await run(['network', 'import', path], system.env);
    expect(asked.code).toBe(0);
    expect(asked.err).toMatch(/2 of 3 unplaced events have a place now.\nThey stay; import .* --place-unplaced/);
    expect(await listed()).toEqual(['elsewhere', 'to-come', 'to-come-2']);
    const agreed = await run(['network', 'import', path, '--place-unplaced'], system.env);
    expect(agreed.err).toMatch(/2 of 3 unplaced events have a place now.\n2 events go on in the stream.\n$/);
    expect(await listed()).toEqual(['elsewhere']);
    await retryUntil(
      async () => {
        const { rows } = await system.pool.query<{ id: string }>(
          "select source_event_id as id from oms.late where source_event_id like 'to-come%' order by 1",
        );
        expect(rows.map(({ id }) => id)).toEqual(['to-come', 'to-come-2']);
      },
      20_000,
      100,
    );
    const third = await run(['network', 'import', path], system.env);
    expect(third.err).not.toMatch(/unplaced/);
  });
});
