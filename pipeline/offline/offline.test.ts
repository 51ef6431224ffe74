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
      'entries of a log that are none',
      [...lines.slice(0, half), '{"command":"confirm","outageId":"x"}', '{"placed":true}', ...lines.slice(half)],
    ],
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

  it('keeps an entry of a log that is none aside, with what is wrong with it, and takes all others', () => {
    const run = new OfflineRun({ network, takenInAt: 0 });
    const key = { substationId: 'S1', feederId: 'S1-F1' };
    const placed = { ...events[0]!, ...key, kind: 'outage', placed: true, reach: 'point', customerId: null };
    const decision = { command: 'note', commandId: 'c', author: 'ann', at: '2026-10-04T18:00:00.000Z', outageId: 'x' };
    run.line(JSON.stringify({ ...placed, dpId: null, feederCustomers: 0 }));
    run.line(JSON.stringify({ ...placed, dpId: null, feederCustomers: 0, flags: [], feederId: undefined }));
    run.line(JSON.stringify({ ...decision, ...key, reason: null }));
    run.line(JSON.stringify({ ...decision, ...key, reason: null, at: 'soon' }));
    for (const line of lines) run.line(line);
    expect(run.finish().length).toBeGreaterThan(0);
    expect(run.counts).toMatchObject({ read: lines.length + 2, commands: 2 });
    expect(
      (run.rejected as { reason: string; detail: string }[]).map(({ reason, detail }) => [reason, detail]),
    ).toEqual([
      ['wrongShape', 'A record of the log has flags undefined instead of a list, each of it a text.'],
      ['wrongShape', '"S1/undefined" is not a key: expected SUBSTATION/FEEDER.'],
      ['wrongShape', 'A record of the log has outageId "x" instead of a UUID.'],
      ['wrongShape', 'A record of the log has at null instead of a whole number (when it was decided; epoch ms, UTC).'],
    ]);
  });
});
