import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../sql/migrate.js';

/** Makes an empty database of our schema on a server, does `work` on it, and drops it. */
export async function withDatabase<T>(serverUrl: string, work: (url: string, pool: pg.Pool) => Promise<T>): Promise<T> {
  const url = new URL(serverUrl);
  const name = `oms_bench_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`create database ${name}`);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  // The last connections may still be closing when the database is dropped.
  pool.on('error', () => undefined);
  try {
    await migrate(url.href);
    return await work(url.href, pool);
  } finally {
    await pool.end();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  }
}
