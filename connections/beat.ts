import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { Pulse } from '../pipeline/streams/pulse.js';

/** How often a process says that it lives, ms. */
export const BEAT_EVERY_MS = 5000;
/** Whoever has not been heard of for so long stands still, or is gone, ms: three beats, and what a busy machine adds. */
export const SILENT_AFTER_MS = 17_000;
/** A loop that has not turned for so long stands still, ms. */
export const STILL_AFTER_MS = 30_000;

const ago = (description: string) => Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description });

const StageBeat = Type.Object({
  name: Type.String({ description: 'place, correlate, policies, sink or gateway' }),
  polledAgoMs: ago('since it last asked for records and was answered; null: never'),
  committedAgoMs: ago('since its last commit; null: none yet'),
  waitedMs: Type.Number({ minimum: 0, description: 'how long something it has read has waited for a commit' }),
  stillMs: Type.Number({ minimum: 0, description: 'how long its loop has not turned' }),
  complaints: Type.Array(Type.String(), { description: 'why it is degraded, a sentence each' }),
});

/**
 * The value of a record of `oms.beats`: a process says that it lives, and what its stages did. All on partition 0, under
 * the key of the process. Durations are of its own monotonic clock: nobody has to believe its time of day.
 */
export const BeatSchema = Type.Object(
  {
    host: Type.String(),
    pid: Type.Integer(),
    slot: Type.String(),
    startedAt: Type.String({ format: 'date-time', description: 'by its own clock' }),
    beat: Type.Integer({ minimum: 0, description: 'counts from 0 since the process started' }),
    port: Type.Union([Type.Integer(), Type.Null()], { description: 'where it answers for its health; null: nowhere' }),
    isLeaving: Type.Boolean({ description: 'it ends in order, and this is its last word' }),
    stages: Type.Array(StageBeat),
  },
  { $id: 'Beat' },
);
export type Beat = Static<typeof BeatSchema>;
export type StageBeat = Static<typeof StageBeat>;

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
 * @throws Error if it is none
 */
export function readBeat(value: Uint8Array): Beat {
  const beat: unknown = JSON.parse(new TextDecoder().decode(value));
  if (!Check(BeatSchema, beat)) throw new Error('it is not of the form of a beat');
  return beat;
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
