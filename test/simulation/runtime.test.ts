import { beforeEach, describe, expect, it } from 'vitest';
import { StageRuntime } from '../../streams/runtime.js';
import { Topology, type Processor } from '../../streams/topology.js';
import { SimulatedBroker } from './simulated-broker.js';
import { CALM, SimulatedProcess, World } from './world.js';

/** The runtime on a broker that works: what it does with records, snapshots and logs that are not as they should be. */

let world: World;
let broker: SimulatedBroker;
/** How often a record that says "fail" still makes the node throw. */
let failures: number;
let said: string[];
let calls: string[];
/** Records that were read, before the state. */
let reads: number;
/** Whether the stage knows what a record that says "foreign" means. */
let isForeignKnown: boolean;

beforeEach(() => {
  world = new World(1);
  broker = new SimulatedBroker(world, 1);
  failures = Infinity;
  said = [];
  calls = [];
  reads = 0;
  isForeignKnown = false;
});

/** Counts letters, and knows the longest text so far; one that fails does so in the middle of its work. */
function letterCount(): Topology {
  const topology = new Topology('letters');
  const letters = topology
    .source('count', ['letters'], {
      reject: {
        topic: 'rejected',
        record: ({ offset }, error) => ({ key: String(offset), partitionKey: '', value: error.message }),
        endsWith: ({ message }) => message === 'another language',
      },
    })
    .mapValues('read', (record) => {
      reads++;
      const text = new TextDecoder().decode(record.value!);
      if (text === 'unreadable') throw new Error('no letters');
      if (text === 'foreign' && !isForeignKnown) throw new Error('another language');
      return text;
    });
  letters
    .process(
      'count',
      (): Processor<string, string> => {
        let count = 0;
        const bytes = (): Uint8Array => new TextEncoder().encode(String(count));
        const restore = (_key: string, state: Uint8Array | null): void =>
          void (count = Number(new TextDecoder().decode(state)));
        return {
          store: { encode: bytes, restore },
          process: (text, _context, emit) => {
            calls.push(text);
            count += text.length;
            if (text === 'fail' && failures-- > 0) throw new Error('out of letters');
            emit(`${text} ${count}`);
          },
        };
      },
      { topic: 'snapshots' },
    )
    .to(['counts'], (text) => [{ topic: 'counts', key: '', partitionKey: '', value: text }]);
  letters
    .process('longest', longest, { topic: 'snapshots' })
    .to(['longest'], (text) => [{ topic: 'longest', key: '', partitionKey: '', value: text }]);
  return topology;
}

function longest(): Processor<string, string> {
  let known = '';
  return {
    store: {
      encode: () => new TextEncoder().encode(known),
      restore: (_key, state) => void (known = new TextDecoder().decode(state ?? new Uint8Array())),
    },
    process: (text, _context, emit) => {
      if (text.length <= known.length) return;
      known = text;
      emit(text);
    },
  };
}

function send(...texts: string[]): void {
  for (const value of texts) broker.log.append({ topic: 'letters', partition: 0, key: 'k', value }, world.nowMs, null);
}

const texts = (topic: string): string[] =>
  broker.log.committed(topic).map(({ value }) => new TextDecoder().decode(value!));

/** Runs the stage until it has read everything, then kills it. Rejects if the stage gives up. */
async function run(acceptGap = false): Promise<StageRuntime> {
  const process = new SimulatedProcess('count');
  let gaveUp: Error | undefined;
  let runtime: StageRuntime | undefined;
  void StageRuntime.start(letterCount().stage('count'), {
    broker: broker.for(process),
    partitions: 1,
    application: 'test',
    slot: 'a',
    commitMs: 10,
    snapshotMs: 0,
    acceptGap,
    advice: { setAside: 'see there.', unreadable: 'see here.' },
    say: (level, message) => said.push(`${level} ${message}`),
    now: () => world.nowMs,
  })
    .then((started) => {
      runtime = started;
      return started.finished;
    })
    .catch((error: Error) => (gaveUp = error));
  const restored = world.nowMs + 5000;
  await world.run(() => gaveUp !== undefined || (world.nowMs > restored && runtime !== undefined && broker.isQuiet()));
  world.kill(process);
  if (gaveUp) throw gaveUp;
  return runtime!;
}

