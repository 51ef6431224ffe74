/** What the stages do when the database, or a record, is not as it should be; and that they end when they are told to. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PoolClient } from 'pg';
import { freePort } from '../dev/ports.js';
import { retryUntil } from '../dev/retry.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import type { RunningStage } from '../pipeline/pipeline.js';
import { simulateStorm } from '../simulator/storm/storm.js';
import { compare } from './faults/compare.js';
import { folder, start, type Running } from './kit/commands-program.js';
import { TestSystem } from './kit/system.js';

const network = await readNetwork(new URL('../data/ieee9500', import.meta.url).pathname);
const { events } = simulateStorm(network, { seed: 9, faults: 30, hours: 3, startMs: Date.UTC(2026, 9, 4, 12) });
const CHUNK = 300;

let system: TestSystem;
let sink: RunningStage;
let sent = 0;

beforeAll(async () => {
  system = await TestSystem.start(network);
  sink = (await system.run('place', 'correlate', 'sink')).get('sink')!;
});

afterAll(() => system.stop());

/** Sends the next events of the storm. */
async function sendSome(): Promise<void> {
  const some = events.slice(sent, sent + CHUNK);
  expect(some).toHaveLength(CHUNK);
  await system.send(some.map((event) => JSON.stringify(event)));
  sent += CHUNK;
}

const until = (what: () => Promise<boolean> | boolean): Promise<void> =>
  retryUntil(
    async () => {
      if (!(await what())) throw new Error(`It never came to: ${what}`);
    },
    30_000,
    20,
  );

/** Waits until all that was sent is in the database; then it must be there once, as the log means it. */
async function expectNothingLostOrDoubled(): Promise<void> {
  await system.settled(sent);
  const { topics, environment, pool } = system;
  const identities = new Set(events.slice(0, sent).map(({ source, sourceEventId }) => `${source}/${sourceEventId}`));
  const read = (topic: string) => system.read(topic);
  await until(
    async () => (await compare(read, topics, environment.partitions, pool, identities)).differences.length === 0,
  );
}

/** Holds a table against the sink, in the middle of its transaction, while `work` is done. */
async function holdingMembers(work: (holder: PoolClient) => Promise<void>): Promise<void> {
  const holder = await system.pool.connect();
  try {
    await holder.query('begin');
    await holder.query('lock table oms.members in access exclusive mode');
    await work(holder);
    await holder.query('rollback');
  } finally {
    holder.release();
  }
}

const sinkWaits = (): Promise<boolean> =>
  system
    .count("select count(*) from pg_stat_activity where application_name = 'oms-sink' and wait_event_type = 'Lock'")
    .then((n) => n > 0);

describe('the sink', () => {
  it('writes again what a connection that was killed in mid-transaction had not written', async () => {
    await holdingMembers(async (holder) => {
      await sendSome();
      await until(sinkWaits);
      await holder.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'oms-sink'");
    });
    await expectNothingLostOrDoubled();
    expect(sink.statistics.retries).toBeGreaterThan(0);
  });

  it('writes again what a deadlock has undone', async () => {
    const before = sink.statistics.retries!;
    await holdingMembers(async (holder) => {
      // So that it is the sink which is made to give up.
      await holder.query("set local deadlock_timeout = '1min'");
      await sendSome();
      await until(sinkWaits);
      await holder.query('lock table oms.sink_offsets in access exclusive mode');
    });
    await expectNothingLostOrDoubled();
    expect(sink.statistics.retries).toBeGreaterThan(before);
  });

  it('waits while the disk of the database is full and says so; the stream does not notice', async () => {
    const { pool, topics } = system;
    await pool.query(`create function oms.full() returns trigger language plpgsql as
      $$ begin raise exception using errcode = 'disk_full', message = 'could not extend file: No space left on device'; end $$`);
    await pool.query('create trigger full_disk before insert on oms.members for each row execute function oms.full()');
    const evidence = (await system.read(topics.evidence)).length;
    await sendSome();
    await until(() => sink.complaints().length > 0);
    expect(sink.complaints()).toEqual([
      'the database does not take rows: could not extend file: No space left on device.',
    ]);
    await until(async () => (await system.read(topics.evidence)).length > evidence);
    await pool.query('drop function oms.full cascade');
    await expectNothingLostOrDoubled();
    expect(sink.complaints()).toEqual([]);
  });
});

