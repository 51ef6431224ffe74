import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { demoNetwork } from '../../simulator/network/demo.js';
import { simulateStorm } from '../../simulator/storm/storm.js';
import { readNetwork } from '../jobs/network/read.js';
import { Diagnosing, DiagnosisRun } from './diagnosing.js';
import { OfflineRun } from './offline.js';

const folder = new URL('../../data/diagnosis-cases/', import.meta.url);
const network = await readNetwork(new URL('network', folder).pathname);
const linesOf = (name: string): string[] =>
  readFileSync(new URL(`${name}.ndjson`, folder), 'utf8')
    .trim()
    .split('\n');

function runOf(lines: readonly string[]): DiagnosisRun {
  const run = new DiagnosisRun({ network, takenInAt: 0 });
  run.block(Buffer.from(lines.join('\n')));
  return run;
}

describe('a diagnosis without Kafka', () => {
  it('names the fault behind the lines of a file, with its members', () => {
    const run = runOf(linesOf('01-fuse-two-transformers'));
    const [fault, ...others] = run.finish();
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ device: 'FA', deviceType: 'fuse', feederId: 'F1', phases: 'A' });
    expect(fault!.members).toHaveLength(6);
    expect(fault!.members).toContainEqual({
      source: 'kaifa',
      sourceEventId: 'K1',
      assetId: 'M04',
      t: Date.parse('2026-10-04T10:00:00.000Z'),
    });
    expect(run.counts).toEqual({ read: 6, commands: 0, unplaced: 0, rejected: 0 });
  });

  it.each([
    ['37-operator-confirms', 'R1'],
    ['38-operator-cancels', 'FA'],
  ])('takes an operator at his word: %s', (name, device) => {
    const run = runOf(linesOf(name));
    expect(run.finish()).toMatchObject([{ device }]);
    expect(run.counts).toMatchObject({ commands: 1, rejected: 0 });
  });

  it('takes a command that names the fault by its id', () => {
    const lines = linesOf('01-fuse-two-transformers');
    const { faultId } = runOf(lines).finish()[0]!;
    const command = { command: 'confirmFault', at: '2026-10-04T10:01:00Z', feederId: 'F1', device: 'R1' };
    const [fault] = runOf([...lines, JSON.stringify({ ...command, faultId })]).finish();
    expect(fault).toMatchObject({ faultId, device: 'R1', confidence: 1 });
  });

  it('keeps aside a command that cannot be carried out, with what is wrong with it', () => {
    const command = { command: 'confirmFault', at: '2026-10-04T10:01:00Z', feederId: 'F1', device: 'R1' };
    const wrong = [
      { ...command, at: 'soon' },
      { ...command, feederId: 'F9' },
      { ...command, device: 'TIE' },
      { ...command, faultId: '00000000-0000-5000-8000-000000000000' },
      { ...command, device: 7 },
    ];
    const run = runOf(wrong.map((one) => JSON.stringify(one)));
    expect(run.finish()).toEqual([]);
    expect(run.counts).toEqual({ read: 0, commands: 5, unplaced: 0, rejected: 5 });
    expect(run.rejected.map(({ detail }) => detail)).toEqual([
      'A command on a fault has at "soon" instead of a time.',
      'The network has no feeder F9.',
      'The feeder F1 has no device TIE.',
      'There is no fault 00000000-0000-5000-8000-000000000000, or it was over long ago: check the id.',
      'A command on a fault has device 7 instead of a text or null.',
    ]);
  });

  it('says of a storm the same beside the outages as alone, and each report belongs to one fault of a feeder', () => {
    const demo = demoNetwork({ substations: 1 });
    const { events } = simulateStorm(demo, { seed: 5, faults: 25, hours: 3, startMs: Date.UTC(2026, 9, 4, 18) });
    const block = Buffer.from(events.map((event) => JSON.stringify(event)).join('\n'));
    const alone = new DiagnosisRun({ network: demo, takenInAt: 0, linesPerCommit: 1000 });
    alone.block(block);
    const faults = alone.finish();
    const diagnosing = new Diagnosing(demo);
    const beside = new OfflineRun({ network: demo, takenInAt: 0, linesPerCommit: 1000 }, (one) => diagnosing.take(one));
    beside.block(block);
    expect(beside.finish().length).toBeGreaterThan(0);
    expect(diagnosing.faults()).toEqual(faults);
    const members = faults.flatMap(({ feederId, members }) =>
      typeof members === 'number' ? [] : members.map((one) => `${feederId}/${one.source}/${one.sourceEventId}`),
    );
    expect(new Set(members).size).toBe(members.length);
    expect(faults.length).toBeGreaterThan(10);
  });
});
