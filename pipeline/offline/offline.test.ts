import { describe, expect, it } from 'vitest';
import { demoNetwork } from '../../simulator/network/demo.js';
import { simulateStorm } from '../../simulator/storm/storm.js';
import { OfflineRun } from './offline.js';

const network = demoNetwork({ substations: 2 });
const { events } = simulateStorm(network, { seed: 7, faults: 20, hours: 2, startMs: Date.UTC(2026, 9, 4, 18) });
const lines = events.map((event) => JSON.stringify(event));

/** What comes of a text of lines, taken in as it is read: in blocks, or line by line. */
function resultOf(take: (run: OfflineRun) => void): object {
  const run = new OfflineRun({ network, takenInAt: 0 });
  take(run);
  const outages = run.finish().map(({ log: _, ...outage }) => outage);
  outages.sort((a, b) => (a.outageId < b.outageId ? -1 : 1));
  const reasons = (run.rejected as { reason: string }[]).map(({ reason }) => reason);
  return { outages, counts: run.counts, reasons };
}

describe('a run without Kafka', () => {
  const half = lines.length / 2;
  it.each([
    ['events alone', lines],
    ['a line that is no object', [...lines.slice(0, half), '[1]', ...lines.slice(half)]],
    ['a line that is no JSON', [...lines.slice(0, half), '{"half', ...lines.slice(half), 'no']],
    ['empty lines', ['', ...lines.slice(0, half), ' ', ...lines.slice(half), '']],
    [
      'a value that looks like an entry of a log',
      [...lines.slice(0, half), '{"type":"command"}', ...lines.slice(half)],
    ],
  ])('makes the same of %s in a block as line by line', (_, given) => {
    const byLine = resultOf((run) => given.forEach((line) => run.line(line)));
    expect(resultOf((run) => run.block(Buffer.from(given.join('\n'))))).toEqual(byLine);
    expect(resultOf((run) => run.block(Buffer.from(given.join('\r\n'))))).toEqual(byLine);
    const { outages } = byLine as { outages: readonly object[] };
    expect(outages.length).toBeGreaterThan(0);
  });
});
