import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quantityOf, type Quantity } from './figures.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const NETWORK = fileURLToPath(new URL('../../data/ieee9500', import.meta.url));
const OMS = fileURLToPath(new URL('../cli/oms.js', import.meta.url));
/** A million events of all sources: faults over 16 days on the bundled network. */
const STORM = ['--seed', '7', '--faults', '3900', '--hours', '390'];
const NEWLINE = 0x0a;

/** `oms correlate` on a file of a million canonical events, the process from its start to its end. */
export function benchCorrelateFile(): Quantity[] {
  const folder = mkdtempSync(join(tmpdir(), 'oms-bench-'));
  const oms = (...args: string[]): void => {
    execFileSync(process.execPath, [OMS, ...args, '--network', NETWORK], { stdio: 'ignore' });
  };
  try {
    const events = join(folder, 'events.ndjson');
    oms('storm', ...STORM, '--out', events);
    const count = readFileSync(events).reduce((lines, byte) => (byte === NEWLINE ? lines + 1 : lines), 0);
    const micros = Array.from({ length: ROUNDS }, () => {
      const startedAt = performance.now();
      oms('correlate', events, '--out', join(folder, 'outages.ndjson'));
      return Number((((performance.now() - startedAt) * 1000) / count).toFixed(2));
    });
    return [quantityOf(`oms correlate on a file of ${(count / 1e6).toFixed(2)} M events`, 'us an event', micros)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
