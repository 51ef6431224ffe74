/** `oms pipeline --processes`: several processes that share the partitions, and end together. */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { freePortsInARow } from '../dev/ports.js';
import { GiveUp, retryUntil } from '../dev/retry.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { folder, start, type Running } from './kit/commands-program.js';
import { TestSystem } from './kit/system.js';

const network = await readNetwork(new URL('../data/ieee9500', import.meta.url).pathname);

let system: TestSystem;
let group: Running;
let port: number;
let children: number[];

beforeAll(async () => {
  system = await TestSystem.start(network);
});

afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  // The second process answers on the port behind that of the first.
  port = await freePortsInARow(2);
  const env = { ...system.env, OMS_STAGES_PORT: String(port) };
  group = start(['pipeline', '--stages', 'place,correlate', '--processes', '2', '--slot', 'group'], env);
  const died = group.ended.then(({ err }) => Promise.reject(new GiveUp(`It ended before it ran: ${err}`)));
  await retryUntil(async () => expect(await Promise.race([partitions(), died])).toEqual([2, 2]), 60_000, 50);
  const { pid } = group.process;
  children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  expect(children).toHaveLength(2);
});

/** How many partitions of the log each process has. */
function partitions(): Promise<number[]> {
  return Promise.all(
    [port, port + 1].map(async (one) => {
      const metrics = await (await fetch(`http://127.0.0.1:${one}/metrics`)).text();
      return Number(/oms_stage_partitions\{stage="correlate"\} (\d+)/.exec(metrics)![1]);
    }),
  );
}

const gone = (): Promise<void> =>
  retryUntil(
    async () => expect(children.filter((pid) => processState(pid) !== null && processState(pid) !== 'Z')).toEqual([]),
    15_000,
    50,
  );

function processState(pid: number): string | null {
  try {
    return /State:\s+(\w)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!;
  } catch {
    return null;
  }
}

it('ends in order, all of it, when it is told to', async () => {
  group.process.kill('SIGTERM');
  expect((await group.ended).code).toBe(0);
  await gone();
});

it('ends with the first that dies, and says which', async () => {
  process.kill(children[1]!, 'SIGKILL');
  const { code, err } = await group.ended;
  expect(code).toBe(1);
  expect(err).toContain('Process 1 of 2 ended with SIGKILL: all were stopped.');
  await gone();
});

it('leaves nothing running when it is killed itself', async () => {
  group.process.kill('SIGKILL');
  await group.ended;
  await gone();
});
