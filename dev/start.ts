/** `npm start [-- --demo]`: brings up Kafka and PostGIS, then the whole system on this machine, until Ctrl-C. */
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { connectionsFile } from '../connections/addresses.js';
import { acceptOtherLog, findOtherLog } from '../cli/other-log.js';
import { NODE_FLAGS, readEnvironment, type Environment } from '../connections/environment.js';
import { fullDisk } from './disk.js';
import { makeHome } from './home.js';
import { requireFreePort, requireOwnHost } from './ports.js';
import { folderElsewhere } from './postgres-folder.js';
import { clearLeftovers, forgetProcess, livingProcess, recordProcess } from './process-record.js';
import { Restarts } from './restarts.js';
import { GiveUp, retryUntil } from './retry.js';
import { startServices, type ServiceName, type Services } from './services.js';
import { onStopSignal } from './stop-signals.js';
import { Supervisor } from './supervisor.js';

const NETWORK = 'data/ieee9500';
/** Processes of stages that run here: each takes a port, from OMS_STAGES_PORT on if that is set. */
const STAGE_PROCESSES = [
  ['place', 'place'],
  ['correlate', 'correlate,policies'],
  ['sink', 'sink'],
] as const;
const READY_TIMEOUT_MS = 120_000;
const HELP = `npm start [-- --demo --begin-anew]

Brings up Kafka and PostGIS (those of KAFKA_BROKERS and DATABASE_URL if set, else Docker's, else local ones), then the
pipeline and the gateway, and runs until Ctrl-C. Data stays in OMS_HOME, .oms by default.

  --demo         also plays a storm of six hours in three minutes
  --begin-anew   goes on although Kafka has lost its data: what the database has stays
`;

const talk = (line: string) => console.error(line);

/** A URL under which the gateway is reached from this machine. */
function urlOf({ host }: Environment, port: number): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host;
  return `http://${reached}:${port}/`;
}

/**
 * Makes sure that the system can run here: ends what an earlier one left, makes the data folder.
 * @throws Error naming all that is in the way: a setting, a folder, a port, another start that runs here
 */
async function checkFirst(environment: Environment, program: string): Promise<void> {
  const { home, ports, stagesPort, host } = environment;
  const wrong: string[] = [];
  const check = async (work: () => void | Promise<void>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      wrong.push((error as Error).message);
      return false;
    }
  };
  const other = livingProcess(home, 'start');
  if (other !== null) {
    throw new Error(
      `npm start already runs here as process ${other.pid}: stop it with Ctrl-C where it runs, or with kill ${other.pid}.`,
    );
  }
  // They hold the ports that are looked at next.
  await clearLeftovers(home, ['kafka', 'postgres'], talk);
  await check(() => makeHome(home));
  if (ports.length === 0) wrong.push('OMS_PORTS is empty: name at least one port for the gateway, as 9080.');
  if (await check(() => requireOwnHost(host))) {
    for (const port of ports) await check(() => requireFreePort(port, 'The gateway', 'OMS_PORTS', host));
    for (let n = 0; stagesPort !== null && n < STAGE_PROCESSES.length; n++)
      await check(() => requireFreePort(stagesPort + n, 'The stages', 'OMS_STAGES_PORT', host));
  }
  if (!existsSync(program)) wrong.push(`${program} is missing: run npm run build.`);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

/** Waits until the gateway says that it can take events. */
async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  await retryUntil(
    async () => {
      if (signal.aborted) throw new GiveUp('it was stopped');
      const answer = await fetch(`${url}ready`, { signal: AbortSignal.timeout(5_000) });
      if (answer.status !== 200) throw new Error(`it answers ${answer.status} ${(await answer.text()).slice(0, 300)}`);
    },
    READY_TIMEOUT_MS,
    250,
  ).catch((error: Error) => {
    throw new Error(`The gateway is not ready after ${READY_TIMEOUT_MS / 1000} s: ${error.message}`, { cause: error });
  });
}

interface StartOptions {
  readonly demo: boolean;
  /** Whether the sink begins anew if Kafka has lost its data. */
  readonly beginAnew: boolean;
}

/**
 * Runs the system until it is told to stop.
 * @returns null when it was told to stop, or why it could not go on
 */
