import { bySource, type Source } from '../operators/model/source.js';

/** The names of the topics; `prefix` makes a separate set. */
export function topicNames(prefix = '') {
  return {
    ...bySource((_, { topic }) => `${prefix}${topic}`),
    events: `${prefix}oms.events`,
    outages: `${prefix}oms.outages`,
    evidence: `${prefix}oms.evidence`,
    snapshots: `${prefix}oms.snapshots`,
    network: `${prefix}oms.network`,
    rules: `${prefix}oms.rules`,
    unplaced: `${prefix}oms.unplaced`,
    late: `${prefix}oms.late`,
    rejected: `${prefix}oms.rejected`,
    beats: `${prefix}oms.beats`,
  } as const;
}

export type TopicNames = ReturnType<typeof topicNames>;

/** What tells an installation from another: the id of its Kafka cluster, and the name of one of its topics. */
export function installationOf(clusterId: string, topics: TopicNames): string {
  return `${clusterId}/${topics.events}`;
}

/** CloudEvents type of a source record that holds history: it was received long before it came on the topic. */
export const HISTORY_TYPE = 'oms.history';

/** The topic of each source. */
export function sourceTopics(topics: TopicNames): Readonly<Record<Source, string>> {
  return bySource((source) => topics[source]);
}

/** The stages of the pipeline: what an installation needs to run, and the names of their consumer groups. */
export const STAGES = ['place', 'correlate', 'policies', 'sink'] as const;
export type StageName = (typeof STAGES)[number];
