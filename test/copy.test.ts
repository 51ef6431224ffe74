import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_NETWORK } from '../operators/network/network.js';
import { CopyRows, type ColumnType } from '../connections/postgres/copy.js';
import { TestDatabase } from './kit/database.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await TestDatabase.start(EMPTY_NETWORK);
});

afterAll(() => database.stop());

/** What PostgreSQL makes of cells, as it writes them itself. */
async function stored(type: ColumnType, sqlType: string, cells: readonly unknown[]): Promise<unknown[]> {
  const client = await database.pool.connect();
  try {
    await client.query('begin');
    await client.query("set local timezone = 'UTC'");
    await client.query(`create temporary table cells (n integer, value ${sqlType}) on commit drop`);
    const rows = new CopyRows({ n: 'integer', value: type });
    cells.forEach((cell, n) => rows.add(n, cell));
    await rows.copyTo(client, 'cells');
    const shown = type === 'geometry' ? 'st_asewkt(value)' : 'value::text';
    const { rows: found } = await client.query<{ text: unknown }>(`select ${shown} as text from cells order by n`);
    return found.map(({ text }) => text);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

describe('rows in the binary form of COPY', () => {
  it('hold texts of any length and script; NUL and halves of surrogate pairs are replaced', async () => {
    const long = 'é'.repeat(100_000);
    expect(
      await stored('text', 'text', ['', 'F1', 'محطة', '🔌', 'a\0b', 'x\ud800y', 'tab\tline\n\\N', long, null]),
    ).toEqual(['', 'F1', 'محطة', '🔌', 'a\ufffdb', 'x\ufffdy', 'tab\tline\n\\N', long, null]);
  });

  it('hold whole numbers to the limits of their types', async () => {
    expect(await stored('integer', 'integer', [0, -1, 2 ** 31 - 1, -(2 ** 31)])).toEqual([
      '0',
      '-1',
      '2147483647',
      '-2147483648',
    ]);
    const large = [1, -1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 5, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    expect(await stored('bigint', 'bigint', large)).toEqual(large.map(String));
  });

  it('hold times as numbers and as texts, long ago and far ahead', async () => {
    const times = [Date.UTC(1970, 0, 1), Date.UTC(2026, 9, 4, 18, 4, 18, 18), '2026-10-04T18:04:18.018Z', '0044-03-15T00:00:00.000Z', '9999-12-31T23:59:59.999Z']; // prettier-ignore
    expect(await stored('timestamptz', 'timestamptz', times)).toEqual([
      '1970-01-01 00:00:00+00',
      '2026-10-04 18:04:18.018+00',
      '2026-10-04 18:04:18.018+00',
      '0044-03-15 00:00:00+00',
      '9999-12-31 23:59:59.999+00',
    ]);
  });

  it('hold fractions to the fourth decimal', async () => {
    const fractions = [0, 0.4, 0.9999, 0.0001, 1];
    expect(await stored('fraction', 'numeric(5, 4)', fractions)).toEqual(fractions.map((f) => f.toFixed(4)));
  });

  it('hold the rest', async () => {
    expect(await stored('boolean', 'boolean', [true, false])).toEqual(['true', 'false']);
    expect(await stored('double precision', 'double precision', [0.1, -1e300])).toEqual(['0.1', '-1e+300']);
    expect(await stored('uuid', 'uuid', ['e9e68e03-9238-57e3-b468-6a22829e4a9d'])).toEqual([
      'e9e68e03-9238-57e3-b468-6a22829e4a9d',
    ]);
    expect(await stored('text[]', 'text[]', [[], ['a'], ['a,b', '"é"\0']])).toEqual([
      '{}',
      '{a}',
      '{"a,b","\\"é\\"\ufffd"}',
    ]);
    expect(await stored('jsonb', 'jsonb', [{ a: 'x\0y' }, { b: ['\udc00', 1] }])).toEqual([
      '{"a": "x\ufffdy"}',
      '{"b": ["\ufffd", 1]}',
    ]);
    const [a, b, c] = [
      { lat: 31.5, lon: 35.25 },
      { lat: 32, lon: 35.25 },
      { lat: 32, lon: 36 },
    ] as const;
    expect(await stored('geometry', 'geometry', [a, { line: [a, b] }, { ring: [a, b, c, a] }])).toEqual([
      'SRID=4326;POINT(35.25 31.5)',
      'SRID=4326;LINESTRING(35.25 31.5,35.25 32)',
      'SRID=4326;POLYGON((35.25 31.5,35.25 32,36 32,35.25 31.5))',
    ]);
  });

  it.each([
    ['integer', 2 ** 31],
    ['integer', 0.5],
    ['bigint', NaN],
    ['fraction', 1.5],
    ['timestamptz', 'yesterday'],
    ['timestamptz', 9e15],
    ['timestamptz', -3e14],
    ['uuid', 'no-uuid'],
    ['text', {}],
    ['boolean', 'yes'],
    ['double precision', '1'],
    ['text[]', [1]],
    ['jsonb', 'text'],
    ['geometry', { lat: NaN, lon: 0 }],
  ] as const)('refuse as %s: %s', (type, cell) => {
    expect(() => new CopyRows({ value: type }).add(cell)).toThrow(expect.objectContaining({ code: 'OMS_BAD_CELL' }));
  });
});
