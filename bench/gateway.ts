import { createRequire } from 'node:module';
import { figureOf, type Figure, type Taken } from './figures.js';
import { alarm, event, withGateway } from './gateway-process.js';
import type { Measured } from './processes.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const PREFIX = 'gateway.';
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
  return withGateway(PREFIX, async (gateway, url) => {
    const taken = new Map<string, Taken[]>(Object.keys(POSTS).map((name) => [name, []]));
    for (const posts of Object.values(POSTS)) await load(gateway, url, posts, 2);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, posts] of Object.entries(POSTS)) {
        const run = await load(gateway, url, posts, SECONDS);
        taken.get(name)!.push(run);
        console.error(`  ${name}: ${Math.round((run.events / run.wallMs) * 1000)} events/s`);
      }
    }
    console.error(`  gateway: at most ${gateway.peakRssMb} MB resident`);
    return [...taken].map(([name, runs]) => figureOf(name, runs));
  });
}

async function load(gateway: Measured, url: string, posts: Posts, seconds: number): Promise<Taken> {
  const cpu = gateway.cpuMs;
  const result = await autocannon({
    url: `${url}${posts.path}`,
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
