import type { Admin, Producer } from 'kafkajs';
import pg from 'pg';
import { requireBrokers, requireDatabase } from './addresses.js';
import type { Environment } from './environment.js';
import { connectToolProducer } from '../streams/kafka/tool-producer.js';
import { PartitionReader } from '../streams/kafka/partition-reader.js';
import { withAdmin } from '../streams/kafka/admin.js';
import { OmsError } from './errors.js';
import { failureOf } from './postgres/failures.js';

/** Kafka and the database for as long as a command needs them; what goes wrong there is said in one sentence. */

const CONNECT_MS = 10_000;

/** Does `work` on a connection to the database. */
export function withDatabase<T>(environment: Environment, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return inDatabaseWords(environment, async (connectionString) => {
    const pool = new pg.Pool({
      connectionString,
      max: 1,
      application_name: 'oms',
      connectionTimeoutMillis: CONNECT_MS,
    });
    // A connection that breaks fails the query at hand; without a listener it would end the process as well.
    pool.on('error', () => undefined);
    try {
      const client = await pool.connect().catch((error: Error & { code?: string }) => {
        throw 'severity' in error ? error : away(connectionString, error);
      });
      try {
        return await work(client);
      } finally {
        client.release();
      }
    } finally {
      await pool.end();
    }
  });
}

/** Does `work` with the URL of the database. */
export async function inDatabaseWords<T>(environment: Environment, work: (url: string) => Promise<T>): Promise<T> {
  const url = requireDatabase(environment);
  try {
    return await work(url);
  } catch (error) {
    throw inOurWords(error, url);
  }
}

function inOurWords(cause: unknown, url: string): unknown {
  const { message } = cause as Error;
  switch (failureOf(cause)) {
    case 'noTable':
    case 'noColumn':
    case 'noFunction':
      return new OmsError('OMS_NO_SCHEMA', NO_SCHEMA, { cause });
    case 'refused':
      return new OmsError('OMS_DATABASE_REFUSES', `The database refuses the connection: ${message}.`, { cause });
    case 'full':
      return new OmsError('OMS_DATABASE_FULL', `The database has no room: ${message}.`, { cause });
    case 'away':
      return away(url, cause as Error);
    default:
      return cause;
  }
}

const NO_SCHEMA = 'The database has no schema, or not that of this version: run "oms migrate".';

function away(url: string, cause: Error & { code?: string }): OmsError {
  const why = cause.code ?? cause.message;
  const sentence = `The database at ${new URL(url).host} does not answer (${why}): is it running?`;
  return new OmsError('OMS_DATABASE_AWAY', sentence, { cause });
}

/** Does `work` with a producer. */
export function withProducer<T>(environment: Environment, work: (producer: Producer) => Promise<T>): Promise<T> {
  return inKafkaWords(environment, async (brokers) => {
    const producer = await connectToolProducer(brokers);
    try {
      return await work(producer);
    } finally {
      await producer.disconnect();
    }
  });
}

/** Does `work` with a reader of partitions. */
export function withReader<T>(environment: Environment, work: (reader: PartitionReader) => Promise<T>): Promise<T> {
  return inKafkaWords(environment, async (brokers) => {
    // librdkafka asks a broker that is away for long; the administration client says so sooner.
    await withAdmin(brokers, (admin) => admin.describeCluster());
    const reader = await PartitionReader.connect(brokers);
    try {
      return await work(reader);
    } finally {
      await reader.close();
    }
  });
}

/** Does `work` with Kafka's administration. */
export function withTopics<T>(environment: Environment, work: (admin: Admin) => Promise<T>): Promise<T> {
  return inKafkaWords(environment, (brokers) => withAdmin(brokers, work));
}

/** No broker answers. */
export class KafkaAway extends OmsError {
  override name = 'KafkaAway';

  constructor(message: string, options?: ErrorOptions) {
    super('OMS_KAFKA_AWAY', message, options);
  }
}

/** Does `work` with the addresses of the brokers. */
export async function inKafkaWords<T>(environment: Environment, work: (brokers: string) => Promise<T>): Promise<T> {
  const brokers = requireBrokers(environment);
  try {
    return await work(brokers);
  } catch (error) {
    const { name, code, type, message } = error as Error & { code?: unknown; type?: string };
    const missing = 'UNKNOWN_TOPIC_OR_PARTITION';
    if (type === missing || (error as { cause?: { type?: string } }).cause?.type === missing || code === 3)
      throw new OmsError('OMS_TOPICS_MISSING', 'Topics are missing: create them with "oms topics --create".', {
        cause: error,
      });
    // librdkafka: all brokers down, transport failure, timed out.
    const isAway = /^KafkaJS(Connection|NumberOfRetries|BrokerNotFound|RequestTimeout)/.test(name);
    if (isAway || code === -187 || code === -195 || code === -185)
      throw new KafkaAway(`Kafka does not answer at ${brokers} (${message}): is it running?`, { cause: error });
    throw error;
  }
}
