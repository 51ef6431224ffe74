/** Brings up Kafka: the one that is given, Docker's, or a local one. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { runCommand } from './command.js';
import { dockerService } from './docker.js';
import { requireJava, requireKafkaLibs } from './kafka-libs.js';
import { asContainerEnvironment, asProperties, brokerSettings, KAFKA_IMAGE, KAFKA_VERSION } from './kafka-settings.js';
import { describeEnd, LocalProcess } from './local-process.js';
import { freePort, requireFreePort } from './ports.js';
import { retryUntil } from './retry.js';
import { givenService, type Broker, type ServiceOptions } from './service.js';

/** Longer than a broker takes that was killed in a storm and reads its log again, on a machine that does other things too. */
const READY_TIMEOUT_MS = 300_000;

/**
 * Asks a Kafka who it is.
 * @param brokers host:port,...
 * @throws Error when none of them answers
 */
async function kafkaAnswers(brokers: string): Promise<void> {
  const admin = new kafkajs.Kafka({
    clientId: 'oms-dev',
    brokers: brokers.split(',').map((broker) => broker.trim()),
    logLevel: kafkajs.logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    const { brokers: alive } = await admin.describeCluster();
    if (alive.length === 0) throw new Error('it has no broker yet');
  } finally {
    await admin.disconnect();
  }
}

/**
 * Brings up Kafka.
 * @param docker whether to use Docker, unless one is given
 * @returns its addresses and its handle, once it answers
 * @throws Error in one sentence what is missing or in the way
 */
export async function startKafka(
  options: ServiceOptions,
  docker: boolean,
): Promise<{ brokers: string; broker: Broker }> {
  const given = options.given.kafkaBrokers;
  if (given !== null) {
    const broker = givenService('KAFKA_BROKERS', async () => {
      try {
        await retryUntil(() => kafkaAnswers(given), 10_000, 500);
      } catch (error) {
        const reason = (error as Error).message;
        throw new Error(
          `Kafka at KAFKA_BROKERS=${given} does not answer: start it, or unset KAFKA_BROKERS to have one brought up (${reason}).`,
          { cause: error },
        );
      }
    });
    await broker.start();
    options.say(`Kafka: ${given}, as KAFKA_BROKERS says.`);
    return { brokers: given, broker };
  }
  const brokers = `127.0.0.1:${options.kafkaPort}`;
  const broker = docker ? dockerKafka(options, brokers) : await localKafka(options, brokers);
  await broker.start();
  return { brokers, broker };
}

function dockerKafka(options: ServiceOptions, brokers: string): Broker {
  // Inside the container the controller may have any port but the broker's.
  const controllerPort = options.kafkaPort === 29_093 ? 29_094 : 29_093;
  const settings = brokerSettings(
    {
      listen: `0.0.0.0:${options.kafkaPort}`,
      advertise: brokers,
      controller: `127.0.0.1:${controllerPort}`,
      controllerVoter: `127.0.0.1:${controllerPort}`,
    },
    '/var/lib/kafka/data',
  );
  return dockerService({
    name: 'kafka',
    title: 'Kafka',
    home: options.home,
    image: KAFKA_IMAGE,
    hostPort: options.kafkaPort,
    containerPort: options.kafkaPort,
    portVariable: 'OMS_KAFKA_PORT',
    dataFolder: '/var/lib/kafka/data',
    env: {
      ...asContainerEnvironment(settings),
      CLUSTER_ID: 'b21zLWRldmVsb3BtZW50LQ',
      KAFKA_HEAP_OPTS: '-Xms512m -Xmx1g',
    },
    answers: () => kafkaAnswers(brokers),
    readyTimeoutMs: READY_TIMEOUT_MS,
    say: options.say,
  });
}

async function localKafka(options: ServiceOptions, brokers: string): Promise<Broker> {
  const { home, say } = options;
  const folder = join(home, 'kafka');
  const libs = options.kafkaLibs ?? join(folder, 'libs');
  const data = join(folder, 'data');
  const properties = join(folder, 'server.properties');
  const classPath = ['-cp', join(libs, '*')];
  await requireJava(say);
  await requireKafkaLibs(libs, say);

  const broker = new LocalProcess(
    {
      name: 'kafka',
      home,
      command: 'java',
      args: ['-Xms512m', '-Xmx1g', '-Djava.awt.headless=true', ...classPath, 'kafka.Kafka', properties],
      logFile: join(home, 'logs', 'kafka.log'),
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 30_000,
      say,
      prepare,
    },
    (end) => options.onLost?.('kafka', describeEnd(end)),
  );

  /** Writes the settings anew at each start, since ports may have changed; formats the data folder once. */
  async function prepare(): Promise<void> {
    await requireFreePort(options.kafkaPort, 'Kafka', 'OMS_KAFKA_PORT');
    const controller = `127.0.0.1:${await freePort()}`;
    mkdirSync(data, { recursive: true });
    const settings = brokerSettings(
      { listen: brokers, advertise: brokers, controller, controllerVoter: controller },
      data,
    );
    writeFileSync(properties, asProperties(settings));
    if (existsSync(join(data, 'meta.properties'))) return;
    const tool = (...args: string[]) => runCommand('java', [...classPath, 'kafka.tools.StorageTool', ...args]);
    const id = (await tool('random-uuid')).out.trim();
    const { code, out, err } = await tool('format', '-t', id, '-c', properties);
    if (code !== 0) {
      throw new Error(`Kafka's data folder ${data} cannot be formatted: ${(err || out).trim().split('\n')[0]}`);
    }
  }

  return {
    how: 'local',
    get pid() {
      return broker.pid;
    },
    kill: () => broker.kill(),
    stop: () => broker.stop(),
    start: async () => {
      await broker.start();
      await broker.untilAnswers(() => kafkaAnswers(brokers), READY_TIMEOUT_MS);
      say(`Kafka ${KAFKA_VERSION}: ${brokers}, process ${broker.pid}, data in ${data}.`);
    },
  };
}
