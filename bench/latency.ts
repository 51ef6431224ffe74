import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { KafkaConsumer, Message } from 'node-rdkafka';
import type pg from 'pg';
import { freePort } from '../dev/ports.js';
import { retryUntil } from '../dev/retry.js';
import type { OutageRecord } from '../operators/model/outage.js';
import { EMPTY_NETWORK } from '../operators/network/network.js';
import { connectToolProducer } from '../streams/kafka/tool-producer.js';
import { publishNetwork } from '../pipeline/jobs/network/store.js';
import { connectConsumer, consume, disconnect } from '../streams/kafka/client.js';
import { withAdmin } from '../streams/kafka/admin.js';
import { ensureTopics } from '../connections/topic-admin.js';
import { topicNames, type TopicNames } from '../connections/topics.js';
import { withDatabase } from './databases.js';
import { stormNetwork } from './meter-storm.js';
import { Measured } from './processes.js';
import { withServices } from './services.js';

const PROBES = Number(process.env.BENCH_PROBES ?? 1000);
/** Not counted: until V8 has compiled what is on the way. */
const WARM_UP = Math.ceil(PROBES / 2);
const FEEDERS = 200;
const METERS = 1000;
/** Feeders on which only probes report, each at most one at a time. */
const PROBED = 20;
const PARTITIONS = 4;
const EVENTS_PER_POST = 200;
const CAPACITY_EVENTS = Number(process.env.BENCH_EVENTS ?? 300_000);
const SENDERS = 4;

/** How long each step of a probe took, ms. */
interface Steps {
  /** From the post to its 202: Kafka has it. */
  readonly post: number;
  /** From the 202 until the event is readable on the log. */
  readonly place: number;
  /** From there until the outage record is readable. */
  readonly correlate: number;
  /** From the 202 until the outage record is readable. */
  readonly total: number;
}

/**
 * From the gateway's 202 to the outage record that a consumer of committed records can read: `oms gateway` and `oms pipeline`
 * as processes, all stages in one; with nothing else to do, and at half of the events a second that they can take.
 */
export async function benchLatency(): Promise<void> {
  const results = await withServices(['kafka', 'postgres'], ({ kafkaBrokers, databaseUrl }) =>
    withDatabase(databaseUrl, async (url, pool) => {
      const prefix = `latency_${randomBytes(3).toString('hex')}.`;
      const topics = topicNames(prefix);
      await withAdmin(kafkaBrokers, (admin) => ensureTopics(admin, topics, PARTITIONS));
      const tool = await connectToolProducer(kafkaBrokers);
      const network = stormNetwork({ feeders: FEEDERS + PROBED, metersPerFeeder: METERS, events: 0 });
      await publishNetwork(tool, topics.network, EMPTY_NETWORK, network);
      await tool.disconnect();
      const port = await freePort();
      const env = {
        KAFKA_BROKERS: kafkaBrokers,
        DATABASE_URL: url,
        OMS_TOPIC_PREFIX: prefix,
        OMS_PORTS: String(port),
        OMS_POLICIES: 'none',
      };
      const pipeline = await Measured.start(['dist/cli/oms.js', 'pipeline', '--slot', 'bench'], env, /running/);
      const gateway = await Measured.start(['dist/cli/oms.js', 'gateway'], env, null);
      const probe = await Probe.start(kafkaBrokers, topics, port);
      try {
        return await measure(probe, new Load(port), pool, pipeline);
      } finally {
        await probe.stop();
        await gateway.stop();
        await pipeline.stop();
      }
    }),
  );
  console.table(results);
  const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length };
  writeFileSync('bench/results/latency.json', `${JSON.stringify({ name: 'latency', machine, results }, null, 2)}\n`);
}

async function measure(probe: Probe, load: Load, pool: pg.Pool, pipeline: Measured): Promise<object[]> {
  await retryUntil(() => probe.send(0).then(() => undefined), 30_000, 200);
  await probe.run(WARM_UP);
  const idle = summaryOf('idle', 0, await probe.run(PROBES));
  const capacity = await load.capacity(pool);
  console.error(`  takes ${Math.round(capacity)} events/s, to the last row in PostGIS`);
  const rate = capacity / 2;
  const stopped = load.steady(rate);
  await probe.run(WARM_UP);
  const cpu = pipeline.cpuMs;
  const wall = performance.now();
  const busy = summaryOf('at half load', Math.round(rate), await probe.run(PROBES));
  const cores = (pipeline.cpuMs - cpu) / (performance.now() - wall);
  console.error(`  the pipeline used ${cores.toFixed(2)} cores at half load`);
  await stopped();
  return [idle, busy];
}

function summaryOf(name: string, eventsPerSecond: number, steps: readonly Steps[]): object {
  const at = (step: keyof Steps, share: number): number => {
    const sorted = steps.map((one) => one[step]).sort((a, b) => a - b);
    return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]! * 10) / 10;
  };
  return {
    name,
    eventsPerSecond,
    probes: steps.length,
    p50: at('total', 0.5),
    p99: at('total', 0.99),
    ...Object.fromEntries(
      (['post', 'place', 'correlate'] as const).flatMap((step) => [
        [`${step}P50`, at(step, 0.5)],
        [`${step}P99`, at(step, 0.99)],
      ]),
    ),
  };
}

interface Waiting {
  readonly id: string;
  readonly occurredAtMs: number;
  loggedAt: number | null;
  seen(at: number): void;
}

