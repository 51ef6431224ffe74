import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { Network } from '../../operators/network/network.js';
import { migrate } from '../../sql/migrate.js';
import { replaceNetwork } from '../../pipeline/jobs/network/store.js';

/** A database of its own, migrated, on the PostGIS of the test run. */
export class TestDatabase {
  private constructor(
    readonly url: string,
    readonly pool: pg.Pool,
  ) {}

  /** @param connections how many may work at once */
  static async start(network: Network, connections = 4): Promise<TestDatabase> {
    const url = new URL(inject('databaseUrl'));
    const admin = new pg.Client({ connectionString: url.href });
    await admin.connect();
    const name = `oms_${randomBytes(4).toString('hex')}`;
    await admin.query(`create database ${name}`);
    await admin.end();
    url.pathname = `/${name}`;
    await migrate(url.href);
    const pool = new pg.Pool({ connectionString: url.href, max: connections });
    const client = await pool.connect();
    await replaceNetwork(client, network);
    client.release();
    return new TestDatabase(url.href, pool);
  }

  /** The rows of a query. */
  async rows<T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await this.pool.query<T>(sql, [...values])).rows;
  }

  async stop(): Promise<void> {
    await this.pool.end();
  }
}
