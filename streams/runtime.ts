import {
  isLeftBehind,
  type BrokerError,
  type GroupMember,
  type OnUnreadable,
  type Position,
  type Rebalance,
  type Transactions,
} from './broker.js';
import { Assignment, type AssignmentOptions } from './assignment.js';
import { Checkpoint, type Outgoing } from './checkpoint.js';
import { countByTopic, events } from './events.js';
import { failureOn, Poison, PoisonRecord } from './poison.js';
import { Pulse } from './pulse.js';
import { aboutRecord, placeOf, SetAside, tellSetAside, type FailedRecord } from './set-aside.js';
import { Outbox } from './task.js';
import { batchLike, bytesOf, FIRST_BATCH, TimeOrder } from './time-order.js';
import { mayGoOn, type SourceRecord, type Stage } from './topology.js';
import { StreamError } from './errors.js';

export interface RuntimeOptions extends AssignmentOptions {
  /** Partitions of every keyed topic. */
  readonly partitions: number;
  /** The consumer group, and the beginning of the transactional id. */
  readonly application: string;
  /** Tells instances of a stage apart; one that comes back under its name ends what it left open. */
  readonly slot: string;
  /** Longest time between two commits, ms. */
  readonly commitMs: number;
  /** What to do about records that were set aside, and about those that cannot be read: the end of a sentence each. */
  readonly advice: { readonly setAside: string; readonly unreadable: string };
}

/** What is processed before a commit at the latest: what came out of it waits in memory. */
const MAX_PENDING = 20_000;
const MAX_PENDING_BYTES = 2_000_000;
const ADVANCE_MS = 1000;
/** How far partitions that are taken in the order of time may run ahead of each other: little beside a retention of hours. */
const ORDER_SLACK_MS = 10 * 60_000;

type Statistics = Record<
  'processed' | 'written' | 'commits' | 'aborts' | 'rejected' | 'unreadable' | 'partitions',
  number
>;

/**
 * Runs one stage on a broker: member of the stage's consumer group, exactly once. What a transaction did not commit did
 * not happen: it is aborted, the state is dropped, and both are read again from what was committed.
 */
export class StageRuntime {
  readonly #outbox = new Outbox(true);
  readonly #poison = new Poison();
  readonly #rejected = new SetAside();
  readonly #decoder = new TextDecoder();
  readonly #checkpoint: Checkpoint;
  readonly #order: TimeOrder;
  readonly #assignment: Assignment;
  /** Records that were asked for ahead: they come while those before them are processed. */
  #polling: Promise<readonly SourceRecord[]> | null = null;
  #batch = FIRST_BATCH;
  /** The transaction that is being committed while what comes behind it is processed. */
  #committing: Promise<void> = Promise.resolve();
  #isCommitting = false;
  #stopping = false;
  #committedAt = 0;
  #advancedAt = 0;
  /** Time of the first record that was processed since the last commit. */
  #firstMs = 0;
  readonly pulse = new Pulse();
  /** Resolves when the stage has stopped; rejects if it cannot go on. */
  readonly finished: Promise<void>;

