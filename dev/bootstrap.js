// @ts-check
/**
 * The entry of `npm start|test|run bench|test:faults|test:api|test:node|reset`. Plain JavaScript on Node alone, since on a fresh clone nothing is
 * installed or built yet: it sees to that, then hands over to the built program.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuilt, isInstalled, readLock } from './freshness.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const OLDEST_NODE = [20, 19];
/** @type {Record<string, string>} */
const PROGRAMS = {
  start: 'dist/dev/start.js',
  test: 'dist/dev/test.js',
  bench: 'dist/bench/main.js',
  faults: 'dist/test/faults/main.js',
  api: 'dist/test/api/main.js',
  node: 'dist/dev/other-nodes.js',
  reset: 'dist/dev/reset.js',
};
const SOURCE_FOLDERS = [
  'operators',
  'streams',
  'connections',
  'pipeline',
  'gateway',
  'cli',
  'simulator',
  'sql',
  'dev',
  'bench',
  'test',
];
/** The build ends with what is for this machine only: the product is built without it. */
const BUILT_LAST = 'dist/bench/main.js';

/** A failure that needs no stack. */
class Failure extends Error {}

/**
 * Runs a command in the project's folder, on our terminal.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit code
 */
function run(command, args) {
  // Each call into librdkafka that waits holds a thread of the pool, which has 4 by default.
  const env = { UV_THREADPOOL_SIZE: '16', ...process.env };
  const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', env });
  return new Promise((done, fail) => {
    // Passed on, for the child decides what they mean; the terminal's Ctrl-C reaches it twice, which it expects.
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, pass);
    child.on('error', (error) => fail(new Failure(`${command} cannot be run: ${error.message}.`)));
    child.on('exit', (code) => {
      for (const signal of signals) process.off(signal, pass);
      done(code ?? 1);
    });
  });
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} otherwise what its failure means
 */
async function must(command, args, otherwise) {
  if ((await run(command, args)) !== 0) throw new Failure(otherwise);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new Failure(`Node ${process.versions.node} is too old: use ${OLDEST_NODE.join('.')} or newer.`);
  }
}

/** @param {string} file settings; what is set in the environment goes first */
function readEnvFile(file) {
  if (!existsSync(file)) return;
  try {
    process.loadEnvFile(file);
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
}

/** Installs the dependencies and builds, each only if need be. */
async function prepare() {
  const asked = readLock(join(ROOT, 'package-lock.json')) ?? {};
  if (!isInstalled(asked, readLock(join(ROOT, 'node_modules/.package-lock.json')))) {
    console.error('Installing the dependencies (npm ci): about a minute.');
    // Without scripts: the compiler that one of them needs may be missing, and is seen to below.
    const ci = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    await must('npm', ci, 'The dependencies could not be installed: see above; check the network and npm ping.');
  }
  const files = readdirSync(ROOT).filter((name) => /\.ts$|^(package|tsconfig.*)\.json$/.test(name));
  const sources = [...files, ...SOURCE_FOLDERS].map((name) => join(ROOT, name));
  if (!isBuilt(join(ROOT, BUILT_LAST), sources)) {
    console.error('Building (npm run build:all): less than a minute.');
    await must('npm', ['run', '--silent', 'build:all'], 'The build failed: see above.');
  }
  await must(process.execPath, ['dist/dev/native.js'], 'node-rdkafka is not ready: see above.');
}

async function main() {
  const [command = '', ...args] = process.argv.slice(2);
  const program = PROGRAMS[command];
  if (program === undefined) {
    console.error(`Use: node dev/bootstrap.js ${Object.keys(PROGRAMS).join('|')}`);
    return 2;
  }
  checkNode();
  readEnvFile(join(ROOT, '.env'));
  // Resetting must work when building does not.
  if (command !== 'reset' || !existsSync(join(ROOT, program))) await prepare();
  return run(process.execPath, [program, ...args]);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
