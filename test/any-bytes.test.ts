/** What somebody may write to a topic, on every topic, between good records: the system goes on, at its start too. */
import { rm } from 'node:fs/promises';
import type { Message } from 'kafkajs';
import { Packr } from 'msgpackr';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../dev/ports.js';
import { retryUntil } from '../dev/retry.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import type { RunningStage } from '../pipeline/pipeline.js';
import { simulateStorm } from '../simulator/storm/storm.js';
import { placeOf } from '../streams/set-aside.js';
import type { StageName } from '../connections/topics.js';
import { folder, NETWORK, result, run, start, type Running } from './kit/commands-program.js';
import { TestSystem } from './kit/system.js';

const network = await readNetwork(NETWORK);
const startMs = Date.now() - 6 * 3_600_000;
const { events } = simulateStorm(network, { seed: 11, faults: 20, hours: 2, startMs });
const lines = events.map((event) => JSON.stringify(event));
const half = Math.floor(lines.length / 2);

const doubles = (...values: number[]): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);
const NO_DATE = new Packr({ useRecords: false }).pack({
  v: 2,
  count: 1,
  source: 'kaifa',
  kind: 'outage',
  type: 'last_gasp',
  sourceEventId: 'no-date',
  assetId: null,
  occurredAt: doubles(9e15),
  receivedAt: doubles(9e15),
  lat: doubles(31.9),
  lon: doubles(35.9),
  dpId: null,
  reach: 'point',
  customerId: null,
  feederCustomers: 0,
  flags: [],
});
const NO_TEXT = Buffer.from([0xff, 0xfe, 0x00]);
const HALF = '{"hello":';

let system: TestSystem;
let port: string;
let gateway: Running;

beforeAll(async () => {
  port = String(await freePort());
  system = await TestSystem.start(network, { OMS_SNAPSHOT_MS: '200' });
});

afterAll(async () => {
  gateway.process.kill('SIGTERM');
  await gateway.ended;
  await system.stop();
  await rm(folder, { recursive: true });
});

const until = (what: () => Promise<boolean> | boolean): Promise<void> =>
  retryUntil(
    async () => {
      if (!(await what())) throw new Error(`It never came to: ${what}`);
    },
    60_000,
    200,
  );

/** Puts messages on a topic. Returns their places. */
async function put(topic: string, ...messages: Message[]): Promise<string[]> {
  const places: string[] = [];
  for (const message of messages) {
    const [sent] = await system.producer.send({ topic, messages: [message], acks: -1 });
    places.push(placeOf({ topic, partition: sent!.partition, offset: Number(sent!.baseOffset) }));
  }
  return places;
}

const health = async (): Promise<string[]> => {
  const answer = await fetch(`http://127.0.0.1:${port}/health`);
  return ((await answer.json()) as { reasons: string[] }).reasons;
};

async function startGateway(): Promise<void> {
  gateway = start(['gateway'], { ...system.env, OMS_PORTS: port });
  await until(() => health().then(() => true, () => false)); // prettier-ignore
}

