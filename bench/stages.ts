import { topicNames } from '../connections/topics.js';
import { figureOf, type Figure, type Taken } from './figures.js';
import type { MeterStorm } from './meter-storm.js';
import { printed } from './processes.js';
import { PARTITIONS, StormOnKafka } from './storm-on-kafka.js';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 2_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const STORM: MeterStorm = { feeders: 200, metersPerFeeder: 1000, events: EVENTS };
const SINGLE = 'single.';
const BATCHES = 'batches.';
const PER_BATCH = 100;

/**
 * The stages on Kafka against the roofline R: one process that only reads the same source topic and parses its values.
 * Each is a process of its own; CPU is what the kernel counts for it, from the moment it takes part in its group.
 */
export function benchStages(): Promise<Figure[]> {
  return StormOnKafka.with((kafka) => new Stages(kafka).run());
}

class Stages {
  readonly #taken = new Map<string, Taken[]>();

  constructor(private readonly kafka: StormOnKafka) {}

  async run(): Promise<Figure[]> {
    await this.kafka.prepare(SINGLE, STORM, 1);
    await this.kafka.prepare(BATCHES, STORM, PER_BATCH);
    for (let round = 0; round < ROUNDS; round++) {
      console.error(`round ${round + 1} of ${ROUNDS}`);
      const topic = topicNames(SINGLE).kaifa;
      const args = ['dist/bench/roofline.js', this.kafka.brokers, topic, String(PARTITIONS)];
      this.#note('R: read and JSON.parse', await printed<Taken>(args));
      await this.#chain(SINGLE, '');
      await this.#chain(BATCHES, `, posts of ${PER_BATCH}`);
    }
    return [...this.#taken].map(([name, taken]) => figureOf(name, taken));
  }

  #note(name: string, taken: Taken): void {
    const { events, wallMs, cpuMs } = taken;
    const perSecond = Math.round((events / wallMs) * 1000);
    console.error(`  ${name}: ${perSecond} events/s, ${((cpuMs / events) * 1000).toFixed(2)} us CPU/event`);
    this.#taken.set(name, [...(this.#taken.get(name) ?? []), taken]);
  }

  /** Place, then correlate what it wrote, from empty product topics. */
  async #chain(prefix: string, what: string): Promise<void> {
    await this.kafka.reset(prefix, 'place');
    const place = await this.kafka.run(prefix, { stage: 'place', processes: 1 }, EVENTS);
    this.#note(`place${what}`, place);
    const correlate = await this.kafka.run(prefix, { stage: 'correlate', processes: 1 }, EVENTS);
    this.#note(`correlate${what}`, correlate);
    console.error(`  at most resident: place ${place.peakMb} MB, correlate ${correlate.peakMb} MB`);
    this.#note(`place + correlate${what}`, {
      events: EVENTS,
      wallMs: place.wallMs + correlate.wallMs,
      cpuMs: place.cpuMs + correlate.cpuMs,
    });
  }
}
