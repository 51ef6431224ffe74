import type { Admin } from 'kafkajs';
import type pg from 'pg';
import { withAdmin } from '../streams/kafka/admin.js';
import { topicNames } from '../connections/topics.js';
import { withDatabase } from './databases.js';
import { figureOf, type Figure, type Taken } from './figures.js';
import type { MeterStorm } from './meter-storm.js';
import { cpuMsOf, Measured } from './processes.js';
import { whenTaken, withServices } from './services.js';
import { PARTITIONS, StormOnKafka } from './storm-on-kafka.js';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 1_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const STORM: MeterStorm = { feeders: 200, metersPerFeeder: 1000, events: EVENTS };
const PER_BATCH = 100;
const PREFIX = 'sink.';

/**
 * The sink, all tables, into an empty database each time: a storm that the other stages have been through, from the start
 * of its process until PostgreSQL has the last offset of every topic.
 */
export function benchSink(): Promise<Figure[]> {
  return withServices(['kafka', 'postgres'], ({ kafkaBrokers, databaseUrl }) =>
    withAdmin(kafkaBrokers, async (admin) => {
      const bench = new SinkBench(kafkaBrokers, databaseUrl, admin);
      await bench.prepare();
      for (let round = 0; round < ROUNDS; round++) await bench.round();
      return bench.figures;
    }),
  );
}

/** A storm on Kafka's topics, and what it takes to write it. */
export class SinkBench {
  readonly #sink: Taken[] = [];
  readonly #backends: Taken[] = [];
  readonly #topics = topicNames(PREFIX);

  constructor(
    private readonly brokers: string,
    private readonly databaseUrl: string,
    private readonly admin: Admin,
  ) {}

  get figures(): Figure[] {
    return [
      figureOf('sink, all tables', this.#sink),
      figureOf("the same, CPU of PostgreSQL's side of its connections", this.#backends),
    ];
  }

  /** Fills the topics: everything that the stages before the sink write. */
  async prepare(): Promise<void> {
    const kafka = new StormOnKafka(this.brokers, this.admin);
    await kafka.prepare(PREFIX, STORM, PER_BATCH);
    await kafka.reset(PREFIX, 'place');
    await kafka.run(PREFIX, { stage: 'place', processes: 1 }, EVENTS);
    await kafka.run(PREFIX, { stage: 'correlate', processes: 1 }, EVENTS);
  }

  /** One run of the sink, from nothing. */
  async round(): Promise<void> {
    await withDatabase(this.databaseUrl, async (url, pool) => {
      const sink = await this.#start(url);
      const wall = performance.now();
      const cpu = sink.cpuMs;
      await this.#written(pool);
      const wallMs = performance.now() - wall;
      this.#sink.push({ events: EVENTS, wallMs, cpuMs: sink.cpuMs - cpu });
      this.#backends.push({ events: EVENTS, wallMs, cpuMs: await backendsCpuMs(pool) });
      const { rows } = await pool.query<Record<string, number>>(
        'select (select count(*) from oms.events)::int as events, (select count(*) from oms.members)::int as members, (select count(*) from oms.witnesses)::int as witnesses, (select count(*) from oms.timeline)::int as timeline, (select count(*) from oms.outages)::int as outages',
      );
      if (rows[0]!.events !== EVENTS) throw new Error(`The sink wrote ${rows[0]!.events} events of ${EVENTS}.`);
      const perSecond = Math.round((EVENTS / wallMs) * 1000);
      console.error(`  ${perSecond} events/s, at most ${sink.peakRssMb} MB resident; ${JSON.stringify(rows[0])}`);
      await sink.stop();
    });
  }

  #start(databaseUrl: string): Promise<Measured> {
    return Measured.start(
      ['dist/cli/oms.js', 'pipeline', '--stages', 'sink', '--slot', 'bench'],
      {
        KAFKA_BROKERS: this.brokers,
        DATABASE_URL: databaseUrl,
        OMS_TOPIC_PREFIX: PREFIX,
        OMS_PARTITIONS: String(PARTITIONS),
      },
      /running/,
    );
  }

  /** Resolves when the sink has written all of its topics. */
  async #written(pool: pg.Pool): Promise<void> {
    const { events, outages, evidence, unplaced, late, rejected } = this.#topics;
    await whenTaken(this.admin, [events, outages, evidence, unplaced, late, rejected], 'byTransactions', async () => {
      const { rows } = await pool.query<{ place: string; next_offset: string }>(
        "select topic || '/' || partition as place, next_offset from oms.sink_offsets",
      );
      return new Map(rows.map(({ place, next_offset }) => [place, Number(next_offset)]));
    });
  }
}

/** CPU time of the server processes that serve the sink, ms: they run on this machine. */
async function backendsCpuMs(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>(
    "select pid from pg_stat_activity where application_name = 'oms-sink' and datname = current_database()",
  );
  return rows.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0);
}
