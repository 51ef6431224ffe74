/** Compiles node-rdkafka, the one dependency that comes as C++, if it has not been compiled for this Node. */
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { readEnvironment } from '../connections/environment.js';
import { findCommand, runCommand } from './command.js';
import { installPackages } from './debian-packages.js';

/** Debian's packages for what is missing of a C++ compiler, make and Python. */
export function missingTools(has: (command: string) => boolean): string[] {
  const missing: string[] = [];
  if (!has('c++') && !has('g++') && !has('clang++')) missing.push('g++');
  if (!has('make')) missing.push('make');
  if (!has('python3')) missing.push('python3');
  return missing;
}

/**
 * Folder of Node's own headers, if they are on this machine: then none need be downloaded.
 * @returns the prefix above `include/node`, or null when they are absent or of another version
 */
export function localHeaders(prefix: string, version: string): string | null {
  const file = join(prefix, 'include', 'node', 'node_version.h');
  if (!existsSync(file)) return null;
  const text = readFileSync(file, 'utf8');
  const part = (name: string) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1];
  return [part('MAJOR'), part('MINOR'), part('PATCH')].join('.') === version ? prefix : null;
}

/** Whether node-rdkafka can be loaded by this Node. */
async function isCompiled(): Promise<boolean> {
  return (await runCommand(process.execPath, ['-e', "require('node-rdkafka')"])).code === 0;
}

/** The environment to compile in. */
async function compileEnvironment(): Promise<NodeJS.ProcessEnv> {
  // Its makefile cannot run several jobs at once.
  const env = { ...process.env, JOBS: '1' };
  const configured =
    process.env.npm_config_nodedir ?? (await runCommand('npm', ['config', 'get', 'nodedir'])).out.trim();
  if (configured && configured !== 'undefined') return env;
  const headers = localHeaders(dirname(dirname(process.execPath)), process.versions.node);
  return headers === null ? env : { ...env, npm_config_nodedir: headers };
}

/** @throws Error when a tool is missing or the compilation fails */
async function compile(say: (line: string) => void): Promise<void> {
  const missing = missingTools((command) => findCommand(command) !== null);
  if (missing.length > 0) await installPackages(`To compile node-rdkafka, ${missing.join(', ')}`, missing, null, say);
  say('Compiling node-rdkafka, once: about two minutes.');
  const logFile = join(readEnvironment().home, 'logs', 'node-rdkafka.log');
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const startedAt = performance.now();
  const progress = setInterval(() => {
    say(`  still compiling after ${Math.round((performance.now() - startedAt) / 1000)} s`);
  }, 20_000);
  const child = spawn('npm', ['rebuild', 'node-rdkafka'], {
    stdio: ['ignore', log, log],
    env: await compileEnvironment(),
  });
  const code = await new Promise<number | null>((done, fail) => child.on('exit', done).on('error', fail));
  clearInterval(progress);
  if (code !== 0 || !(await isCompiled())) {
    throw new Error(
      `node-rdkafka could not be compiled: ${logFile} says why; it needs a C++20 compiler, make and Python 3.`,
    );
  }
}

try {
  if (!(await isCompiled())) await compile((line) => console.error(line));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
