import { expect, it } from 'vitest';
import { demoNetwork } from '../network/demo.js';
import { HARD } from '../storm/hardness.js';
import { simulateStorm } from '../storm/storm.js';
import { readSaidFaults, readTruth } from './faults-file.js';

const lines = (...values: unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const report = (sourceEventId: string) => ({ source: 'kaifa', sourceEventId, assetId: 'M1' });

it('a truth is read as oms storm writes it, without what is said and is not so', () => {
  const storm = simulateStorm(demoNetwork({ substations: 1 }), {
    seed: 1,
    faults: 100,
    hours: 6,
    startMs: Date.UTC(2026, 9, 4),
    hardness: { ...HARD, falseTrips: 0.2 },
  });
  const names = new Set(storm.untruths.flatMap((untruth) => Object.keys(untruth)));
  expect([...names].sort()).toEqual(['clock', 'falseTrip', 'wrongRow']);
  const { faults, refused } = readTruth(lines(...storm.truth, ...storm.untruths));
  expect(refused).toEqual([]);
  expect(faults.map(({ deviceId }) => deviceId)).toEqual(storm.truth.map(({ deviceId }) => deviceId));
  expect(faults.map(({ reports }) => reports.length)).toEqual(storm.truth.map(({ reports }) => reports.length));
});

it('what a diagnosis says is read with its device, or none, and without faults that are part of others', () => {
  const { faults, refused } = readSaidFaults(
    lines(
      { faultId: '1', device: 'R1', equivalent: ['U1'], confidence: 0.9, members: [report('K-1'), report('K-2')] },
      { faultId: '2', device: null, confidence: 0, members: [] },
      { faultId: '3', status: 'superseded', supersededBy: '1' },
    ),
  );
  expect(refused).toEqual([]);
  expect(faults).toEqual([
    { device: 'R1', equivalent: ['U1'], confidence: 0.9, members: ['kaifa/K-1', 'kaifa/K-2'] },
    { device: null, equivalent: [], confidence: 0, members: [] },
  ]);
});

it('a line that is none is refused with its reason, and the others are read', () => {
  const good = { device: 'R1', equivalent: [], confidence: 0.5, members: [report('K-1'), report('K-1')] };
  const text = `${lines(good)}\nno\n${lines(
    7,
    { ...good, confidence: 1.5 },
    { ...good, members: 1200 },
    { ...good, members: [report('K-3'), report('K-1')] },
    { ...good, members: [report('K-3')] },
  )}`;
  const { faults, refused } = readSaidFaults(text);
  expect(faults.map(({ members }) => members)).toEqual([['kaifa/K-1'], ['kaifa/K-3']]);
  expect(refused.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
    expect.stringMatching(/^3: It is not JSON \(/),
    '4: It is 7 instead of an object.',
    '5: It has confidence 1.5 instead of a number from 0 to 1.',
    '6: It has members 1200 instead of a list, each of it an object with source and sourceEventId.',
    '7: It has kaifa/K-1, which belongs to a fault above it already.',
  ]);
  expect(readTruth(lines({ deviceId: 'R1' })).refused).toEqual([
    { line: 1, reason: expect.stringContaining('It has reports undefined instead of a list') as string },
  ]);
});
