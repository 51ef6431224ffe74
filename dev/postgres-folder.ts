/** Where PostgreSQL keeps its data, and how the folder is made. */
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.js';
import type { PostgresPrograms, PostgresUser } from './postgres-programs.js';
import { processCommand, processesIn, processIdentity } from './process-identity.js';
import { retryUntil } from './retry.js';

/** How long the backends of a killed server may take to see that it is gone. */
const ORPHANS_TIMEOUT_MS = 15_000;

/** The folder that stands in for `home/postgres` where the user postgres cannot reach it. */
export function folderElsewhere(home: string): string {
  return join('/var/tmp', `oms-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`);
}

/**
 * The folder for the data, made if need be.
 * @returns `home/postgres`, or a folder elsewhere if that user cannot reach it or the data is there already
 * @throws Error when the folder elsewhere belongs to somebody else
 */
export async function postgresFolder(home: string, user: PostgresUser): Promise<string> {
  const folder = join(home, 'postgres');
  const elsewhere = folderElsewhere(home);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(elsewhere, 'data'))) {
    const { code } = await runCommand('test', ['-x', folder], user);
    if (code === 0) return folder;
  }
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  // Anybody may make folders in /var/tmp: one that somebody else prepared could hand us their data or links.
  const { uid } = lstatSync(elsewhere);
  if (!lstatSync(elsewhere).isDirectory() || uid !== process.getuid?.()) {
    throw new Error(
      `${elsewhere} should hold PostgreSQL's data but belongs to somebody else: remove it, or set OMS_HOME.`,
    );
  }
  return elsewhere;
}

/** Major version that the data in a folder was made with, or null when there is none. */
export function dataMajor(folder: string): number | null {
  const file = join(folder, 'data', 'PG_VERSION');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').trim()) : null;
}

/**
 * Makes the data once: a cluster whose only role, oms, owns everything, with a password of its own in `password`.
 * @throws Error when initdb fails
 */
export async function makeData(folder: string, programs: PostgresPrograms, user: PostgresUser): Promise<void> {
  if (dataMajor(folder) !== null) return;
  const password = join(folder, 'password');
  writeFileSync(password, randomBytes(18).toString('base64url'), { mode: 0o600 });
  // Made beside and moved into place, so that an interrupted initdb is never taken for data.
  const fresh = join(folder, 'data.new');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh);
  chmodSync(fresh, 0o700);
  if (user.uid !== undefined) {
    chownSync(password, user.uid, user.gid);
    chownSync(fresh, user.uid, user.gid);
  }
  const { code, err } = await runCommand(
    join(programs.bin, 'initdb'),
    ['-D', fresh, '-U', 'oms', '-A', 'scram-sha-256', `--pwfile=${password}`, '-E', 'UTF8', '--locale=C'],
    { ...user, cwd: folder },
  );
  if (code !== 0) {
    const reason = /error: (.*)$/m.exec(err)?.[1] ?? err.trim().split('\n').at(-1);
    throw new Error(`PostgreSQL's data folder ${folder} cannot be made: ${reason}`);
  }
  renameSync(fresh, join(folder, 'data'));
}

/** The password of the role oms. */
export function readPassword(folder: string): string {
  return readFileSync(join(folder, 'password'), 'utf8').trim();
}

/** What a postmaster.pid says. */
export type PidFile = 'absent' | 'stale' | 'reused' | 'running';

/**
 * Judges a postmaster.pid.
 * @param text its content, or null
 * @param alive whether a process with that pid lives
 * @param command its command line, or null
 */
export function judgePidFile(text: string | null, alive: boolean, command: string | null): PidFile {
  if (text === null) return 'absent';
  if (!alive) return 'stale';
  return /\bpostgres\b|\bpostmaster\b/.test(command ?? '') ? 'running' : 'reused';
}

/**
 * Clears the postmaster.pid of a server that is gone out of the way. PostgreSQL would take the pid for a running server
 * if another program has it by now, or if nobody has collected the dead process (a container's first process may not).
 * The backends hold the data until they have seen that their server is gone: they are waited for.
 * @throws Error when a server runs on the data
 */
export async function clearPidFile(folder: string): Promise<void> {
  const data = join(folder, 'data');
  const file = join(data, 'postmaster.pid');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : null;
  const pid = Number(text?.split('\n')[0]);
  const judged = judgePidFile(text, pid > 0 && processIdentity(pid) !== null, pid > 0 ? processCommand(pid) : null);
  if (judged === 'absent') return;
  if (judged === 'running') {
    throw new Error(`PostgreSQL already runs on ${folder} as process ${pid}, by other hands: stop it first.`);
  }
  await retryUntil(async () => {
    const left = processesIn(realpathSync(data));
    if (left.length > 0) {
      throw new Error(`PostgreSQL was killed and its processes ${left.join(', ')} do not end: end them by hand.`);
    }
  }, ORPHANS_TIMEOUT_MS);
  rmSync(file, { force: true });
}
