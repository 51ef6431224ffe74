/** The sink while the database is slow or away and the topics fill: it lags, and does not grow. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { retryUntil } from '../dev/retry.js';
import type { PlacedEvent } from '../operators/model/event.js';
import { encodeLogRecord } from '../operators/log/log-record.js';
import { EMPTY_NETWORK } from '../operators/network/network.js';
import { connectProducer, disconnect, promised } from '../streams/kafka/client.js';
import { start, type Running } from './kit/commands-program.js';
import { TestSystem } from './kit/system.js';

const RECORDS = 1600;
const EVENTS_PER_RECORD = 200;
/** Long ids make much to be held of few rows; random ones, as a client of Kafka unpacks whatever it fetches. */
const ID_LENGTH = 2000;
const BACKLOG_MB = 600;
/** Node and its client of Kafka, what is fetched ahead, and two batches in all their forms. */
const MOST_MB = 400;
/** Time enough to fetch all of it, for a sink that would. */
const WATCHED_MS = 15_000;

let system: TestSystem;
let sink: Running;

beforeAll(async () => {
  system = await TestSystem.start(EMPTY_NETWORK);
  sink = start(['pipeline', '--stages', 'sink'], system.env);
  await retryUntil(
    async () => {
      if (!sink.said().includes('running')) throw new Error(sink.said());
    },
    30_000,
    50,
  );
});

afterAll(async () => {
  sink.process.kill('SIGTERM');
  await sink.ended;
  await system.stop();
});

const memoryMb = (field: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${sink.process.pid}/status`, 'utf8'))![1]) / 1024;

function event(id: string): PlacedEvent {
  const receivedAt = Date.UTC(2026, 9, 4, 12);
  return {
    source: 'kaifa', kind: 'outage', type: '', sourceEventId: `${id}-${randomBytes(ID_LENGTH / 2).toString('hex')}`, assetId: null, occurredAt: receivedAt,
    receivedAt, lat: 31, lon: 35, dpId: null, reach: 'point', customerId: null, feederCustomers: 0, flags: [],
  }; // prettier-ignore
}

/** Puts on the log far more than the sink may hold. */
async function fillTheLog(): Promise<void> {
  const producer = await connectProducer(system.environment.kafkaBrokers!);
  let bytes = 0;
  for (let n = 0; n < RECORDS; n++) {
    const entries = Array.from({ length: EVENTS_PER_RECORD }, (_, i) => event(`${n}-${i}`));
    const value = Buffer.from(encodeLogRecord(entries));
    bytes += value.byteLength;
    producer.produce(system.topics.events, n % system.environment.partitions, value, `S/F${n}`);
    if (n % 100 === 99) await promised<void>((done) => producer.flush(60_000, (error) => done(error, undefined)));
  }
  await disconnect(producer);
  expect(bytes / 2 ** 20).toBeGreaterThan(BACKLOG_MB);
}

const saidToBeAway = (): Promise<void> =>
  retryUntil(
    async () => {
      if (!sink.said().includes('the database does not take rows')) throw new Error(sink.said());
    },
    30_000,
    50,
  );

it('lags behind a database that is slow, then away, and does not grow; then it writes all of it', async () => {
  const holder = await system.pool.connect();
  await holder.query('begin');
  await holder.query('lock table kaifa.events in access exclusive mode');
  await fillTheLog();
  await pause(WATCHED_MS);
  const whileSlow = memoryMb('VmRSS');
  await holder.query('rollback');
  holder.release();
  const { name } = (await system.pool.query<{ name: string }>('select current_database() as name')).rows[0]!;
  const server = new pg.Client({ connectionString: inject('databaseUrl') });
  await server.connect();
  await server.query(`alter database ${name} allow_connections false`);
  await server.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'oms-sink' and datname = $1",
    [name],
  );
  await saidToBeAway();
  await pause(WATCHED_MS);
  const whileAway = memoryMb('VmRSS');
  await server.query(`alter database ${name} allow_connections true`);
  await server.end();
  await retryUntil(
    async () => {
      const written = await system.count('select count(*) from kaifa.events');
      if (written !== RECORDS * EVENTS_PER_RECORD) throw new Error(`${written} events are written.`);
    },
    120_000,
    500,
  );
  const most = memoryMb('VmHWM');
  console.error(`sink: ${whileSlow} MB while slow, ${whileAway} MB while away, at most ${most} MB`);
  expect(Math.max(whileSlow, whileAway, most)).toBeLessThan(MOST_MB);
});
