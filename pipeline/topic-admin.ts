import type { Admin, ITopicConfig } from 'kafkajs';
import { type TopicNames, sourceTopics } from '../topics.js';
import { type AskedReplication, replicationAmong, type Replication } from './topic-replication.js';

const DAY_MS = 86_400_000;

/** Every topic with its settings. Keyed topics share one partition count: a partition of the log and all of it belong together. */
export function topicConfigs(
  topics: TopicNames,
  partitions: number,
  { replicas, minInSync }: Replication = { replicas: 1, minInSync: 1 },
): ITopicConfig[] {
  const kept = (topic: string, days: number): ITopicConfig =>
    config(topic, { 'cleanup.policy': 'delete', 'retention.ms': String(days * DAY_MS) });
  const compacted = (topic: string): ITopicConfig => config(topic, { 'cleanup.policy': 'compact' });
  const config = (topic: string, settings: Record<string, string>): ITopicConfig => ({
    topic,
    numPartitions: partitions,
    replicationFactor: replicas,
    configEntries: Object.entries({
      'max.message.bytes': '8388608',
      'min.insync.replicas': String(minInSync),
      ...settings,
    }).map(([name, value]) => ({ name, value })),
  });
  return [
    ...Object.values(sourceTopics(topics)).map((topic) => kept(topic, 14)),
    // The log must reach back behind the oldest snapshot, and far enough to look into what happened.
    kept(topics.events, 60),
    compacted(topics.outages),
    kept(topics.evidence, 60),
    compacted(topics.snapshots),
    compacted(topics.network),
    compacted(topics.rules),
    ...[topics.unplaced, topics.late, topics.rejected].map((topic) => kept(topic, 60)),
    kept(topics.beats, 1),
  ];
}

/**
 * Creates the topics that are missing and checks those that are there.
 * @param asked replicas; absent: by the number of brokers
 * @returns the names of those created
 * @throws Error if a topic has another partition count than the others must have, or there are too few brokers
 */
export async function ensureTopics(
  admin: Admin,
  topics: TopicNames,
  partitions: number,
  asked?: AskedReplication,
): Promise<string[]> {
  const { brokers } = await admin.describeCluster();
  const configs = topicConfigs(topics, partitions, replicationAmong(brokers.length, asked));
  const existing = new Set(await admin.listTopics());
  const missing = configs.filter(({ topic }) => !existing.has(topic));
  if (missing.length > 0) await admin.createTopics({ topics: missing, waitForLeaders: true });
  await checkTopics(admin, topics, partitions);
  return missing.map(({ topic }) => topic);
}

/** Throws one sentence if a topic is missing or has the wrong partition count. */
export async function checkTopics(admin: Admin, topics: TopicNames, partitions: number): Promise<void> {
  const names = topicConfigs(topics, partitions).map(({ topic }) => topic);
  const existing = new Set(await admin.listTopics());
  const missing = names.filter((name) => !existing.has(name));
  if (missing.length > 0)
    throw new Error(`Topics are missing: ${missing.join(', ')}. Create them with "oms topics --create".`);
  const { topics: found } = await admin.fetchTopicMetadata({ topics: names });
  const wrong = found.find((topic) => topic.partitions.length !== partitions);
  if (wrong) {
    throw new Error(
      `Topic ${wrong.name} has ${wrong.partitions.length} partitions where OMS_PARTITIONS says ${partitions}: ` +
        'set OMS_PARTITIONS to what the topics have, or begin with a new OMS_TOPIC_PREFIX.',
    );
  }
}
