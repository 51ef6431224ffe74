import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pulse } from '../streams/pulse.js';
import { complaintsOf, readBeat, stageBeatOf, type Beat } from './beat.js';
import { BeatSchema } from './beat-schema.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const living = (pulse: Pulse, complaints: string[] = []) => ({ pulse, complaints: () => complaints });

it('a loop that has not turned for half a minute stands still, however long it waits for what it has read', () => {
  const pulse = new Pulse();
  pulse.turn();
  expect(complaintsOf(living(pulse, ['so.']))).toEqual(['so.']);
  vi.advanceTimersByTime(29_000);
  pulse.waits();
  expect(complaintsOf(living(pulse))).toEqual([]);
  vi.advanceTimersByTime(2_000);
  expect(complaintsOf(living(pulse))).toEqual(['it has stood still for 31 s.']);
  pulse.turn();
  expect(complaintsOf(living(pulse))).toEqual([]);
});

it('a loop that turns and commits nothing of what it has read says so, and not if it has nothing to commit', () => {
  const pulse = new Pulse();
  for (let s = 0; s < 60; s++) {
    vi.advanceTimersByTime(1_000);
    pulse.polled();
  }
  expect(complaintsOf(living(pulse))).toEqual([]);
  pulse.waits();
  for (let s = 0; s < 40; s++) {
    vi.advanceTimersByTime(1_000);
    pulse.polled();
    pulse.waits();
  }
  expect(complaintsOf(living(pulse))).toEqual(['what it has read has waited 40 s to be committed.']);
  pulse.committed(true);
  vi.advanceTimersByTime(10_000);
  expect(stageBeatOf('place', living(pulse))).toEqual({
    name: 'place',
    polledAgoMs: 10_000,
    committedAgoMs: 10_000,
    waitedMs: 10_000,
    // It is asked for the first time.
    stillMs: 0,
    complaints: [],
  });
  pulse.committed(false);
  expect(stageBeatOf('place', living(pulse))).toMatchObject({ committedAgoMs: 0, waitedMs: 0 });
});

it('what is read as a beat is what the schema says', () => {
  const isBeat = formats.default(new Ajv({ strict: false })).compile(BeatSchema);
  const isRead = (value: unknown): boolean => {
    try {
      readBeat(Buffer.from(JSON.stringify(value)));
      return true;
    } catch {
      return false;
    }
  };
  const beat: Beat = {
    ...{ host: 'a', pid: 7, slot: 'one', startedAt: '2026-10-04T18:00:00.000Z', beat: 0, port: null, isLeaving: false },
    stages: [stageBeatOf('place', living(new Pulse(), ['so.']))],
  };
  expect([isRead(beat), isBeat(beat)]).toEqual([true, true]);
  const odd = [undefined, null, -1, 0.5, 7, '', 'x', '2026-10-04T18:00:00.000Z', true, [], {}, [7], [{}]];
  for (const wrong of odd) {
    const bent: unknown[] = Object.keys(beat).map((field) => ({ ...beat, [field]: wrong }));
    for (const field of Object.keys(beat.stages[0]!))
      bent.push({ ...beat, stages: [{ ...beat.stages[0]!, [field]: wrong }] });
    for (const value of bent)
      expect(isRead(value), JSON.stringify(value)).toBe(isBeat(JSON.parse(JSON.stringify(value))));
  }
  expect(() => readBeat(Buffer.from(JSON.stringify({ ...beat, pid: 'x' })))).toThrow(
    'A beat has pid "x" instead of a whole number.',
  );
});
