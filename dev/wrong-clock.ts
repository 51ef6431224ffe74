/** Clocks that are wrong on purpose, for tests. */
import { join, resolve } from 'node:path';
import { findCommand, runCommand } from './command.js';
import { installPackages } from './debian-packages.js';

/**
 * The environment of a process whose clock is wrong.
 * @param folder where what is preloaded into it may be kept; absolute
 * @throws Error when there is no C compiler and none can be installed
 */
export async function wrongClock(offsetS: number, folder: string): Promise<NodeJS.ProcessEnv> {
  if (findCommand('cc') === null) await installPackages('A C compiler', ['gcc', 'libc6-dev'], null, console.error);
  const library = join(folder, 'wrong-clock.so');
  const source = resolve(import.meta.dirname, 'wrong-clock.c');
  const { code, err } = await runCommand('cc', ['-shared', '-fPIC', '-O1', '-o', library, source]);
  if (code !== 0) throw new Error(`${source} cannot be compiled: ${err.trim().split('\n')[0]}`);
  return { LD_PRELOAD: library, WRONG_CLOCK_S: String(offsetS) };
}
