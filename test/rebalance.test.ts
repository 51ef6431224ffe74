import { afterAll, beforeAll, expect, it } from 'vitest';
import { retryUntil } from '../dev/retry.js';
import { isCommand } from '../operators/model/event.js';
import { decodeLogRecord } from '../operators/log/log-record.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import type { RunningStage } from '../pipeline/pipeline.js';
import { simulateStorm } from '../simulator/storm/storm.js';
import { sourceTopics } from '../connections/topics.js';
import { TestSystem } from './kit/system.js';

const network = await readNetwork(new URL('../data/ieee9500', import.meta.url).pathname);
// A report on a substation goes to each of its feeders: those that go to one are counted.
const events = simulateStorm(network, {
  seed: 3,
  faults: 30,
  hours: 3,
  startMs: Date.UTC(2026, 9, 4, 12),
}).events.filter(({ reach }) => reach !== 'substation');
const PARTITIONS = 4;

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start(network);
});

afterAll(() => system.stop());

/** Sends events each to its source's topic, by its asset: all partitions of all sources have some. */
async function send(some: typeof events): Promise<void> {
  for (const [source, topic] of Object.entries(sourceTopics(system.topics))) {
    const messages = some
      .filter((event) => event.source === source)
      .map((event) => ({ key: event.assetId ?? event.sourceEventId, value: JSON.stringify(event) }));
    if (messages.length > 0) await system.producer.send({ topic, messages, acks: -1 });
  }
}

/** The identities on the log. */
async function onLog(): Promise<string[]> {
  return (await system.read(system.topics.events))
    .flatMap(({ value }) => decodeLogRecord(value))
    .flatMap((entry) => (isCommand(entry) ? [] : [`${entry.source}/${entry.sourceEventId}`]));
}

/** Every value that a figure of a stage has from now on. */
function valuesOf({ statistics }: RunningStage, figure: string): () => readonly number[] {
  const values = [statistics[figure]!];
  Object.defineProperty(statistics, figure, {
    get: () => values.at(-1),
    set: (value: number) => values.push(value),
  });
  return () => values;
}

it('a second process of the place stage takes its share of all sources while the first goes on with the rest', async () => {
  const first = (await system.run('place')).get('place')!;
  await retryUntil(async () => expect(first.statistics.partitions).toBe(PARTITIONS), 30_000, 20);
  const half = events.slice(0, 1000);
  await send(half);
  const had = valuesOf(first, 'partitions');
  const second: RunningStage = (await system.run('place')).get('place')!;
  await send(events.slice(1000, 2000));
  await retryUntil(
    async () => expect([first, second].map(({ statistics }) => statistics.partitions)).toEqual([2, 2]),
    30_000,
    20,
  );
  // Never fewer than it keeps: the partitions that stay with it were not taken away for a moment.
  expect(Math.min(...had())).toBe(2);

  await send(events.slice(2000, 3000));
  const placed = events.slice(0, 3000).map(({ source, sourceEventId }) => `${source}/${sourceEventId}`);
  await retryUntil(
    async () => expect(new Set(await onLog()).size).toBeGreaterThanOrEqual(new Set(placed).size),
    60_000,
  );
  expect((await onLog()).sort()).toEqual(placed.sort());
  expect(second.statistics.processed).toBeGreaterThan(0);
});
