import type { Static } from 'typebox';
import {
  between,
  BOOLEAN,
  INTEGER,
  ISO_TIME,
  listOf,
  nullable,
  objectOf,
  OFFSET,
  readFields,
  TEXT,
} from '../operators/model/record-shape.js';
import type { BeatSchema, StageBeatSchema } from './beat-schema.js';
import type { Pulse } from '../streams/pulse.js';

/** How often a process says that it lives, ms. */
export const BEAT_EVERY_MS = 5000;
/** Whoever has not been heard of for so long stands still, or is gone, ms: three beats, and what a busy machine adds. */
export const SILENT_AFTER_MS = 17_000;
/**
 * A loop that has not turned for so long stands still, ms. Every call into a Kafka client ends within 15 s, and a step of
 * a transaction in 8 s.
 */
export const STILL_AFTER_MS = 30_000;

/** What a stage of a process did. Durations are of the process's monotonic clock. */
export type StageBeat = Readonly<Static<typeof StageBeatSchema>>;

/** The value of a record of `oms.beats`: a process says that it lives, and what its stages did. */
export type Beat = Readonly<Static<typeof BeatSchema>>;

const DURATION_MS = between(0, Infinity, 'a duration in ms');

const STAGE_BEAT = objectOf(
  {
    name: TEXT,
    polledAgoMs: nullable(DURATION_MS),
    committedAgoMs: nullable(DURATION_MS),
    waitedMs: DURATION_MS,
    stillMs: DURATION_MS,
    complaints: listOf(TEXT),
  },
  'a stage',
);
const BEAT = {
  host: TEXT,
  pid: INTEGER,
  slot: TEXT,
  startedAt: ISO_TIME,
  beat: OFFSET,
  port: nullable(INTEGER),
  isLeaving: BOOLEAN,
  stages: listOf(STAGE_BEAT),
};

/** Something that runs and can be asked how it is. */
export interface Living {
  readonly pulse: Pulse;
  /** Why it is degraded, a sentence each; none: all is well. */
  complaints(): readonly string[];
}

/** The key under which a process beats: one that comes back under its slot takes the place of the one before. */
export function beatKey({ slot, stages }: Pick<Beat, 'slot' | 'stages'>): string {
  return `${stages.map(({ name }) => name).join('+')}/${slot}`;
}

/**
 * Reads a record of `oms.beats`.
 * @throws Error that says why it is none
 */
export function readBeat(value: Uint8Array): Beat {
  return readFields('A beat', value, BEAT);
}

/** How something that runs is, now. */
export function stageBeatOf(name: string, living: Living): StageBeat {
  const { pulse } = living;
  const now = performance.now();
  const since = (atMs: number | null): number | null => (atMs === null ? null : Math.round(now - atMs));
  return {
    name,
    polledAgoMs: since(pulse.polledAtMs),
    committedAgoMs: since(pulse.committedAtMs),
    waitedMs: Math.round(pulse.waitedMs()),
    stillMs: Math.round(pulse.stillMs()),
    complaints: [...complaintsOf(living)],
  };
}

/** What something that runs complains of, and what shows that it does not get on. */
export function complaintsOf(living: Living): readonly string[] {
  const complaints = [...living.complaints()];
  const stillMs = living.pulse.stillMs();
  const waitedMs = living.pulse.waitedMs();
  if (stillMs > STILL_AFTER_MS) complaints.push(`it has stood still for ${Math.round(stillMs / 1000)} s.`);
  else if (waitedMs > STILL_AFTER_MS)
    complaints.push(`what it has read has waited ${Math.round(waitedMs / 1000)} s to be committed.`);
  return complaints;
}
