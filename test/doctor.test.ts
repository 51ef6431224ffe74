/** What `oms doctor` and the gateway say of stages that run, stand still, are gone, or were never there. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort, freePortsInARow } from '../dev/ports.js';
import { retryUntil } from '../dev/retry.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { folder, NETWORK, run, start, type Running } from './kit/commands-program.js';
import { TestSystem } from './kit/system.js';

const network = await readNetwork(NETWORK);

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

let system: TestSystem;
let env: NodeJS.ProcessEnv;
let gateway: Running;
let port: number;
const stages = new Map<string, Running>();

const begin = (name: string): void => {
  stages.set(name, start(['pipeline', '--stages', name, '--slot', name], { ...env, OMS_STAGES_PORT: '0' }));
};

beforeAll(async () => {
  system = await TestSystem.start(network);
  port = await freePort();
  env = { ...system.env, OMS_PORTS: String(port) };
  gateway = start(['gateway'], env);
  for (const name of ['place', 'correlate', 'policies', 'sink']) begin(name);
});

afterAll(async () => {
  for (const { process } of [gateway, ...stages.values()]) process.kill('SIGCONT');
  for (const { process } of [gateway, ...stages.values()]) process.kill('SIGTERM');
  await Promise.all([gateway, ...stages.values()].map(({ ended }) => ended));
  await system.stop();
  await rm(folder, { recursive: true, force: true });
});

async function ask(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function doctor(): Promise<{ code: number | null; failed: Finding[]; all: Finding[] }> {
  const { code, out } = await run(['doctor', '--json'], env);
  const all = JSON.parse(out) as Finding[];
  return { code, all, failed: all.filter(({ ok }) => !ok) };
}

const readyIs = (status: string): Promise<void> =>
  retryUntil(async () => expect((await ask('/ready')).body).toMatchObject({ status }), 60_000, 200);

it('nothing is wrong with a system that runs, and every stage is named with the port that it took', async () => {
  await readyIs('ready');
  await retryUntil(
    async () => {
      const { body } = await ask('/health');
      const names = (body.stages as { name: string }[]).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['place', 'correlate', 'policies', 'sink']));
    },
    30_000,
    200,
  );
  const { stages: heard } = (await ask('/health')).body as { stages: { name: string; port: number }[] };
  for (const stage of heard.filter(({ name }) => name !== 'gateway')) {
    const answer = await fetch(`http://127.0.0.1:${stage.port}/health`);
    expect(await answer.json()).toMatchObject({ status: 'ok', stages: [{ name: stage.name }] });
  }
  const { code, failed, all } = await doctor();
  expect(failed).toEqual([]);
  expect(code).toBe(0);
  expect(all.map(({ what }) => what)).toEqual(expect.arrayContaining(['groups', 'lag', 'stages', 'gateway']));
});

it('a stage that stands still is found: by the gateway, by the doctor, with the lag that stands', async () => {
  const place = stages.get('place')!;
  place.process.kill('SIGSTOP');
  await system.send([
    JSON.stringify({
      ...{ source: 'kaifa', kind: 'outage', type: 'last_gasp', sourceEventId: 'K-1' },
      ...{ assetId: 'M000001', occurredAt: new Date().toISOString() },
    }),
  ]);
  await readyIs('degraded');
  const { status, body } = await ask('/ready');
  // Reports are still taken: they wait in Kafka.
  expect(status).toBe(200);
  expect(body.reasons).toEqual([expect.stringMatching(/^place stands still: its last process \(process \d+ on /)]);
  const { code, failed } = await doctor();
  expect(code).toBe(1);
  expect(failed.map(({ what }) => what)).toEqual(['groups', 'lag', 'stages']);
  expect(failed[0]!.detail).toContain('Nobody is in the group of place');
  expect(failed[1]!.detail).toMatch(/^place stands \d+ behind on \S+hes-kaifa-outage-topic\/\d/);
  expect(failed[2]!.detail).toContain('place is not running');
  place.process.kill('SIGCONT');
  // It finds that its group has gone on without it, ends, and must be started again.
  await Promise.race([place.ended, readyIs('ready')]);
  if (place.process.exitCode !== null || place.process.signalCode !== null) begin('place');
  await readyIs('ready');
});

it('a stage that was killed is missed, one that was stopped in order says that it leaves', async () => {
  const sink = stages.get('sink')!;
  sink.process.kill('SIGKILL');
  await sink.ended;
  await readyIs('degraded');
  begin('sink');
  await readyIs('ready');
  stages.get('sink')!.process.kill('SIGTERM');
  expect((await stages.get('sink')!.ended).code).toBe(0);
  await readyIs('degraded');
  expect((await ask('/ready')).body.reasons).toEqual([
    'sink is not running: start it with "oms pipeline --stages sink".',
  ]);
  begin('sink');
  await readyIs('ready');
});

it('what answers on the port of another installation is not taken for ours', async () => {
  const other = await TestSystem.start(network);
  try {
    const { out } = await run(['doctor'], { ...other.env, OMS_PORTS: String(port) });
    expect(out).toMatch(/^FAIL gateway: What answers at \S+ is the gateway of another installation/m);
  } finally {
    await other.stop();
  }
});

it('says what to do about what is not there', async () => {
  const none = await freePortsInARow(1);
  const ill = await run(['doctor'], { ...env, OMS_PORTS: String(none), OMS_TOPIC_PREFIX: 'nothing.' });
  expect(ill.code).toBe(1);
  expect(ill.out).toMatch(
    /^FAIL topics: Topics are missing: .* Create them with "oms topics --create"\. \(OMS_TOPICS_MISSING\)$/m,
  );
  expect(ill.out).toMatch(/^FAIL gateway: Nothing answers at \S+: run "oms gateway"/m);
  const wrong = await run(['doctor'], { ...env, OMS_LOG_LEVEL: 'shout' });
  expect(wrong).toMatchObject({ code: 1, out: expect.stringMatching(/^FAIL environment: OMS_LOG_LEVEL/) as string });
});
