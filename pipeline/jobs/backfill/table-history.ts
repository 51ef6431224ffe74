import pg from 'pg';
import { parseExactJson } from '../../../operators/model/exact-json.js';
import type { Fields } from '../../../operators/normalise/fields.js';
import type { History, Row } from './history.js';
import { columnsOf, missingColumn, type Mapping } from './mapping.js';
import { WrongInput } from './wrong-input.js';
import { OmsError } from '../../../connections/errors.js';

const ROWS_PER_FETCH = 5000;
const CONNECT_MS = 10_000;

const { builtins } = pg.types;
/** Times stay the texts that they are: pg would read one without a zone in that of this process. */
const AS_TEXT = new Set<number>([builtins.TIMESTAMP, builtins.TIMESTAMPTZ, builtins.DATE]);

const JSON_TYPES = new Set<number>([builtins.JSON, builtins.JSONB]);

/** A number, or its digits where they are more than a number holds: ids are numbers in many a table. */
function exactNumber(text: string): number | string {
  return /^-?\d{16,}$/.test(text) ? text : Number(text);
}

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (AS_TEXT.has(oid)) return (text: string) => text;
    if (oid === (builtins.NUMERIC as number)) return exactNumber;
    if (JSON_TYPES.has(oid)) return parseExactJson;
    return pg.types.getTypeParser(oid, format) as (text: string) => unknown;
  },
} as pg.CustomTypesConfig;

/**
 * Opens a table or view of a PostgreSQL database: all of it as it stands now, whatever is written to it meanwhile.
 * @param table `NAME` or `SCHEMA.NAME`, as PostgreSQL spells it
 * @param url the database
 * @throws {WrongInput} one sentence if there is no such table or it lacks a column of the mapping
 */
export async function openTable(table: string, url: string, mapping: Mapping | null): Promise<History> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'oms-backfill',
    connectionTimeoutMillis: CONNECT_MS,
    types,
  });
  // A connection that breaks fails the query at hand; without a listener it would end the process as well.
  client.on('error', () => undefined);
  const host = new URL(url).host;
  await client.connect().catch((error: NodeJS.ErrnoException) => {
    throw new OmsError(
      'OMS_DATABASE_AWAY',
      `The database at ${host} cannot be read (${error.message || error.code}): is it running?`,
      { cause: error },
    );
  });
  try {
    return await opened(client, table, `${host}${new URL(url).pathname}`, mapping);
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function opened(client: pg.Client, table: string, database: string, mapping: Mapping | null): Promise<History> {
  const name = table.split('.').map(pg.escapeIdentifier).join('.');
  await client.query("set timezone = 'UTC'; set datestyle = iso");
  // One snapshot for the digest and the rows.
  await client.query('begin isolation level repeatable read read only');
  const { rows: there } = await client.query<{ oid: string | null }>('select to_regclass($1)::text as oid', [name]);
  if (there[0]!.oid === null) throw new WrongInput(`There is no table ${table} in ${database}.`);
  const { fields } = await client.query(`select * from ${name} limit 0`);
  const columns = fields.map((field) => field.name);
  const wanted = mapping ? [...columnsOf(mapping).keys()] : columns;
  // A dot leads into a column of JSON.
  const read = wanted.map((column) => (columns.includes(column) ? column : column.split('.')[0]!));
  const missing = wanted.find((_, i) => !columns.includes(read[i]!));
  if (missing !== undefined) throw new WrongInput(missingColumn(mapping!, missing, table, columns));
  const { rows: digests } = await client.query<{ digest: string }>(
    `select count(*) || '/' || coalesce(sum(hashtextextended(r::text, 0)::numeric), 0) as digest from ${name} r`,
  );
  let closed: Promise<void> | undefined;
  return {
    name: table,
    unit: 'row',
    columns,
    digest: digests[0]!.digest,
    rows: () => tableRows(client, name, [...new Set(read)]),
    close: () => (closed ??= client.end()),
  };
}

async function* tableRows(client: pg.Client, name: string, columns: readonly string[]): AsyncGenerator<Row> {
  const list = columns.map(pg.escapeIdentifier).join(', ');
  await client.query(`declare history no scroll cursor for select ${list} from ${name}`);
  let at = 0;
  const fetch = (): Promise<pg.QueryResult<Record<string, unknown>>> =>
    client.query(`fetch ${ROWS_PER_FETCH} from history`);
  // The next rows are fetched while these are read.
  for (let next = fetch(); ;) {
    const { rows } = await next;
    if (rows.length === 0) return;
    next = fetch();
    // Whoever stops reading closes the connection: nobody waits for these rows then.
    next.catch(() => undefined);
    for (const row of rows) yield { at: ++at, value: withoutNulls(row) };
  }
}

/** What is null in a table is absent in what a source sends. */
function withoutNulls(row: Fields): Fields {
  return Object.fromEntries(
    Object.entries(row)
      .filter(([, value]) => value !== null)
      .map(([column, value]) => [column, Buffer.isBuffer(value) ? value.toString('utf8') : value]),
  );
}
