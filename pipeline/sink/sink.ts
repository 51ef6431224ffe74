import { setTimeout as pause } from 'node:timers/promises';
import pg, { type PoolClient } from 'pg';
import type { TopicNames } from '../../topics.js';
import { RetentionGap, type Rebalance, type TopicPartition, type TopicPartitionOffset } from '../streams/broker.js';
import { KafkaMember } from '../streams/kafka-member.js';
import type { SourceRecord } from '../streams/topology.js';
import { Batch } from './batch.js';

export interface SinkOptions {
  readonly brokers: string;
  readonly databaseUrl: string;
  readonly topics: TopicNames;
  /** The consumer group; its offsets are kept in the database. */
  readonly group: string;
  readonly slot: string;
  readonly rawRetentionDays: number;
  /** Go on although a topic was cut before it was read. */
  readonly acceptGap: boolean;
  readonly say: (level: 'info' | 'warn' | 'error', message: string) => void;
}

const BATCH_RECORDS = 5000;
const DAY_MS = 86_400_000;
const RETRY_MS = 1000;
/** A server that takes a connection and never answers is one that is away. */
const CONNECT_MS = 10_000;

/** Another sink has written these partitions meanwhile: what was read for them is void. */
class Overtaken extends Error {}

/**
 * Writes the topics into PostGIS, each record once: the offsets are kept in the database and change in the transaction
 * that writes the rows. A database that is away is waited for; the stream does not notice.
 */