async function run(environment: Environment, { demo, beginAnew }: StartOptions): Promise<string | null> {
  const program = fileURLToPath(new URL('../cli/oms.js', import.meta.url));
  const { home, ports } = environment;
  await checkFirst(environment, program);
  recordProcess(home, 'start', process.pid, 'SIGTERM');

  const stopping = new AbortController();
  let failure: string | null = null;
  const stop = () => {
    if (stopping.signal.aborted) return;
    talk('Stopping ...');
    stopping.abort();
    void supervisor?.stop();
  };
  // Few programs say which disk is full, and none can write it into a log there.
  const fail = (reason: string) => {
    const full = fullDisk([home, folderElsewhere(home)]);
    failure = full === null ? reason : `${full}\n${reason}`;
    stop();
  };
  const giveUp = (reason: string) => {
    if (stopping.signal.aborted) return;
    fail(reason);
  };
  onStopSignal(stop);

  let services: Services | undefined;
  let supervisor: Supervisor | undefined;
  const restarts: Record<ServiceName, Restarts> = { kafka: new Restarts(), postgres: new Restarts() };
  const startedAt: Record<ServiceName, number> = { kafka: 0, postgres: 0 };

  const comingBack = new Set<Promise<void>>();

  /** A server that ended by itself is started again like any child. */
  async function startAgain(name: ServiceName, how: string): Promise<void> {
    if (stopping.signal.aborted) return;
    const pauseMs = restarts[name].next(performance.now() - startedAt[name]);
    if (pauseMs === null) return giveUp(`${name} keeps ending with ${how}: see ${home}/logs/${name}.log.`);
    talk(`${name} ended with ${how}: starting it again in ${pauseMs / 1000} s.`);
    await delay(pauseMs, undefined, { signal: stopping.signal });
    startedAt[name] = performance.now();
    await services?.[name].start();
  }

  try {
    services = await startServices({
      home,
      kafkaPort: environment.kafkaPort,
      postgresPort: environment.postgresPort,
      given: { kafkaBrokers: environment.kafkaBrokers, databaseUrl: environment.databaseUrl },
      say: talk,
      onLost: (name, how) => {
        const back = startAgain(name, how).catch((error: Error) => giveUp(error.message));
        comingBack.add(back);
        void back.then(() => comingBack.delete(back));
      },
    });
    startedAt.kafka = startedAt.postgres = performance.now();
    // So that `npx oms ...` in this checkout finds them; it holds a password.
    const { kafkaBrokers, databaseUrl } = services;
    writeFileSync(connectionsFile(home), JSON.stringify({ kafkaBrokers, databaseUrl }), { mode: 0o600 });
    supervisor = new Supervisor({
      home,
      program,
      env: {
        ...process.env,
        KAFKA_BROKERS: services.kafkaBrokers,
        DATABASE_URL: services.databaseUrl,
        // Each call into librdkafka that waits holds a thread of the pool, which has 4 by default.
        UV_THREADPOOL_SIZE: '16',
        NODE_OPTIONS: [process.env.NODE_OPTIONS ?? '', ...NODE_FLAGS].join(' ').trim(),
      },
      say: talk,
      servicesUp: async () => {
        await Promise.all(comingBack);
      },
      onGivenUp: giveUp,
    });
    stopping.signal.throwIfAborted();
    talk('Database: bringing the schema up to date.');
    await supervisor.runStep('migrate', ['migrate']);
    talk('Kafka: creating the topics that are missing.');
    await supervisor.runStep('topics', ['topics', '--create']);
    const given = { ...environment, kafkaBrokers, databaseUrl };
    if (beginAnew) await acceptOtherLog(given, true);
    const other = await findOtherLog(given);
    if (other !== null) throw new Error(other.message.replace('oms topics --begin-anew', 'npm start -- --begin-anew'));
    talk(`Network: importing ${NETWORK} if the database has none.`);
    await supervisor.runStep('network', ['network', 'import', NETWORK, '--if-empty']);
    talk('Starting the pipeline and the gateway.');
    for (const [n, [name, stages]] of STAGE_PROCESSES.entries()) {
      // Each has a port of its own: the one behind that of the process before, or any that is free.
      const port = environment.stagesPort ? environment.stagesPort + n : 0;
      await supervisor.keepRunning(name, ['pipeline', '--stages', stages], { OMS_STAGES_PORT: String(port) });
    }
    await supervisor.keepRunning('gateway', ['gateway']);
    await untilReady(urlOf(environment, ports[0]!), stopping.signal);
    console.log(`\nReady. The dashboard: ${urlOf(environment, ports[0]!)}`);
    for (const port of ports.slice(1)) console.log(`The same also at:     ${urlOf(environment, port)}`);
    talk(`Logs are in ${home}/logs. Ctrl-C stops everything; the data stays.\n`);
    if (demo) {
      talk('Demo: playing a storm of six hours in three minutes.');
      const storm = ['--network', NETWORK, '--seed', '7', '--faults', '60', '--hours', '6', '--shape', 'source'];
      try {
        await supervisor.runStep('storm', ['storm', ...storm, '--to', 'gateway', '--now', '--speed', '120']);
        talk('Demo: the storm is over; everything keeps running.');
      } catch (error) {
        // The system is of use without its demonstration.
        if (!stopping.signal.aborted) talk(`Demo: ${(error as Error).message}`);
      }
    }
    if (!stopping.signal.aborted) {
      await new Promise((done) => stopping.signal.addEventListener('abort', done, { once: true }));
    }
  } catch (error) {
    if (!stopping.signal.aborted) {
      fail((error as Error).message);
    }
  } finally {
    await supervisor?.stop();
    await services?.stop();
    forgetProcess(home, 'start');
  }
  talk('Stopped.');
  return failure;
}

// A closed terminal must not keep us from stopping in order.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
try {
  const { values } = parseArgs({
    options: { demo: { type: 'boolean' }, 'begin-anew': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) console.log(HELP);
  else {
    const failure = await run(readEnvironment(process.env, STAGE_PROCESSES.length), {
      demo: values.demo ?? false,
      beginAnew: values['begin-anew'] ?? false,
    });
    if (failure !== null) throw new Error(failure);
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') ? 2 : 1;
}
