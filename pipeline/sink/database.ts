import { setTimeout as pause } from 'node:timers/promises';
import pg, { type PoolClient } from 'pg';
import { OmsError } from '../../connections/errors.js';
import { failureOf } from '../../connections/postgres/failures.js';
import type { Say, TopicPartition } from '../../streams/broker.js';
import type { Batch } from './batch.js';
import { placeOf } from './progress.js';

const DAY_MS = 86_400_000;
const RETRY_MS = 1000;
/** A server that takes a connection and never answers is one that is away. */
const CONNECT_MS = 10_000;

/** What its sentences are about. */
const STAGE = { stage: 'sink' };

/** Another sink has written these partitions meanwhile: what was read for them is void. */
export class Overtaken extends OmsError {
  constructor() {
    super('OMS_SINK_OVERTAKEN', 'Another sink has written these partitions.');
  }
}

/** How far a transaction takes a partition. */
export interface Claim extends TopicPartition {
  /** Where the database must be. */
  readonly expected: number;
  /** Where it is then. */
  readonly next: number;
}

interface DatabaseOptions {
  readonly url: string;
  readonly rawRetentionDays: number;
  readonly say: Say;
  /** Told before each try but the first. */
  readonly retried: () => void;
}

/** The database as the sink sees it: it may be away, and is waited for; its offsets are the sink's. */
export class SinkDatabase {
  readonly #pool: pg.Pool;
  /** The days that have a partition of the tables, or get none. */
  readonly #days = new Set<string>();
  /** What it said when it last took nothing; null: it takes rows. */
  #awayBecause: string | null = null;
  #givesUp = false;
  #cleanedAt = 0;

  constructor(private readonly options: DatabaseOptions) {
    this.#pool = new pg.Pool({
      connectionString: options.url,
      max: 2,
      application_name: 'oms-sink',
      connectionTimeoutMillis: CONNECT_MS,
    });
    // A connection that breaks while idle is replaced when the next one is needed; one that breaks while it is used
    // makes the query at hand fail, or the next.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** What the database said when it last took nothing; null: it takes rows. */
  get awayBecause(): string | null {
    return this.#awayBecause;
  }

  /** Waits no longer for a database that is away. */
  giveUp(): void {
    this.#givesUp = true;
  }

  /** Closes its connections. */
  async end(): Promise<void> {
    await this.#pool.end();
  }

  /**
   * Where it has got to with partitions, which it knows from now on.
   * @returns the next offset that it expects, by {@link placeOf}
   */
  nextOffsets(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, number>> {
    return this.#persistently(async () => {
      await this.#pool.query(
        `insert into oms.sink_offsets (topic, partition, next_offset)
         select topic, partition, 0 from unnest($1::text[], $2::integer[]) as ours (topic, partition)
         on conflict (topic, partition) do nothing`,
        [partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)],
      );
      const { rows } = await this.#pool.query<{ topic: string; partition: number; next_offset: string }>(
        'select topic, partition, next_offset from oms.sink_offsets',
      );
      return new Map(rows.map((row) => [placeOf(row), Number(row.next_offset)]));
    });
  }

  /**
   * Writes a batch and moves the offsets on, in one transaction, as soon as the database takes it.
   * @returns how long the transaction took, without what was waited for (ms)
   * @throws Overtaken, or what the database says of a row
   */
  write(batch: Batch, claims: readonly Claim[]): Promise<number> {
    return this.#persistently(async () => {
      const startedMs = performance.now();
      await this.#transaction(batch, claims);
      return performance.now() - startedMs;
    });
  }

  /** Once a day, drops raw events whose retention is over. */
  async clean(): Promise<void> {
    if (Date.now() - this.#cleanedAt < DAY_MS) return;
    this.#cleanedAt = Date.now();
    const before = new Date(Date.now() - this.options.rawRetentionDays * DAY_MS).toISOString().slice(0, 10);
    await this.#persistently(() => this.#pool.query('select oms.drop_days_before($1)', [before]));
  }

  async #transaction(batch: Batch, claims: readonly Claim[]): Promise<void> {
    const client = await this.#pool.connect();
    let failed: unknown;
    try {
      await this.#ensureDays(client, batch.days);
      await client.query('begin');
      await moveOffsets(client, claims);
      await batch.write(client);
      await client.query('commit');
    } catch (error) {
      failed = error;
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release(failed instanceof Error && failureOf(failed) !== 'data' ? failed : false);
    }
  }

  async #ensureDays(client: PoolClient, days: readonly string[]): Promise<void> {
    const now = Date.now();
    for (const day of days) {
      if (this.#days.has(day)) continue;
      const age = now - Date.parse(day);
      // A day of its own only for events of our time: a clock of the year 9999 must not make tables.
      if (age < this.options.rawRetentionDays * DAY_MS && age > -2 * DAY_MS)
        await client.query('select oms.ensure_day($1)', [day]);
      this.#days.add(day);
    }
  }

  /** Does work, again and again while it is not to blame on the data; gives up when told to. */
  async #persistently<T>(work: () => Promise<T>): Promise<T> {
    const { say, retried } = this.options;
    for (let attempt = 0; ; attempt++) {
      try {
        const done = await work();
        if (this.#awayBecause !== null) say('info', 'sink: the database takes rows again.', STAGE);
        this.#awayBecause = null;
        return done;
      } catch (error) {
        if (error instanceof Overtaken || failureOf(error) === 'data' || this.#givesUp) throw error;
        const { message } = error as Error;
        retried();
        this.#awayBecause = message;
        if (attempt === 0)
          say('warn', `sink: the database does not take rows (${message}); trying until it does.`, STAGE);
        await pause(RETRY_MS);
      }
    }
  }
}

/** Moves the offsets on, if they still are where this sink left them: a sink that was given up for dead writes nothing. */
async function moveOffsets(client: PoolClient, claims: readonly Claim[]): Promise<void> {
  const { rowCount } = await client.query(
    `update oms.sink_offsets as known set next_offset = claim.next_offset
     from unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[]) as claim (topic, partition, expected, next_offset)
     where known.topic = claim.topic and known.partition = claim.partition and known.next_offset = claim.expected`,
    [
      claims.map(({ topic }) => topic),
      claims.map(({ partition }) => partition),
      claims.map(({ expected }) => expected),
      claims.map(({ next }) => next),
    ],
  );
  if (rowCount !== claims.length) throw new Overtaken();
}
