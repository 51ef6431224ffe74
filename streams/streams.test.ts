import { createRequire } from 'node:module';
import fc from 'fast-check';
import { pack, unpack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { TestDriver } from './driver.js';
import { murmur2, partitionOf } from './partitioner.js';
import { Snapshots } from './snapshots.js';
import type { LogReader } from './broker.js';
import { batchLike, TimeOrder } from './time-order.js';
import { describeTopology } from './describe.js';
import { Topology, TopologyError, type OutRecord, type Processor, type SourceRecord } from './topology.js';

const require = createRequire(import.meta.url);
const kafkajsMurmur2 = require('kafkajs/src/producer/partitioners/default/murmur2') as (key: Buffer) => number;

describe('the partitioner', () => {
  it("is the Java client's: kafkajs puts every key in the same place", () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (key) => {
        expect(murmur2(Buffer.from(key))).toBe(kafkajsMurmur2(Buffer.from(key)));
        expect(partitionOf(key, 7)).toBeLessThan(7);
      }),
    );
  });
});

const decode = (bytes: Uint8Array | null): string => new TextDecoder().decode(bytes ?? new Uint8Array());

/** Counts words by their first letter: a stage that splits, one that counts. */
function wordCount(): Topology {
  const topology = new Topology('words');
  topology
    .source('split', ['lines'])
    .flatMap('words', (record) => decode(record.value).split(' '))
    .through((word): word is string => word !== '', {
      topic: 'words',
      key: (word) => word[0]!,
      encode: (words) => words.join(','),
    });
  topology
    .source('count', ['words'])
    .mapValues('read', (record) => ({ key: decode(record.key), words: decode(record.value).split(',') }))
    .process('count', (): Processor<{ key: string; words: string[] }, [string, number]> => {
      const counts = new Map<string, number>();
      return {
        process: ({ key, words }, _context, emit) => {
          counts.set(key, (counts.get(key) ?? 0) + words.length);
          emit([key, counts.get(key)!]);
        },
        advance: (nowMs, emit) => emit(['time', nowMs]),
      };
    })
    .to(['counts'], ([key, count]) => [{ topic: 'counts', key, partitionKey: key, value: String(count) }]);
  return topology;
}

