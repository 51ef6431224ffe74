import { createServer, type Server } from 'node:http';
import { hostname } from 'node:os';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { requireBrokers, requireDatabase } from '../connections/addresses.js';
import { endOnUncaught, endSoon, toldToStop } from '../connections/ending.js';
import { Heart } from '../connections/heart.js';
import { beatToParent } from '../connections/parent.js';
import { Roster } from '../connections/roster.js';
import { Watchdog } from '../connections/watchdog.js';
import { readEnvironment, type Environment } from '../connections/environment.js';
import { openLog } from '../connections/telemetry/log.js';
import { toCollector, traces } from '../connections/telemetry/traces.js';
import type { Pulse } from '../streams/pulse.js';
import { STAGES, topicNames } from '../connections/topics.js';
import { Answers } from './answers.js';
import { buildApp } from './app.js';
import { PooledDatabase } from './database.js';
import { answerMalformed, GatewayError } from './errors.js';
import { Audience } from './event-stream.js';
import { Follower } from './follower.js';
import { kafkaOf } from './kafka-settings.js';
import { Metrics } from './metrics.js';
import { feedStart, OutageFeed } from './outage-feed.js';
import { KafkaPublisher } from './publisher.js';
import { ServiceReadiness } from './readiness.js';
import { StoredNetwork } from './stored-network.js';

/** A gateway that runs. */
export interface RunningGateway {
  readonly ports: readonly number[];
  /** What must go on turning in it, by name. */
  readonly loops: ReadonlyMap<string, Pulse>;
  /** Accepts nothing more, finishes what is in flight, disconnects. */
  stop(): Promise<void>;
}

/** Who writes a line of the log, and is named in traces. */
const NAME = 'oms-gateway';
/** How long requests in flight may take when the gateway stops. */
const DRAIN_MS = 5000;

/**
 * Starts the gateway. It starts without Kafka and without the database, too: it connects when they are there, and
 * `/ready` says what is missing until then.
 * @throws GatewayError OMS_PORT_TAKEN; Error if the environment names no Kafka or no database
 */
export async function startGateway(environment: Environment, log: Logger): Promise<RunningGateway> {
  const { host, ports, topicPrefix } = environment;
  const topics = topicNames(topicPrefix);
  const brokers = requireBrokers(environment);
  const kafka = kafkaOf(brokers);
  const database = new PooledDatabase(requireDatabase(environment));
  const publisher = new KafkaPublisher(kafka);
  const readiness = new ServiceReadiness(kafka, database, topics);
  const answers = new Answers(topics);
  const outageFeed = new OutageFeed(database);
  const onuAlarms = new Audience();
  const roster = new Roster(STAGES);
  const metrics = new Metrics();
  metrics.watchProcess();
  metrics.watchQueue('kafka', () => publisher.waitingBytes);
  const followers: Follower[] = [];
  const services = {
    environment,
    topics,
    publisher,
    database,
    network: new StoredNetwork(database),
    answers,
    outageFeed,
    onuAlarms,
    readiness,
    roster,
    metrics,
    complaints: () => followers.flatMap((follower) => follower.complaints()),
  };
  const app = buildApp(services, log);
  const { evidence, late, unplaced, rejected } = topics;
  const onFailure = (error: Error): void => log.warn(`cannot follow Kafka yet: ${error.message}`);
  const onUnreadable = (place: string, error: Error): void => {
    metrics.unreadable.inc();
    log.error({ place }, `${place} cannot be read (${error.message}); it is left out.`);
  };
  followers.push(
    new Follower({
      brokers,
      topics: [evidence, late, unplaced, rejected],
      onRecord: (record) => answers.hear(record),
      onUnreadable,
      onFailure,
    }),
    new Follower({
      brokers,
      topics: [topics.outages],
      startOffsets: async () => {
        const starts = await feedStart(kafka, topics.outages);
        outageFeed.begin(starts);
        return starts;
      },
      onRecord: (record) => outageFeed.hear(record),
      onUnreadable,
      onFailure,
    }),
    new Follower({
      brokers,
      topics: [topics.beats],
      onRecord: ({ value }) => roster.hear(value),
      onUnreadable,
      onFailure,
    }),
  );
  await app.ready();
  const servers = await listen(app, host, ports).catch(async (error: unknown) => {
    await app.close();
    await database.stop();
    throw error;
  });
  void publisher.start();
  for (const follower of followers) follower.start();
  const heart = new Heart({
    brokers,
    topic: topics.beats,
    slot: `${hostname()}-${ports.join('-')}`,
    port: ports[0] ?? null,
    living: new Map([['gateway', { pulse: followers[1]!.pulse, complaints: services.complaints }]]),
  });
  return {
    ports,
    loops: new Map(followers.map(({ pulse }, n) => [`the reader ${n} of the gateway`, pulse])),
    stop: async () => {
      const closed = servers.map(close);
      outageFeed.audience.close();
      onuAlarms.close();
      await Promise.all(closed);
      await app.close();
      const parts = [publisher, readiness, heart, ...followers];
      await Promise.all(parts.map((part) => part.stop()));
      await database.stop();
    },
  };
}

/** Runs the gateway until SIGTERM or Ctrl-C. A second signal ends it at once. */
export async function runGateway(environment: Environment = readEnvironment()): Promise<void> {
  const told = toldToStop();
  const log = await openLog(environment, { name: NAME });
  endOnUncaught((sentence) => log.fatal(sentence));
  const watchdog = new Watchdog();
  watchdog.watchEventLoop();
  beatToParent();
  const endTraces = await traces.start(await toCollector(environment.otlpEndpoint), NAME);
  const gateway = await startGateway(environment, log);
  for (const [name, pulse] of gateway.loops) watchdog.watch(name, pulse);
  await told;
  // A Kafka client that does not come to its end must not keep the process.
  endSoon((sentence) => log.fatal(sentence));
  await gateway.stop();
  await endTraces();
}

/** The same app on every port. */
async function listen(app: FastifyInstance, host: string, ports: readonly number[]): Promise<Server[]> {
  const servers: Server[] = [];
  try {
    for (const port of ports) {
      const server = createServer({ requestTimeout: 60_000 }, (request, response) => app.routing(request, response));
      answerMalformed(server);
      servers.push(server);
      await listenOn(server, host, port);
    }
    return servers;
  } catch (error) {
    await Promise.all(servers.filter(({ listening }) => listening).map(close));
    throw error;
  }
}

function listenOn(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new GatewayError('OMS_PORT_TAKEN', [String(port), host]) : error),
    );
    server.listen({ host, port }, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
