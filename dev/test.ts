/** `npm test`: runs all tests, those with a real Kafka, a real PostGIS and a real browser among them. */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment } from '../connections/environment.js';
import { requireChromium } from './chromium.js';
import { makeHome } from './home.js';
import { countTests } from './test-count.js';

/** @returns vitest's exit code */
async function run(args: readonly string[]): Promise<number> {
  const { home } = readEnvironment();
  await requireChromium((line) => console.error(line));
  makeHome(home);
  const report = join(home, 'test-report.json');
  rmSync(report, { force: true });
  const vitest = spawn(
    process.execPath,
    [
      join('node_modules', 'vitest', 'vitest.mjs'),
      ...['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      ...args,
    ],
    { stdio: 'inherit', env: { ...process.env, UV_THREADPOOL_SIZE: '16' } },
  );
  // The terminal sends Ctrl-C to vitest as well; we stay to tell how it ended.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => vitest.kill('SIGTERM'));
  const code = await new Promise<number>((done, fail) => {
    vitest.on('error', fail).on('exit', (exitCode) => done(exitCode ?? 1));
  });
  let counted: { passed: number; failed: number };
  try {
    counted = countTests(JSON.parse(readFileSync(report, 'utf8')));
  } catch {
    throw new Error('vitest ended before it wrote its report: see above.');
  }
  console.log(`${counted.passed} passed, ${counted.failed} failed`);
  return code;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
