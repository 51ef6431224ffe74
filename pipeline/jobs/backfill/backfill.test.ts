import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Registry } from '../../../operators/network/registry.js';
import { readNetwork } from '../network/read.js';
import { backfillIdOf, publish, ReadHistory, type Input, type Reject } from './backfill.js';
import type { OrderedEvent } from './event-order.js';
import { openFile } from './file-history.js';
import { readMapping } from './mapping.js';
import { UTC } from '../../../operators/model/time-zone.js';

const folder = await mkdtemp(join(tmpdir(), 'oms-history-'));
afterAll(() => rm(folder, { recursive: true }));

const network = await readNetwork(new URL('../../../data/contract-cases/network', import.meta.url).pathname);
const registry = Registry.of(network);
const METER = network.customers.find(({ meterId }) => meterId !== null)!.meterId!;
const MAPPING = 'fields: {sourceEventId: ID, occurredAt: AT, kind: {constant: outage}, assetId: METER}';
const RANGE = { from: -Infinity, to: Infinity, zone: UTC };

async function input(name: string, content: string | Buffer, mapping: string | null = MAPPING): Promise<Input> {
  const file = join(folder, name);
  await writeFile(file, content);
  const read = mapping === null ? null : readMapping(mapping, 'm.yaml');
  return { history: await openFile(file, read), mapping: read, source: 'kaifa' };
}

function read(inputs: Input[], rejects: Reject[] = [], range = RANGE): Promise<ReadHistory> {
  const onReject = (reject: Reject): void => void rejects.push(reject);
  return ReadHistory.read({ ...range, inputs, registry, nowMs: Date.now(), onReject, onRows: () => undefined });
}

const minute = (m: number): string => `2026-10-04T18:${String(m).padStart(2, '0')}:00Z`;
const csv = (...rows: string[]): string => `ID,AT,METER\n${rows.join('\n')}\n`;

/** Keeps what it is given; breaks off in the batch in which `until` would be passed. */
class KeptTarget {
  readonly events: OrderedEvent[] = [];
  finished = false;

  constructor(private readonly until = Infinity) {}

  take(events: readonly OrderedEvent[]): Promise<void> {
    if (this.events.length + events.length > this.until) return Promise.reject(new Error('The broker is away.'));
    this.events.push(...events);
    return Promise.resolve();
  }

  finish(): Promise<void> {
    this.finished = true;
    return Promise.resolve();
  }
}

async function identities(history: ReadHistory): Promise<string[]> {
  const found: string[] = [];
  for await (const events of history.events()) found.push(...events.map(({ identity }) => identity));
  return found;
}

