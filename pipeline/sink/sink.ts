import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { traces } from '../../connections/telemetry/traces.js';
import type { TopicNames } from '../../connections/topics.js';
import {
  RetentionGap,
  type Position,
  type Rebalance,
  type Say,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../../streams/broker.js';
import { events } from '../../streams/events.js';
import { aboutRecord, placeOf as recordPlaceOf, SetAside, tellSetAside } from '../../streams/set-aside.js';
import { KafkaMember } from '../../streams/kafka/member.js';
import { Pulse } from '../../streams/pulse.js';
import type { SourceRecord } from '../../streams/topology.js';
import { Batch } from './batch.js';
import { Overtaken, SinkDatabase } from './database.js';
import { requireSameLog } from './other-log.js';
import { OmsError } from '../../connections/errors.js';
import { failureOf } from '../../connections/postgres/failures.js';
import { placeOf, Progress } from './progress.js';

export interface SinkOptions {
  readonly brokers: string;
  readonly databaseUrl: string;
  readonly topics: TopicNames;
  /** Those of them that it reads. */
  readonly sources: readonly string[];
  /** The consumer group; its offsets are kept in the database. */
  readonly group: string;
  readonly slot: string;
  readonly rawRetentionDays: number;
  /** Go on although a topic was cut before it was read. */
  readonly acceptGap: boolean;
  readonly say: Say;
}

/** What is written in one transaction, about. Two such are in memory: one that is being written, and the next. */
const BATCH_BYTES = 4_000_000;
const BATCH_RECORDS = 5000;
/** How many records are read before anything is known of their size. */
const FIRST_RECORDS = 20;
/** How long it may work without looking what PostgreSQL has answered. */
const BUSY_MS = 2;
const DAY_MS = 86_400_000;

/** What its sentences are about. */
const STAGE = { stage: 'sink' };
/** It writes rows, not records. */
const NOTHING: ReadonlyMap<string, number> = new Map();

/** A record that this program cannot make rows of: whatever it was that was thrown, it is the record's fault. */
class Unreadable extends OmsError {
  constructor(message: string) {
    super('OMS_ROW_UNREADABLE', message);
  }
}

/**
 * Writes the topics into PostGIS, each record once: the offsets are kept in the database and change in the transaction
 * that writes the rows. A database that is away is waited for; the stream does not notice.
 */
export class Sink {
  readonly statistics = { records: 0, transactions: 0, refused: 0, retries: 0 };
  readonly pulse = new Pulse();
  readonly #progress = new Progress();
  readonly #refused = new SetAside();
  readonly #database: SinkDatabase;
  #stopping = false;
  /** Records that were read and are not written yet. */
  #unwritten = 0;
  /** How many records make a batch, by the size of the last ones. */
  #pollCount = FIRST_RECORDS;
  /** The batch that is being written: what came in the way, if anything. */
  #writing: Promise<Error | null> = Promise.resolve(null);
  /** Resolves when the sink has stopped; rejects if it cannot go on. */
  finished: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: SinkOptions,
    private readonly member: KafkaMember,
  ) {
    this.#database = new SinkDatabase({
      url: options.databaseUrl,
      rawRetentionDays: options.rawRetentionDays,
      say: options.say,
      retried: () => {
        this.pulse.turn();
        this.statistics.retries++;
      },
    });
    member.onEnd((end) => this.#progress.ended(end));
  }

  /** Connects and begins. */
  static async start(options: SinkOptions): Promise<Sink> {
    const { sources: topics, brokers, group, slot, say } = options;
    // A database that is away for hours must not cost the membership.
    const member = await KafkaMember.join(brokers, { group, slot, topics, together: false, say }, DAY_MS);
    const sink = new Sink(options, member);
    sink.finished = sink.#run();
    return sink;
  }

  /** Why the sink is degraded. */
  complaints(): string[] {
    const complaints = this.#refused.complaints('set aside instead of written', 'see oms.rejected.');
    const { awayBecause } = this.#database;
    if (awayBecause !== null) complaints.push(`the database does not take rows: ${awayBecause}.`);
    return complaints;
  }

  /** How far it is, a partition each. */
  positions(): Position[] {
    return this.#progress.positions(this.#unwritten === 0, (at) => this.member.knownEnd(at));
  }

  /** What was read and is not written yet. */
  waiting(): { readonly bytes: null; readonly records: number } {
    return { bytes: null, records: this.#unwritten };
  }

  /** It has no state. */
  holdings(): [] {
    return [];
  }

  /** Writes what it has and leaves. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#database.giveUp();
    await this.finished;
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopping) {
        for (let next = this.member.nextRebalance(); next; next = this.member.nextRebalance()) {
          await this.#written();
          await this.#rebalance(next);
        }
        this.pulse.at('asking for records');
        const records = (await this.member.poll(this.#pollCount)).filter((record) => this.#progress.has(record));
        this.pulse.polled();
        if (events.poll.isHeard) events.poll.tell({ ...STAGE, records: records.length });
        this.#unwritten += records.length;
        if (records.length > 0) this.pulse.waits();
        if (records.length === 0) await this.#written();
        this.#measure(records);
        for (const some of batchesOf(records)) {
          // The next batch is read while PostgreSQL takes this one.
          const batch = await this.#read(some);
          if (!(await this.#written())) break;
          this.#begin(some, batch);
        }
        await this.#database.clean();
      }
      await this.#written();
    } finally {
      await this.member.leave();
      await this.#database.end();
    }
  }

  /** Records differ in size by a thousand times: as many are read at once as make a batch. */
  #measure(records: readonly SourceRecord[]): void {
    if (records.length === 0) return;
    const bytes = records.reduce((sum, record) => sum + bytesOf(record), 1);
    const fitting = Math.ceil((BATCH_BYTES / bytes) * records.length);
    this.#pollCount = Math.min(BATCH_RECORDS, fitting, this.#pollCount * 2);
  }

  /** What records mean for the database, or that one of them cannot be read. */
  async #read(records: readonly SourceRecord[]): Promise<Batch | Unreadable> {
    const batch = new Batch(this.options.topics);
    let busySince = performance.now();
    for (const record of records) {
      try {
        batch.add(record);
      } catch (error) {
        return new Unreadable((error as Error).message);
      }
      if (performance.now() - busySince < BUSY_MS) continue;
      // The transaction at hand goes on: PostgreSQL may have answered meanwhile.
      await turnOfTheLoop();
      busySince = performance.now();
    }
    try {
      batch.end();
    } catch (error) {
      return new Unreadable((error as Error).message);
    }
    return batch;
  }

  #begin(records: readonly SourceRecord[], batch: Batch | Unreadable): void {
    this.pulse.waits();
    this.#writing = this.#write(records, batch).then(
      () => null,
      (error: unknown) => error as Error,
    );
  }

  /** Waits for the batch that is being written. Returns false if what was read since is void and will be read again. */
  async #written(): Promise<boolean> {
    this.pulse.at('writing to the database');
    const failure = await this.#writing;
    this.#writing = Promise.resolve(null);
    if (failure === null) return true;
    if (!(failure instanceof Overtaken)) throw failure;
    await this.#rewind();
    return false;
  }

  async #rebalance({ assign, partitions }: Rebalance): Promise<void> {
    if (events.rebalance.isHeard) events.rebalance.tell({ ...STAGE, assign, partitions });
    if (assign) {
      this.member.assign(await this.#offsetsOf(partitions));
    } else {
      for (const partition of partitions) this.#progress.drop(partition);
      this.member.unassign(partitions);
    }
  }

  /** Where the database has got to, for partitions that are now ours. */
  async #offsetsOf(partitions: readonly TopicPartition[]): Promise<TopicPartitionOffset[]> {
    const known = await this.#database.nextOffsets(partitions);
    const offsets: TopicPartitionOffset[] = [];
    for (const { topic, partition } of partitions) {
      const offset = known.get(placeOf({ topic, partition })) ?? 0;
      if (offset > 0) await this.#checkBounds({ topic, partition, offset });
      this.#progress.begin({ topic, partition, offset });
      offsets.push({ topic, partition, offset });
    }
    return offsets;
  }

  /** Kafka would go on at the first record that is left, as if nothing were missing, or never, behind the end of another log. */
  async #checkBounds({ topic, partition, offset }: TopicPartitionOffset): Promise<void> {
    const { low, high } = await this.member.bounds({ topic, partition });
    requireSameLog({ topic, partition, offset }, high);
    if (offset >= low) return;
    const gap = new RetentionGap(topic, partition, low, offset);
    if (!this.options.acceptGap) throw gap;
    this.options.say('warn', `sink: ${gap.message} Going on, as was asked for.`, {
      ...STAGE,
      topic,
      partition,
      offset,
    });
  }

  /** Writes records; those that the database refuses, or that cannot be read, are found by halving and set aside. */
  async #write(records: readonly SourceRecord[], batch: Batch | Unreadable): Promise<void> {
    try {
      if (batch instanceof Unreadable) throw batch;
      await this.#transaction(records, batch);
    } catch (error) {
      if (!isDataError(error as Error)) throw error;
      if (records.length === 1) return this.#setAside(records[0]!, error as Error);
      const middle = records.length >>> 1;
      for (const half of [records.slice(0, middle), records.slice(middle)])
        await this.#write(half, await this.#read(half));
    }
  }

  async #setAside(record: SourceRecord, error: Error): Promise<void> {
    const { message } = error;
    const place = recordPlaceOf(record);
    const batch = new Batch(this.options.topics);
    batch.addRefused(record, message);
    await this.#transaction([record], batch);
    const about = { ...STAGE, ...aboutRecord(record) };
    this.options.say('error', `sink: ${place} cannot be written (${message}); it is set aside.`, about);
    tellSetAside('sink', { record, error }, 'refused');
    this.statistics.refused = this.#refused.add(place);
  }

  async #transaction(records: readonly SourceRecord[], batch: Batch): Promise<void> {
    const ends = new Map<string, SourceRecord>();
    for (const record of records) ends.set(placeOf(record), record);
    const claims = [...ends.values()].map(({ topic, partition, offset }) => {
      return { topic, partition, expected: this.#progress.next({ topic, partition }), next: offset + 1 };
    });
    const durationMs = await this.#database.write(batch, claims);
    for (const end of ends.values()) this.#progress.written(end);
    this.#unwritten -= records.length;
    this.pulse.committed(false);
    this.statistics.records += records.length;
    this.statistics.transactions++;
    for (const { headers, timestampMs } of records)
      if (traces.follows(headers)) traces.step({ name: 'store', sinceMs: timestampMs }, headers);
    if (!events.commit.isHeard) return;
    const delayMs = Date.now() - records[0]!.timestampMs;
    events.commit.tell({ ...STAGE, records: records.length, written: NOTHING, durationMs, delayMs });
  }

  /** All of it, as records of other partitions were read together with those that are void. */
  async #rewind(): Promise<void> {
    if (events.abort.isHeard) events.abort.tell({ ...STAGE, message: 'another sink has written these partitions' });
    this.#unwritten = 0;
    this.options.say('warn', 'sink: another sink has written these partitions; reading again from where it is.', STAGE);
    for (const offset of await this.#offsetsOf(this.#progress.partitions())) await this.member.seek(offset);
  }
}

const bytesOf = ({ value }: SourceRecord): number => value?.byteLength ?? 0;

/** Records in their order, as many together as a batch may hold. */
function* batchesOf(records: readonly SourceRecord[]): Generator<readonly SourceRecord[]> {
  let from = 0;
  let bytes = 0;
  for (let i = 0; i < records.length; i++) {
    if (i > from && bytes + bytesOf(records[i]!) > BATCH_BYTES) {
      yield records.slice(from, i);
      from = i;
      bytes = 0;
    }
    bytes += bytesOf(records[i]!);
  }
  if (from < records.length) yield records.slice(from);
}

/**
 * Whether it is the data's fault: what our own code could not make rows of, and what PostgreSQL says of rows. In a transaction
 * rows are there already: all else that is thrown in one comes from the connection or the database.
 */
function isDataError(error: Error): boolean {
  return error instanceof Unreadable || failureOf(error) === 'data';
}
