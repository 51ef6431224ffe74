/** `npm start`, as a process of its own with its own Kafka, PostGIS, folder and ports. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../dev/command.js';
import { emptyHome } from '../dev/empty-home.js';
import { makeHome } from '../dev/home.js';
import { freePortsInARow } from '../dev/ports.js';
import { livingProcesses } from '../dev/process-record.js';
import { retryUntil } from '../dev/retry.js';

const PROGRAM = fileURLToPath(new URL('../dist/dev/start.js', import.meta.url));
const checkout = resolve(import.meta.dirname, '..', '.oms');
const home = join(checkout, 'start');
/** Two starts, on a machine that may be busy. */
const STARTS_TIMEOUT_MS = 400_000;
const CHILDREN = ['correlate', 'gateway', 'kafka', 'place', 'postgres', 'sink'];

let env: NodeJS.ProcessEnv;
let url: string;
let stagesPort: number;
let running: ChildProcess | undefined;

beforeAll(async () => {
  await emptyHome(home, (line) => console.error(line));
  // Kafka's jars never change, so they are shared.
  mkdirSync(join(home, 'kafka'), { recursive: true });
  symlinkSync(join(checkout, 'kafka', 'libs'), join(home, 'kafka', 'libs'));
  const port = await freePortsInARow(6);
  stagesPort = port + 3;
  url = `http://127.0.0.1:${port}`;
  env = {
    ...process.env,
    OMS_HOME: home,
    OMS_PORTS: String(port),
    OMS_KAFKA_PORT: String(port + 1),
    OMS_POSTGRES_PORT: String(port + 2),
    OMS_STAGES_PORT: String(stagesPort),
    KAFKA_BROKERS: '',
    DATABASE_URL: '',
  };
});

afterAll(async () => {
  if (running?.exitCode === null && running.signalCode === null) {
    running.kill('SIGTERM');
    await new Promise((done) => running!.once('exit', done));
  }
});

/** Starts the system; resolves when it is ready, with what it has said until then. */
async function start(): Promise<string> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: run "npm run build:all".`);
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running = child;
  let said = '';
  return new Promise((ready, fail) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (text.includes('Ready.')) ready(said);
    });
    child.once('exit', (code) => fail(new Error(`npm start ended with ${code}: ${said}`)));
  });
}

/** Kills it as the kernel does when memory is short. */
async function killStart(): Promise<void> {
  const ended = new Promise((done) => running!.once('exit', done));
  running!.kill('SIGKILL');
  await ended;
}

const childrenNow = () => livingProcesses(home).filter(({ name }) => name !== 'start');

it('tells all that is in the way of it at once, before anything starts', async () => {
  const { code, out, err } = await runCommand(process.execPath, [PROGRAM], {
    env: { ...env, OMS_HOST: '192.0.2.9', OMS_HOME: join(PROGRAM, 'home') },
  });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^OMS_HOME=\S+ cannot be used: a file is in its path/),
    expect.stringMatching(/^OMS_HOST="192\.0\.2\.9" is no address of this machine/),
  ]);
});

it(
  'comes up after it was killed, ends what was left behind, and has its data',
  async () => {
    await start();
    // Each process of stages answers on a port of its own.
    for (const port of [stagesPort, stagesPort + 1, stagesPort + 2])
      expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    const event = { source: 'kaifa', kind: 'outage', type: 'last_gasp', sourceEventId: 'before', assetId: 'M000001' };
    const sent = await fetch(`${url}/api/oms/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...event, occurredAt: new Date().toISOString() }),
    });
    expect(sent.status).toBe(202);
    const outages = async (): Promise<unknown> => {
      const answer = await fetch(`${url}/api/oms/outages`);
      const { outages: found } = (await answer.json()) as { outages: { outageId: string }[] };
      if (found.length === 0) throw new Error('There is no outage.');
      return found.map(({ outageId }) => outageId);
    };
    const before = await retryUntil(outages, 30_000);
    await killStart();
    const left = childrenNow();
    expect(left.map(({ name }) => name).sort()).toEqual(CHILDREN);

    const said = await start();
    // Stages and gateway end by themselves when who started them is gone, if they come to it; servers live on.
    for (const { name, pid } of left.filter((one) => ['kafka', 'postgres'].includes(one.name)))
      expect(said).toContain(`${name}: ending process ${pid}, left behind`);
    const pids = childrenNow().map(({ pid }) => pid);
    expect(pids).toHaveLength(CHILDREN.length);
    expect(pids.filter((pid) => left.some((one) => one.pid === pid))).toEqual([]);
    expect(await outages()).toEqual(before);
  },
  STARTS_TIMEOUT_MS,
);

describe('npm run reset', () => {
  const RESET = fileURLToPath(new URL('../dist/dev/reset.js', import.meta.url));
  let folder: string;
  let data: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oms-reset-'));
    makeHome(folder);
    data = join(folder, 'kafka');
    mkdirSync(data);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const reset = (...args: string[]) =>
    runCommand(process.execPath, [RESET, ...args], { env: { ...env, OMS_HOME: folder } });

  /** On a terminal, where somebody types. */
  const typed = (answer: string) =>
    runCommand('sh', ['-c', `echo ${answer} | script -qec '${process.execPath} ${RESET}' /dev/null`], {
      env: { ...env, OMS_HOME: folder },
    });

  it('changes nothing without a terminal to ask on, and ends with code 2', async () => {
    const { code, err } = await reset();
    expect(code).toBe(2);
    expect(err).toContain(`  ${data}\n`);
    expect(err).toMatch(/^Nothing was changed, since there is no terminal to ask on: add -- --yes to agree\.$/m);
    expect(existsSync(data)).toBe(true);
  });

  it('removes what was made when somebody agrees, here or by --yes, and not otherwise', async () => {
    const refused = await typed('n');
    expect(refused).toMatchObject({
      code: 1,
      out: expect.stringMatching(/Remove them\? \[y\/N\] [^]*Nothing was changed/),
    });
    expect(existsSync(data)).toBe(true);
    expect((await typed('y')).code).toBe(0);
    expect(existsSync(data)).toBe(false);
    makeHome(folder);
    mkdirSync(data);
    writeFileSync(join(folder, 'mine.txt'), '');
    expect(await reset('--yes')).toMatchObject({ code: 0, err: expect.stringContaining('left in') as string });
    expect([existsSync(data), existsSync(join(folder, 'mine.txt'))]).toEqual([false, true]);
  });
});
