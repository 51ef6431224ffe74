import Type from 'typebox';

const ago = (description: string) => Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description });

/** What a stage of a process did, as beats and the health of the gateway say it. */
export const StageBeatFields = {
  name: Type.String({ description: 'place, correlate, policies, sink or gateway' }),
  polledAgoMs: ago('since it last asked for records and was answered; null: never'),
  committedAgoMs: ago('since its last commit; null: none yet'),
  waitedMs: Type.Number({ minimum: 0, description: 'how long something it has read has waited for a commit' }),
  stillMs: Type.Number({ minimum: 0, description: 'how long its loop has not turned' }),
  complaints: Type.Array(Type.String(), { description: 'why it is degraded, a sentence each' }),
};

/** A stage of a process. */
export const StageBeatSchema = Type.Object(StageBeatFields);

/** Where a process answers for its health. */
export const HealthPort = Type.Union([Type.Integer(), Type.Null()], {
  description: 'where it answers for its health; null: nowhere',
});

/**
 * The value of a record of `oms.beats`, all on partition 0, under the key of the process. beat.ts checks the same by hand,
 * without loading a library.
 */
export const BeatSchema = Type.Object(
  {
    host: Type.String(),
    pid: Type.Integer(),
    slot: Type.String(),
    startedAt: Type.String({ format: 'date-time', description: 'by its own clock, which nobody has to believe' }),
    beat: Type.Integer({ minimum: 0, description: 'counts from 0 since the process started' }),
    port: HealthPort,
    isLeaving: Type.Boolean({ description: 'it ends in order, and this is its last word' }),
    stages: Type.Array(StageBeatSchema),
  },
  { $id: 'Beat' },
);