export class Sink {
  readonly statistics = { records: 0, transactions: 0, refused: 0, retries: 0 };
  /** By topic and partition: the next offset that the database expects. */
  readonly #next = new Map<string, number>();
  readonly #days = new Set<string>();
  readonly #pool: pg.Pool;
  /** What the database said when it last took nothing; null: it takes rows. */
  #awayBecause: string | null = null;
  #stopping = false;
  #cleanedAt = 0;
  /** Resolves when the sink has stopped; rejects if it cannot go on. */
  finished: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: SinkOptions,
    private readonly member: KafkaMember,
  ) {
    this.#pool = new pg.Pool({
      connectionString: options.databaseUrl,
      max: 2,
      application_name: 'oms-sink',
      connectionTimeoutMillis: CONNECT_MS,
    });
    // A connection that breaks while idle is replaced when the next one is needed; one that breaks while it is used
    // makes the query at hand fail, or the next.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** Connects and begins. */
  static async start(options: SinkOptions): Promise<Sink> {
    const { topics, brokers, group, slot } = options;
    const read = [topics.events, topics.outages, topics.evidence, topics.unplaced, topics.late, topics.rejected];
    // A database that is away for hours must not cost the membership.
    const member = await KafkaMember.join(brokers, { group, slot, topics: read, together: false }, DAY_MS);
    const sink = new Sink(options, member);
    sink.finished = sink.#run();
    return sink;
  }

  /** Why the sink is degraded. */
  complaints(): string[] {
    const { refused } = this.statistics;
    const complaints = refused === 0 ? [] : [`the database refused ${refused} records: see oms.rejected.`];
    if (this.#awayBecause !== null) complaints.push(`the database does not take rows: ${this.#awayBecause}.`);
    return complaints;
  }

  /** Writes what it has and leaves. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.finished;
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopping) {
        for (let next = this.member.nextRebalance(); next; next = this.member.nextRebalance())
          await this.#rebalance(next);
        const records = await this.member.poll(BATCH_RECORDS);
        const ours = records.filter((record) => this.#next.has(placeOf(record)));
        if (ours.length > 0) await this.#write(ours);
        await this.#clean();
      }
    } finally {
      await this.member.leave();
      await this.#pool.end();
    }
  }

  async #rebalance({ assign, partitions }: Rebalance): Promise<void> {
    if (assign) {
      this.member.assign(await this.#offsetsOf(partitions));
    } else {
      for (const partition of partitions) this.#next.delete(placeOf(partition));
      this.member.unassign(partitions);
    }
  }

  /** Where the database has got to, for partitions that are now ours. */
  async #offsetsOf(partitions: readonly TopicPartition[]): Promise<TopicPartitionOffset[]> {
    const known = await this.#persistently(async () => {
      const { rows } = await this.#pool.query<{ topic: string; partition: number; next_offset: string }>(
        'select topic, partition, next_offset from oms.sink_offsets',
      );
      return new Map(rows.map((row) => [placeOf(row), Number(row.next_offset)]));
    });
    const offsets: TopicPartitionOffset[] = [];
    for (const { topic, partition } of partitions) {
      const offset = known.get(placeOf({ topic, partition })) ?? 0;
      await this.#checkGap({ topic, partition, offset });
      this.#next.set(placeOf({ topic, partition }), offset);
      offsets.push({ topic, partition, offset });
    }
    return offsets;
  }

  /** Kafka would go on at the first record that is left, as if nothing were missing. */
  async #checkGap({ topic, partition, offset }: TopicPartitionOffset): Promise<void> {
    const low = offset > 0 ? await this.member.low({ topic, partition }) : 0;
    if (offset >= low) return;
    const gap = new RetentionGap(topic, partition, low, offset);
    if (!this.options.acceptGap) throw gap;
    this.options.say('warn', `sink: ${gap.message} Going on, as was asked for.`);
  }

  /** Writes records; those that the database refuses are found by halving and set aside. */
  async #write(records: readonly SourceRecord[], refusedBy: Error | null = null): Promise<void> {
    try {
      await this.#persistently(() => this.#transaction(records, refusedBy));
    } catch (error) {
      if (error instanceof Overtaken) {
        await this.#rewind(records);
        return;
      }
      if (refusedBy) throw error;
      if (records.length === 1) {
        this.options.say(
          'error',
          `sink: ${placeOf(records[0]!)}/${records[0]!.offset} was refused (${(error as Error).message}); it is set aside.`,
        );
        this.statistics.refused++;
        await this.#write(records, error as Error);
        return;
      }
      const middle = records.length >>> 1;
      await this.#write(records.slice(0, middle));
      await this.#write(records.slice(middle));
    }
  }

  async #transaction(records: readonly SourceRecord[], refusedBy: Error | null): Promise<void> {
    const batch = new Batch(this.options.topics);
    for (const record of records) {
      if (refusedBy) batch.addRefused(record, refusedBy);
      else batch.add(record);
    }
    const ends = new Map<string, SourceRecord>();
    for (const record of records) ends.set(placeOf(record), record);
    const client = await this.#pool.connect();
    let failed: Error | undefined;
    try {
      await this.#ensureDays(client, batch.days);
      await client.query('begin');
      await this.#claim(client, [...ends.values()]);
      await batch.write(client);
      await client.query('commit');
    } catch (error) {
      failed = error as Error;
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release(failed && !isDataError(failed) ? failed : false);
    }
    for (const [place, { offset }] of ends) this.#next.set(place, offset + 1);
    this.statistics.records += records.length;
    this.statistics.transactions++;
  }

  /** Moves the offsets on, if they still are where this sink left them: a sink that was given up for dead writes nothing. */
  async #claim(client: PoolClient, ends: readonly SourceRecord[]): Promise<void> {
    for (const end of [...ends].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))) {
      const expected = this.#next.get(placeOf(end))!;
      const { rowCount } = await client.query(
        `insert into oms.sink_offsets (topic, partition, next_offset) values ($1, $2, $3)
         on conflict (topic, partition) do update set next_offset = excluded.next_offset where oms.sink_offsets.next_offset = $4`,
        [end.topic, end.partition, end.offset + 1, expected],
      );
      if (rowCount === 0) throw new Overtaken();
    }
  }

  async #rewind(records: readonly SourceRecord[]): Promise<void> {
    this.options.say('warn', 'sink: another sink has written these partitions; reading again from where it is.');
    const places = new Map(
      records.map((record) => [placeOf(record), { topic: record.topic, partition: record.partition }]),
    );
    for (const offset of await this.#offsetsOf([...places.values()])) await this.member.seek(offset);
  }

  async #ensureDays(client: PoolClient, days: ReadonlySet<string>): Promise<void> {
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

  /** Once a day, drops raw events whose retention is over. */
  async #clean(): Promise<void> {
    if (Date.now() - this.#cleanedAt < DAY_MS) return;
    this.#cleanedAt = Date.now();
    const before = new Date(Date.now() - this.options.rawRetentionDays * DAY_MS).toISOString().slice(0, 10);
    await this.#persistently(() => this.#pool.query('select oms.drop_days_before($1)', [before]));
  }

  /** Does work on the database, again and again while it is not to blame on the data; gives up when told to stop. */
  async #persistently<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        const done = await work();
        if (this.#awayBecause !== null) this.options.say('info', 'sink: the database takes rows again.');
        this.#awayBecause = null;
        return done;
      } catch (error) {
        if (error instanceof Overtaken || isDataError(error as Error) || this.#stopping) throw error;
        this.statistics.retries++;
        this.#awayBecause = (error as Error).message;
        if (attempt === 0)
          this.options.say(
            'warn',
            `sink: the database does not take rows (${(error as Error).message}); trying until it does.`,
          );
        await pause(RETRY_MS);
      }
    }
  }
}

function placeOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** Classes 22 (data exception) and 23 (constraint violation), and what our own code could not read. */
function isDataError(error: Error & { code?: unknown }): boolean {
  if (typeof error.code === 'string') return /^2[23]/.test(error.code);
  return (
    error instanceof SyntaxError || error instanceof TypeError || /version|not a key|has no value/.test(error.message)
  );
}