  private constructor(
    private readonly stage: Stage,
    private readonly options: RuntimeOptions,
    private readonly member: GroupMember,
    private readonly transactions: Transactions,
    private readonly tables: readonly { stop(): Promise<void> }[],
    private readonly unreadable: SetAside,
    /** What the stage has done since it started, and how many partitions it has. */
    readonly statistics: Statistics,
  ) {
    this.#checkpoint = new Checkpoint(transactions, options.partitions, (step) => this.pulse.transactionAt(step));
    this.#order = new TimeOrder(stage.inTimeOrder ? ORDER_SLACK_MS : Infinity);
    this.#assignment = new Assignment(stage, options, member, this.#order, this.#outbox, this.pulse);
    member.onEnd(({ topic, partition, offset }) => this.#order.end(topic, partition, offset));
    this.finished = this.#run();
  }

  /** Connects and begins. Resolves when the stage takes part in its group. */
  static async start(stage: Stage, options: RuntimeOptions): Promise<StageRuntime> {
    const { broker, application, slot, partitions, say } = options;
    const statistics = { processed: 0, written: 0, commits: 0, aborts: 0, rejected: 0, unreadable: 0, partitions: 0 };
    const unreadable = new SetAside();
    const onUnreadable: OnUnreadable = (record, error) => {
      statistics.unreadable = unreadable.add(placeOf(record));
      const sentence = `${stage.name}: ${placeOf(record)} cannot be read (${error.message}); it is left out.`;
      say('error', sentence, { stage: stage.name, ...aboutRecord(record) });
      tellSetAside(stage.name, { record, error }, 'unreadable');
    };
    const tables = await Promise.all(stage.tables.map((table) => broker.follow(table, partitions, onUnreadable)));
    const group = `${application}-${stage.name}`;
    const { sources: topics } = stage;
    try {
      const { member, transactions } = await broker.join({ group, slot, topics, together: topics.length > 1, say });
      return new StageRuntime(stage, options, member, transactions, tables, unreadable, statistics);
    } catch (error) {
      for (const table of tables) await table.stop();
      throw error;
    }
  }

  /** Why the stage is degraded. */
  complaints(): string[] {
    return [
      ...this.#rejected.complaints('set aside with an error', this.options.advice.setAside),
      ...this.unreadable.complaints('left out as unreadable', this.options.advice.unreadable),
    ];
  }

  /** What is in memory: bytes that were read and wait to be processed, and records processed that wait for a commit. */
  waiting(): { readonly bytes: number; readonly records: number } {
    return { bytes: this.#assignment.waitingBytes, records: this.#checkpoint.pending };
  }

  /** How far it is, a partition each; those of which nothing was heard yet are left out. */
  positions(): Position[] {
    return this.#assignment.positions();
  }

  /** How much the state of each partition holds, by the name of what. */
  holdings(): ReturnType<Assignment['holdings']> {
    return this.#assignment.holdings();
  }

  /** Commits what was processed, leaves the group and disconnects. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.finished;
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopping) await this.#turn();
      await this.#commitAll();
    } finally {
      for (const table of this.tables) await table.stop();
      // A client that is reading, or in a transaction, must not be closed.
      await Promise.allSettled([this.#polling, this.#committing]);
      await this.member.leave();
      await this.transactions.close();
    }
  }

  /** One turn of the loop: records, rebalances, time, commit. */
  async #turn(): Promise<void> {
    let isBusy = false;
    try {
      this.pulse.at('asking for records');
      const records = await (this.#polling ?? this.member.poll(this.#batch));
      this.pulse.polled();
      if (events.poll.isHeard) events.poll.tell({ stage: this.stage.name, records: records.length });
      if (records.length > 0) this.pulse.waits();
      for (const record of records) this.#order.push(record);
      isBusy = records.length >= this.#batch / 10;
      this.#batch = batchLike(records) ?? this.#batch;
    } catch (error) {
      await this.#recover(error as BrokerError);
    }
    for (let next = this.member.nextRebalance(); next; next = this.member.nextRebalance()) await this.#rebalance(next);
    try {
      this.#polling = ahead(this.member.poll(this.#batch));
      const drained = this.#drainTold();
      this.#assignment.balanceQueues();
      const now = this.options.now();
      if (now - this.#advancedAt >= ADVANCE_MS) {
        this.#advancedAt = now;
        for (const { task } of this.#assignment.tasks.values()) task.advance(now);
      }
      const isDue = !isBusy || now - this.#committedAt >= this.options.commitMs;
      if (!drained || (isDue && !this.#isCommitting)) await this.#commit();
    } catch (error) {
      await this.#recover(error as BrokerError);
    }
  }

  #drainTold(): boolean {
    if (!events.process.isHeard) return this.#drain();
    const [startedMs, before] = [performance.now(), this.statistics.processed];
    const drained = this.#drain();
    const records = this.statistics.processed - before;
    const durationMs = performance.now() - startedMs;
    if (records > 0) events.process.tell({ stage: this.stage.name, records, durationMs });
    return drained;
  }

  /** Processes what may be processed. Returns false if it stopped because a commit is due. */
  #drain(): boolean {
    for (let record = this.#order.take(); record; record = this.#order.take()) {
      this.#process(record);
      const { pending, pendingBytes } = this.#checkpoint;
      const limit = this.#isCommitting ? 2 : 1;
      if (pending >= limit * MAX_PENDING || pendingBytes >= limit * MAX_PENDING_BYTES) return false;
    }
    return true;
  }

  #process(record: SourceRecord): void {
    const { topic, partition, offset } = record;
    const assigned = this.#assignment.tasks.get(partition)!;
    const known = this.#poison.of(record);
    const poison = known ?? failureOn(assigned.task, record);
    if (poison) {
      if (!known) this.#saySetAside(record, poison);
      this.#poison.setAside(record, poison);
      const { topic: to, record: rejected } = this.stage.reject!;
      this.#outbox.add({ ...rejected(record, poison), topic: to });
      assigned.snapshots?.rejected(record);
    } else {
      assigned.snapshots?.changed(record.key ? this.#decoder.decode(record.key) : '', record);
    }
    if (this.#checkpoint.pending === 0) this.#firstMs = record.timestampMs;
    this.#checkpoint.processed(topic, partition, offset, bytesOf(record));
    this.statistics.processed++;
  }

  #saySetAside(record: SourceRecord, error: Error): void {
    this.#say('error', `${placeOf(record)} failed (${error.message}); it is set aside.`, record);
  }

  #say(level: 'warn' | 'error', what: string, record?: SourceRecord): void {
    const stage = this.stage.name;
    this.options.say(level, `${stage}: ${what}`, { stage, ...(record && aboutRecord(record)) });
  }

  /**
   * Begins to commit what was processed; it goes on while the next records are processed. One transaction at a time:
   * resolves when the one before is done.
   */
  async #commit(): Promise<void> {
    // Encoded while the one before is on its way: what was gathered need not grow old until that is done.
    const records = this.#outgoing();
    this.pulse.at('waiting for a transaction');
    await this.#committing;
    this.#committedAt = this.options.now();
    if (this.#checkpoint.pending === 0 && records.length === 0) return;
    this.#committing = ahead(this.#transact(records, this.#poison.take()));
  }

  /** What was written since the last commit, and the snapshots that are due. */
  #outgoing(): Outgoing[] {
    const records: Outgoing[] = this.#outbox.take();
    const now = this.options.now();
    for (const [partition, { snapshots }] of this.#assignment.tasks) {
      const next = this.#checkpoint.next(this.stage.sources[0]!, partition);
      if (snapshots && next !== null) {
        for (const record of snapshots.due(now, next)) records.push({ ...record, partition });
      }
    }
    return records;
  }

  async #transact(records: readonly Outgoing[], setAside: readonly FailedRecord[]): Promise<void> {
    this.#isCommitting = true;
    const [startedMs, firstMs, { pending }] = [performance.now(), this.#firstMs, this.#checkpoint];
    try {
      await this.#checkpoint.commit(records);
    } finally {
      this.#isCommitting = false;
    }
    this.pulse.committed(this.#checkpoint.pending > 0);
    for (const failed of setAside) {
      this.#poison.forget(failed.record);
      this.statistics.rejected = this.#rejected.add(placeOf(failed.record));
      tellSetAside(this.stage.name, failed, 'failed');
    }
    this.statistics.commits++;
    this.statistics.written += records.length;
    if (!events.commit.isHeard) return;
    events.commit.tell({
      stage: this.stage.name,
      records: pending,
      written: countByTopic(records),
      durationMs: performance.now() - startedMs,
      delayMs: pending === 0 ? null : this.options.now() - firstMs,
    });
  }

  /** Commits what was processed, all of it. */
  async #commitAll(): Promise<void> {
    await this.#commit();
    this.pulse.at('waiting for a transaction');
    await this.#committing;
  }

  /** What the error says: give up the transaction and begin again from what was committed, or end. */
  async #recover(error: BrokerError | PoisonRecord): Promise<void> {
    // What was asked for ahead is read again.
    this.pulse.at('asking for records');
    await Promise.allSettled([this.#polling]);
    this.#polling = null;
    const committing = this.#committing;
    this.#committing = Promise.resolve();
    this.pulse.at('waiting for a transaction');
    const failed = await committing.then(
      () => null,
      (reason: BrokerError) => reason,
    );
    // A transaction that failed meanwhile comes first: a poisoned record behind it comes again.
    if (failed !== null && failed !== error) return this.#recover(failed);
    if (error instanceof PoisonRecord) {
      const { record, place, cause } = error;
      if (!mayGoOn(this.stage, cause)) throw cause;
      if (this.#poison.failed(error)) this.#saySetAside(record, cause);
      else this.#say('warn', `${place} failed (${cause.message}); it is tried once more.`, record);
      this.#checkpoint.clear();
    } else if (isLeftBehind(error)) {
      // The group has gone on without this member: what it holds may be another's by now, and once it has rejoined its
      // commits would be taken again. So it ends, and joins anew with nothing.
      throw new StreamError(
        'OMS_LEFT_BEHIND',
        `The group of ${this.stage.name} has gone on without this process (${error.message}).`,
      );
    } else if (error.isFatal || !(error.isRetriable || error.isTxnRequiresAbort)) {
      throw error;
    } else {
      this.#say('warn', `the transaction was given up (${error.message}); going on from the last commit.`);
      await this.#checkpoint.abort();
    }
    this.statistics.aborts++;
    if (events.abort.isHeard) events.abort.tell({ stage: this.stage.name, message: error.message });
    this.#outbox.clear();
    this.#poison.take();
    await this.#assignment.rewind();
  }

  async #rebalance({ assign, partitions }: Rebalance): Promise<void> {
    if (events.rebalance.isHeard) events.rebalance.tell({ stage: this.stage.name, assign, partitions });
    if (assign) {
      // If it fails, that is met with the next commit: the group must have its answer now.
      this.pulse.at('waiting for a transaction');
      await Promise.allSettled([this.#committing]);
      await this.#assignment.take(partitions);
      this.statistics.partitions = this.#assignment.tasks.size;
      return;
    }
    try {
      await this.#commitAll();
    } catch (error) {
      // Whoever has the partitions next reads from what was committed; so does this one with what it keeps.
      this.#say('warn', `could not commit before a rebalance (${(error as Error).message}).`);
      await this.#recover(error as BrokerError);
    }
    this.#assignment.give(partitions);
    this.statistics.partitions = this.#assignment.tasks.size;
  }
}

/** A call whose end is awaited later: its failure is met then, and until then is nobody's. */
function ahead<T>(call: Promise<T>): Promise<T> {
  call.catch(() => undefined);
  return call;
}
