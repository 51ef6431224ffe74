import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { events, type EventName, type EventOf } from '../../streams/events.js';
import { StageRuntime } from '../../streams/runtime.js';
import { Topology } from '../../streams/topology.js';
import { SimulatedBroker } from './simulated-broker.js';
import { SimulatedProcess, World } from './world.js';

/** What the runtime tells of its work, on a broker that works. */

let world: World;
let broker: SimulatedBroker;
let ends: (() => void)[];

beforeEach(() => {
  world = new World(1);
  broker = new SimulatedBroker(world, 2);
  ends = [];
});

afterEach(() => {
  for (const end of ends) end();
});

/** Counts the letters of each partition. What says "fail" makes it throw before its state, "break" in the middle. */
function letterCount(): Topology {
  const topology = new Topology('letters');
  topology
    .source('count', ['letters'], {
      reject: {
        topic: 'rejected',
        record: ({ offset }, error) => ({ key: String(offset), partitionKey: '', value: error.message }),
      },
    })
    .mapValues('read', ({ value }) => {
      const text = new TextDecoder().decode(value!);
      if (text === 'fail') throw new Error('no letters');
      return text;
    })
    .process('count', () => {
      let count = 0;
      return {
        holdings: () => ({ letters: count }),
        process: (text: string, _context, emit: (count: string) => void) => {
          if (text === 'break') throw new Error('out of letters');
          emit(String((count += text.length)));
        },
      };
    })
    .to(['counts', 'copies'], (count) =>
      ['counts', 'copies'].map((topic) => ({ topic, key: '', partitionKey: '', value: count })),
    );
  return topology;
}

/** Keeps what is told on a channel from now on. */
function heard<N extends EventName>(name: N): EventOf<N>[] {
  const told: EventOf<N>[] = [];
  ends.push(
    (events[name] as { hear(listener: (event: EventOf<N>) => void): () => void }).hear((one) => told.push(one)),
  );
  return told;
}

function send(partition: number, ...texts: string[]): void {
  for (const value of texts) broker.log.append({ topic: 'letters', partition, key: 'k', value }, world.nowMs, null);
}

/** Runs the stage until it has read everything, then kills it. */
async function run(): Promise<StageRuntime> {
  const process = new SimulatedProcess('count');
  let runtime: StageRuntime | undefined;
  void StageRuntime.start(letterCount().stage('count'), {
    broker: broker.for(process),
    partitions: 2,
    application: 'test',
    slot: 'a',
    commitMs: 10,
    snapshotMs: 0,
    acceptGap: false,
    advice: { setAside: 'see there.', unreadable: 'see here.' },
    say: () => undefined,
    now: () => world.nowMs,
  }).then((started) => (runtime = started));
  const settled = world.nowMs + 5000;
  await world.run(() => world.nowMs > settled && runtime !== undefined && broker.isQuiet());
  world.kill(process);
  return runtime!;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('the runtime tells those who listen', () => {
  it('of what it read, processed and committed, a batch at a time', async () => {
    const [polls, processed, commits] = [heard('poll'), heard('process'), heard('commit')];
    send(0, 'ab', 'c');
    send(1, 'd');
    await run();
    for (const told of [polls, processed, commits]) {
      expect(sum(told.map(({ records }) => records))).toBe(3);
      expect(new Set(told.map(({ stage }) => stage))).toEqual(new Set(['count']));
    }
    expect(polls.some(({ records }) => records === 0)).toBe(true);
    expect(Math.min(...[...processed, ...commits].map(({ durationMs }) => durationMs))).toBeGreaterThanOrEqual(0);
    for (const topic of ['counts', 'copies']) expect(sum(commits.map(({ written }) => written.get(topic)!))).toBe(3);
  });

  it('of a record that is set aside once, when that is committed', async () => {
    const [setAside, aborts] = [heard('setAside'), heard('abort')];
    send(1, 'a', 'fail', 'b', 'break', 'c');
    await run();
    // The state was half done: all of it is done again, and once more without the record.
    expect(aborts).toEqual([1, 2].map(() => ({ stage: 'count', message: 'out of letters' })));
    const told = { stage: 'count', topic: 'letters', partition: 1, why: 'failed' };
    expect(setAside).toEqual([
      { ...told, offset: 1, message: 'no letters' },
      { ...told, offset: 3, message: 'out of letters' },
    ]);
  });

  it('of partitions that it is given, and of their state that it restores', async () => {
    send(0, 'ab', 'c');
    await run();
    const [rebalances, restores] = [heard('rebalance'), heard('restore')];
    await run();
    expect(rebalances.map(({ stage, assign }) => ({ stage, assign }))).toEqual(
      rebalances.map(() => ({ stage: 'count', assign: true })),
    );
    expect(new Set(rebalances.flatMap(({ partitions }) => partitions.map(({ partition }) => partition)))).toEqual(
      new Set([0, 1]),
    );
    expect(restores.map(({ stage, topic, partition, next }) => ({ stage, topic, partition, next }))).toContainEqual({
      stage: 'count',
      topic: 'letters',
      partition: 0,
      next: 2,
    });
  });
});

describe('whoever asks the runtime', () => {
  it('hears how far each partition is, what waits, and how much its state holds', async () => {
    send(0, 'ab', 'c');
    const runtime = await run();
    expect(runtime.positions().find(({ partition }) => partition === 0)).toMatchObject({
      topic: 'letters',
      next: 2,
      end: 2,
      takenMs: expect.any(Number) as number,
    });
    expect(runtime.positions().find(({ partition }) => partition === 1)).toMatchObject({
      next: 0,
      end: 0,
      takenMs: null,
    });
    expect(runtime.waiting()).toEqual({ bytes: 0, records: 0 });
    expect(runtime.holdings().sort((a, b) => a.partition - b.partition)).toEqual([
      { partition: 0, held: { letters: 3 } },
      { partition: 1, held: { letters: 0 } },
    ]);
    send(0, 'late');
    expect(runtime.positions().find(({ partition }) => partition === 0)).toMatchObject({ next: 2, end: 3 });
  });
});

describe('an event', () => {
  it('is not made where nobody listens', async () => {
    for (const name of Object.keys(events) as EventName[]) {
      expect(events[name].isHeard).toBe(false);
      Object.defineProperty(events[name], 'tell', {
        configurable: true,
        value: () => {
          throw new Error(`${name} was told to nobody`);
        },
      });
    }
    ends.push(() => {
      for (const name of Object.keys(events) as EventName[]) Reflect.deleteProperty(events[name], 'tell');
    });
    send(0, 'ab', 'fail', 'break', 'c');
    const runtime = await run();
    expect(runtime.statistics).toMatchObject({ rejected: 2, aborts: 2 });
  });

  it('goes to all who listen, and to none who have ended that', () => {
    const first = heard('rebalance');
    const second = heard('rebalance');
    events.rebalance.tell({ stage: 'a', assign: true, partitions: [] });
    ends.pop()!();
    events.rebalance.tell({ stage: 'b', assign: false, partitions: [{ topic: 't', partition: 1 }] });
    expect(first.map(({ stage }) => stage)).toEqual(['a', 'b']);
    expect(second.map(({ stage }) => stage)).toEqual(['a']);
    ends.pop()!();
    expect(events.rebalance.isHeard).toBe(false);
  });
});
