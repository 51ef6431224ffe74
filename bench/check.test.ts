import { describe, expect, it } from 'vitest';
import { worseThan, type Result } from './check.js';
import { quantityOf, type Figure } from './figures.js';

const figure = (name: string, cpuMicrosPerEvent: number): Figure => ({
  name,
  events: 1,
  medianPerSecond: 1e6 / cpuMicrosPerEvent,
  minPerSecond: 1,
  maxPerSecond: 1,
  cpuMicrosPerEvent,
});
const machine = { cpu: 'X', cores: 2, memoryGb: 24 };
const result = (...figures: Result['figures']): Result => ({ name: 'stages', machine, node: 'v20', figures });

describe('a result against a stored one', () => {
  it('is not worse because the machine was slower that day', () => {
    const before = result(figure('R', 5), figure('place', 10));
    expect(worseThan(before, result(figure('R', 8), figure('place', 16)))).toEqual([]);
    expect(worseThan(before, result(figure('R', 8), figure('place', 20)))).toEqual([
      'place: 2.50 times R, was 2.00: 25 % worse.',
    ]);
  });

  it('says what takes longer or holds more than before, by more than 15 %', () => {
    const before = result(quantityOf('restore', 's', [5, 6, 7]));
    expect(worseThan(before, result(quantityOf('restore', 's', [6.8])))).toEqual([]);
    expect(worseThan(before, result(quantityOf('restore', 's', [7.5]), quantityOf('new', 's', [1])))).toEqual([
      'restore: 7.50 s, was 6.00: 25 % worse.',
    ]);
  });

  it('says nothing of another class of machine', () => {
    const other = { ...result(figure('R', 1)), machine: { ...machine, cores: 64 } };
    expect(worseThan(result(figure('R', 5)), other)).toBeNull();
  });
});
