import type { Source } from './operators/event.js';

/** The names of the topics; `prefix` makes a separate set. */
export function topicNames(prefix = '') {
  return {
    scada: `${prefix}scada-outage-topic`,
    kaifa: `${prefix}hes-kaifa-outage-topic`,
    onu: `${prefix}onu-events-topic`,
    callCenter: `${prefix}call_center_upstream_topic`,
    events: `${prefix}oms.events`,
    outages: `${prefix}oms.outages`,
    evidence: `${prefix}oms.evidence`,
    snapshots: `${prefix}oms.snapshots`,
    network: `${prefix}oms.network`,
    rules: `${prefix}oms.rules`,
    unplaced: `${prefix}oms.unplaced`,
    late: `${prefix}oms.late`,
    rejected: `${prefix}oms.rejected`,
  } as const;
}

export type TopicNames = ReturnType<typeof topicNames>;

/** The topic of each source. */
export function sourceTopics(topics: TopicNames): Readonly<Record<Source, string>> {
  return { scada: topics.scada, kaifa: topics.kaifa, onu: topics.onu, call_center: topics.callCenter };
}
