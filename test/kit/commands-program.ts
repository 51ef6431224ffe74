import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { exitCodeOf, type ErrorCode } from '../../connections/errors.js';

/** Runs the built program as a user does: as a process of its own. */

const PROGRAM = fileURLToPath(new URL('../../dist/cli/oms.js', import.meta.url));
export const NETWORK = fileURLToPath(new URL('../../data/ieee9500', import.meta.url));

/** A folder for the files of one test file. */
export const folder = await mkdtemp(join(tmpdir(), 'oms-commands-'));

/** How a command ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that runs. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said on standard error so far. */
  said(): string;
}

/** Starts `oms ARGS`. It knows of no Kafka and no database but those in `env`. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): Running {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: run "npm run build".`);
  const { PATH, LD_LIBRARY_PATH } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    env: { PATH, LD_LIBRARY_PATH, OMS_HOME: folder, UV_THREADPOOL_SIZE: '16', ...env },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  // A command that does not read its input closes it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  return { process: child, ended, said: () => err };
}

/** Runs `oms ARGS` to its end. */
export const run = (args: readonly string[], env?: NodeJS.ProcessEnv, input?: string): Promise<Ended> =>
  start(args, env, input).ended;

/** Runs `oms ARGS`, which must be done without failure, and gives its standard output. */
export async function result(args: readonly string[], env?: NodeJS.ProcessEnv, input?: string): Promise<string> {
  const { code, out, err } = await run(args, env, input);
  expect(code, err).toBe(0);
  return out;
}

/**
 * Runs `oms ARGS`, which must end with `code`, a sentence and the code of an error that somebody foresaw, nothing on standard
 * output and no trace of the program's inside. Returns the sentence.
 */
export async function refusal(code: 1 | 2, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  const ended = await run(args, env);
  expect(ended.err).not.toMatch(/^\s+at |node:internal|UnhandledPromise/m);
  expect(ended).toMatchObject({ code, out: '' });
  const said = ended.err.replace('(add --help for help)\n', '').trimEnd().split('\n');
  expect(said).toEqual([expect.any(String), expect.stringMatching(/^Code: OMS_\w+$/)]);
  const error = said[1]!.slice('Code: '.length) as ErrorCode;
  expect([error, exitCodeOf(error)]).toEqual([expect.not.stringMatching('OMS_INTERNAL'), code]);
  return said[0]!;
}

/** The lines of an NDJSON text. */
export const parsed = <T>(ndjson: string): T[] =>
  ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
