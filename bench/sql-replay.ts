import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import pg from 'pg';
import { readEnvironment } from '../connections/environment.js';
import { keyText, type PlacedEvent } from '../operators/model/event.js';
import { encodeLogRecord } from '../operators/log/log-record.js';
import { migrate } from '../sql/migrate.js';
import { Batch } from '../pipeline/sink/batch.js';
import { topicNames } from '../connections/topics.js';
import { denseStorm } from './correlate.js';

/** Half of them last gasps on 200 feeders in half an hour, half the restorations of the same meters. */
const EVENTS = Number(process.env.BENCH_EVENTS ?? 1_000_000);
const FEEDERS = 200;
const BACK_AFTER_MS = 40 * 60_000;
const RECORDS_PER_WRITE = 200;

/** Replays a stored log through the SQL engine, in a database of its own on the server of DATABASE_URL. */
export async function benchSqlReplay(): Promise<void> {
  const { databaseUrl } = readEnvironment();
  if (databaseUrl === null) throw new Error('Set DATABASE_URL to a PostGIS that runs: the replay is measured there.');
  const url = new URL(databaseUrl);
  const name = `oms_bench_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: databaseUrl });
  await admin.connect();
  await admin.query(`create database ${name}`);
  url.pathname = `/${name}`;
  try {
    await migrate(url.href);
    const pool = new pg.Pool({ connectionString: url.href, max: 1 });
    await fill(pool);
    await measure(pool);
    await pool.end();
  } finally {
    await admin.query(`drop database ${name}`);
    await admin.end();
  }
}

async function fill(pool: pg.Pool): Promise<void> {
  const topics = topicNames();
  const client = await pool.connect();
  const shape = { feeders: FEEDERS, metersPerFeeder: 5000, eventsPerFeeder: EVENTS / 2 / FEEDERS };
  let offset = 0;
  let batch = new Batch(topics);
  for (const kind of ['outage', 'restoration'] as const) {
    for (const records of denseStorm(shape)) {
      for (const { key, entries } of records) {
        const value = encodeLogRecord(kind === 'outage' ? entries : entries.map(restorationOf));
        batch.add({
          topic: topics.events,
          partition: 0,
          offset: offset++,
          timestampMs: 0,
          headers: {},
          key: new TextEncoder().encode(keyText(key)),
          value: Buffer.from(value as Uint8Array),
        });
        if (offset % RECORDS_PER_WRITE > 0) continue;
        batch.end();
        await batch.write(client);
        batch = new Batch(topics);
      }
    }
  }
  batch.end();
  await batch.write(client);
  await client.query('analyze');
  client.release();
}

function restorationOf(event: PlacedEvent): PlacedEvent {
  return {
    ...event,
    kind: 'restoration',
    sourceEventId: `${event.sourceEventId}-back`,
    occurredAt: event.occurredAt + BACK_AFTER_MS,
    receivedAt: event.receivedAt + BACK_AFTER_MS,
  };
}

async function measure(pool: pg.Pool): Promise<void> {
  const results = [];
  for (const order of ['log', 'event-time']) {
    const started = performance.now();
    await pool.query(`call oms_reconcile('${order}', p_order => '${order}')`);
    const seconds = (performance.now() - started) / 1000;
    const read = performance.now();
    const { rows } = await pool.query<{ outages: string; events: string }>(
      'select count(*) as outages, sum(events) as events from reconcile.outages_of($1)',
      [order],
    );
    results.push({
      order,
      events: EVENTS,
      seconds: Math.round(seconds),
      microsPerEvent: Math.round((seconds * 1e6) / EVENTS),
      outages: Number(rows[0]!.outages),
      members: Number(rows[0]!.events),
      readOutagesSeconds: Math.round((performance.now() - read) / 1000),
    });
  }
  console.table(results);
  const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length };
  writeFileSync(
    'bench/results/sql-replay.json',
    `${JSON.stringify({ name: 'sql-replay', machine, results }, null, 2)}\n`,
  );
}
