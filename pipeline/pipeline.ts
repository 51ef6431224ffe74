import { hostname } from 'node:os';
import { requireBrokers, requireDatabase } from '../connections/addresses.js';
import type { Environment } from '../connections/environment.js';
import type { EventTally } from '../connections/telemetry/event-tally.js';
import type { WatchedStage } from '../connections/telemetry/stage-metrics.js';
import { sourceTopics, topicNames, type StageName } from '../connections/topics.js';
import { Sink } from './sink/sink.js';
import { KafkaBroker } from '../streams/kafka/broker.js';
import type { Say } from '../streams/broker.js';
import { StageRuntime } from '../streams/runtime.js';
import { withAdmin } from '../streams/kafka/admin.js';
import { checkTopics, senderStampedTopics } from '../connections/topic-admin.js';
import type { Topology } from '../streams/topology.js';
import { buildTopology, type TopologyOptions } from './topology.js';

/** A stage that runs. */
export interface RunningStage extends WatchedStage {
  readonly finished: Promise<void>;
  stop(): Promise<void>;
}

export interface PipelineOptions {
  readonly stages: readonly StageName[];
  /** Tells processes that run the same stage apart. */
  readonly slot?: string;
  /** Go on although a topic was cut before it was read. */
  readonly acceptGap?: boolean;
  readonly say: Say;
  /** Counts what becomes of events; absent: nobody does. */
  readonly tally?: EventTally;
}

/**
 * Starts stages in this process: members of their consumer groups.
 * @throws Error in a sentence if Kafka is away or a topic is missing or has the wrong partition count
 */
export async function startStages(
  environment: Environment,
  options: PipelineOptions,
): Promise<Map<StageName, RunningStage>> {
  const brokers = requireBrokers(environment);
  const { partitions, topicPrefix, commitMs, snapshotMs } = environment;
  const topics = topicNames(topicPrefix);
  const senderStamped = await withAdmin(brokers, async (admin) => {
    await checkTopics(admin, topics, partitions);
    return options.stages.includes('place') ? senderStampedTopics(admin, Object.values(sourceTopics(topics))) : [];
  });
  const { say, slot = `${hostname()}-0`, acceptGap = false } = options;
  if (senderStamped.length > 0) {
    say(
      'warn',
      `place: ${senderStamped.join(', ')} carry no time of append: what is said of a report's receipt is held against this ` +
        'computer\'s clock when it is read. "oms topics --create" mends it.',
      { stage: 'place' },
    );
  }
  const stampedBySenders = new Set(senderStamped);
  const topology = topologyOf(environment, {
    appendedAt: ({ topic, timestampMs }) => (stampedBySenders.has(topic) ? Date.now() : timestampMs),
    ...(options.tally && { tally: options.tally }),
  });
  const running = new Map<StageName, RunningStage>();
  for (const name of options.stages) {
    const stage = topology.stage(name);
    if (stage.outlet !== null) {
      const databaseUrl = requireDatabase(environment);
      const { rawRetentionDays } = environment;
      running.set(
        name,
        await Sink.start({
          brokers,
          databaseUrl,
          topics,
          sources: stage.sources,
          group: `${topicPrefix}oms-${name}`,
          slot,
          rawRetentionDays,
          acceptGap,
          say,
        }),
      );
    } else {
      const application = `${topicPrefix}oms`;
      running.set(
        name,
        await StageRuntime.start(stage, {
          broker: new KafkaBroker(brokers),
          partitions,
          application,
          slot,
          commitMs,
          snapshotMs,
          acceptGap,
          advice: { setAside: 'see oms.rejected.', unreadable: '"oms doctor" says what to do.' },
          say,
          now: Date.now,
        }),
      );
    }
  }
  return running;
}

/** The topology that an environment asks for: all stages of {@link StageName}. */
export function topologyOf(
  environment: Environment,
  options: Pick<TopologyOptions, 'appendedAt' | 'tally'> = {},
): Topology {
  return buildTopology({
    topics: topicNames(environment.topicPrefix),
    zone: environment.timeZone,
    codes: environment.sourceCodes,
    ...options,
    policies: policyOptions(environment),
  });
}

function policyOptions({ policies, stormOnEventsPerHour, stormOffEventsPerHour, partitions }: Environment) {
  // Storm mode is decided for each partition of the log by its share of the events: keys spread evenly over them.
  return {
    switchedOn: policies,
    stormMode: {
      onEventsPerHour: stormOnEventsPerHour / partitions,
      offEventsPerHour: stormOffEventsPerHour / partitions,
    },
  };
}
