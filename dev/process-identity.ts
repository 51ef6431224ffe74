/** Which process a pid means: pids are used again, so a pid alone proves nothing. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/**
 * What tells a process from a later one with the same pid: when it started, and in which boot.
 * @returns null when no such process lives
 */
export function processIdentity(pid: number): string | null {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim() || null;
  }
  const stat = read(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The name in parentheses may hold anything; the fields after it are state, ppid, ... and the 20th is the start.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  return `${read('/proc/sys/kernel/random/boot_id')?.trim()}/${fields[19]}`;
}

/** The command line of a process, or null when none lives. */
export function processCommand(pid: number): string | null {
  if (process.platform === 'linux') return read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? null;
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim() || null;
}

/** Pids of the processes whose working folder is this one. */
export function processesIn(folder: string): number[] {
  if (process.platform !== 'linux') {
    // lsof prints one line `p<pid>` for each; it ends with 1 when there is none.
    const { stdout } = spawnSync('lsof', ['-a', '-d', 'cwd', '-F', 'p', '--', folder], { encoding: 'utf8' });
    return [...(stdout ?? '').matchAll(/^p(\d+)$/gm)].map((match) => Number(match[1]));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder;
      } catch {
        return false;
      }
    });
}
