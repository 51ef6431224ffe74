import { describe, expect, it } from 'vitest';
import { COUNTS, CUSTOMERS, DeviceTree, METERS, ONUS, phaseLetters, type TreeElements } from './tree.js';

type Device = TreeElements['devices'][number];

function device(deviceId: string, upstreamDeviceId: string | null, fields: Partial<Device> = {}): Device {
  return { deviceId, type: 'fuse', upstreamDeviceId, phases: 'ABC', normallyOpen: false, ...fields };
}

function transformer(dpId: string, deviceId: string, phases = 'A', lat = 32): TreeElements['transformers'][number] {
  return { dpId, deviceId, phases, lat, lon: 36 };
}

function customer(customerId: string, dpId: string, onuId: string | null = null): TreeElements['customers'][number] {
  return { customerId, dpId, meterId: `M-${customerId}`, onuId };
}

const tree = new DeviceTree({
  feederId: 'F',
  devices: [
    device('CB', null, { type: 'breaker' }),
    device('R', 'CB', { type: 'recloser' }),
    device('TIE', 'R', { type: 'switch', normallyOpen: true }),
    device('FA', 'R', { phases: 'A' }),
    device('EMPTY', 'R'),
    device('LOST', 'nobody'),
    device('BEHIND', 'TIE'),
  ],
  transformers: [
    transformer('T1', 'FA', 'A', 32),
    transformer('T2', 'R', 'B', 32.01),
    transformer('T3', 'TIE', 'ABC', 32.02),
    transformer('T4', 'R', '', 32.03),
    transformer('T5', 'R', 'C', 32.04),
    transformer('T6', 'R', 'C', 32.05),
  ],
  customers: [
    customer('C1', 'T1', 'O1'),
    customer('C2', 'T2'),
    customer('C3', 'T1'),
    customer('C4', 'T3'),
    customer('C5', 'T9'),
  ],
});
const node = (id: string): number => tree.nodeOf(id)!;
const parent = (id: string): string | undefined => tree.ids[tree.up[node(id)]!];
const countsOf = (id: string, from: number): number[] => [
  ...tree.counts.subarray(node(id) * COUNTS + from, node(id) * COUNTS + from + 4),
];

describe('the tree of a feeder', () => {
  it('has its supply, its closed devices, transformers and customers, in the order in which they are registered', () => {
    expect(tree.ids).toEqual([
      ...['CB', 'R', 'FA', 'EMPTY', 'LOST', 'BEHIND'],
      ...['T1', 'T2', 'T3', 'T4', 'T5', 'T6'],
      ...['C1', 'C2', 'C3', 'C4'],
      'FEEDER:F',
    ]);
    expect(tree.nodeOf('TIE')).toBeUndefined();
    expect(tree.customer('C5')).toBeUndefined();
  });

  it('hangs on the source what has no known parent', () => {
    for (const id of ['CB', 'LOST', 'BEHIND', 'T3']) expect(parent(id)).toBe('FEEDER:F');
    expect(parent('FA')).toBe('R');
    expect(tree.up[tree.source]).toBe(-1);
  });

  it('gives a customer the phase of its transformer, if that is one letter', () => {
    const phaseOf = (id: string): string => phaseLetters(1 << tree.phase[node(id)]!);
    expect(['C1', 'C2', 'C4'].map(phaseOf)).toEqual(['A', 'B', 'X']);
    expect(phaseLetters(tree.phases[node('R')]!)).toBe('AB');
    expect(phaseLetters(tree.phases[tree.source]!)).toBe('ABX');
    expect(phaseLetters(tree.phases[node('EMPTY')]!)).toBe('');
  });

  it('counts meters, ONUs and customers below each node, by phase', () => {
    expect(countsOf('R', METERS)).toEqual([2, 1, 0, 0]);
    expect(countsOf('R', ONUS)).toEqual([1, 0, 0, 0]);
    expect(countsOf('FEEDER:F', CUSTOMERS)).toEqual([2, 1, 0, 1]);
  });

  it('has the customers of a node side by side', () => {
    expect(tree.isInside(node('C3'), node('FA'))).toBe(true);
    expect(tree.isInside(node('C2'), node('FA'))).toBe(false);
    expect(tree.isSame(node('FA'), node('T1'))).toBe(true);
    expect(tree.width(node('EMPTY'))).toBe(0);
    const [first, last] = [tree.first[node('C1')]!, tree.first[node('C3')]!];
    expect(tree.ids[tree.nodeOver(first, last)]).toBe('T1');
    expect(tree.ids[tree.nodeOver(0, tree.customerAt.length - 1)]).toBe('FEEDER:F');
  });

  it('knows the four transformers nearest to one', () => {
    expect(tree.near(node('T1')).map((at) => tree.ids[at])).toEqual(['T2', 'T3', 'T4', 'T5']);
  });

  it('is opened where devices stand above each other in a circle', () => {
    const round = new DeviceTree({
      feederId: 'F',
      devices: [device('A', 'B'), device('B', 'C'), device('C', 'A'), device('D', 'C')],
      transformers: [transformer('T', 'D')],
      customers: [customer('C1', 'T')],
    });
    expect(round.width(round.source)).toBe(1);
    expect(round.ids[round.up[0]!]).toBe('FEEDER:F');
  });
});
