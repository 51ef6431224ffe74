import type { JoinOptions, LogReader } from './broker.js';
import { Snapshots, type Log } from './snapshots.js';
import { Task, type Outbox } from './task.js';
import { mayGoOn, type SourceRecord, type Stage } from './topology.js';
import { StreamError } from './errors.js';

/** An assigned partition number: its task, and what keeps its state. */
export interface Assigned {
  readonly task: Task;
  readonly snapshots: Snapshots | null;
}

/** What a restore needs to know of how its stage is run. */
export interface RestoreOptions {
  /** Shortest time between two snapshots of a key, ms. */
  readonly snapshotMs: number;
  readonly say: JoinOptions['say'];
  /** Go on although the log was cut before it was read: what is missing is lost to the stage. */
  readonly acceptGap: boolean;
  /** The clock, epoch ms. */
  readonly now: () => number;
}

/** How often a long restore says how far it is, ms. */
const PROGRESS_MS = 2000;
/** So many damaged snapshots are named. */
const DAMAGE_SAID = 3;

/** A task that has seen nothing yet. */
export function freshTask(
  stage: Stage,
  partition: number,
  outbox: Outbox,
  { snapshotMs }: Pick<RestoreOptions, 'snapshotMs'>,
): Assigned {
  const task = new Task(stage, partition, outbox);
  const topic = snapshotTopicOf(stage);
  return { task, snapshots: topic ? new Snapshots(topic, stage.name, partition, task.states, snapshotMs) : null };
}

/** A task with its state, and the offset from which it goes on. */
export interface RestoredTask {
  readonly assigned: Assigned;
  readonly next: number;
}

/** Whether a stage keeps snapshots of its state. */
export function keepsSnapshots(stage: Stage): boolean {
  return snapshotTopicOf(stage) !== null;
}

/** All stateful nodes of a stage keep theirs on one topic, or none does. */
function snapshotTopicOf({ nodes }: Stage): string | null {
  for (const node of nodes) if (node.kind === 'process') return node.snapshots?.topic ?? null;
  return null;
}

/**
 * A task with the state it had at an offset: from its snapshots and the log since, with its output suppressed.
 * Snapshots that cannot be read are left aside, with a warning: the state is then rebuilt from the beginning of the log.
 * @param log what the state is a fold of, as it stands
 * @param until the committed offset of the group; a stage that keeps snapshots knows itself how far its last transaction got
 * @throws RetentionGap if the log does not reach back far enough
 */
export async function restoreTask(
  stage: Stage,
  partition: number,
  log: Log,
  until: number,
  outbox: Outbox,
  reader: LogReader,
  options: RestoreOptions,
): Promise<RestoredTask> {
  const isFresh = until === 0 && !keepsSnapshots(stage);
  if (isFresh || stage.nodes.every((node) => node.kind !== 'process'))
    return { assigned: freshTask(stage, partition, outbox, options), next: until };
  return new Restore(stage, partition, log, until, outbox, reader, options).run();
}

/** A stateful node threw in the middle of its work: what it has is of no use. */
class HalfDone extends StreamError {
  constructor(readonly offset: number) {
    super('OMS_RECORD_FAILED', 'failed in the middle of its work');
  }
}

class Restore {
  /** Records that were set aside when they came, and those on which a stateful node threw. */
  #rejected = new Set<number>();
  #saidDamage = false;
  #saidLost = false;

  constructor(
    private readonly stage: Stage,
    private readonly partition: number,
    private readonly log: Log,
    private readonly until: number,
    private readonly outbox: Outbox,
    private readonly reader: LogReader,
    private readonly options: RestoreOptions,
  ) {}

