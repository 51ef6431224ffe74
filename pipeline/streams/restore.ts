import type { LogReader } from './broker.js';
import type { RuntimeOptions } from './runtime.js';
import { Snapshots, UnreadableSnapshot } from './snapshots.js';
import { Task, type Outbox } from './task.js';
import type { Stage } from './topology.js';

/** An assigned partition number: its task, and what keeps its state. */
export interface Assigned {
  readonly task: Task;
  readonly snapshots: Snapshots | null;
}

/** How often a long restore says how far it is, ms. */
const PROGRESS_MS = 2000;

/** A task that has seen nothing yet. */
export function freshTask(
  stage: Stage,
  partition: number,
  outbox: Outbox,
  { snapshotMs }: Pick<RuntimeOptions, 'snapshotMs'>,
): Assigned {
  const task = new Task(stage, partition, outbox);
  const topic = stage.nodes.find((node) => node.kind === 'process')?.snapshots?.topic;
  const { store } = task;
  return { task, snapshots: store && topic ? new Snapshots(topic, stage.name, partition, store, snapshotMs) : null };
}

/**
 * A task with the state it had at an offset: from its snapshots and the log since, with its output suppressed.
 * Snapshots that cannot be read are left aside, with a warning: the state is then rebuilt from the beginning of the log.
 * @param until the committed offset
 * @throws RetentionGap if the log does not reach back far enough
 */
export async function restoreTask(
  stage: Stage,
  partition: number,
  until: number,
  outbox: Outbox,
  reader: LogReader,
  options: RuntimeOptions,
): Promise<Assigned> {
  if (until === 0 || stage.nodes.every((node) => node.kind !== 'process'))
    return freshTask(stage, partition, outbox, options);
  return new Restore(stage, partition, until, outbox, reader, options).run();
}

/** A record on which a node threw when it came: it was rejected, and did nothing to the state. */
class WasRejected extends Error {
  constructor(readonly offset: number) {
    super('was rejected');
  }
}

class Restore {
  readonly #rejected = new Set<number>();

  constructor(
    private readonly stage: Stage,
    private readonly partition: number,
    private readonly until: number,
    private readonly outbox: Outbox,
    private readonly reader: LogReader,
    private readonly options: RuntimeOptions,
  ) {}

  async run(): Promise<Assigned> {
    const startedAt = this.options.now();
    for (;;) {
      try {
        const { assigned, count } = await this.#attempt();
        this.#say('info', `restored with ${count} records of the log in ${this.options.now() - startedAt} ms.`);
        return assigned;
      } catch (error) {
        if (!(error instanceof WasRejected)) throw error;
        // It may have changed half of the state before it threw: begin again without it.
        this.#rejected.add(error.offset);
      }
    }
  }

  #fresh(): Assigned {
    return freshTask(this.stage, this.partition, this.outbox, this.options);
  }

  #say(level: 'info' | 'warn', what: string): void {
    this.options.say(level, `${this.stage.name}: partition ${this.partition} ${what}`);
  }

  async #attempt(): Promise<{ assigned: Assigned; count: number }> {
    const assigned = this.#fresh();
    try {
      const restored = await assigned.snapshots?.restore(this.reader);
      if (restored) return await this.#replay(assigned, await this.#within(restored.restoreFrom), restored.through);
    } catch (error) {
      if (!(error instanceof UnreadableSnapshot)) throw error;
      const { low } = await this.reader.bounds(this.stage.sources[0]!, this.partition);
      const cut = low > 0 ? ` It begins at offset ${low}: outages from before that are not known again.` : '';
      this.#say('warn', `has snapshots that cannot be read (${error.message}); rebuilding from the log.${cut}`);
    }
    return this.#replay(this.#fresh(), null, new Map());
  }

  /** Where the log is read from: what is left of it, if a gap is accepted. */
  async #within(from: number | null): Promise<number | null> {
    if (from === null || !this.options.acceptGap) return from;
    const { low } = await this.reader.bounds(this.stage.sources[0]!, this.partition);
    return Math.max(from, low);
  }

  /** Processes the log from `from` up to the committed offset, but for keys whose snapshot holds it already. */
  async #replay(
    assigned: Assigned,
    from: number | null,
    through: ReadonlyMap<string, number>,
  ): Promise<{ assigned: Assigned; count: number }> {
    const { stage, partition, until } = this;
    const { task, snapshots } = assigned;
    const decoder = new TextDecoder();
    let count = 0;
    let saidAt = this.options.now();
    await this.reader.read(stage.sources[0]!, partition, from, until, (record) => {
      const key = record.key ? decoder.decode(record.key) : '';
      if ((through.get(key) ?? -1) > record.offset || this.#rejected.has(record.offset)) return;
      try {
        task.process(record, true);
      } catch {
        throw new WasRejected(record.offset);
      }
      snapshots?.changed(key, record.offset);
      count++;
      if (this.options.now() - saidAt < PROGRESS_MS) return;
      saidAt = this.options.now();
      this.#say('info', `is being restored: at offset ${record.offset} of ${until}.`);
    });
    return { assigned, count };
  }
}
