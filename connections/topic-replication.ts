import kafkajs, { type Admin } from 'kafkajs';
import { OmsError } from './errors.js';

/** How often a topic is there, and how many must have a record before it counts as written. */
export interface Replication {
  readonly replicas: number;
  readonly minInSync: number;
}

/** What OMS_REPLICATION and OMS_MIN_IN_SYNC say; null: what the number of brokers allows. */
export interface AskedReplication {
  readonly replication: number | null;
  readonly minInSync: number | null;
}

/** With three replicas of which two must be there, one broker may be lost and nothing is, nor stands still. */
const SAFE: Replication = { replicas: 3, minInSync: 2 };

/**
 * What topics should have among so many brokers.
 * @throws Error if more is asked for than there is
 */
export function replicationAmong(
  brokers: number,
  { replication, minInSync }: AskedReplication = { replication: null, minInSync: null },
): Replication {
  if (replication !== null && replication > brokers)
    throw new OmsError(
      'OMS_BAD_REPLICATION',
      `OMS_REPLICATION=${replication}, and Kafka has ${brokers === 1 ? '1 broker' : `${brokers} brokers`}: ` +
        'set it to that or less, or start more brokers.',
    );
  const replicas = replication ?? (brokers >= SAFE.replicas ? SAFE.replicas : 1);
  if (minInSync !== null && minInSync > replicas)
    throw new OmsError(
      'OMS_BAD_REPLICATION',
      `OMS_MIN_IN_SYNC=${minInSync}, and topics have ${replicas === 1 ? '1 replica' : `${replicas} replicas`} here: ` +
        'set it to that or less, or OMS_REPLICATION to more.',
    );
  return { replicas, minInSync: minInSync ?? (replicas >= SAFE.replicas ? SAFE.minInSync : 1) };
}

/** A topic and the replication it has. */
export interface ReplicatedTopic extends Replication {
  readonly name: string;
  readonly partitions: number;
}

/** Asks Kafka what replication topics have, by the partition that has least. */
export async function replicationOf(admin: Admin, names: readonly string[]): Promise<ReplicatedTopic[]> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [...names] });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
      configNames: ['min.insync.replicas'],
    })),
  });
  const inSync = new Map(resources.map((one) => [one.resourceName, Number(one.configEntries[0]?.configValue ?? 1)]));
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.length,
    replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
    minInSync: inSync.get(name) ?? 1,
  }));
}

/** What is weaker than it should be, a sentence each; none: all is well. */
export function weaknesses(topics: readonly ReplicatedTopic[], { replicas, minInSync }: Replication): string[] {
  const few = topics.filter((topic) => topic.replicas < replicas);
  const loose = topics.filter((topic) => topic.minInSync < minInSync);
  const names = (some: readonly ReplicatedTopic[]): string => some.map(({ name }) => name).join(', ');
  const found: string[] = [];
  if (few.length > 0)
    found.push(
      `Fewer than ${replicas} replicas: ${names(few)}. Add some with Kafka's kafka-reassign-partitions, ` +
        'or set OMS_REPLICATION to what is meant.',
    );
  if (loose.length > 0)
    found.push(
      `min.insync.replicas below ${minInSync}: ${names(loose)}. Raise it with Kafka's kafka-configs, ` +
        'or set OMS_MIN_IN_SYNC to what is meant.',
    );
  return found;
}