describe('a topology in the test driver', () => {
  it('gathers many values of a key in several records, in their order: the broker takes none of any size', () => {
    const driver = new TestDriver(wordCount());
    const words = Array.from({ length: 600 }, (_, i) => `a${i}`);
    driver.pipe({ topic: 'lines', key: null, value: words.join(' ') });
    driver.commit();
    const records = driver.read('words').map(({ value }) => (value as string).split(','));
    expect(records.map(({ length }) => length)).toEqual([250, 250, 100]);
    expect(records.flat()).toEqual(words);
  });

  it('gathers values by key until the transaction ends, and goes on in the next stage', () => {
    const driver = new TestDriver(wordCount());
    driver.pipe({ topic: 'lines', key: null, value: 'ant bee axe' });
    driver.pipe({ topic: 'lines', key: null, value: 'ape' });
    expect(driver.read('words')).toEqual([]);
    driver.commit();
    expect(driver.read('words').map(({ key, value }) => [key, value])).toEqual([
      ['a', 'ant,axe,ape'],
      ['b', 'bee'],
    ]);
    expect(driver.read('counts').map(({ key, value }) => [key, value])).toEqual([
      ['a', '3'],
      ['b', '1'],
    ]);
    driver.pipe({ topic: 'lines', key: null, value: 'arc' });
    driver.commit();
    expect(driver.read('counts').map(({ value }) => value)).toEqual(['4']);
  });

  it('tells stateful nodes the time when it is advanced', () => {
    const driver = new TestDriver(wordCount());
    driver.pipe({ topic: 'lines', key: null, value: 'ant' });
    driver.commit();
    driver.read('counts');
    driver.advance(5000);
    expect(driver.read('counts').map(({ key, value }) => [key, value])).toEqual([['time', '5000']]);
  });

  it('describes itself', () => {
    const topology = wordCount();
    topology.outlet('archive', ['counts'], 'a file');
    expect(describeTopology(topology)).toBe(
      [
        'Topology: words',
        '  Stage: split',
        '    source: lines',
        '    flatMap: words',
        '      through: words (gathered by key)',
        '  Stage: count',
        '    source: words',
        '    flatMap: read',
        '      process: count (state per partition)',
        '        to: counts',
        '  Stage: archive',
        '    source: counts',
        '    into: a file (with its offsets)',
      ].join('\n'),
    );
  });

  it('is a graph: each node hands what it makes to its own children, in their order', () => {
    const topology = new Topology('graph');
    const written: string[] = [];
    const to = (topic: string) => (value: string) => {
      written.push(`${topic}:${value}`);
      return [{ topic, key: value, partitionKey: value, value }];
    };
    const lines = topology.source('graph', ['lines']).mapValues('read', ({ value }) => decode(value));
    lines.to(['as-read'], to('as-read'));
    const words = lines.flatMap('words', (line) => line.split(' '));
    words.branch('short', (word): word is 'a' | 'b' => word.length === 1).to(['short'], to('short'));
    words.mapValues('upper', (word) => word.toUpperCase()).to(['upper'], to('upper'));
    const driver = new TestDriver(topology);
    driver.pipe({ topic: 'lines', key: null, value: 'a bc' });
    driver.commit();
    expect(written).toEqual(['as-read:a bc', 'short:a', 'upper:A', 'upper:BC']);
    expect(driver.read('as-read')).toHaveLength(1);
  });

  it('has stateful nodes side by side and below each other, each with its own state', () => {
    const topology = new Topology('states');
    const count = (): Processor<string, string> => {
      let seen = 0;
      return { process: (value, _context, emit) => emit(`${value}${++seen}`) };
    };
    const words = topology.source('states', ['lines']).mapValues('read', ({ value }) => decode(value));
    const first = words.process('first', count);
    first.process('below', count).to(['below'], (value) => [{ topic: 'below', key: '', partitionKey: '', value }]);
    words
      .branch('b', (word): word is 'b' => word === 'b')
      .process('beside', count)
      .to(['beside'], (value) => [{ topic: 'beside', key: '', partitionKey: '', value }]);
    const driver = new TestDriver(topology);
    for (const value of ['a', 'b', 'b']) driver.pipe({ topic: 'lines', key: null, value });
    driver.commit();
    expect(driver.read('below').map(({ value }) => value)).toEqual(['a11', 'b22', 'b33']);
    expect(driver.read('beside').map(({ value }) => value)).toEqual(['b1', 'b2']);
  });

  it('that cannot be is refused when it is built, with a sentence', () => {
    const refused = (build: (topology: Topology) => unknown, why: RegExp): void => {
      const built = (): unknown => build(new Topology('t'));
      expect(built).toThrow(TopologyError);
      expect(built).toThrow(why);
    };
    const fold = (): Processor<unknown, unknown> => ({ process: () => undefined });
    refused((t) => t.source('s', []), /Stage s reads no topic/);
    refused((t) => t.source('s', ['a', 'a']), /reads a twice/);
    refused((t) => t.source('s', ['a'], { tables: [{ topic: 'a', apply: () => undefined }] }), /reads a twice/);
    refused((t) => [t.source('s', ['a']), t.source('s', ['b'])], /two stages s/);
    refused((t) => [t.source('s', ['a']), t.outlet('s', ['b'], 'c')], /two stages s/);
    refused((t) => t.source('a/b', ['a']), /Stage a\/b needs a name of letters/);
    refused((t) => t.source('s', ['a']).mapValues('progress', () => 0), /progress and rejected are taken/);
    refused(
      (t) =>
        t
          .source('s', ['a'])
          .mapValues('n', () => 0)
          .process('n', fold),
      /two nodes n/,
    );
    refused((t) => t.source('s', ['a', 'b']).process('n', fold), /s reads a, b, so it can have no state/);
    refused(
      (t) => t.source('s', ['a']).process('n', fold, { topic: 'snapshots' }).process('m', fold),
      /Nodes n and m of stage s must keep their snapshots on one topic/,
    );
    refused((t) => t.source('s', ['a']).to(['b', 'a'], () => []), /writes to a, which it reads/);
    refused((t) => t.source('s', ['a']).to([], () => []), /writes to no topic/);
    refused((t) => t.stage('s'), /No stage "s"/);
  });
});

