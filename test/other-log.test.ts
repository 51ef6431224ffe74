/** Kafka's data is gone, and the database stays: nothing goes on without a word, and on request all goes on. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { retryUntil } from '../dev/retry.js';
import { EMPTY_NETWORK, type Network } from '../operators/network/network.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { publishNetwork } from '../pipeline/jobs/network/store.js';
import { withAdmin } from '../streams/kafka/admin.js';
import { ensureTopics } from '../connections/topic-admin.js';
import { NETWORK, run } from './kit/commands-program.js';
import { TestSystem } from './kit/system.js';

let network: Network;
let system: TestSystem;

beforeAll(async () => {
  network = await readNetwork(NETWORK);
  system = await TestSystem.start(network);
});
afterAll(() => system.stop());

/** Sends last gasps of these meters, now; resolves when the sink has all that came of them. */
async function report(...meters: string[]): Promise<void> {
  const at = new Date().toISOString();
  const stored = async (): Promise<number> => system.count('select count(*) from kaifa.events');
  const before = await stored();
  await system.send(
    meters.map((assetId) =>
      JSON.stringify({
        source: 'kaifa',
        kind: 'outage',
        type: 'last_gasp',
        sourceEventId: `of-${assetId}`,
        assetId,
        occurredAt: at,
        receivedAt: at,
      }),
    ),
  );
  await retryUntil(async () => {
    const members = await system.count('select count(distinct source_event_id) from oms.members where log_offset >= 0');
    if ((await stored()) < before + meters.length || members < meters.length) throw new Error('It has not come.');
  }, 60_000);
}

/** As when its disk was lost: topics of the same names, and nothing on them. */
async function loseTopics(): Promise<void> {
  const topics = Object.values(system.topics);
  await withAdmin(system.environment.kafkaBrokers!, async (admin) => {
    await admin.deleteTopics({ topics });
    await retryUntil(async () => {
      const left = (await admin.listTopics()).filter((topic) => topics.includes(topic as never));
      if (left.length > 0) throw new Error(`Still being deleted: ${left.join(', ')}.`);
    }, 30_000);
    await retryUntil(() => ensureTopics(admin, system.topics, system.environment.partitions), 30_000);
  });
  await publishNetwork(system.producer, system.topics.network, EMPTY_NETWORK, network);
}

const beginAnew = (...more: string[]) => run(['topics', '--begin-anew', ...more], system.env);
const doctor = async (): Promise<string> => (await run(['doctor'], system.env)).out;

it('the sink ends with a sentence, doctor has it too, and begins anew when it is told to, with all rows', async () => {
  await system.run('place', 'correlate', 'sink');
  await report('M000001', 'M000500', 'M001000');
  await system.stopStages();
  expect(await doctor()).toContain('ok   log: the topics are those that the database has read');
  const before = await system.pool.query<{ outage_id: string }>('select outage_id from oms.outages');
  expect(before.rowCount).toBeGreaterThan(0);

  await loseTopics();
  const sink = (await system.run('sink')).get('sink')!;
  const sentence = /ends at offset 0, but the database has read it up to \d+: .* run "oms topics --begin-anew" once/;
  await expect(sink.finished).rejects.toThrow(sentence);
  await Promise.allSettled([system.stopStages()]);
  expect(await doctor()).toMatch(/^FAIL log: .* made anew\./m);

  expect(await beginAnew()).toMatchObject({ code: 2, err: expect.stringMatching(sentence) as string });
  expect(await doctor()).toMatch(/^FAIL log: /m);
  expect(await beginAnew('--yes')).toMatchObject({ code: 0, err: expect.stringMatching(/begins anew/) as string });
  expect(await beginAnew('--yes')).toMatchObject({
    code: 0,
    err: expect.stringMatching(/nothing is to begin/) as string,
  });

  const again = (await system.run('place', 'correlate', 'sink')).get('sink')!;
  // One of them was reported before, under the same id: of another time, it is another report.
  await report('M000001', 'M001500', 'M002000');
  expect(again.statistics.refused).toBe(0);
  expect(await system.count('select count(*) from kaifa.events')).toBe(6);
  expect(await system.count('select count(*) from kaifa.events where log_offset < 0')).toBe(3);
  const kept = 'select count(*) from oms.outages where outage_id = any ($1)';
  const { rows } = await system.pool.query<{ count: string }>(kept, [before.rows.map((row) => row.outage_id)]);
  expect(Number(rows[0]!.count)).toBe(before.rowCount);
  expect(await system.count('select count(*) from oms.members')).toBe(6);
  expect(
    await system.count("select count(*) from oms.outages where (record #>> '{log,offset}')::bigint <> log_offset"),
  ).toBe(0);
});
