import { createRequire } from 'node:module';
import { freePort } from '../dev/ports.js';
import { retryUntil } from '../dev/retry.js';
import { withAdmin } from '../pipeline/streams/kafka-admin.js';
import { ensureTopics } from '../pipeline/topic-admin.js';
import { topicNames } from '../topics.js';
import { figureOf, type Figure, type Taken } from './figures.js';
import { Measured } from './processes.js';
import { withServices } from './services.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const PREFIX = 'gateway.';
const PARTITIONS = 4;
const EVENTS_PER_POST = 1000;

/** What autocannon, which has no types, is asked and answers. */
type Autocannon = (options: {
  readonly url: string;
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly duration: number;
}) => Promise<{ readonly '2xx': number; readonly non2xx: number; readonly errors: number; readonly duration: number }>;

const autocannon = createRequire(import.meta.url)('autocannon') as Autocannon;

/** Posts of one kind. */
interface Posts {
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
  readonly events: number;
  readonly connections: number;
}

const event = (n: number) => ({
  source: 'kaifa',
  kind: 'outage',
  type: 'last_gasp',
  sourceEventId: `K-${n}`,
  assetId: `M${String(n).padStart(6, '0')}`,
  occurredAt: '2026-10-04T18:04:18.018Z',
  receivedAt: '2026-10-04T18:04:23.018Z',
  lat: 46.66,
  lon: -119.14,
});

const alarm = {
  eventType: 'BreakerTrip',
  substationId: 'S1',
  feederId: 'F1',
  mainStationId: '82001',
  alarmType: 'De-energized',
  timestamp: '2026-10-04T18:04:18.018Z',
  voltage: 0,
  deviceId: 'CB-1',
};

const lines = Array.from({ length: EVENTS_PER_POST }, (_, n) => JSON.stringify(event(n))).join('\n');
const path = '/api/oms/events';

const POSTS: Readonly<Record<string, Posts>> = {
  [`NDJSON, ${EVENTS_PER_POST} events a post`]: {
    path,
    contentType: 'application/x-ndjson',
    body: lines,
    events: EVENTS_PER_POST,
    connections: 4,
  },
  'single posts, canonical event': {
    path,
    contentType: 'application/json',
    body: JSON.stringify(event(1)),
    events: 1,
    connections: 100,
  },
  'single posts, SCADA alarm': {
    path: '/scada-mock-generator',
    contentType: 'application/json',
    body: JSON.stringify(alarm),
    events: 1,
    connections: 100,
  },
};

/** One gateway process under load: events that it acknowledged, which means that Kafka has them. */
export function benchGateway(): Promise<Figure[]> {
  return withServices(['kafka'], async ({ kafkaBrokers }) => {
    await withAdmin(kafkaBrokers, (admin) => ensureTopics(admin, topicNames(PREFIX), PARTITIONS));
    const port = await freePort();
    const gateway = await Measured.start(
      ['dist/oms.js', 'gateway'],
      {
        KAFKA_BROKERS: kafkaBrokers,
        DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
        OMS_TOPIC_PREFIX: PREFIX,
        OMS_PORTS: String(port),
      },
      null,
    );
    try {
      await retryUntil(() => takes(port), 30_000, 100);
      const taken = new Map<string, Taken[]>(Object.keys(POSTS).map((name) => [name, []]));
      for (const posts of Object.values(POSTS)) await load(gateway, port, posts, 2);
      for (let round = 0; round < ROUNDS; round++) {
        for (const [name, posts] of Object.entries(POSTS)) {
          const run = await load(gateway, port, posts, SECONDS);
          taken.get(name)!.push(run);
          console.error(`  ${name}: ${Math.round((run.events / run.wallMs) * 1000)} events/s`);
        }
      }
      console.error(`  gateway: at most ${gateway.peakRssMb} MB resident`);
      return [...taken].map(([name, runs]) => figureOf(name, runs));
    } finally {
      await gateway.stop();
    }
  });
}

/** Throws while the gateway does not take events. */
async function takes(port: number): Promise<void> {
  const { path, contentType, body } = Object.values(POSTS)[1]!;
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  });
  if (answer.status !== 202) throw new Error(`The gateway answers ${answer.status}: ${await answer.text()}`);
}

async function load(gateway: Measured, port: number, posts: Posts, seconds: number): Promise<Taken> {
  const cpu = gateway.cpuMs;
  const result = await autocannon({
    url: `http://127.0.0.1:${port}${posts.path}`,
    method: 'POST',
    headers: { 'content-type': posts.contentType },
    body: posts.body,
    connections: posts.connections,
    duration: seconds,
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} posts were refused and ${result.errors} failed.`);
  return { events: result['2xx'] * posts.events, wallMs: result.duration * 1000, cpuMs: gateway.cpuMs - cpu };
}
