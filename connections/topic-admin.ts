import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import { type TopicNames, sourceTopics } from './topics.js';
import { type AskedReplication, replicationAmong, type Replication } from './topic-replication.js';
import { OmsError } from './errors.js';

// kafkajs exports these in a way that Node cannot see.
const { ConfigResourceTypes, ConfigSource } = kafkajs;

const DAY_MS = 86_400_000;

/** Whose clock the times of a topic's records are by. */
const TIMESTAMP_TYPE = 'message.timestamp.type';
/** The broker's, when it appends them. */
const APPEND_TIME = 'LogAppendTime';

/**
 * Settings of every topic. Of a topic that carries its senders' times a broker refuses records of more than an hour ahead:
 * a stage or a broker with a wrong clock would bring all to a stand.
 */
const OF_ALL = { 'max.message.bytes': '8388608', [TIMESTAMP_TYPE]: APPEND_TIME };

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
    configEntries: Object.entries({ ...OF_ALL, 'min.insync.replicas': String(minInSync), ...settings }).map(
      ([name, value]) => ({ name, value }),
    ),
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
 * Creates the topics that are missing and checks those that are there; all carry the time of append from then on.
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
  const names = configs.map(({ topic }) => topic);
  await setAppendTime(admin, await senderStampedTopics(admin, names));
  return missing.map(({ topic }) => topic);
}

/** Throws one sentence if a topic is missing or has the wrong partition count. */
export async function checkTopics(admin: Admin, topics: TopicNames, partitions: number): Promise<void> {
  const names = topicConfigs(topics, partitions).map(({ topic }) => topic);
  const existing = new Set(await admin.listTopics());
  const missing = names.filter((name) => !existing.has(name));
  if (missing.length > 0)
    throw new OmsError(
      'OMS_TOPICS_MISSING',
      `Topics are missing: ${missing.join(', ')}. Create them with "oms topics --create".`,
    );
  const { topics: found } = await admin.fetchTopicMetadata({ topics: names });
  const wrong = found.find((topic) => topic.partitions.length !== partitions);
  if (wrong) {
    throw new OmsError(
      'OMS_PARTITIONS_DIFFER',
      `Topic ${wrong.name} has ${wrong.partitions.length} partitions where OMS_PARTITIONS says ${partitions}: ` +
        'set OMS_PARTITIONS to what the topics have, or begin with a new OMS_TOPIC_PREFIX.',
    );
  }
}

/** The topics whose records carry the times that their senders give them, and not that of their append. */
export async function senderStampedTopics(admin: Admin, names: readonly string[]): Promise<string[]> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({
      type: ConfigResourceTypes.TOPIC,
      name,
      configNames: [TIMESTAMP_TYPE],
    })),
  });
  return resources
    .filter(({ configEntries }) => configEntries.some(({ configValue }) => configValue !== APPEND_TIME))
    .map(({ resourceName }) => resourceName);
}

/**
 * Makes sure that the records of topics carry the time of their append, by which a report's receipt is judged.
 * @throws OmsError naming those whose records do not
 */
export async function checkAppendTime(admin: Admin, names: readonly string[]): Promise<void> {
  const stamped = await senderStampedTopics(admin, names);
  if (stamped.length === 0) return;
  throw new OmsError(
    'OMS_NO_APPEND_TIME',
    `${stamped.join(', ')} carry no time of append: senders say themselves when a record was written. ` +
      '"oms topics --create" mends it.',
  );
}

/** Lets topics carry the time of append. To alter a topic is to set all that it has of its own: that is given again. */
async function setAppendTime(admin: Admin, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  await admin.alterConfigs({
    validateOnly: false,
    resources: resources.map(({ resourceName, configEntries }) => ({
      type: ConfigResourceTypes.TOPIC,
      name: resourceName,
      configEntries: [
        ...configEntries
          .filter(
            ({ configName, configSource }) =>
              configSource === ConfigSource.TOPIC_CONFIG && configName !== TIMESTAMP_TYPE,
          )
          .map(({ configName, configValue }) => ({ name: configName, value: configValue })),
        { name: TIMESTAMP_TYPE, value: APPEND_TIME },
      ],
    })),
  });
}
