import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import type { Customer, DistributionPoint, Network } from '../operators/network/network.js';
import { replaceNetwork } from '../pipeline/jobs/network/store.js';
import { withDatabase } from './databases.js';
import { figureOf, type Figure, type Taken } from './figures.js';
import { cpuMsOf } from './processes.js';
import { withServices } from './services.js';

const FEEDERS = 500;
const OUTAGES_PER_FEEDER = 20;
const OUTAGES = FEEDERS * OUTAGES_PER_FEEDER;
/** Meters at each place where there is an outage: one opens it, the others report into it, one a round. */
const METERS = 8;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const START = Date.UTC(2026, 9, 4, 10);

interface Place {
  readonly id: string;
  readonly lat: number;
  readonly lon: number;
}

/** Places 2 km apart, so that each is an outage of its own, on feeders that lie side by side. */
const places = Array.from({ length: OUTAGES }, (_, n): Place => {
  const [feeder, spot] = [n % FEEDERS, Math.floor(n / FEEDERS)];
  return { id: `${feeder}-${spot}`, lat: 30 + (feeder % 25) * 0.25 + Math.floor(spot / 5) * 0.02, lon: 35 + Math.floor(feeder / 25) * 0.25 + (spot % 5) * 0.022 }; // prettier-ignore
});

function network(): Network {
  const feeders = Array.from({ length: FEEDERS }, (_, n) => ({ feederId: `F${n}`, substationId: 'S', name: `F${n}`, lat: places[n]!.lat, lon: places[n]!.lon })); // prettier-ignore
  return {
    substations: [{ substationId: 'S', name: 'S', lat: 30, lon: 35, voltageKv: 33 }],
    feeders,
    devices: feeders.map(({ feederId, lat, lon }) => ({
      deviceId: `CB-${feederId}`,
      type: 'breaker',
      feederId,
      upstreamDeviceId: null,
      phases: 'ABC',
      normallyOpen: false,
      lat,
      lon,
    })),
    sections: [],
    distributionPoints: places.map(({ id, lat, lon }, n): DistributionPoint => {
      const feederId = `F${n % FEEDERS}`;
      return { dpId: `T${id}`, feederId, deviceId: `CB-${feederId}`, lat, lon, kva: 100, phases: 'ABC' };
    }),
    customers: places.flatMap(({ id, lat, lon }) =>
      Array.from({ length: METERS }, (_, n): Customer => {
        const own = `${id}-${n}`;
        return { customerId: `C${own}`, dpId: `T${id}`, lat, lon: lon + n * 0.0002, meterId: `M${own}`, onuId: null, priority: null }; // prettier-ignore
      }),
    ),
  };
}

/** A function that correlates, as it is called. */
interface Candidate {
  readonly figure: string;
  readonly call: string;
  readonly calls: number;
}

const GASP = "'last_gasp', 'kaifa', id, at, lat, lon";
const OURS = {
  figure: `oms_correlate_events, ${OUTAGES} open outages`,
  call: `oms_correlate_events(${GASP}, p_asset_id => meter)`,
  calls: 2000,
};
const PLAIN = {
  figure: 'a plain function that looks at every open outage',
  call: `plain.correlate_events(${GASP})`,
  calls: 100,
};
const INLINED = {
  figure: 'the same with the distance in SQL, which PostgreSQL inlines',
  call: PLAIN.call.replace('plain.', 'inlined.'),
  calls: 100,
};

/** Calls of `oms_correlate_events` with 10 000 outages open, against a function that looks at every one of them. */
export function benchSqlFunction(): Promise<Figure[]> {
  return withServices(['postgres'], ({ databaseUrl }) =>
    withDatabase(databaseUrl, async (_url, pool) => {
      const client = await pool.connect();
      try {
        return await new Calls(client).run();
      } finally {
        client.release();
      }
    }),
  );
}

class Calls {
  constructor(private readonly client: pg.PoolClient) {}

  async run(): Promise<Figure[]> {
    await this.#prepare();
    const taken = new Map<Candidate, Taken[]>([OURS, PLAIN, INLINED].map((candidate) => [candidate, []]));
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [candidate, runs] of taken) {
        const run = await this.#round(candidate, round + 1);
        // The first one warms up.
        if (round > 0) runs.push(run);
        console.error(`  ${candidate.figure}: ${(run.cpuMs / run.events).toFixed(3)} ms CPU a call`);
      }
    }
    await this.#checkOpen();
    return [...taken].map(([{ figure }, runs]) => figureOf(figure, runs));
  }

  /** The same outages for all, each opened by its first meter. */
  async #prepare(): Promise<void> {
    const { client } = this;
    const plain = await readFile('bench/plain-correlate.sql', 'utf8');
    await client.query(plain);
    await client.query(
      plain
        .replaceAll('plain', 'inlined')
        .replace(
          /language plpgsql immutable as \$\$\nbegin\n {2}return ([^;]*);\nend\n/,
          'language sql immutable as $$$$ select $1',
        ),
    );
    await replaceNetwork(client, network());
    await client.query('begin');
    await this.#call(OURS, [...places.keys()], 0);
    for (const schema of ['plain', 'inlined'])
      await client.query(
        `insert into ${schema}.outages (lat, lon, first_detected_at, last_event_at)
         select lat, lon, $3, $3 from unnest($1::float8[], $2::float8[]) as places (lat, lon)`,
        [places.map(({ lat }) => lat), places.map(({ lon }) => lon), timeOf(0)],
      );
    await client.query('commit');
    await client.query('vacuum analyze');
    await this.#checkOpen();
  }

  /** Every call joins the outage of its place, so there are as many as before. */
  async #checkOpen(): Promise<void> {
    const { rows } = await this.client.query<{ open: number }>(
      `select count(*)::integer as open from reconcile.outages where merged_into is null
       union all select count(*)::integer from plain.outages
       union all select count(*)::integer from inlined.outages`,
    );
    if (rows.some(({ open }) => open !== OUTAGES)) {
      throw new Error(`${rows.map(({ open }) => open).join(', ')} outages are open, not ${OUTAGES} each.`);
    }
  }

  async #round(candidate: Candidate, meter: number): Promise<Taken> {
    const { rows } = await this.client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const cpu = cpuMsOf(rows[0]!.pid);
    const wall = performance.now();
    // One transaction, so that it is the function that is measured, not the disk.
    await this.client.query('begin');
    await this.#call(
      candidate,
      Array.from({ length: candidate.calls }, (_, n) => (n * 7919) % OUTAGES),
      meter,
    );
    await this.client.query('commit');
    return { events: candidate.calls, wallMs: performance.now() - wall, cpuMs: cpuMsOf(rows[0]!.pid) - cpu };
  }

  /** A call for a last gasp of one meter at each of some places: a statement of many, so that no network is measured. */
  async #call({ call }: Candidate, at: readonly number[], meter: number): Promise<void> {
    const some = at.map((n) => places[n]!);
    await this.client.query(
      `select ${call} from unnest($1::text[], $2::timestamptz[], $3::float8[], $4::float8[], $5::text[]) as gasp (id, at, lat, lon, meter)`,
      [
        some.map(({ id }) => `K-${id}-${meter}`),
        some.map(() => timeOf(meter)),
        some.map(({ lat }) => lat),
        some.map(({ lon }) => lon + meter * 0.0002),
        some.map(({ id }) => `M${id}-${meter}`),
      ],
    );
  }
}

const timeOf = (meter: number): Date => new Date(START + meter * 10_000);
