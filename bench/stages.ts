import type { Admin } from 'kafkajs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../dev/ports.js';
import { startServices } from '../dev/services.js';
import { connectToolProducer } from '../pipeline/kafka-lines.js';
import { publishNetwork } from '../pipeline/network/store.js';
import { connectProducer, disconnect } from '../pipeline/streams/kafka-client.js';
import { ensureTopics, withAdmin } from '../pipeline/topic-admin.js';
import { readEnvironment } from '../environment.js';
import { sourceTopics, topicNames } from '../topics.js';
import { figureOf, type Figure, type Taken } from './figures.js';
import { preload, stormNetwork, type MeterStorm } from './meter-storm.js';
import { Measured, printed } from './processes.js';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 2_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const STORM: MeterStorm = { feeders: 200, metersPerFeeder: 1000, events: EVENTS };
const PARTITIONS = 4;
const SINGLE = 'single.';
const BATCHES = 'batches.';
const PER_BATCH = 100;

/**
 * The stages on Kafka against the roofline R: one process that only reads the same source topic and parses its values.
 * Each is a process of its own; CPU is what the kernel counts for it, from the moment it takes part in its group.
 */
export async function benchStages(): Promise<Figure[]> {
  const { kafkaBrokers } = readEnvironment();
  const checkout = resolve('.oms');
  const services = await startServices({
    home: join(checkout, 'bench'),
    kafkaPort: await freePort(),
    postgresPort: await freePort(),
    given: { kafkaBrokers, databaseUrl: null },
    need: ['kafka'],
    kafkaLibs: join(checkout, 'kafka', 'libs'),
    say: (line) => console.error(line),
  });
  try {
    return await withAdmin(services.kafkaBrokers, (admin) => new Stages(services.kafkaBrokers, admin).run());
  } finally {
    await services.stop();
  }
}

class Stages {
  readonly #taken = new Map<string, Taken[]>();

  constructor(
    private readonly brokers: string,
    private readonly admin: Admin,
  ) {}

  async run(): Promise<Figure[]> {
    for (const [prefix, perPost] of [
      [SINGLE, 1],
      [BATCHES, PER_BATCH],
    ] as const) {
      await this.#prepare(prefix, perPost);
    }
    for (let round = 0; round < ROUNDS; round++) {
      console.error(`round ${round + 1} of ${ROUNDS}`);
      const { records, wallMs, cpuMs } = await printed<{ records: number; wallMs: number; cpuMs: number }>([
        'dist/bench/roofline.js',
        this.brokers,
        topicNames(SINGLE).kaifa,
        String(PARTITIONS),
      ]);
      this.#note('R: read and JSON.parse', { events: records, wallMs, cpuMs });
      await this.#chain(SINGLE, '');
      await this.#chain(BATCHES, `, posts of ${PER_BATCH}`);
    }
    return [...this.#taken].map(([name, taken]) => figureOf(name, taken));
  }

  #note(name: string, taken: Taken): void {
    console.error(
      `  ${name}: ${Math.round((taken.events / taken.wallMs) * 1000)} events/s, ${((taken.cpuMs / taken.events) * 1000).toFixed(2)} us CPU/event`,
    );
    this.#taken.set(name, [...(this.#taken.get(name) ?? []), taken]);
  }

  async #prepare(prefix: string, perPost: number): Promise<void> {
    const topics = topicNames(prefix);
    const existing = (await this.admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (existing.length > 0) await this.admin.deleteTopics({ topics: existing });
    await ensureTopics(this.admin, topics, PARTITIONS);
    const tool = await connectToolProducer(this.brokers);
    const nothing = {
      substations: [],
      feeders: [],
      devices: [],
      sections: [],
      distributionPoints: [],
      customers: [],
    };
    await publishNetwork(tool, topics.network, nothing, stormNetwork(STORM));
    await tool.disconnect();
    const producer = await connectProducer(this.brokers);
    await preload(producer, topics.kaifa, PARTITIONS, STORM, perPost);
    await disconnect(producer);
  }

  /** Place, then correlate what it wrote, from empty product topics. */
  async #chain(prefix: string, what: string): Promise<void> {
    const topics = topicNames(prefix);
    const kept = new Set([...Object.values(sourceTopics(topics)), topics.network]);
    await this.#forget(`${prefix}oms-place`, `${prefix}oms-correlate`);
    await this.admin.deleteTopics({ topics: Object.values(topics).filter((topic) => !kept.has(topic)) });
    await ensureTopics(this.admin, topics, PARTITIONS);
    const place = await this.#stage(prefix, 'place', topics.kaifa);
    this.#note(`place${what}`, place);
    const correlate = await this.#stage(prefix, 'correlate', topics.events);
    this.#note(`correlate${what}`, correlate);
    this.#note(`place + correlate${what}`, {
      events: EVENTS,
      wallMs: place.wallMs + correlate.wallMs,
      cpuMs: place.cpuMs + correlate.cpuMs,
    });
  }

  async #forget(...groups: string[]): Promise<void> {
    const { groups: known } = await this.admin.listGroups();
    const ours = known.map(({ groupId }) => groupId).filter((id) => groups.includes(id));
    if (ours.length > 0) await this.admin.deleteGroups(ours);
  }

  async #stage(prefix: string, stage: string, source: string): Promise<Taken> {
    const process = await Measured.start(
      ['dist/oms.js', 'pipeline', '--stages', stage, '--slot', 'bench'],
      { KAFKA_BROKERS: this.brokers, OMS_TOPIC_PREFIX: prefix, OMS_PARTITIONS: String(PARTITIONS) },
      /running/,
    );
    const wall = performance.now();
    const cpu = process.cpuMs;
    await this.#caughtUp(`${prefix}oms-${stage}`, source);
    const taken = { events: EVENTS, wallMs: performance.now() - wall, cpuMs: process.cpuMs - cpu };
    console.error(`    ${stage}: at most ${process.peakRssMb} MB resident`);
    await process.stop();
    return taken;
  }

  /** Resolves when a group has committed all of a topic. */
  async #caughtUp(groupId: string, topic: string): Promise<void> {
    const ends = await this.admin.fetchTopicOffsets(topic);
    for (;;) {
      const [committed] = await this.admin.fetchOffsets({ groupId, topics: [topic] });
      const at = new Map(committed!.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      // The mark that ends a transaction has an offset too, and is no record.
      if (ends.every(({ partition, high }) => Number(high) - Math.max(0, at.get(partition) ?? 0) <= 1)) return;
      await pause(100);
    }
  }
}
