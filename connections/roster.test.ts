import { describe, expect, it } from 'vitest';
import type { Beat, StageBeat } from './beat.js';
import { Roster } from './roster.js';

let now = 0;

const stage = (name: string, complaints: string[] = []): StageBeat => ({
  name,
  polledAgoMs: 3,
  committedAgoMs: null,
  waitedMs: 0,
  stillMs: 0,
  complaints,
});

function beat(roster: Roster, pid: number, stages: StageBeat[], more: Partial<Beat> = {}): void {
  const record: Beat = {
    host: 'h',
    pid,
    slot: `slot-${pid}`,
    startedAt: '2026-10-04T18:00:00.000Z',
    beat: 0,
    port: null,
    isLeaving: false,
    stages,
    ...more,
  };
  roster.hear(Buffer.from(JSON.stringify(record)));
}

function roster(...expected: string[]): Roster {
  now = 0;
  return new Roster(expected, 0, () => now);
}

describe('who is there', () => {
  it('who has just begun to listen misses nobody yet, and then those who are not heard of', () => {
    const some = roster('place', 'sink');
    expect(some.complaints()).toEqual([]);
    beat(some, 1, [stage('place')]);
    now = 17_001;
    beat(some, 1, [stage('place')]);
    expect(some.complaints()).toEqual(['sink is not running: start it with "oms pipeline --stages sink".']);
  });

  it('a stage whose last process has fallen silent stands still, until it is heard of again', () => {
    const some = roster('place');
    beat(some, 1, [stage('place')]);
    now = 17_000;
    expect(some.complaints()).toEqual([]);
    now = 42_000;
    expect(some.complaints()).toEqual([
      'place stands still: its last process (process 1 on h, slot slot-1) was heard of 42 s ago.',
    ]);
    beat(some, 1, [stage('place')]);
    expect(some.complaints()).toEqual([]);
  });

  it('one of several that falls silent is named, unless another has its slot, or it said that it leaves', () => {
    const some = roster('place');
    for (const pid of [1, 2, 3]) beat(some, pid, [stage('place')]);
    beat(some, 3, [stage('place')], { isLeaving: true });
    now = 20_000;
    beat(some, 1, [stage('place')]);
    expect(some.complaints()).toEqual(['place (process 2 on h, slot slot-2) has not been heard of for 20 s.']);
    beat(some, 9, [stage('place')], { slot: 'slot-2' });
    expect(some.complaints()).toEqual([]);
    expect(some.stages().map(({ pid }) => pid)).toEqual([1, 9]);
  });

  it('what a process complains of is told with its place', () => {
    const some = roster('place', 'correlate');
    beat(some, 1, [stage('place'), stage('correlate', ['3 records made it fail.'])]);
    expect(some.complaints()).toEqual(['correlate (process 1 on h, slot slot-1): 3 records made it fail.']);
  });

  it.each(['', '{"hello":', '[]', '{"host":"h","stages":[{}]}'])('refuses what is no beat: %s', (text) => {
    const some = roster('place');
    expect(() => some.hear(Buffer.from(text))).toThrow();
    some.hear(null);
    expect(some.stages()).toEqual([]);
  });
});