describe('a history', () => {
  it('comes out in event-time order, from several files, each event once', async () => {
    const one = await input(
      'one.csv',
      csv(`a,${minute(9)},${METER}`, `b,${minute(1)},${METER}`, `a,${minute(9)},${METER}`),
    );
    const lines = [5, 3].map((m) => JSON.stringify({ ID: `n${m}`, AT: minute(m), METER: 'nobody' }));
    const other = await input('other.ndjson.gz', gzipSync(`\uFEFF${lines.join('\r\n')}`));
    const history = await read([one, other]);
    expect(await identities(history)).toEqual(['kaifa/b', 'kaifa/n3', 'kaifa/n5', 'kaifa/a']);
    expect(history.summary).toEqual({
      read: 5,
      taken: 2,
      duplicates: 1,
      unplaced: 2,
      outside: 0,
      rejected: {},
      firstAt: '2026-10-04T18:01:00.000Z',
      lastAt: '2026-10-04T18:09:00.000Z',
    });
  });

  it('rejects bad rows with their line and reason, and goes on', async () => {
    const rejects: Reject[] = [];
    const rows = [`a,${minute(1)},"M,\n1"`, 'b,,M1', 'c,M1', '', `d,${minute(2)},M1`];
    const history = await read([await input('bad.csv', csv(...rows))], rejects);
    expect(rejects.map(({ at, reason, detail }) => [at, reason, detail])).toEqual([
      [3, 'badId', 'assetId holds a character that cannot be printed.'],
      [4, 'badTime', 'occurredAt is missing.'],
      [5, 'wrongShape', '2 cells where the header has 3: quote values that hold the delimiter.'],
    ]);
    expect(history.summary).toMatchObject({ read: 4, rejected: { badTime: 1, wrongShape: 1, badId: 1 } });
  });

  it('may be read as the source names its fields, a dot leading into an object', async () => {
    const header =
      'ticketId,timestamp,customer.phone,customer.meterNumber,customer.location.lat,customer.location.lng,__proto__.x';
    const call = await input(
      'calls.csv',
      `${header}\nT1,${minute(1)},1,${METER},31.9,35.9,1\nT2,${minute(2)},1,3,,,\n`,
      null,
    );
    const history = await read([{ ...call, source: 'call_center' }]);
    expect(await identities(history)).toEqual(['call_center/T1', 'call_center/T2']);
    expect(history.summary).toMatchObject({ taken: 1, unplaced: 1 });
    expect({}).not.toHaveProperty('x');
  });

  it('takes only what lies in a range', async () => {
    const rows = [1, 2, 3].map((m) => `${m},${minute(m)},M`);
    const range = { ...RANGE, from: Date.parse(minute(2)), to: Date.parse(minute(2)) };
    const history = await read([await input('range.csv', csv(...rows))], [], range);
    expect(await identities(history)).toEqual(['kaifa/2']);
    expect(history.summary.outside).toBe(2);
  });

  it.each([
    ['no rows', 'x.csv', csv(), MAPPING, /^There are no rows in \S+x\.csv: nothing was published\.$/],
    ['no event', 'x.csv', csv('a,b,c'), MAPPING, /^None of the 1 rows in \S+ is an event \(badTime\): nothing was/],
    ['nothing', 'x.csv', '', MAPPING, /x\.csv is empty: its first line must name the columns\.$/],
    ['a column twice', 'x.csv', 'A,B,A\n', null, /x\.csv: the column "A" stands twice; keep one\.$/],
    [
      'no such column',
      'x.csv',
      'ID,AT\n',
      MAPPING,
      /^m\.yaml: fields\.assetId names the column "METER", but \S+ has ID, AT/,
    ],
    [
      'no such member',
      'x.ndjson',
      `{"ID":1,"AT":"${minute(1)}"}`,
      MAPPING,
      /"METER", but no row of \S+x\.ndjson has it/,
    ],
    ['an open quote', 'x.csv', csv('a,"b'), MAPPING, /x\.csv:\d+: not readable as CSV: Quote Not Closed/],
    ['half a gzip', 'x.csv.gz', gzipSync(csv('a,b,c')).subarray(0, 20), MAPPING, /x\.csv\.gz is no whole gzip file/],
    ['lines of no gzip', 'x.ndjson.gz', '{}', MAPPING, /x\.ndjson\.gz is no whole gzip file/],
    ['no kind', 'x.txt', 'a', MAPPING, /its name must end in \.csv, \.ndjson or \.jsonl/],
  ])('with %s is refused in one sentence', async (_, name, content, mapping, sentence) => {
    await expect(input(name, content, mapping).then((one) => read([one]))).rejects.toThrow(sentence);
  });
});

describe('publishing', () => {
  const rows = Array.from({ length: 9500 }, (_, i) => `${i},${new Date(1.7e12 + ((i * 7919) % 9500)).toISOString()},M`);

  it('goes on where it broke off, and ends with every event once', async () => {
    const history = (): Promise<ReadHistory> => input('long.csv', csv(...rows)).then((one) => read([one]));
    let published = 0;
    const onPublished = (count: number): Promise<void> => {
      published = count;
      return Promise.resolve();
    };
    const broken = new KeptTarget(8000);
    await expect(publish(await history(), broken, { published: 0, onPublished })).rejects.toThrow(
      'The broker is away.',
    );
    expect([published, broken.events.length, broken.finished]).toEqual([8000, 8000, false]);
    const rest = new KeptTarget();
    expect(await publish(await history(), rest, { published, onPublished })).toBe(9500);
    expect([published, rest.finished]).toEqual([9500, true]);
    const times = [...broken.events, ...rest.events].map(({ t }) => t);
    expect(new Set(times).size).toBe(9500);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('is the same backfill only with the same content, mapping, range and topics', async () => {
    const one = await input('same.csv', csv('a,b,c'));
    const renamed = await input('renamed.csv', csv('a,b,c'));
    const other = await input('same.csv', csv('a,b,d'));
    const otherMapping = await input('same.csv', csv('a,b,c'), MAPPING.replace('outage', 'restoration'));
    const id = backfillIdOf([one], RANGE, '');
    expect(backfillIdOf([renamed], RANGE, '')).toBe(id);
    const others = [
      backfillIdOf([other], RANGE, ''),
      backfillIdOf([otherMapping], RANGE, ''),
      backfillIdOf([one], { ...RANGE, from: 0 }, ''),
      backfillIdOf([one], RANGE, 'rehearsal.'),
      backfillIdOf([one, one], RANGE, ''),
      backfillIdOf([{ ...one, source: 'onu' }], RANGE, ''),
    ];
    expect(new Set([id, ...others]).size).toBe(7);
  });
});