describe('time order', () => {
  const record = (topic: string, offset: number, timestampMs: number): SourceRecord => ({
    topic,
    partition: 0,
    offset,
    timestampMs,
    key: null,
    value: null,
    headers: {},
  });

  it('a partition that is ahead waits for one that is behind, but not for one at its end', () => {
    const order = new TimeOrder(0);
    order.add('a', 0);
    order.add('b', 0);
    order.push(record('a', 0, 100));
    expect(order.take()).toBeNull();
    order.push(record('b', 0, 50));
    expect(order.take()!.topic).toBe('b');
    expect(order.take()).toBeNull();
    order.end('b', 0, 1);
    expect(order.take()!.topic).toBe('a');
    expect(order.isEmpty).toBe(true);
  });

  it('a partition whose last record is not far behind is not waited for', () => {
    const order = new TimeOrder(10);
    order.add('a', 0);
    order.add('b', 0);
    for (const [offset, timestampMs] of [100, 105, 106].entries()) order.push(record('a', offset, timestampMs));
    expect(order.take()).toBeNull();
    order.push(record('b', 0, 95));
    expect([order.take(), order.take(), order.take()].map((next) => next!.timestampMs)).toEqual([95, 100, 105]);
    expect(order.take()).toBeNull();
    order.push(record('b', 1, 96));
    expect([order.take(), order.take()].map((next) => next!.timestampMs)).toEqual([96, 106]);
  });

  it('with a slack without end partitions do not concern each other', () => {
    const order = new TimeOrder(Infinity);
    order.add('a', 0);
    order.add('b', 0);
    for (const [offset, timestampMs] of [100, 900].entries()) order.push(record('a', offset, timestampMs));
    expect([order.take(), order.take()].map((next) => next!.timestampMs)).toEqual([100, 900]);
  });

  it('fewer records are asked for at a time the larger they are', () => {
    const of = (bytes: number): number | null =>
      batchLike(Array.from({ length: 10 }, (_, i) => ({ ...record('a', i, 0), value: new Uint8Array(bytes) })));
    expect([of(50), of(800), of(49_800), of(999_800)]).toEqual([2000, 500, 10, 1]);
    expect(batchLike([])).toBeNull();
  });

  it('word of an end that comes before the records themselves is no end', () => {
    const order = new TimeOrder(0);
    order.add('a', 0);
    order.add('b', 0);
    order.end('a', 0, 0);
    order.end('b', 0, 0);
    order.push(record('a', 0, 10));
    expect(order.take()!.timestampMs).toBe(10);
    order.push(record('a', 1, 20));
    order.push(record('b', 0, 15));
    expect(order.take()!.timestampMs).toBe(15);
    expect(order.take()).toBeNull();
  });
});

