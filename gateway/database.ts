import pg from 'pg';
import { GatewayError } from './errors.js';
import { failureOf, type DatabaseFailure } from '../connections/postgres/failures.js';

/** What the gateway asks of PostGIS. */
export interface Database {
  /**
   * Rows of a statement.
   * @throws GatewayError OMS_DATABASE_UNAVAILABLE if the database does not answer or has no schema yet
   */
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Does `work` in a transaction: all of it or nothing. */
  transaction<T>(work: (query: Database['query']) => Promise<T>): Promise<T>;
}

/** A server that is away, full, has no such database, no rights or no tables yet: all that passes without a request's doing. */
const UNAVAILABLE: ReadonlySet<DatabaseFailure> = new Set([
  'away',
  'full',
  'refused',
  'noRight',
  'noTable',
  'noFunction',
]);

/** A database by a pool of connections, made when they are needed. */
export class PooledDatabase implements Database {
  readonly #pool: pg.Pool;

  /** @param url postgres://... */
  constructor(url: string) {
    this.#pool = new pg.Pool({
      connectionString: url,
      connectionTimeoutMillis: 3000,
      statement_timeout: 20_000,
      application_name: 'oms-gateway',
    });
    // A connection that breaks while idle is no failure of anything: the next one is new.
    this.#pool.on('error', () => undefined);
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      return (await this.#pool.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw told(error);
    }
  }

  async transaction<T>(work: (query: Database['query']) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw told(error);
    });
    // Without a listener a connection that breaks meanwhile would end the process.
    const ignore = (): undefined => undefined;
    client.on('error', ignore);
    let failed: Error | undefined;
    try {
      await client.query('begin');
      const result = await work(
        async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
          (await client.query<Row>(text, [...values])).rows,
      );
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((broken: Error) => (failed = broken));
      throw told(error);
    } finally {
      client.off('error', ignore);
      client.release(failed);
    }
  }

  /** Closes all connections when their statements are done. */
  async stop(): Promise<void> {
    await this.#pool.end();
  }
}

function told(error: unknown): unknown {
  const { code = '', message } = error as Error & { code?: string };
  return UNAVAILABLE.has(failureOf(error)) ? new GatewayError('OMS_DATABASE_UNAVAILABLE', [message || code]) : error;
}
