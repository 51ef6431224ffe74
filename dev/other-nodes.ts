/**
 * `npm run test:node [-- VERSION ...]`: the unit tests on other versions of Node. Each comes from npm with its headers, so that
 * node-rdkafka compiles for it without a download; what it is compiled in is a copy, and stays for the next time.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readEnvironment } from '../connections/environment.js';
import { runCommand } from './command.js';

/** Those that are maintained, besides the one that runs this. */
const VERSIONS = ['20', '22', '24'].filter((version) => version !== process.versions.node.split('.')[0]);
/** Not copied: what git, the runs and this made. */
const LEFT_OUT = ['.git', '.oms', 'node_modules'];

async function must(command: string, args: readonly string[], cwd?: string): Promise<string> {
  const { code, out, err } = await runCommand(command, args, cwd === undefined ? {} : { cwd });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${err.trim() || out.trim()}`);
  return out;
}

/** Installs a version of Node from npm. Returns the folder above its `bin` and `include`. */
async function nodeOf(version: string, folder: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  mkdirSync(folder, { recursive: true });
  await must('npm', [
    'install',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `${name}@${version}`,
  ]);
  return join(folder, 'node_modules', name);
}

/** A copy of the project, with a node-rdkafka of its own; files are links where nothing writes to them. */
async function copyTo(copy: string): Promise<void> {
  const rdkafka = join(copy, 'node_modules', 'node-rdkafka');
  const compiled = join(copy, '..', 'node-rdkafka');
  if (existsSync(rdkafka)) {
    rmSync(compiled, { recursive: true, force: true });
    await must('mv', [rdkafka, compiled]);
  } else {
    await must('cp', ['-a', join('node_modules', 'node-rdkafka'), compiled]);
  }
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy);
  const entries = (await must('ls', ['-A'])).trim().split('\n');
  await must('cp', ['-al', ...entries.filter((entry) => !LEFT_OUT.includes(entry)), copy]);
  await must('cp', ['-al', 'node_modules', copy]);
  rmSync(rdkafka, { recursive: true });
  await must('mv', [compiled, rdkafka]);
}

function run(program: string, args: readonly string[], cwd: string, prefix: string): Promise<number> {
  const path = `${join(prefix, 'bin')}${delimiter}${process.env.PATH}`;
  const child = spawn(program, args, { cwd, stdio: 'inherit', env: { ...process.env, PATH: path } });
  return new Promise((done, fail) => child.on('error', fail).on('exit', (code) => done(code ?? 1)));
}

async function testOn(version: string, home: string): Promise<number> {
  const folder = join(home, 'node', version);
  const prefix = await nodeOf(version, folder);
  const node = join(prefix, 'bin', 'node');
  const copy = join(folder, 'project');
  console.error(`Node ${(await must(node, ['--version'])).trim()}: the unit tests`);
  await copyTo(copy);
  // It compiles node-rdkafka if this Node cannot load it.
  if ((await run(node, ['dist/dev/native.js'], copy, prefix)) !== 0) return 1;
  return run(node, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit'], copy, prefix);
}

try {
  const { home } = readEnvironment();
  for (const version of process.argv.length > 2 ? process.argv.slice(2) : VERSIONS)
    if ((await testOn(version, home)) !== 0) process.exitCode = 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