describe('a record on which a node throws', () => {
  it('is tried once more, then set aside, and leaves no trace in the state, not even after a restart', async () => {
    send('ab', 'fail', 'c');
    const runtime = await run();
    expect(texts('counts')).toEqual(['ab 2', 'c 3']);
    expect(texts('rejected')).toEqual(['out of letters']);
    expect(calls.filter((text) => text === 'fail')).toHaveLength(2);
    expect(runtime.statistics.rejected).toBe(1);
    expect(runtime.complaints()).toEqual(['1 record was set aside with an error (letters/0/1): see there.']);
    expect(said.filter((line) => line.includes('letters/0/1'))).toEqual([
      'warn count: letters/0/1 failed (out of letters); it is tried once more.',
      'error count: letters/0/1 failed (out of letters); it is set aside.',
    ]);
    // Without its snapshots the state comes from the log, on which the record still stands.
    broker.log.append({ topic: 'snapshots', partition: 0, key: 'count/0', value: null }, world.nowMs, null);
    calls = [];
    send('d');
    const later = await run();
    expect(texts('counts').at(-1)).toBe('d 4');
    expect(texts('rejected')).toHaveLength(1);
    // It was noted when it was set aside: so nothing is begun anew, and it is counted once.
    expect(calls).toEqual(['ab', 'c', 'd']);
    expect([later.statistics.rejected, later.complaints()]).toEqual([0, []]);
  });

  it('is set aside without beginning anew if no state has seen it, and so costs a restore no more than reading it', async () => {
    const sent = Array.from({ length: 1000 }, (_, n) => (n % 2 === 0 ? 'unreadable' : 'a'));
    send(...sent);
    const runtime = await run();
    expect(runtime.statistics).toMatchObject({ rejected: 500, aborts: 0 });
    expect(runtime.complaints()).toEqual([
      '500 records were set aside with an error (the last: letters/0/994, letters/0/996, letters/0/998): see there.',
    ]);
    expect(said.filter((line) => line.includes('it is set aside'))).toHaveLength(500);
    // Each that failed was tried once more.
    expect([reads, calls.length, texts('rejected').length]).toEqual([1500, 500, 500]);
    broker.log.append({ topic: 'snapshots', partition: 0, key: 'count/0', value: null }, world.nowMs, null);
    for (let n = 0; n < 1000; n += 2)
      broker.log.append(
        { topic: 'snapshots', partition: 0, key: `count/0/rejected/${n}`, value: null },
        world.nowMs,
        null,
      );
    [reads, calls, said] = [0, [], []];
    send('b');
    const later = await run();
    expect([reads, calls.length, texts('counts').at(-1)]).toEqual([1001, 501, 'b 501']);
    expect(later.statistics.rejected).toBe(0);
    expect(said.join('\n')).toMatch(/restored with 500 records of the log, without 500 that .*cannot be read/);
    expect(said.join('\n')).not.toContain('set aside.');
  });

  it('is not set aside if it failed by chance', async () => {
    failures = 1;
    send('fail', 'c');
    const runtime = await run();
    expect(texts('counts')).toEqual(['fail 4', 'c 5']);
    expect(texts('rejected')).toEqual([]);
    expect(runtime.complaints()).toEqual([]);
  });
});

