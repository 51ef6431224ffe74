import type { Environment } from '../connections/environment.js';
import { STAGES, topicNames, type StageName } from '../connections/topics.js';
import { checkTopics } from '../connections/topic-admin.js';
import { withDatabase, withReader, withTopics } from '../connections/services.js';
import { topologyOf } from '../pipeline/pipeline.js';

/** How far a stage is behind on a partition. */
export interface Lag {
  readonly stage: StageName;
  readonly topic: string;
  readonly partition: number;
  /** The offset from which it goes on. */
  readonly at: number;
  /** The offset behind the last record. */
  readonly end: number;
  /** Offsets between the two: records, and the marks of transactions. */
  readonly behind: number;
}

/** How far each stage is behind, by partition. */
export async function lags(environment: Environment): Promise<Lag[]> {
  const { topicPrefix } = environment;
  const topology = topologyOf(environment);
  const inDatabase = await sinkOffsets(environment);
  return withTopics(environment, async (admin) => {
    await checkTopics(admin, topicNames(topicPrefix), environment.partitions);
    const rows: Lag[] = [];
    for (const stage of STAGES) {
      const { sources, outlet } = topology.stage(stage);
      for (const topic of sources) {
        const ends = await admin.fetchTopicOffsets(topic);
        const [group] =
          outlet !== null ? [] : await admin.fetchOffsets({ groupId: `${topicPrefix}oms-${stage}`, topics: [topic] });
        for (const { partition, high, low } of ends) {
          const at = group
            ? Number(group.partitions.find((one) => one.partition === partition)?.offset ?? -1)
            : (inDatabase.get(`${topic}/${partition}`) ?? -1);
          const from = Math.max(at, Number(low));
          rows.push({ stage, topic, partition, at: from, end: Number(high), behind: Number(high) - from });
        }
      }
    }
    return rows;
  });
}

/** The offsets of a stage that leads out of Kafka stand where it leads. */
function sinkOffsets(environment: Environment): Promise<Map<string, number>> {
  return withDatabase(environment, async (client) => {
    const { rows } = await client.query<{ place: string; next: string }>(
      "select topic || '/' || partition as place, next_offset as next from oms.sink_offsets",
    );
    return new Map(rows.map(({ place, next }) => [place, Number(next)]));
  });
}

/** So far is looked behind a stage for a record: transactions leave marks that take offsets and are none. */
const LOOK_OFFSETS = 10_000;

/** Those of some lags in which there is a record that the stage has not read. */
export async function thoseWithRecords(environment: Environment, some: readonly Lag[]): Promise<Lag[]> {
  if (some.length === 0) return [];
  return withReader(environment, async (reader) => {
    const found = new Set<Lag>();
    for (const lag of some) {
      const { topic, partition, at, end } = lag;
      await reader.read(topic, partition, at, Math.min(end, at + LOOK_OFFSETS), () => void found.add(lag));
    }
    return [...found];
  });
}
