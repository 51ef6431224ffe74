/**
 * `npm run test:api [-- ARGS of schemathesis]`: brings up the whole system and lets Schemathesis make requests, right and
 * wrong ones, from what the gateway says of itself at `/openapi.json`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { emptyHome } from '../../dev/empty-home.js';
import { freePort } from '../../dev/ports.js';
import { clearLeftover } from '../../dev/process-record.js';
import { retryUntil } from '../../dev/retry.js';
import { startServices } from '../../dev/services.js';
import { Member } from '../faults/fleet.js';

const CHECKOUT = resolve('.');
const HOME = join(CHECKOUT, '.oms', 'api');
const PYTHON = join(CHECKOUT, '.oms', 'python');
const REQUIREMENTS = join(CHECKOUT, 'test', 'api', 'requirements.txt');
const CONFIG = join(CHECKOUT, 'test', 'api', 'schemathesis.toml');
const NETWORK = join(CHECKOUT, 'data', 'ieee9500');
/** Long enough for each route to get some hundred requests. */
const MAX_SECONDS = 240;

/** Streams of server-sent events have no end, so no request to them is ever answered. */
const ENDLESS = ['/api/oms/stream', '/api/onu/alarms'];

const say = (line: string): void => console.error(line);

/** Runs a program on our terminal; returns its exit code. */
async function run(command: string, args: readonly string[], env = process.env, cwd = CHECKOUT): Promise<number> {
  const child = spawn(command, args, { cwd, stdio: 'inherit', env });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

/** @throws Error if it fails */
async function must(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<void> {
  const code = await run(command, args, env);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}.`);
}

/** Schemathesis, installed into a folder of its own. */
async function schemathesis(): Promise<string> {
  if (!existsSync(join(PYTHON, 'bin', 'pip'))) await must('python3', ['-m', 'venv', PYTHON]);
  await must(join(PYTHON, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS]);
  return join(PYTHON, 'bin', 'schemathesis');
}

async function testApi(args: readonly string[]): Promise<number> {
  const program = await schemathesis();
  for (const name of ['kafka', 'postgres']) await clearLeftover(HOME, name, say);
  await emptyHome(HOME, say);
  mkdirSync(HOME, { recursive: true });
  const services = await startServices({
    home: HOME,
    kafkaPort: await freePort(),
    postgresPort: await freePort(),
    given: { kafkaBrokers: null, databaseUrl: null },
    kafkaLibs: join(CHECKOUT, '.oms', 'kafka', 'libs'),
    say,
  });
  const members: Member[] = [];
  try {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      ...process.env,
      KAFKA_BROKERS: services.kafkaBrokers,
      DATABASE_URL: services.databaseUrl,
      OMS_PORTS: String(port),
      OMS_ANSWER_TIMEOUT_MS: '1000',
      OMS_LOG_LEVEL: 'error',
    };
    const oms = (...words: string[]) => must(process.execPath, ['dist/cli/oms.js', ...words], env);
    await oms('migrate');
    await oms('topics', '--create');
    await oms('network', 'import', NETWORK);
    const logFile = join(HOME, 'members.log');
    for (const name of ['pipeline', 'gateway']) members.push(new Member(name, [name], env, logFile));
    await retryUntil(async () => {
      if (!(await fetch(`${url}/ready`)).ok) throw new Error('the gateway is not ready');
    }, 120_000);
    await oms('storm', '--network', NETWORK, '--faults', '5', '--hours', '1', '--to', 'gateway', '--gateway', url);
    const excluded = ENDLESS.flatMap((path) => ['--exclude-path', path]);
    const options = ['--max-time', String(MAX_SECONDS), '--request-timeout', '30', ...excluded, ...args];
    // It keeps what it found in the folder that it runs in.
    const words = ['--config-file', CONFIG, 'run', `${url}/openapi.json`, ...options];
    const code = await run(program, words, process.env, HOME);
    const [pipeline, gateway] = members;
    if (gateway!.restarts > 0 || pipeline!.restarts > 0) {
      say(`The gateway ended ${gateway!.restarts} times, the pipeline ${pipeline!.restarts} times: see ${logFile}.`);
      return 1;
    }
    return code;
  } finally {
    await Promise.all(members.map((member) => member.retire()));
    await services.stop();
  }
}

process.exitCode = await testApi(process.argv.slice(2));
