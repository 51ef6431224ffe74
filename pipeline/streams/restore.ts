import { PartitionReader } from './partition-reader.js';
import type { RuntimeOptions } from './runtime.js';
import { Snapshots } from './snapshots.js';
import { Task, type Outbox } from './task.js';
import type { Stage } from './topology.js';

/** An assigned partition number: its task, and what keeps its state. */
export interface Assigned {
  readonly task: Task;
  readonly snapshots: Snapshots | null;
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
  { brokers, snapshotMs, say }: RuntimeOptions,
): Promise<Assigned> {
  const process = stage.nodes.find((node) => node.kind === 'process');
  const fresh = (): Assigned => {
    const task = new Task(stage, partition, outbox);
    const { store } = task;
    const topic = process?.snapshots?.topic;
    return { task, snapshots: store && topic ? new Snapshots(topic, stage.name, partition, store, snapshotMs) : null };
  };
  let assigned = fresh();
  if (!process || until === 0) return assigned;
  const startedAt = Date.now();
  const reader = await PartitionReader.connect(brokers);
  try {
    let through: ReadonlyMap<string, number> = new Map();
    let restoreFrom: number | null = null;
    try {
      const restored = await assigned.snapshots?.restore(reader);
      if (restored) ({ through, restoreFrom } = restored);
    } catch (error) {
      const why = (error as Error).message;
      say(
        'warn',
        `${stage.name}: snapshots of partition ${partition} cannot be read (${why}); rebuilding from the log.`,
      );
      assigned = fresh();
    }
    const count = await replay(reader, stage, assigned, partition, restoreFrom, until, through);
    const ms = Date.now() - startedAt;
    say('info', `${stage.name}: partition ${partition} restored with ${count} records of the log in ${ms} ms.`);
  } finally {
    await reader.close();
  }
  return assigned;
}

/** Processes the log from `from` up to `until`, but for keys whose snapshot holds it already. Returns how many records. */
async function replay(
  reader: PartitionReader,
  stage: Stage,
  { task, snapshots }: Assigned,
  partition: number,
  from: number | null,
  until: number,
  through: ReadonlyMap<string, number>,
): Promise<number> {
  const decoder = new TextDecoder();
  let count = 0;
  for (const topic of stage.sources) {
    await reader.read(topic, partition, from, until, (record) => {
      const key = record.key ? decoder.decode(record.key) : '';
      if ((through.get(key) ?? -1) > record.offset) return;
      try {
        task.process(record, true);
      } catch {
        // It was rejected when it came: the state is as it was then.
        return;
      }
      snapshots?.changed(key, record.offset);
      count++;
    });
  }
  return count;
}
