/** Every process is replaced, one after the other, while a storm comes in: nobody at the gateway notices. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../dev/ports.js';
import { retryUntil } from '../dev/retry.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { simulateStorm } from '../simulator/storm/storm.js';
import { compare } from './faults/compare.js';
import { Member } from './faults/fleet.js';
import { TestSystem } from './kit/system.js';

const LINES = 20;
const network = await readNetwork(new URL('../data/ieee9500', import.meta.url).pathname);
const startMs = Date.now() - 2 * 3_600_000;
const { events } = simulateStorm(network, { seed: 11, faults: 200, hours: 2, startMs });
const folder = process.env.ROLL ?? mkdtempSync(join(tmpdir(), 'oms-rolling-'));

/** A gateway as a balancer knows it: no new request goes to one that is being replaced. */
interface Gateway {
  readonly url: string;
  readonly member: Member;
  inRotation: boolean;
}

let system: TestSystem;
let stages: Member[];
let gateways: Gateway[];

beforeAll(async () => {
  system = await TestSystem.start(network);
  const env = { ...process.env, ...system.env, OMS_LOG_LEVEL: 'error', UV_THREADPOOL_SIZE: '16' };
  const logFile = join(folder, 'members.log');
  stages = ['place', 'correlate', 'sink'].flatMap((stage) =>
    ['a', 'b'].map(
      (slot) => new Member(`${stage}-${slot}`, ['pipeline', '--stages', stage, '--slot', slot], env, logFile),
    ),
  );
  gateways = await Promise.all(
    ['gateway-a', 'gateway-b'].map(async (name) => {
      const port = await freePort();
      const member = new Member(name, ['gateway'], { ...env, OMS_PORTS: String(port) }, logFile);
      return { url: `http://127.0.0.1:${port}`, member, inRotation: true };
    }),
  );
  await Promise.all(gateways.map(({ url }) => untilReady(url)));
});

afterAll(async () => {
  await Promise.all([...stages, ...gateways.map(({ member }) => member)].map((member) => member.retire()));
  await system.stop();
  rmSync(folder, { recursive: true });
});

const untilReady = (url: string): Promise<void> =>
  retryUntil(async () => expect((await fetch(`${url}/ready`)).status).toBe(200), 60_000, 50);

/** Ends a process in order; another one takes its place. */
async function replace(member: Member): Promise<void> {
  const { restarts } = member;
  member.signal('SIGTERM');
  await retryUntil(() => Promise.resolve(expect(member.restarts).toBeGreaterThan(restarts)), 15_000, 20);
}

it('a rolling restart of all processes under load', async () => {
  const answers = new Map<number, number>();
  const acknowledged = new Set<string>();
  let rolling = true;
  let sent = 0;
  const load = async (): Promise<void> => {
    for (let n = 0; rolling && sent < events.length; n++) {
      const some = events.slice(sent, (sent += LINES));
      const able = gateways.filter(({ inRotation }) => inRotation);
      const response = await fetch(`${able[n % able.length]!.url}/api/oms/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: some.map((event) => JSON.stringify(event)).join('\n'),
      });
      await response.arrayBuffer();
      answers.set(response.status, (answers.get(response.status) ?? 0) + 1);
      for (const { source, sourceEventId } of some) acknowledged.add(`${source}/${sourceEventId}`);
    }
  };
  const roll = async (): Promise<void> => {
    for (const member of stages) await replace(member);
    for (const gateway of gateways) {
      gateway.inRotation = false;
      await replace(gateway.member);
      await untilReady(gateway.url);
      gateway.inRotation = true;
    }
    rolling = false;
  };
  await Promise.all([load(), roll()]);
  expect(rolling).toBe(false);
  expect([...answers.keys()]).toEqual([202]);
  const members = [...stages, ...gateways.map(({ member }) => member)];
  expect(members.map(({ ends }) => ends)).toEqual(members.map(() => [0]));

  const { topics, environment, pool } = system;
  const read = (topic: string) => system.read(topic);
  await retryUntil(
    async () => {
      const { differences } = await compare(read, topics, environment.partitions, pool, acknowledged);
      expect(differences).toEqual([]);
    },
    60_000,
    500,
  );
  expect(acknowledged.size).toBeGreaterThan(100);
});