describe('oms pipeline', () => {
  let env: NodeJS.ProcessEnv;
  let port: number;
  let pipeline: Running;

  beforeEach(async () => {
    await system.stopStages();
    port = await freePort();
    env = { ...system.env, OMS_STAGES_PORT: String(port) };
    pipeline = start(['pipeline', '--slot', 'own'], env);
    await until(() => pipeline.said().includes('running place,'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('says that it is degraded when a record makes a stage fail, and goes on', async () => {
    const health = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}/health`)).json();
    expect(await health()).toMatchObject({ status: 'ok', reasons: [] });
    const topic = system.topics.events;
    const [sent] = await system.producer.send({
      topic,
      messages: [{ key: 'S1/S1-F1', value: '{"v":1,"entries":"none"}' }],
    });
    const place = `${topic}/${sent!.partition}/${sent!.baseOffset}`;
    await until(async () => ((await health()) as { reasons: string[] }).reasons.length === 2);
    expect(await health()).toMatchObject({
      status: 'degraded',
      reasons: [
        `correlate: 1 record was set aside with an error (${place}): see oms.rejected.`,
        `sink: 1 record was set aside instead of written (${place}): see oms.rejected.`,
      ],
    });
    const figures = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const metrics = await figures();
    expect(metrics).toContain('oms_stage_records_set_aside_total{stage="correlate",why="failed"} 1');
    expect(metrics).toContain('oms_stage_degraded{stage="correlate"} 1');
    const before = await system.count('select count(*) from oms.members');
    await sendSome();
    await until(async () => (await system.count('select count(*) from oms.members')) > before);
    // Once all is taken in nothing is behind, though transactions end with marks that are no records.
    await until(async () => {
      const lags = [...(await figures()).matchAll(/^oms_stage_lag_records\{stage="(\w+)".*\} (\d+)$/gm)];
      return new Set(lags.map(([, stage]) => stage)).size === 4 && lags.every(([, , lag]) => lag === '0');
    });
    const placed = [...(await figures()).matchAll(/^oms_events_total\{stage="place".*\} (\d+)$/gm)];
    expect(placed.reduce((sum, [, n]) => sum + Number(n), 0)).toBeGreaterThanOrEqual(CHUNK);
    expect(await figures()).toMatch(/^oms_delay_seconds_count\{stage="sink"\} [1-9]/m);
    expect(await figures()).toMatch(/^oms_correlate_window_events\{partition="\d"\} [1-9]/m);
    pipeline.process.kill('SIGTERM');
    expect((await pipeline.ended).code).toBe(0);
  });

  it('ends within 10 s of SIGTERM though the database does not answer, and at once when it is told twice', async () => {
    await holdingMembers(async () => {
      await sendSome();
      await until(sinkWaits);
      const askedAt = Date.now();
      pipeline.process.kill('SIGTERM');
      const { code, err } = await pipeline.ended;
      // It has killed itself: to wait for its native threads would be to wait for the database.
      expect(code).toBeNull();
      expect(err).toMatch(/"level":"fatal".*did not end within 9 s/);
      expect(Date.now() - askedAt).toBeLessThan(10_000);

      pipeline = start(['pipeline', '--slot', 'own'], env);
      await until(() => pipeline.said().includes('running place,'));
      await until(sinkWaits);
      const toldAt = Date.now();
      pipeline.process.kill('SIGTERM');
      pipeline.process.kill('SIGINT');
      expect((await pipeline.ended).code).toBeNull();
      expect(Date.now() - toldAt).toBeLessThan(2000);
    });
  });
});
