/** Brings up Kafka and PostGIS: those that are given by URL, else Docker's, else local ones. */
import { dockerRuns, requireImage } from './docker.js';
import { makeHome } from './home.js';
import { startKafka } from './kafka.js';
import { KAFKA_IMAGE } from './kafka-settings.js';
import { POSTGIS_IMAGE, startPostgres } from './postgres.js';
import type { Broker, Database, ServiceName, ServiceOptions } from './service.js';

export type { Broker, Database, Service, ServiceName, ServiceOptions } from './service.js';

export interface Services {
  /** host:port,... */
  readonly kafkaBrokers: string;
  /** postgres://... of the database, with a role that may create extensions. */
  readonly databaseUrl: string;
  readonly kafka: Broker;
  readonly postgres: Database;
  /** Stops what was brought up, in an orderly way. */
  stop(): Promise<void>;
}

/** Whether to take Docker for what is not given: an engine runs and has the images, or can get them. */
async function useDocker(needed: readonly { given: string | null; image: string }[], say: ServiceOptions['say']) {
  const missing = needed.filter(({ given }) => given === null);
  if (missing.length === 0 || !(await dockerRuns())) return false;
  for (const { image } of missing) {
    const why = await requireImage(image, say);
    if (why === null) continue;
    say(`Docker runs but cannot get ${image} (${why}): using this machine's own programs.`);
    return false;
  }
  return true;
}

/** Stands for a server that was not needed. */
function absent(name: ServiceName): Broker {
  const refuse = async () => {
    throw new Error(`${name} was not asked for: name it in need.`);
  };
  return { how: 'given', pid: null, kill: refuse, start: refuse, stop: async () => {} };
}

/**
 * Brings up Kafka and PostGIS and waits until both answer.
 * @throws Error, in one sentence for each of them, what is missing or in the way; what had been started is stopped
 */
export async function startServices(options: ServiceOptions): Promise<Services> {
  const { home, given, say, need = ['kafka', 'postgres'] } = options;
  makeHome(home);
  const wantKafka = need.includes('kafka');
  const wantPostgres = need.includes('postgres');
  const docker = await useDocker(
    [
      ...(wantKafka ? [{ given: given.kafkaBrokers, image: KAFKA_IMAGE }] : []),
      ...(wantPostgres ? [{ given: given.databaseUrl, image: POSTGIS_IMAGE }] : []),
    ],
    say,
  );
  const [kafka, postgres] = await Promise.allSettled([
    wantKafka ? startKafka(options, docker) : { brokers: '', broker: absent('kafka') },
    wantPostgres ? startPostgres(options, docker) : { url: '', database: absent('postgres') },
  ]);
  if (kafka.status === 'rejected' || postgres.status === 'rejected') {
    if (kafka.status === 'fulfilled') await kafka.value.broker.stop();
    if (postgres.status === 'fulfilled') await postgres.value.database.stop();
    const reasons = [kafka, postgres].flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    throw new Error(reasons.map((reason: Error) => reason.message).join('\n'));
  }
  const { brokers, broker } = kafka.value;
  const { url, database } = postgres.value;
  return {
    kafkaBrokers: brokers,
    databaseUrl: url,
    kafka: broker,
    postgres: database,
    stop: async () => {
      await Promise.all([broker.stop(), database.stop()]);
    },
  };
}
