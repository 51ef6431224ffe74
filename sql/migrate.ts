import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import Postgrator from 'postgrator';
import { OmsError } from '../connections/errors.js';
import { rowOf, SOURCES } from '../operators/model/source.js';

/** The folder sql/, beside dist/ when compiled and beside pipeline/ when not. */
const SQL = await sqlFolder();

async function sqlFolder(): Promise<string> {
  for (const candidate of ['../sql/', '../../sql/']) {
    const folder = fileURLToPath(new URL(candidate, import.meta.url));
    const found = await readdir(`${folder}migrations`).catch(() => null);
    if (found?.some((name) => name.endsWith('.sql'))) return folder;
  }
  throw new OmsError('OMS_BAD_INSTALLATION', 'The folder sql/migrations is missing: reinstall the project.');
}

/** One migration at a time, whoever asks: the number is arbitrary. */
const LOCK = 7_203_001;

/**
 * Brings the schema to a version (the latest by default): numbered migrations, then functions, what there is of sources,
 * and views, which are replaced each time.
 * @returns the names of the migrations that were applied, in order
 * @throws Error if there is no such version
 */
export function migrate(databaseUrl: string, to = 'max'): Promise<string[]> {
  return withMigrations(databaseUrl, async (client, postgrator) => {
    const newest = await postgrator.getMaxVersion();
    if (to !== 'max' && Number(to) > newest)
      throw new OmsError('OMS_NO_SCHEMA_VERSION', `There is no version ${to}: the newest is ${newest}.`);
    const applied = await postgrator.migrate(to);
    const latest = newest === (await postgrator.getDatabaseVersion());
    if (latest) {
      // Functions name each other, in no order of files: PostgreSQL looks into them when all are there.
      await client.query('set check_function_bodies = off');
      await replaceObjects(client, `${SQL}functions`);
      await keepSources(client);
      await replaceObjects(client, `${SQL}views`);
    }
    return applied.map(({ filename }) => filename.split('/').pop()!);
  });
}

/**
 * What the database would lose on the way down to a version.
 * @returns a sentence for each migration that holds something, the newest first; none: nothing would be lost
 */
export function lossesOf(databaseUrl: string, to: number): Promise<string[]> {
  return withMigrations(databaseUrl, async (client, postgrator) => {
    const now = await postgrator.getDatabaseVersion();
    const losses: string[] = [];
    for (const file of (await readdir(`${SQL}migrations`)).sort().reverse()) {
      const [, version, name] = /^(\d+)\.undo\.(.*)\.sql$/.exec(file) ?? [];
      if (version === undefined || Number(version) <= to || Number(version) > now) continue;
      const { what, rows } = lossIn(await readFile(`${SQL}migrations/${file}`, 'utf8'));
      const held: string[] = [];
      for (const some of rows) {
        const count = await countRows(client, some);
        if (count > 0) held.push(`${count} of ${some}`);
      }
      if (held.length > 0) losses.push(`${version} ${name}: ${what} (${held.join(', ')})`);
    }
    return losses;
  });
}

/** The words of an undo script on what it loses: `-- loses: WHAT (TABLE [where CONDITION], ...)`, or `-- loses: nothing`. */
export function lossIn(script: string): { readonly what: string; readonly rows: readonly string[] } {
  const comment = /^-- loses: (.*(?:\n-- {3}.*)*)/.exec(script)?.[1]?.replaceAll('\n--  ', '') ?? '';
  const [, what, rows] = /^([^(]+?)(?: \((.+)\))?$/.exec(comment) ?? [];
  if (what === undefined)
    throw new OmsError('OMS_BAD_INSTALLATION', 'An undo script must begin with a comment that says what it loses.');
  return { what, rows: rows?.split(', ') ?? [] };
}

/** How many rows are lost of a table, or of some of it; a later version may have put another in its place. */
async function countRows(client: pg.Client, some: string): Promise<number> {
  const table = /^\S+/.exec(some)![0];
  const known = await client.query<{ isThere: boolean }>(`select to_regclass($1) is not null as "isThere"`, [table]);
  if (!known.rows[0]!.isThere) return 0;
  const { rows } = await client.query<{ count: string }>(`select count(*) from ${some}`);
  return Number(rows[0]!.count);
}

async function withMigrations<T>(
  databaseUrl: string,
  work: (client: pg.Client, postgrator: Postgrator) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'oms-migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    const postgrator = new Postgrator({
      migrationPattern: `${SQL}migrations/*`,
      driver: 'pg',
      schemaTable: 'public.oms_schema_version',
      execQuery: (query) => client.query(query),
    });
    return await work(client, postgrator);
  } finally {
    await client.end();
  }
}

/** Writes the table of sources, from which the functions and views know what sources there are. */
async function keepSources(client: pg.Client): Promise<void> {
  for (const source of SOURCES) {
    const { number, weight, lookedUp, speaksWide, words } = rowOf(source);
    const row = [source, number, weight, lookedUp, speaksWide, words.reports];
    await client.query('select oms.keep_source($1, $2, $3, $4, $5, $6)', row);
  }
  await client.query('select oms.write_source_functions()');
}

/** Runs every script in a folder and in those below it. */
async function replaceObjects(client: pg.Client, folder: string): Promise<void> {
  for (const file of (await readdir(folder, { recursive: true })).sort()) {
    if (file.endsWith('.sql')) await client.query(await readFile(`${folder}/${file}`, 'utf8'));
  }
}
