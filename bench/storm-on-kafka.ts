import type { Admin } from 'kafkajs';
import { EMPTY_NETWORK } from '../operators/network/network.js';
import { connectToolProducer } from '../streams/kafka/tool-producer.js';
import { publishNetwork } from '../pipeline/jobs/network/store.js';
import { connectProducer, disconnect } from '../streams/kafka/client.js';
import { withAdmin } from '../streams/kafka/admin.js';
import { sourceTopics, topicNames } from '../connections/topics.js';
import type { Taken } from './figures.js';
import { preload, stormNetwork, type MeterStorm } from './meter-storm.js';
import { Measured } from './processes.js';
import { forgetGroups, renewTopics, whenTaken, withServices } from './services.js';

export const PARTITIONS = 4;

/** What stages and how many processes of them take from a topic. */
interface Work {
  readonly stage: 'place' | 'correlate';
  readonly processes: number;
}

/** A storm that waits on Kafka, under a topic prefix, for stages that are measured as processes of their own. */
export class StormOnKafka {
  constructor(
    readonly brokers: string,
    private readonly admin: Admin,
  ) {}

  /** Brings up a Kafka for the benchmark (or takes that of KAFKA_BROKERS), and stops it when `work` is done. */
  static with<T>(work: (kafka: StormOnKafka) => Promise<T>): Promise<T> {
    return withServices(['kafka'], ({ kafkaBrokers }) =>
      withAdmin(kafkaBrokers, (admin) => work(new StormOnKafka(kafkaBrokers, admin))),
    );
  }

  /** Fills new topics with the storm: `perPost` events in each record of the meters' source topic. */
  async prepare(prefix: string, storm: MeterStorm, perPost: number): Promise<void> {
    const topics = topicNames(prefix);
    await renewTopics(this.admin, topics, PARTITIONS, (topic) => topic.startsWith(prefix));
    const tool = await connectToolProducer(this.brokers);
    await publishNetwork(tool, topics.network, EMPTY_NETWORK, stormNetwork(storm));
    await tool.disconnect();
    const producer = await connectProducer(this.brokers);
    await preload(producer, topics.kaifa, PARTITIONS, storm, perPost);
    await disconnect(producer);
  }

  /** Empties what a stage and those behind it write, and lets it begin anew. */
  async reset(prefix: string, stage: Work['stage']): Promise<void> {
    const topics = topicNames(prefix);
    const kept = new Set<string>([...Object.values(sourceTopics(topics)), topics.network]);
    if (stage === 'correlate') kept.add(topics.events);
    const stages = stage === 'place' ? ['place', 'correlate'] : ['correlate'];
    await forgetGroups(
      this.admin,
      stages.map((one) => `${prefix}oms-${one}`),
    );
    const old = new Set<string>(Object.values(topics).filter((topic) => !kept.has(topic)));
    await renewTopics(this.admin, topics, PARTITIONS, (topic) => old.has(topic));
  }

  /** Starts a process with a stage; resolves when it takes part in its group. */
  start(prefix: string, stage: Work['stage'], n = 0): Promise<Measured> {
    return Measured.start(
      ['dist/cli/oms.js', 'pipeline', '--stages', stage, '--slot', `bench-${n}`],
      { KAFKA_BROKERS: this.brokers, OMS_TOPIC_PREFIX: prefix, OMS_PARTITIONS: String(PARTITIONS) },
      /running/,
    );
  }

  /**
   * Lets processes of a stage take all that waits for them.
   * @returns what they took, from the moment they were ready, and the most memory one of them had (MB)
   */
  async run(prefix: string, { stage, processes }: Work, events: number): Promise<Taken & { readonly peakMb: number }> {
    const running = await Promise.all(Array.from({ length: processes }, (_, n) => this.start(prefix, stage, n)));
    const cpu = (): number => running.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
    const [wallBefore, cpuBefore] = [performance.now(), cpu()];
    await this.caughtUp(prefix, stage);
    const taken = { events, wallMs: performance.now() - wallBefore, cpuMs: cpu() - cpuBefore };
    const peakMb = Math.max(...running.map(({ peakRssMb }) => peakRssMb));
    await Promise.all(running.map((process) => process.stop()));
    return { ...taken, peakMb };
  }

  /** Resolves when a stage has committed all of what it reads. Throws if it could not place some of it. */
  async caughtUp(prefix: string, stage: Work['stage']): Promise<void> {
    const topics = topicNames(prefix);
    const topic = stage === 'place' ? topics.kaifa : topics.events;
    await whenTaken(this.admin, [topic], stage === 'place' ? 'plainly' : 'byTransactions', async () => {
      const [committed] = await this.admin.fetchOffsets({ groupId: `${prefix}oms-${stage}`, topics: [topic] });
      return new Map(committed!.partitions.map(({ partition, offset }) => [`${topic}/${partition}`, Number(offset)]));
    });
    const unplaced = (await this.admin.fetchTopicOffsets(topics.unplaced)).filter(({ high }) => Number(high) > 0);
    if (unplaced.length > 0) throw new Error('Some of the storm was not placed: the network was not there yet.');
  }
}