it('goes on, names each bad record once, and loses no good one; commands say what takes it away', async () => {
  const { topics } = system;
  const stages = ['place', 'correlate', 'policies', 'sink'] as const satisfies StageName[];
  let running: Map<StageName, RunningStage> = await system.run(...stages);
  await system.send(lines.slice(0, half));

  // Garbage on every topic.
  const sources = [topics.scada, topics.kaifa, topics.onu, topics.call_center];
  for (const topic of sources)
    await put(
      topic,
      { key: NO_TEXT, value: NO_TEXT },
      { key: 'x', value: HALF },
      { key: 'x', value: '' },
      { key: 'x', value: null },
    );
  const key = 'S1/S1-F1';
  const onLog = await put(
    topics.events,
    { key, value: NO_DATE },
    { key, value: NO_DATE.subarray(0, 50) },
    { key, value: '{"v":99}' },
    { key, value: '{"v":1,"entries":[null]}' },
    { key: NO_TEXT, value: '{"v":1,"entries":[]}' },
    { key: '{', value: '{"v":1,"entries":[]}' },
    { key: null, value: '{"v":1,"entries":[]}' },
  );
  await put(topics.events, { key, value: null });
  const onOutages = await put(
    topics.outages,
    { key: 'a', value: HALF },
    { key: NO_TEXT, value: '[]' },
    { key: 'b', value: '{"outageId":1}' },
  );
  await put(topics.outages, { key: 'c', value: null });
  const products: string[] = [];
  for (const topic of [topics.evidence, topics.late, topics.unplaced, topics.rejected])
    products.push(
      ...(await put(topic, { key: 'x', value: HALF }, { key: NO_TEXT, value: '{}' }, { key: 'x', value: 'null' })),
    );
  const onNetwork = await put(
    topics.network,
    { key: 'device/none', value: HALF, partition: 1 },
    { key: NO_TEXT, value: 'x' },
  );
  const onRules = await put(topics.rules, { key: 'set/bad', value: HALF }, { key: 'activation/x', value: '{"at":1}' });
  await put(
    topics.snapshots,
    { key: `correlate/1/0/${key}`, value: HALF, partition: 1 },
    { key: NO_TEXT, value: NO_TEXT, partition: 2 },
  );

  const refused = onLog.length + onOutages.length + products.length;
  await startGateway();
  await until(() => running.get('sink')!.statistics.refused === refused);
  await until(() => running.get('correlate')!.statistics.rejected === onLog.length + 1);
  await until(() => running.get('policies')!.statistics.rejected === onOutages.length);
  await until(() => running.get('place')!.statistics.unreadable === onNetwork.length);
  expect(running.get('place')!.complaints().join()).toMatch(/^2 records were left out as unreadable/);
  for (const place of onOutages) expect(running.get('policies')!.complaints().join()).toContain(place);
  expect(running.get('sink')!.complaints().join()).toMatch(
    /^\d+ records were set aside instead of written \(the last: /,
  );
  await until(async () => onOutages.every((place) => gateway.said().includes(place)));
  expect((await health()).join()).toMatch(/^3 records were left out as unreadable/);

  // At the start, too: nothing is counted again.
  await system.stopStages();
  gateway.process.kill('SIGTERM');
  expect((await gateway.ended).code).toBe(0);
  running = await system.run(...stages);
  await startGateway();
  await system.send(lines.slice(half));
  // Every report once; of the source topics four bad records each; on the log and outages one by the stage, one by the sink.
  await until(async () => {
    const ids = events.map(({ sourceEventId }) => sourceEventId);
    const { rows } = await system.pool.query<{ missing: number }>(
      `select count(*)::integer as missing from unnest($1::text[]) told (id)
       where not exists (select from oms.members m where m.source_event_id = told.id)
         and not exists (select from oms.witnesses w where w.source_event_id = told.id)
         and not exists (select from oms.late l where l.source_event_id = told.id)
         and not exists (select from oms.unplaced u where u.source_event_id = told.id)`,
      [ids],
    );
    return rows[0]!.missing === 0;
  });
  const { rows } = await system.pool.query<{ reason: string; count: number }>(
    'select reason, count(*)::integer as count from oms.rejected group by 1',
  );
  const byReason = Object.fromEntries(rows.map(({ reason, count }) => [reason, count]));
  expect(byReason).toMatchObject({ operatorFailed: onLog.length + 1 + onOutages.length, sinkFailed: refused });
  // What begins as UTF-16 does and is none is refused as that.
  expect(byReason.noValue! + byReason.notJson! + byReason.wrongShape!).toBe(4 * sources.length);
  for (const stage of ['correlate', 'policies'] as const) expect(running.get(stage)!.statistics.rejected).toBe(0);
  expect(running.get('sink')!.statistics.refused).toBe(0);
  await until(async () => (await health()).join().startsWith('3 records were left out as unreadable'));

  // Commands go on, and say what takes each away.
  const rules = await run(['rules', 'list'], system.env);
  expect([rules.code, onRules.every((place) => rules.err.includes(`"oms topics --tombstone ${place}"`))]).toEqual([
    0,
    true,
  ]);
  const exported = await run(['log', 'export'], system.env);
  expect([exported.code, onLog.every((place) => exported.err.includes(`${place} cannot be read`))]).toEqual([0, true]);
  const doctor = (): Promise<{ out: string }> => run(['doctor'], { ...system.env, OMS_PORTS: port });
  const ill = (await doctor()).out;
  for (const place of [...onNetwork, ...onRules, ...onOutages])
    expect(ill).toContain(`"oms topics --tombstone ${place}"`);
  const imported = await run(['network', 'import', NETWORK, '--if-empty'], system.env);
  expect([imported.code, onNetwork.every((place) => imported.err.includes(place))]).toEqual([0, true]);
  for (const place of [...onRules, ...onOutages]) await result(['topics', '--tombstone', place], system.env);
  await until(async () => /^ok {3}records: .*set aside with an error in the last day/m.test((await doctor()).out));
  expect((await run(['rules', 'list'], system.env)).err).toBe('');
  expect((await run(['topics', '--tombstone', onRules[0]!], system.env)).err).toContain(
    'No record that cannot be read stands at',
  );
});
