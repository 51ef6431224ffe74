/** A gateway whose broker has stopped answering: it says so before its memory grows, and goes on when the broker does. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emptyHome } from '../dev/empty-home.js';
import { freePort } from '../dev/ports.js';
import { clearLeftover } from '../dev/process-record.js';
import { retryUntil } from '../dev/retry.js';
import { startServices, type Services } from '../dev/services.js';
import { PartitionReader } from '../streams/kafka/partition-reader.js';
import { withAdmin } from '../streams/kafka/admin.js';
import { ensureTopics } from '../connections/topic-admin.js';
import { topicNames } from '../connections/topics.js';
import { start, type Running } from './kit/commands-program.js';

const PARTITIONS = 4;
const SENDERS = 32;
const EVENTS_PER_POST = 2000;
/** Node, the gateway, what may wait for Kafka, and the posts that are being read. */
const MOST_MB = 500;

const say = (line: string) => console.error(line);
const topics = topicNames();
let services: Services;
let gateway: Running;
let url: string;

beforeAll(async () => {
  const checkout = resolve(import.meta.dirname, '..', '.oms');
  const home = join(checkout, 'slow-broker');
  await clearLeftover(home, 'kafka', say);
  await emptyHome(home, say);
  // A broker of its own, for it is frozen.
  services = await startServices({
    home,
    kafkaPort: await freePort(),
    postgresPort: await freePort(),
    given: { kafkaBrokers: null, databaseUrl: null },
    need: ['kafka'],
    kafkaLibs: join(checkout, 'kafka', 'libs'),
    say,
  });
  await withAdmin(services.kafkaBrokers, (admin) => ensureTopics(admin, topics, PARTITIONS));
  const port = await freePort();
  url = `http://127.0.0.1:${port}/api/oms/events`;
  gateway = start(['gateway'], {
    KAFKA_BROKERS: services.kafkaBrokers,
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    OMS_PORTS: String(port),
  });
  await taken();
});

afterAll(async () => {
  gateway.process.kill('SIGTERM');
  await gateway.ended;
  await services.stop();
});

const bodyOf = (post: number): string =>
  Array.from({ length: EVENTS_PER_POST }, (_, n) =>
    JSON.stringify({
      source: 'kaifa',
      kind: 'outage',
      type: 'last_gasp',
      sourceEventId: `${post}-${n}`,
      assetId: `M${n}`,
      occurredAt: '2026-10-04T18:04:18.018Z',
    }),
  ).join('\n');

async function post(n: number): Promise<Response> {
  return await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', connection: 'close' },
    body: bodyOf(n),
  });
}

/** Waits until the gateway takes events. */
async function taken(): Promise<void> {
  await retryUntil(
    async () => {
      const answer = await post(0);
      if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
    },
    30_000,
    100,
  );
}

const peakMb = (): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.process.pid}/status`, 'utf8'))![1]) / 1024;

it('answers 503 while the broker does not answer, holds no more than it may, and goes on afterwards', async () => {
  let posts = 0;
  let bytes = 0;
  let refused = 0;
  const acknowledged = new Set<number>([0]);
  // What senders offer is many times what the gateway may hold.
  const sendUntil = async (enough: () => boolean): Promise<void> => {
    while (!enough()) {
      const n = ++posts;
      const answer = await post(n);
      await answer.arrayBuffer();
      bytes += bodyOf(n).length;
      if (answer.status === 202) acknowledged.add(n);
      else {
        expect(answer.status).toBe(503);
        expect(answer.headers.get('retry-after')).not.toBeNull();
        refused++;
      }
    }
  };
  process.kill(services.kafka.pid!, 'SIGSTOP');
  try {
    const offered = 2 * MOST_MB * 2 ** 20;
    await Promise.all(Array.from({ length: SENDERS }, () => sendUntil(() => bytes > offered)));
  } finally {
    process.kill(services.kafka.pid!, 'SIGCONT');
  }
  const most = peakMb();
  console.error(`gateway: ${Math.round(bytes / 2 ** 20)} MB offered, ${refused} posts refused, at most ${most} MB`);
  expect(refused).toBeGreaterThan(SENDERS);
  expect(most).toBeLessThan(MOST_MB);
  await taken();

  const reader = await PartitionReader.connect(services.kafkaBrokers);
  const found = new Set<number>();
  for (let partition = 0; partition < PARTITIONS; partition++) {
    await reader.read(topics.kaifa, partition, null, null, ({ value }) => {
      const first = new TextDecoder().decode(value!).split('\n')[0]!;
      const { sourceEventId } = JSON.parse(first) as { sourceEventId: string };
      found.add(Number(sourceEventId.split('-')[0]));
    });
  }
  await reader.close();
  for (const n of acknowledged) expect(found).toContain(n);
});