  async run(): Promise<RestoredTask> {
    const startedAt = this.options.now();
    for (;;) {
      try {
        const { assigned, next, count, leftOut } = await this.#attempt();
        if (next === 0) return { assigned, next };
        const without = leftOut === 0 ? '' : `, without ${leftOut} that were set aside or cannot be read,`;
        this.#say(
          'info',
          `restored with ${count} records of the log${without} in ${this.options.now() - startedAt} ms.`,
        );
        return { assigned, next };
      } catch (error) {
        if (!(error instanceof HalfDone)) throw error;
        // Only where the record was not noted when it was set aside, as by an earlier version: begin again without it.
        this.#rejected.add(error.offset);
      }
    }
  }

  #say(level: 'info' | 'warn', what: string): void {
    const about = { stage: this.stage.name, partition: this.partition };
    this.options.say(level, `${this.stage.name}: partition ${this.partition} ${what}`, about);
  }

  async #attempt(): Promise<Restoration> {
    const assigned = freshTask(this.stage, this.partition, this.outbox, this.options);
    const { snapshots } = assigned;
    const { low } = this.log;
    const restored = await snapshots?.restore(this.reader, this.log, this.until);
    if (!restored) return this.#replay(assigned, null, this.until, new Map());
    const { until } = restored;
    if (until > this.until) this.#sayLost(until);
    for (const offset of restored.rejected) this.#rejected.add(offset);
    if (restored.damaged.length > 0) this.#sayDamage(restored.damaged, low);
    const { restoreFrom, through } = restored;
    // What is left of the log, if a gap is accepted.
    const from = restoreFrom !== null && this.options.acceptGap ? Math.max(restoreFrom, low) : restoreFrom;
    const restoration = await this.#replay(assigned, from, until, through);
    snapshots!.rebuilt(until);
    return restoration;
  }

  /** Kafka has said so of groups for some seconds after a broker came back; whoever believes it does all again. */
  #sayLost(until: number): void {
    if (this.#saidLost) return;
    this.#saidLost = true;
    const known = this.until === 0 ? 'no committed offset' : `${this.until} as the committed offset`;
    this.#say('warn', `has ${known} in Kafka, but its last transaction got to ${until}: it goes on there.`);
  }

  #sayDamage(damaged: readonly string[], low: number): void {
    if (this.#saidDamage) return;
    this.#saidDamage = true;
    const cut = low > 0 ? ` It begins at offset ${low}: what was before that is not known again.` : '';
    const which = `${damaged.slice(0, DAMAGE_SAID).join('; ')}${damaged.length > DAMAGE_SAID ? '; ...' : ''}`;
    this.#say('warn', `has snapshots that cannot be read (${which}); rebuilding from the log.${cut}`);
  }

  /** Processes the log from `from` up to the committed offset, but for keys whose snapshot holds it already. */
  async #replay(
    assigned: Assigned,
    from: number | null,
    until: number,
    through: ReadonlyMap<string, number>,
  ): Promise<Restoration> {
    const { stage, partition } = this;
    const { task, snapshots } = assigned;
    const decoder = new TextDecoder();
    let count = 0;
    let leftOut = 0;
    let saidAt = this.options.now();
    await this.reader.read(stage.sources[0]!, partition, from, until, (record) => {
      const key = record.key ? decoder.decode(record.key) : '';
      if ((through.get(key) ?? -1) > record.offset) return;
      if (this.#rejected.has(record.offset) || !canBeTaken(task, record)) {
        leftOut++;
        return;
      }
      snapshots?.changed(key, record);
      count++;
      if (this.options.now() - saidAt < PROGRESS_MS) return;
      saidAt = this.options.now();
      this.#say('info', `is being restored: at offset ${record.offset} of ${until}.`);
    });
    return { assigned, next: until, count, leftOut };
  }
}

interface Restoration extends RestoredTask {
  /** Records that were taken in. */
  readonly count: number;
  /** Records that were not: no state bears a trace of them. */
  readonly leftOut: number;
}

/**
 * Takes a record into a state. Returns false if it was set aside when it came: a node before the state throws on it.
 * @throws HalfDone if it is the state that throws; what is thrown itself, if the stage may not go on without the record
 */
function canBeTaken(task: Task, record: SourceRecord): boolean {
  try {
    task.process(record, true);
    return true;
  } catch (error) {
    if (!mayGoOn(task.stage, error as Error)) throw error;
    if (task.hasLeftTrace) throw new HalfDone(record.offset);
    return false;
  }
}