describe('a commit that meets the next generation of the group', () => {
  it('is made again with the same records: the process goes on, and nothing is processed twice', async () => {
    world.chances = { ...CALM, generation: 0.6 };
    const sent = Array.from({ length: 30 }, (_, n) => 'x'.repeat(1 + (n % 3)));
    send(...sent);
    const runtime = await run();
    expect(world.done['offsets of the last generation']).toBeGreaterThan(2);
    expect(calls).toEqual(sent);
    expect(texts('counts')).toHaveLength(sent.length);
    expect(runtime.statistics.aborts).toBe(0);
  });

  it('ends the process if that never ends', async () => {
    world.chances = { ...CALM, generation: 1 };
    send('ab');
    await expect(run()).rejects.toThrow(/^The group of count has gone on without this process \(.*\)\.$/);
    expect(texts('counts')).toEqual([]);
  });
});

describe('a restart', () => {
  it('goes on from the snapshots, without reading the log again', async () => {
    send('ab', 'c');
    await run();
    calls = [];
    send('d');
    await run();
    expect([texts('counts').at(-1), calls]).toEqual(['d 4', ['d']]);
  });

  it.each([
    ['damaged', 'count/0/count/0/k', 'not what was written'],
    ['of a version to come', 'count/0', '{"version":99,"restoreFrom":1}'],
  ])('with snapshots that are %s reads the log again, and says so', async (_what, key, value) => {
    send('ab', 'c');
    await run();
    broker.log.append({ topic: 'snapshots', partition: 0, key, value }, world.nowMs, null);
    calls = [];
    send('d');
    await run();
    expect([texts('counts').at(-1), calls]).toEqual(['d 4', ['ab', 'c', 'd']]);
    expect(said.join('\n')).toMatch(
      /warn count: partition 0 has snapshots that cannot be read .*rebuilding from the log/,
    );
  });

  it('a record without which a stage must not go on ends it, also when it is read again, until it can be read', async () => {
    send('ab', 'foreign', 'c');
    await expect(run()).rejects.toThrow('another language');
    await expect(run()).rejects.toThrow('another language');
    expect([texts('counts'), texts('rejected')]).toEqual([[], []]);
    isForeignKnown = true;
    await run();
    expect(texts('counts')).toEqual(['ab 2', 'foreign 9', 'c 10']);
    // Behind its commit, when the state is restored.
    isForeignKnown = false;
    broker.log.append({ topic: 'snapshots', partition: 0, key: 'count/0', value: null }, world.nowMs, null);
    await expect(run()).rejects.toThrow('another language');
  });

  it('goes on with the states of all its nodes', async () => {
    send('abc');
    await run();
    calls = [];
    send('ab', 'abcd');
    await run();
    expect(texts('longest')).toEqual(['abc', 'abcd']);
    expect(texts('counts')).toEqual(['abc 3', 'ab 5', 'abcd 9']);
    expect(calls).toEqual(['ab', 'abcd']);
  });

  it('on a log that was cut before it was read says so, and what to do', async () => {
    send('ab');
    await run();
    send('c', 'd', 'e');
    broker.log.cut('letters', 0, 3);
    await expect(run()).rejects.toThrow(
      expect.objectContaining({
        message: 'letters/0 begins at offset 3, but offset 1 is needed: its retention cut too early.',
        code: 'OMS_RETENTION_GAP',
        ...{ topic: 'letters', partition: 0, low: 3, needed: 1 },
      }) as Error,
    );
    expect(texts('counts')).toEqual(['ab 2']);
    await run(true);
    expect(texts('counts')).toEqual(['ab 2', 'e 3']);
    expect(said.join('\n')).toMatch(/warn count: letters\/0 begins at offset 3.* Going on, as was asked for/);
  });

  it('whose snapshots reach less far back than the log is cut says so too', async () => {
    send('ab', 'c', 'd');
    await run();
    const mark = {
      topic: 'snapshots',
      partition: 0,
      key: 'count/0',
      value: '{"version":2,"restoreFrom":0,"nodes":["count","longest"]}',
    };
    broker.log.append(mark, world.nowMs, null);
    broker.log.cut('letters', 0, 2);
    await expect(run()).rejects.toThrow(/letters\/0 begins at offset 2, but offset 0 is needed/);
    send('e');
    await run(true);
    expect(texts('counts').at(-1)).toBe('e 5');
  });
});