describe('snapshots', () => {
  const state = new Map<string, Uint8Array>();
  const store = {
    encode: (key: string) => state.get(key) ?? null,
    restore: (key: string, bytes: Uint8Array | null) =>
      void (bytes === null ? state.delete(key) : state.set(key, Uint8Array.from(bytes))),
  };
  const states = [{ node: 'count', store }];

  const at = (offset: number) => ({ offset, timestampMs: 1000 + offset });

  /** The same chunk, as a snapshot of before would have it. */
  function older(record: OutRecord): OutRecord {
    return { ...record, value: pack({ ...unpack(record.value as Uint8Array), through: 1 }) };
  }

  /** A compacted topic, the last value of each key, and the log of which the state is a fold: when its records came there. */
  function compacted(records: readonly OutRecord[], log: readonly number[] = []): LogReader {
    const last = new Map(records.map(({ key, value }) => [key, value]));
    const read = async (
      topic: string,
      _p: number,
      from: number | null,
      _u: null,
      each: (record: object) => void,
    ): Promise<void> => {
      if (topic === 'log') return each({ offset: from, timestampMs: log[from!] });
      let offset = 0;
      for (const [key, value] of last)
        each({ key: Buffer.from(key), value: value === null ? null : Buffer.from(value as string), offset: offset++ });
    };
    return { read } as unknown as LogReader;
  }

  it('come back in chunks, with where to read the log from', async () => {
    state.clear();
    const big = new Uint8Array(2_000_000).map((_, i) => i % 251);
    state.set('big', big);
    state.set('small', new Uint8Array([1, 2, 3]));
    const snapshots = new Snapshots('s', 'stage', 0, states, 0);
    snapshots.changed('big', at(10));
    snapshots.changed('small', at(11));
    const records = snapshots.due(1, 20);
    expect(records).toHaveLength(3 + 1 + 1 + 1);
    state.clear();
    const restored = await new Snapshots('s', 'stage', 0, states, 0).restore(
      compacted(records),
      { topic: 'log', low: 0, high: 0 },
      20,
    );
    expect(restored).toEqual({
      until: 20,
      restoreFrom: 20,
      rejected: new Set(),
      damaged: [],
      through: new Map([
        ['big', 20],
        ['small', 20],
      ]),
    });
    expect(Buffer.compare(state.get('big')!, big)).toBe(0);
  });

  it('say how far the last transaction got, if the group has no offset, and only of the log that they are of', async () => {
    const snapshots = new Snapshots('s', 'stage', 0, states, 1000);
    snapshots.changed('a', at(1));
    snapshots.changed('a', at(2));
    const kept = snapshots.due(1, 3);
    const until = async (log: readonly number[], committed: number): Promise<number> =>
      (
        await new Snapshots('s', 'stage', 0, states, 0).restore(
          compacted(kept, log),
          { topic: 'log', low: 0, high: log.length },
          committed,
        )
      ).until;
    expect(await until([1000, 1001, 1002, 1003], 0)).toBe(3);
    expect(await until([1000, 1001, 1002, 1003], 2)).toBe(3);
    expect(await until([1000, 1001, 1002, 1003], 4)).toBe(4);
    // Another log: it is shorter, or something else stands in that place.
    expect(await until([1000, 1001], 0)).toBe(0);
    expect(await until([1000, 1001, 7777, 1003], 0)).toBe(0);
  });

  it('of several nodes are kept and come back together, or not at all', async () => {
    const stores = ['left', 'right'].map((node) => {
      const values = new Map<string, string>();
      const store = {
        encode: (key: string) => (values.has(key) ? Buffer.from(values.get(key)!) : null),
        restore: (key: string, bytes: Uint8Array | null) => {
          if (decode(bytes) === 'bad') throw new Error('not to be read');
          if (bytes === null) values.delete(key);
          else values.set(key, decode(bytes));
        },
      };
      return { node, store, values };
    });
    const [left, right] = stores as [(typeof stores)[0], (typeof stores)[0]];
    left.values.set('a', '1').set('b', '2').set('c', '3');
    right.values.set('a', '4').set('b', 'bad');
    const snapshots = new Snapshots('s', 'stage', 0, stores, 0);
    for (const key of ['a', 'b', 'c']) snapshots.changed(key, at(1));
    const kept = snapshots.due(1, 2);
    const back = async (records: readonly OutRecord[]) => {
      left.values.clear();
      right.values.clear();
      const again = new Snapshots('s', 'stage', 0, stores, 0);
      const { damaged } = await again.restore(compacted(records), { topic: 'log', low: 0, high: 0 }, 2);
      return { damaged, left: [...left.values], right: [...right.values], again };
    };
    const { damaged, again, ...states } = await back(kept);
    expect(damaged).toEqual([expect.stringMatching(/not to be read/)]);
    expect(states).toEqual({
      left: [
        ['a', '1'],
        ['c', '3'],
      ],
      right: [['a', '4']],
    });
    // Both are written anew, and what is left of one that has none any more goes.
    left.values.delete('c');
    again.changed('c', at(2));
    expect(again.due(5000, 3).map(({ key, value }) => [key, value !== null])).toContainEqual([
      'stage/0/left/0/c',
      false,
    ]);
    // One of them of another moment than the other: none of them counts.
    const mixed = kept.map((one) => (one.key === 'stage/0/right/0/a' ? older(one) : one));
    expect((await back(mixed)).damaged).toContainEqual(expect.stringMatching(/a is of several snapshots/));
  });

  it('of nodes that are no more, or in the layout of before, are rebuilt and leave nothing behind', async () => {
    const before = new Snapshots('s', 'stage', 0, [{ node: 'gone', store }], 0);
    state.set('k', new Uint8Array([1]));
    before.changed('k', at(1));
    const kept = [...before.due(1, 2), { topic: 's', key: 'stage/0/0/k', partitionKey: '', value: 'x' }];
    const snapshots = new Snapshots('s', 'stage', 0, states, 0);
    const { damaged, restoreFrom } = await snapshots.restore(compacted(kept), { topic: 'log', low: 0, high: 0 }, 2);
    expect(damaged).toEqual(['s/0/1: snapshots of the nodes gone, this program has count']);
    expect(restoreFrom).toBeNull();
    expect(snapshots.due(1, 2).filter(({ value }) => value === null)).toMatchObject([
      { key: 'stage/0/gone/0/k' },
      { key: 'stage/0/0/k' },
    ]);
  });

  it('a key that is not due yet holds back the place from which the log is read', () => {
    const snapshots = new Snapshots('s', 'stage', 0, states, 1000);
    state.set('a', new Uint8Array([1]));
    state.set('b', new Uint8Array([2]));
    snapshots.changed('a', at(1));
    snapshots.due(5000, 2);
    snapshots.changed('a', at(7));
    snapshots.changed('b', at(8));
    const mark = snapshots.due(5999, 9);
    expect(mark.map(({ key }) => key)).toEqual(['stage/0/progress']);
    const later = snapshots.due(6000, 12);
    expect(JSON.parse(later.at(-2)!.value as string)).toMatchObject({ restoreFrom: 12 });
  });

  it('that are damaged or of another version are known as such', async () => {
    state.clear();
    state.set('k', new Uint8Array([1, 2, 3]));
    const snapshots = new Snapshots('s', 'stage', 0, states, 0);
    snapshots.changed('k', at(1));
    const [chunk, mark] = snapshots.due(1, 2) as [OutRecord, OutRecord];
    const bytes = Buffer.from(chunk.value as Uint8Array);
    bytes[bytes.length - 1]! ^= 0xff;
    const restore = async (records: OutRecord[], until = 2): Promise<readonly string[]> =>
      (
        await new Snapshots('s', 'stage', 0, states, 0).restore(
          compacted(records),
          { topic: 'log', low: 0, high: 0 },
          until,
        )
      ).damaged;
    expect(await restore([chunk, mark])).toEqual([]);
    expect(await restore([{ ...chunk, value: bytes }, mark])).toEqual(['s/0/0: chunk 0 of k is damaged']);
    for (const [value, what] of [
      ['{"version":1,"restoreFrom":0}', 'snapshots of version 1, this program reads 2'],
      ['{"version":2,"restoreFrom":3}', 'snapshots up to offset 3, beyond 2'],
      ['{"version":2,"restoreFrom":-1}', 'snapshots up to offset -1, beyond 2'],
      ['{"version":2,"restoreFrom":1}', 'snapshots of the nodes undefined, this program has count'],
      ['null', 'snapshots of version undefined, this program reads 2'],
    ] as const)
      expect(await restore([chunk, { ...mark, value }])).toEqual([`s/0/1: ${what}`]);
    expect(await restore([chunk, mark], 1)).toEqual(['s/0/1: snapshots up to offset 2, beyond 1']);
  });

  it('of one key that are damaged leave the others as they are, and the key gets a new one', async () => {
    state.clear();
    state.set('a', new Uint8Array([1]));
    state.set('b', new Uint8Array(1_000_000));
    const snapshots = new Snapshots('s', 'stage', 0, states, 0);
    snapshots.changed('a', at(1));
    snapshots.changed('b', at(2));
    const records = snapshots.due(1, 3);
    const restored = new Snapshots('s', 'stage', 0, states, 0);
    state.clear();
    const bent = records.map((record) => (record.key === 'stage/0/count/1/b' ? { ...record, value: 'x' } : record));
    const { through, restoreFrom, damaged } = await restored.restore(
      compacted(bent),
      { topic: 'log', low: 0, high: 0 },
      3,
    );
    expect([[...through], restoreFrom, [...state.keys()]]).toEqual([[['a', 3]], null, ['a']]);
    expect(damaged).toEqual(['s/0/1: chunk 1 of b is damaged']);
    restored.rebuilt(3);
    // Nothing is left of it: its chunks go.
    expect(restored.due(1, 3).map(({ key, value }) => [key, value])).toEqual([
      ['stage/0/count/0/b', null],
      ['stage/0/count/1/b', null],
      ['stage/0', '{"version":2,"restoreFrom":3,"nodes":["count"]}'],
    ]);
  });

  it('say which records were set aside, for as long as these stand on the log', async () => {
    const snapshots = new Snapshots('s', 'stage', 0, states, 1000);
    snapshots.rejected(at(4));
    snapshots.rejected(at(9));
    const notes = snapshots.due(1, 10);
    const later = new Snapshots('s', 'stage', 0, states, 1000);
    expect((await later.restore(compacted(notes), { topic: 'log', low: 5, high: 0 }, 10)).rejected).toEqual(
      new Set([9]),
    );
    expect(later.due(1, 11)).toMatchObject([{ key: 'stage/0/rejected/4', value: null }]);
  });
});
