import { randomBytes } from 'node:crypto';
import type { Producer } from 'kafkajs';
import type pg from 'pg';
import { inject } from 'vitest';
import { retryUntil } from '../../dev/retry.js';
import { readEnvironment, type Environment } from '../../connections/environment.js';
import { EMPTY_NETWORK, type Network } from '../../operators/network/network.js';
import { LineSender } from '../../pipeline/jobs/line-sender.js';
import { connectToolProducer } from '../../streams/kafka/tool-producer.js';
import { publishNetwork } from '../../pipeline/jobs/network/store.js';
import { startStages, type PipelineOptions, type RunningStage } from '../../pipeline/pipeline.js';
import { PartitionReader } from '../../streams/kafka/partition-reader.js';
import type { SourceRecord } from '../../streams/topology.js';
import { withAdmin } from '../../streams/kafka/admin.js';
import { ensureTopics } from '../../connections/topic-admin.js';
import { topicNames, type StageName, type TopicNames } from '../../connections/topics.js';
import { TestDatabase } from './database.js';

/** A system of its own, on the Kafka and PostGIS of the test run: a set of topics and a database. */
export class TestSystem {
  readonly #stages: RunningStage[] = [];

  private constructor(
    readonly environment: Environment,
    readonly topics: TopicNames,
    readonly pool: pg.Pool,
    readonly producer: Producer,
    readonly reader: PartitionReader,
  ) {}

  /** Topics, schema and network are there when it resolves. */
  static async start(network: Network, variables: NodeJS.ProcessEnv = {}): Promise<TestSystem> {
    const { url, pool } = await TestDatabase.start(network);
    const environment = readEnvironment({
      KAFKA_BROKERS: inject('kafkaBrokers'),
      DATABASE_URL: url,
      OMS_TOPIC_PREFIX: `oms_${randomBytes(4).toString('hex')}.`,
      OMS_POLICIES: 'none',
      ...variables,
    });
    const topics = topicNames(environment.topicPrefix);
    await withAdmin(environment.kafkaBrokers!, (kafka) => ensureTopics(kafka, topics, environment.partitions));
    const producer = await connectToolProducer(environment.kafkaBrokers!);
    await publishNetwork(producer, topics.network, EMPTY_NETWORK, network);
    return new TestSystem(
      environment,
      topics,
      pool,
      producer,
      await PartitionReader.connect(environment.kafkaBrokers!),
    );
  }

  /** What a process of its own needs to work on this system. */
  get env(): Record<string, string> {
    const { kafkaBrokers, databaseUrl, topicPrefix } = this.environment;
    return { KAFKA_BROKERS: kafkaBrokers!, DATABASE_URL: databaseUrl!, OMS_TOPIC_PREFIX: topicPrefix };
  }

  /** Starts stages in this process. */
  run(...stages: StageName[]): Promise<Map<StageName, RunningStage>> {
    return this.#run(stages, () => undefined);
  }

  /** Starts stages in this process; returns what they warn of, now and later. */
  async runSaying(...stages: StageName[]): Promise<readonly string[]> {
    const said: string[] = [];
    await this.#run(stages, (level, message) => void (level === 'info' || said.push(message)));
    return said;
  }

  async #run(stages: readonly StageName[], say: PipelineOptions['say']): Promise<Map<StageName, RunningStage>> {
    const running = await startStages(this.environment, { stages, slot: randomBytes(3).toString('hex'), say });
    this.#stages.push(...running.values());
    return running;
  }

  /** Sends lines of canonical events, to be taken in their order. */
  async send(lines: Iterable<string>): Promise<void> {
    const sender = new LineSender(this.producer, this.topics);
    for (const line of lines) await sender.line(line);
    await sender.flush();
  }

  /** Everything on a topic, partition by partition. */
  async read(topic: string): Promise<SourceRecord[]> {
    const records: SourceRecord[] = [];
    for (let partition = 0; partition < this.environment.partitions; partition++) {
      await this.reader.read(topic, partition, null, null, (record) => void records.push(record));
    }
    return records;
  }

  /** The first column of the first row, as a number. */
  async count(sql: string): Promise<number> {
    const { rows } = await this.pool.query({ text: sql, rowMode: 'array' });
    return Number((rows as unknown[][])[0]![0]);
  }

  /** Waits until as many reports as were sent have come to an end in the database, in one way or another. */
  async settled(reports: number): Promise<void> {
    await retryUntil(
      async () => {
        const outcomes = await this.outcomes();
        const sum = Object.values(outcomes).reduce((a, b) => a + b, 0);
        if (sum !== reports)
          throw new Error(`${sum} of ${reports} reports have an outcome: ${JSON.stringify(outcomes)}`);
      },
      120_000,
      200,
    );
  }

  /** What became of all reports, by the database. */
  async outcomes(): Promise<Record<'correlated' | 'late' | 'unplaced' | 'rejected' | 'duplicates', number>> {
    const distinct = 'count(distinct (log_partition, log_offset, log_index))';
    return {
      correlated:
        (await this.count('select count(*) from oms.members')) +
        (await this.count(`select ${distinct} from oms.witnesses where what <> 'duplicate'`)),
      late: await this.count('select count(*) from oms.late'),
      unplaced: await this.count('select count(*) from oms.unplaced'),
      rejected: await this.count('select count(*) from oms.rejected'),
      duplicates: await this.count("select count(*) from oms.witnesses where what = 'duplicate'"),
    };
  }

  /** Stops the stages that were started here, so that others can take over. */
  async stopStages(): Promise<void> {
    await Promise.all(this.#stages.splice(0).map((stage) => stage.stop()));
  }

  async stop(): Promise<void> {
    await this.stopStages();
    await this.reader.close();
    await this.producer.disconnect();
    await this.pool.end();
  }
}
