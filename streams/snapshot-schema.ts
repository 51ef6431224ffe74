import Type from 'typebox';

const Version = Type.Literal(2, { description: 'version of the layout' });
const Offset = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** A part of what a node of a stage knows of a key. */
export const ChunkSchema = Type.Object(
  {
    version: Version,
    through: Type.With(Offset, { description: 'the state holds the log before this offset' }),
    of: Type.Integer({ minimum: 1, description: 'how many parts there are' }),
    crc: Type.Integer({ minimum: 0, description: 'CRC-32 of data' }),
    data: Type.Unsafe<Uint8Array>({ description: "bytes, the node's own: all parts behind each other are the state" }),
  },
  {
    description: 'MessagePack, under STAGE/PARTITION/NODE/CHUNK/KEY: a part of what a node of the stage knows of a key',
  },
);

/** From where a partition of the log is to be read again, and of which nodes there are snapshots. */
export const MarkSchema = Type.Object(
  {
    version: Version,
    restoreFrom: Type.With(Offset, { description: 'the offset from which the log is read again' }),
    nodes: Type.Array(Type.String(), { description: 'the nodes of the stage that have a state, in their order' }),
  },
  { description: 'JSON, under STAGE/PARTITION: what holds for all snapshots of the partition' },
);

/**
 * How far a transaction got, written with it: Kafka's own note of that, the group's offset, can be away when a broker has just
 * come back, or for good.
 */
export const ProgressSchema = Type.Object(
  {
    next: Type.With(Offset, { description: 'the offset behind the last record that was processed' }),
    last: Type.With(Offset, { description: 'where that record stands' }),
    lastMs: Type.Number({ description: 'when it came there, epoch ms: by these two the log is known again' }),
  },
  { description: 'JSON, under STAGE/PARTITION/progress: how far the last transaction got' },
);

const NoteSchema = Type.Object(
  {},
  {
    additionalProperties: false,
    description: 'JSON, under STAGE/PARTITION/rejected/OFFSET: the record there was set aside, and changed no state',
  },
);

/** The value of a record of a topic of snapshots, decoded. */
export const SnapshotRecordSchema = Type.Union([ChunkSchema, MarkSchema, ProgressSchema, NoteSchema], {
  $id: 'SnapshotRecord',
});
