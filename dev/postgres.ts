/** Brings up PostGIS: the one that is given, Docker's, or a local one. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { dockerService } from './docker.js';
import { describeEnd, LocalProcess } from './local-process.js';
import { requireFreePort } from './ports.js';
import { clearPidFile, dataMajor, makeData, postgresFolder, readPassword } from './postgres-folder.js';
import { postgresUser, requirePrograms } from './postgres-programs.js';
import { retryUntil } from './retry.js';
import { givenService, type Database, type ServiceOptions } from './service.js';

export const POSTGIS_IMAGE = 'postgis/postgis:15-3.3';

/** Long enough for the recovery after a crash. */
const READY_TIMEOUT_MS = 120_000;

/** Runs some queries on a connection of their own. */
async function query<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: 'oms dev' });
  // A server that goes away in between is reported by the query that fails.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A URL for people's eyes: without its password. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^:@/]*):[^@]*@/, '$1@');
}

function urlOf(port: number, password: string, database: string): string {
  return `postgres://oms:${password}@127.0.0.1:${port}/${database}`;
}

/** Makes the database `oms` if it is not there; its role is the cluster's first, so it may create extensions. */
async function requireDatabase(port: number, password: string): Promise<void> {
  await query(urlOf(port, password, 'postgres'), async (client) => {
    const { rowCount } = await client.query("select from pg_database where datname = 'oms'");
    if (rowCount === 0) await client.query('create database oms');
  });
}

/** @throws Error when the server does not answer or has no PostGIS */
async function givenAnswers(url: string): Promise<void> {
  const shown = withoutPassword(url);
  let hasPostgis: boolean;
  try {
    hasPostgis = await retryUntil(
      () =>
        query(url, async (client) => {
          const { rowCount } = await client.query("select from pg_available_extensions where name = 'postgis'");
          return rowCount === 1;
        }),
      10_000,
      500,
    );
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(
      `PostGIS at DATABASE_URL=${shown} does not answer: start it, or unset DATABASE_URL to have one brought up (${reason}).`,
      { cause: error },
    );
  }
  if (!hasPostgis) throw new Error(`The server at DATABASE_URL=${shown} has no PostGIS: install it there.`);
}

/**
 * Brings up PostGIS.
 * @param docker whether to use Docker, unless one is given
 * @returns the URL of the database `oms` and its handle, once it answers
 * @throws Error in one sentence what is missing or in the way
 */
export async function startPostgres(
  options: ServiceOptions,
  docker: boolean,
): Promise<{ url: string; database: Database }> {
  const given = options.given.databaseUrl;
  if (given !== null) {
    const database = givenService('DATABASE_URL', () => givenAnswers(given));
    await database.start();
    options.say(`PostGIS: ${withoutPassword(given)}, as DATABASE_URL says.`);
    return { url: given, database };
  }
  return docker ? dockerPostgres(options) : localPostgres(options);
}

async function dockerPostgres(options: ServiceOptions): Promise<{ url: string; database: Database }> {
  const password = 'oms';
  const database = dockerService({
    name: 'postgres',
    title: 'PostGIS',
    home: options.home,
    image: POSTGIS_IMAGE,
    hostPort: options.postgresPort,
    containerPort: 5432,
    portVariable: 'OMS_POSTGRES_PORT',
    dataFolder: '/var/lib/postgresql/data',
    env: { POSTGRES_USER: 'oms', POSTGRES_PASSWORD: password, POSTGRES_DB: 'oms' },
    answers: () => requireDatabase(options.postgresPort, password),
    readyTimeoutMs: READY_TIMEOUT_MS,
    say: options.say,
  });
  await database.start();
  return { url: urlOf(options.postgresPort, password, 'oms'), database };
}

async function localPostgres(options: ServiceOptions): Promise<{ url: string; database: Database }> {
  const { home, postgresPort: port, say } = options;
  const logFile = join(home, 'logs', 'postgres.log');
  // The programs first: installing them also makes the user.
  await requirePrograms(null, say);
  const user = await postgresUser();
  const folder = await postgresFolder(home, user);
  const programs = await requirePrograms(dataMajor(folder), say);
  if (!folder.startsWith(home)) say(`PostGIS: user postgres cannot reach ${home}, so its data is in ${folder}.`);
  let logStart = 0;

  const server = new LocalProcess(
    {
      name: 'postgres',
      home,
      command: join(programs.bin, 'postgres'),
      args: [
        ...['-D', join(folder, 'data'), '-p', String(port)],
        // TCP on the loopback address only; a socket file would need a folder that is ours and short enough.
        ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
        ...['-c', 'shared_buffers=256MB', '-c', 'max_wal_size=2GB'],
      ],
      ...user,
      cwd: folder,
      logFile,
      // Fast shutdown: does not wait until clients go away.
      stopSignal: 'SIGINT',
      stopTimeoutMs: 30_000,
      say,
      prepare: async () => {
        await requireFreePort(port, 'PostGIS', 'OMS_POSTGRES_PORT');
        await makeData(folder, programs, user);
        await clearPidFile(folder);
        logStart = existsSync(logFile) ? statSync(logFile).size : 0;
      },
    },
    (end) => options.onLost?.('postgres', describeEnd(end)),
  );

  /** What the server said since its last start when it refused to run. */
  function refusal(): string | null {
    if (!existsSync(logFile)) return null;
    const log = readFileSync(logFile).subarray(logStart).toString('utf8');
    return /FATAL: +(.*)/.exec(log)?.[1] ?? null;
  }

  async function start(): Promise<void> {
    await server.start();
    try {
      await server.untilAnswers(() => requireDatabase(port, readPassword(folder)), READY_TIMEOUT_MS);
    } catch (error) {
      const reason = refusal();
      throw reason === null
        ? error
        : new Error(`PostgreSQL does not start: ${reason} (see ${logFile}).`, { cause: error });
    }
    say(`PostGIS (PostgreSQL ${programs.major}): 127.0.0.1:${port}, process ${server.pid}, data in ${folder}.`);
  }

  await start();
  return {
    url: urlOf(port, readPassword(folder), 'oms'),
    database: {
      how: 'local',
      get pid() {
        return server.pid;
      },
      kill: () => server.kill(),
      stop: () => server.stop(),
      start,
    },
  };
}
