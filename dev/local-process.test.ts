import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalProcess, type ProcessEnd, type ProcessPlan } from './local-process.js';
import { processIdentity } from './process-identity.js';
import { livingProcess, livingProcesses } from './process-record.js';

let home: string;
let lost: ProcessEnd[];
let child: LocalProcess | undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'oms-process-'));
  lost = [];
});
afterEach(async () => {
  await child?.kill();
  rmSync(home, { recursive: true });
});

const FOREVER = 'setInterval(() => {}, 1000);';

/** A child that runs some JavaScript. */
function node(program: string, more: Partial<ProcessPlan> = {}): LocalProcess {
  child = new LocalProcess(
    {
      name: 'child',
      home,
      command: process.execPath,
      args: ['-e', program],
      logFile: join(home, 'logs', 'child.log'),
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 5_000,
      say: () => {},
      ...more,
    },
    (end) => lost.push(end),
  );
  return child;
}

test('a running child is on record until it has ended', async () => {
  const running = node(FOREVER);
  await running.start();
  expect(livingProcess(home, 'child')?.pid).toBe(running.pid);
  await running.stop();
  expect(running.pid).toBeNull();
  expect(livingProcesses(home)).toEqual([]);
  expect(lost).toEqual([]);
});

test('a killed child can be started again', async () => {
  const running = node(FOREVER);
  await running.start();
  const first = running.pid!;
  await running.kill();
  expect(processIdentity(first)).toBeNull();
  await running.start();
  expect(running.pid).not.toBe(first);
  expect(lost).toEqual([]);
});

test('a child that ends by itself is reported, and its last line is in the log', async () => {
  const lines: string[] = [];
  const running = node("console.log('so long'); process.exitCode = 3;", { onLine: (line) => lines.push(line) });
  await running.start();
  expect(await running.ended).toEqual({ code: 3, signal: null });
  expect(lost).toEqual([{ code: 3, signal: null }]);
  expect(lines).toEqual(['so long']);
  expect(readFileSync(join(home, 'logs', 'child.log'), 'utf8')).toBe('so long\n');
});

test('a child that will not stop is killed when its time is up', async () => {
  const running = node(`process.on('SIGTERM', () => {}); console.log('up'); ${FOREVER}`, {
    stopTimeoutMs: 200,
    onLine: () => up(),
  });
  let up = () => {};
  const ready = new Promise<void>((done) => (up = done));
  await running.start();
  await ready;
  await running.stop();
  expect(await running.ended).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a second run is refused while the first one lives', async () => {
  const running = node(FOREVER);
  await running.start();
  await expect(node(FOREVER).start()).rejects.toThrow(`child already runs from ${home} as process ${running.pid}`);
  await running.stop();
});

test('a child that ends instead of answering is not waited for', async () => {
  const running = node('process.exitCode = 1;');
  await running.start();
  await expect(running.untilAnswers(() => Promise.reject(new Error('no')), 20_000)).rejects.toThrow(
    'child ended with code 1 while starting',
  );
  expect(lost).toEqual([]);
});

test('a child whose log has no room goes on, and it is said once', async () => {
  const said: string[] = [];
  const lines: string[] = [];
  const running = node("console.log('one'); console.log('two');", {
    logFile: '/dev/full',
    say: (line) => said.push(line),
    onLine: (line) => lines.push(line),
  });
  await running.start();
  expect(await running.ended).toEqual({ code: 0, signal: null });
  expect(lines).toEqual(['one', 'two']);
  expect(said).toEqual([
    'child: /dev/full cannot be written (ENOSPC: no space left on device, write); lines are lost.',
  ]);
});

test('a command that is not there is named', async () => {
  await expect(node('', { command: '/no/such/program' }).start()).rejects.toThrow('child cannot be started');
});
