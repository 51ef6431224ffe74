import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { simulateStorm } from '../simulator/storm/storm.js';
import { compare, type Comparison } from './faults/compare.js';
import { Member } from './faults/fleet.js';
import { TestSystem } from './kit/system.js';

/**
 * The comparison that finds no difference must be able to find one. Each guard is taken out of a copy of the built
 * program, one at a time, and the copy is killed at the worst moment, again and again.
 */
interface Mutation {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const HOME = resolve('.oms', 'mutants');
const EVENTS = 3000;
const CHUNK = 50;
const SETTLE_MS = 25_000;

/** What lies between death and what it undoes is by chance: a mutant that lost nothing by it is tried again. */
const MAY_BE_SPARED = { retry: 2 };

/** Every eighth time, so that a process gets on, and dies often enough however slow the machine is. */
const DIE =
  "globalThis.turns = (globalThis.turns ?? 0) + 1; if (globalThis.turns % 8 === 0) process.kill(process.pid, 'SIGKILL');";

const COMMIT = "await this.#retried('commit', () => this.transactions.commit());";

/** Between what a transaction writes and its end. */
const dieBeforeCommit: Mutation = {
  file: 'streams/checkpoint.js',
  from: COMMIT,
  to: `await new Promise((done) => this.transactions.producer.flush(5000, () => done())); ${DIE} ${COMMIT}`,
};

/** Between the rows and what the sink does next. */
const dieAfterRows: Mutation = {
  file: 'pipeline/sink/database.js',
  from: "await client.query('commit');",
  to: `await client.query('commit'); ${DIE}`,
};

const network = await readNetwork(new URL('../data/ieee9500', import.meta.url).pathname);
const storm = simulateStorm(network, { seed: 5, faults: 30, hours: 3, startMs: Date.UTC(2026, 9, 4, 12) });
const events = storm.events.slice(0, EVENTS);
const identities = new Set(events.map(({ source, sourceEventId }) => `${source}/${sourceEventId}`));

beforeAll(() => {
  rmSync(HOME, { recursive: true, force: true });
  mkdirSync(HOME, { recursive: true });
  // The program looks for its SQL two folders up.
  cpSync('sql', join(HOME, 'sql'), { recursive: true });
});

afterAll(() => rmSync(HOME, { recursive: true, force: true }));

/** A copy of the built program with some lines changed. Throws if a line to be changed is not there. */
function mutant(name: string, mutations: readonly Mutation[]): string {
  const folder = join(HOME, name);
  cpSync('dist', folder, { recursive: true });
  for (const { file, from, to } of mutations) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no line "${from}" to be changed.`);
    writeFileSync(path, text.replace(from, to));
  }
  return join(folder, 'cli', 'oms.js');
}

/** Runs a storm through a mutant and compares; stops when nothing differs, or when it has had time enough to settle. */
async function run(
  name: string,
  mutations: readonly Mutation[],
  snapshotMs = 500,
): Promise<Comparison & { restarts: number }> {
  const system = await TestSystem.start(network);
  const { environment, topics, pool } = system;
  const program = mutant(name, mutations);
  const env = {
    ...process.env,
    ...system.env,
    OMS_SNAPSHOT_MS: String(snapshotMs),
    UV_THREADPOOL_SIZE: '16',
  };
  const members = ['place', 'correlate', 'sink'].map(
    (stage) => new Member(stage, ['pipeline', '--stages', stage], env, join(HOME, `${name}.log`), null, program),
  );
  try {
    for (let i = 0; i < events.length; i += CHUNK) {
      await system.send(events.slice(i, i + CHUNK).map((event) => JSON.stringify(event)));
      await delay(200);
    }
    const endAt = Date.now() + SETTLE_MS;
    for (;;) {
      const comparison = await compare((topic) => system.read(topic), topics, environment.partitions, pool, identities);
      const restarts = members.reduce((sum, member) => sum + member.restarts, 0);
      if (comparison.differences.length === 0 || Date.now() > endAt) return { ...comparison, restarts };
      await delay(2000);
    }
  } finally {
    await Promise.all(members.map((member) => member.retire()));
    await system.stop();
  }
}

describe('killed at the worst moment, again and again', () => {
  it('with all guards nothing differs', async () => {
    const { differences, restarts, compared } = await run('control', [dieBeforeCommit, dieAfterRows]);
    expect(differences).toEqual([]);
    expect(compared['acknowledged events']).toBe(identities.size);
    expect(restarts).toBeGreaterThan(2);
  });

  it('with offsets outside the transaction it shows', MAY_BE_SPARED, async () => {
    const outside = {
      file: 'streams/checkpoint.js',
      from: 'await this.transactions.sendOffsets(offsets);',
      to: 'this.transactions.member.consumer.commitSync(offsets);',
    };
    expect((await run('offsets', [dieBeforeCommit, outside])).differences).not.toEqual([]);
  });

  it('with snapshots that are not tied to the offsets it shows', MAY_BE_SPARED, async () => {
    const untied = {
      file: 'streams/restore.js',
      from: 'const restoration = await this.#replay(assigned, from, until, through);',
      to: 'const restoration = { assigned, next: until, count: 0, leftOut: 0 };',
    };
    // Taken rarely, so that what lies between a snapshot and the offsets is sure to matter.
    expect((await run('snapshots', [dieBeforeCommit, untied], 60_000)).differences).not.toEqual([]);
  });

  it('with readers that see what was not committed it shows', MAY_BE_SPARED, async () => {
    const uncommitted = {
      file: 'streams/kafka/client.js',
      from: "'read_committed'",
      to: "'read_uncommitted'",
    };
    expect((await run('uncommitted', [dieBeforeCommit, uncommitted])).differences).not.toEqual([]);
  });

  it('with a sink without its offset table it shows', MAY_BE_SPARED, async () => {
    const forgetful = {
      file: 'pipeline/sink/sink.js',
      from: 'const offset = known.get(placeOf({ topic, partition })) ?? 0;',
      to: 'const offset = 0;',
    };
    const trusting = { file: 'pipeline/sink/database.js', from: 'if (rowCount !== claims.length)', to: 'if (false)' };
    expect((await run('sink', [dieAfterRows, forgetful, trusting])).differences).not.toEqual([]);
  });
});