/** Events that are followed from the gateway to their outage. */
class Probe {
  /** By feeder: the event that is on its way. */
  readonly #waiting = new Map<string, Waiting>();
  #count = 0;
  #stopping = false;
  readonly #listening: Promise<void>;

  private constructor(
    private readonly consumer: KafkaConsumer,
    private readonly topics: TopicNames,
    private readonly port: number,
  ) {
    this.#listening = this.#listen();
  }

  async #listen(): Promise<void> {
    while (!this.#stopping) for (const message of await consume(this.consumer, 100)) this.#hear(message);
  }

  static async start(brokers: string, topics: TopicNames, port: number): Promise<Probe> {
    const consumer = await connectConsumer(brokers, 'oms-bench-latency', { 'fetch.wait.max.ms': 5 });
    consumer.assign(
      [topics.events, topics.outages].flatMap((topic) =>
        Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition, offset: 0 })),
      ),
    );
    return new Probe(consumer, topics, port);
  }

  /** Sends so many probes, several a second on each of the feeders for it. */
  async run(count: number): Promise<Steps[]> {
    const steps: Steps[] = [];
    let left = count;
    await Promise.all(
      Array.from({ length: PROBED }, async (_, n) => {
        // Not all at once, and not in step with the commits.
        for (; left-- > 0; await pause(500 + Math.random() * 500)) steps.push(await this.send(n));
      }),
    );
    return steps;
  }

  async send(n: number): Promise<Steps> {
    const feeder = FEEDERS + n;
    const occurredAtMs = Date.now();
    const id = `probe-${this.#count++}.`;
    const feederId = `S${feeder % 10}-F${feeder}`;
    let waiting: Waiting | undefined;
    const seen = new Promise<number>((resolve) => {
      waiting = { id, occurredAtMs, loggedAt: null, seen: resolve };
      this.#waiting.set(feederId, waiting);
    });
    const sentAt = performance.now();
    await post(this.port, 'application/json', eventOf(`M${feeder}-${this.#count % METERS}`, id, occurredAtMs));
    const acceptedAt = performance.now();
    const readableAt = await seen;
    const loggedAt = waiting!.loggedAt ?? readableAt;
    return {
      post: acceptedAt - sentAt,
      place: loggedAt - acceptedAt,
      correlate: readableAt - loggedAt,
      total: readableAt - acceptedAt,
    };
  }

  #hear({ topic, value }: Message): void {
    const at = performance.now();
    if (topic === this.topics.events) {
      for (const waiting of this.#waiting.values())
        if (waiting.loggedAt === null && value!.includes(waiting.id)) waiting.loggedAt = at;
      return;
    }
    const { feederId, lastEventAt } = JSON.parse(value!.toString()) as OutageRecord;
    const waiting = this.#waiting.get(feederId);
    if (waiting && Date.parse(lastEventAt) >= waiting.occurredAtMs) {
      this.#waiting.delete(feederId);
      waiting.seen(at);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#listening;
    await disconnect(this.consumer);
  }
}

/** What else the system has to do: meters of all other feeders report. */
class Load {
  #sent = 0;

  constructor(private readonly port: number) {}

  /** Events a second that the system takes when it gets all at once: until the last one is in PostGIS. */
  async capacity(pool: pg.Pool): Promise<number> {
    const before = await stored(pool);
    const from = performance.now();
    const until = this.#sent + CAPACITY_EVENTS;
    await Promise.all(
      Array.from({ length: SENDERS }, async () => {
        while (this.#sent < until) await this.#post();
      }),
    );
    const sent = this.#sent - (until - CAPACITY_EVENTS);
    while ((await stored(pool)) - before < sent) await pause(100);
    return (sent / (performance.now() - from)) * 1000;
  }

  /** Sends at a steady rate from now on. Returns what stops it. */
  steady(perSecond: number): () => Promise<void> {
    let going = true;
    const from = performance.now();
    const first = this.#sent;
    const senders = Array.from({ length: SENDERS }, async () => {
      while (going) {
        const ahead = (this.#sent - first) / perSecond - (performance.now() - from) / 1000;
        if (ahead > 0) await pause(ahead * 1000);
        else await this.#post();
      }
    });
    return async () => {
      going = false;
      await Promise.all(senders);
    };
  }

  async #post(): Promise<void> {
    const from = this.#sent;
    this.#sent += EVENTS_PER_POST;
    const lines: string[] = [];
    for (let n = from; n < from + EVENTS_PER_POST; n++)
      // Feeder by feeder, as they go out one after the other.
      lines.push(eventOf(`M${Math.floor(n / METERS) % FEEDERS}-${n % METERS}`, `load-${n}`, Date.now()));
    await post(this.port, 'application/x-ndjson', lines.join('\n'));
  }
}

async function stored(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('select count(*)::integer as count from oms.events');
  return rows[0]!.count;
}

function eventOf(assetId: string, sourceEventId: string, occurredAtMs: number): string {
  const occurredAt = new Date(occurredAtMs).toISOString();
  return JSON.stringify({ source: 'kaifa', kind: 'outage', type: 'last_gasp', sourceEventId, assetId, occurredAt });
}

async function post(port: number, type: string, body: string): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/oms/events`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });
  const said = await answer.text();
  if (answer.status !== 202) throw new Error(`The gateway answers ${answer.status}: ${said}`);
}
