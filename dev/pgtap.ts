/** pgTAP, the test functions that run inside the database. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientBase } from 'pg';
import { installPackages } from './debian-packages.js';

const DEBIAN = '/usr/share/postgresql';

/**
 * Puts pgTAP into the database of a connection: as an extension where the server has it (or, being on this machine, gets it
 * from Debian's package), else from that package's script.
 * @throws Error when it is missing and cannot be installed
 */
export async function createPgtap(client: ClientBase, say: (line: string) => void): Promise<void> {
  if (await isAvailable(client)) {
    await client.query('create extension if not exists pgtap');
    return;
  }
  if (script() === null) await installPackages('pgTAP', [`postgresql-${await majorOf(client)}-pgtap`], null, say);
  if (await isAvailable(client)) {
    await client.query('create extension if not exists pgtap');
    return;
  }
  const path = script();
  if (path === null) throw new Error(`pgTAP's script is missing in ${DEBIAN} even after installing its package.`);
  // A server elsewhere, such as Docker's: the script is plain SQL but for the line that tells psql's users off.
  await client.query(readFileSync(path, 'utf8').replace(/^\\.*$/gm, ''));
}

async function isAvailable(client: ClientBase): Promise<boolean> {
  const { rowCount } = await client.query("select from pg_available_extensions where name = 'pgtap'");
  return rowCount === 1;
}

async function majorOf(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ version: string }>("select current_setting('server_version_num') as version");
  return Math.floor(Number(rows[0]!.version) / 10_000);
}

/** The script of pgTAP's newest version on this machine. */
function script(): string | null {
  if (!existsSync(DEBIAN)) return null;
  const scripts = readdirSync(DEBIAN).flatMap((version) => {
    const folder = join(DEBIAN, version, 'extension');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => /^pgtap--\d+(\.\d+)+\.sql$/.test(name))
      .map((name) => join(folder, name));
  });
  return scripts.sort().at(-1) ?? null;
}
