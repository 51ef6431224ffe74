/** Commands of the machine: found and run. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** User and group to run as; only root may set them. */
  readonly uid?: number;
  readonly gid?: number;
  /** After this the command is ended, ms. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  /** Exit code; null: there is no such command, or it was ended by a signal. */
  readonly code: number | null;
  /** What it wrote to standard output and standard error. */
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a command to its end and keeps what it writes.
 * @returns its exit code and output; never throws, so that each caller says what a failure means
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { timeoutMs, ...spawnOptions } = options;
  return new Promise((done) => {
    const child = spawn(command, args, {
      ...spawnOptions,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', (error) => done({ code: null, out, err: error.message }));
    child.on('close', (code) => done({ code, out, err }));
  });
}

/** Path of an executable on the PATH, or null. */
export function findCommand(name: string, env: NodeJS.ProcessEnv = process.env): string | null {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      continue;
    }
  }
  return null;
}
