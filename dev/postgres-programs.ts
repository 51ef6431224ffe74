/** Finds PostgreSQL's programs on this machine, and the user they run as. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findCommand, runCommand } from './command.js';
import { installPackages } from './debian-packages.js';

const OTHERWISE = 'set DATABASE_URL to a PostGIS that runs';

export interface PostgresPrograms {
  /** Folder of initdb and postgres. */
  readonly bin: string;
  readonly major: number;
  readonly hasPostgis: boolean;
}

/** User and group as which the programs run; empty: as we do. */
export type PostgresUser = { readonly uid: number; readonly gid: number } | Record<string, never>;

async function programsIn(bin: string): Promise<PostgresPrograms | null> {
  if (!existsSync(join(bin, 'initdb'))) return null;
  const { out } = await runCommand(join(bin, 'postgres'), ['--version']);
  const major = Number(/(\d+)/.exec(out)?.[1]);
  if (!major) return null;
  const share =
    (await runCommand(join(bin, 'pg_config'), ['--sharedir'])).out.trim() || `/usr/share/postgresql/${major}`;
  return { bin, major, hasPostgis: existsSync(join(share, 'extension', 'postgis.control')) };
}

async function installed(): Promise<PostgresPrograms[]> {
  const debian = '/usr/lib/postgresql';
  const folders = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : [];
  const onPath = findCommand('postgres');
  if (onPath !== null) folders.push(dirname(realpathSync(onPath)));
  const found = await Promise.all([...new Set(folders)].map(programsIn));
  return found.filter((programs) => programs !== null);
}

/**
 * Chooses among installed versions: the one that the data was made with, else one with PostGIS, else the newest.
 * @param dataMajor version of the data that is there, or null
 */
export function choosePrograms(found: readonly PostgresPrograms[], dataMajor: number | null): PostgresPrograms | null {
  return (
    found
      .filter(({ major }) => dataMajor === null || major === dataMajor)
      .sort((a, b) => Number(b.hasPostgis) - Number(a.hasPostgis) || b.major - a.major)[0] ?? null
  );
}

/**
 * Finds a PostgreSQL with PostGIS; installs one where we may.
 * @param dataMajor version of the data that is there, or null
 * @throws Error when there is none
 */
export async function requirePrograms(
  dataMajor: number | null,
  say: (line: string) => void,
): Promise<PostgresPrograms> {
  let chosen = choosePrograms(await installed(), dataMajor);
  if (chosen?.hasPostgis) return chosen;
  const major = chosen?.major ?? dataMajor;
  const what = chosen === null ? `PostgreSQL${major === null ? '' : ` ${major}`} with PostGIS` : 'PostGIS';
  const packages = major === null ? ['postgresql', 'postgresql-postgis'] : [`postgresql-${major}-postgis-3`];
  await installPackages(what, packages, OTHERWISE, say);
  chosen = choosePrograms(await installed(), dataMajor);
  if (!chosen?.hasPostgis) {
    throw new Error(`${what} is missing even after installing ${packages.join(' ')}: ${OTHERWISE}.`);
  }
  return chosen;
}

/**
 * The user as whom PostgreSQL runs: it refuses to run as root.
 * @throws Error when we are root and there is no user postgres
 */
export async function postgresUser(): Promise<PostgresUser> {
  if (process.getuid?.() !== 0) return {};
  const id = async (flag: string) => Number((await runCommand('id', [flag, 'postgres'])).out.trim() || NaN);
  const [uid, gid] = await Promise.all([id('-u'), id('-g')]);
  if (!Number.isInteger(uid) || !Number.isInteger(gid)) {
    throw new Error(`PostgreSQL refuses to run as root and there is no user postgres: add one, or ${OTHERWISE}.`);
  }
  return { uid, gid };
}
