import Type from 'typebox';
import { PlacedEventSchema } from './event-schema.js';
import { LATE_REASONS } from './rejections.js';
import { Count, EpochMs, Identity, LogPosition, nullable, Text, Time, Uuid } from './schema-parts.js';
import { TIMELINE } from './timeline.js';

/** What a log record leads to, beside the outages. */

const LogIndex = Type.With(Count, { description: 'place of the entry in its log record' });

/** A member of an outage, or one that another links to, by the names that its source gives. */
const Member = {
  ...Identity,
  // Before ids were known to be numbered per box, records did not name it.
  assetId: Type.Optional(nullable(Text, 'ids are numbered per asset; missing in older records')),
};

/** Why an event belongs to its outage: the member it links to. */
export const LinkSchema = Type.Object({
  ...Member,
  distanceM: nullable(
    Type.Number({ minimum: 0 }),
    'null: linked by reach, or as one that says a state, whatever the distance',
  ),
  dtMs: Type.Integer({
    minimum: Number.MIN_SAFE_INTEGER,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'how long after that member it happened; negative: before',
  }),
});

/** An outage event that joined. */
export const MembershipSchema = Type.Object({
  ...Member,
  // Formatting it for each member of a storm costs more than linking it.
  t: Type.With(EpochMs, { description: 'the time that counts, epoch ms' }),
  logIndex: LogIndex,
  link: nullable(LinkSchema, 'null: it opened the outage, or an amend took it in'),
  nth: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2 ** 31 - 1,
      description:
        "only if an amend took it in: its place among the command's members; logIndex is that of the command",
    }),
  ),
});

/** An amend stated all members of an outage anew: what it had before the command is no member any more. */
export const RestatementSchema = Type.Object({
  logIndex: LogIndex,
  outageIds: Type.Array(Uuid, { description: 'the outage, and all that merged into it' }),
});

/** A change that people want to know of. */
export const TimelineEntrySchema = Type.Object({
  at: Time,
  what: Type.Enum([...TIMELINE]),
  from: nullable(Type.String()),
  to: nullable(Type.String()),
  by: Type.String({ description: 'who or what: stream, or the author of a command' }),
  cause: Type.String({ description: 'the event (source/sourceEventId) or command id that caused it' }),
  reason: nullable(Type.String()),
  logIndex: LogIndex,
});

/** An event that joined nothing: what it was, and the outages it concerned. */
export const WitnessSchema = Type.Object({ ...Member, logIndex: LogIndex });

const witnesses = (description: string) => Type.Array(WitnessSchema, { description });

/** The value of a record of `oms.evidence`. */
export const EvidenceRecordSchema = Type.Object(
  {
    outageId: nullable(Uuid),
    substationId: Type.String(),
    feederId: Type.String(),
    log: LogPosition,
    members: Type.Array(MembershipSchema),
    restorations: witnesses('restorations that brought a member back'),
    duplicates: witnesses('second copies: they changed nothing'),
    withoutEffect: witnesses('restorations that concern no member that was out: remembered, nothing else'),
    timeline: Type.Array(TimelineEntrySchema),
    restated: Type.Optional(
      Type.With(RestatementSchema, {
        description: 'if there was one: the last of the log record; members are those since then',
      }),
    ),
  },
  {
    $id: 'EvidenceRecord',
    description: 'what one log record did to one outage, or (outageId null) what did nothing',
  },
);

/** The value of a record of `oms.late`. */
export const LateRecordSchema = Type.Object(
  {
    reason: Type.Enum([...LATE_REASONS]),
    substationId: Type.String(),
    feederId: Type.String(),
    t: Type.With(Time, { description: 'the time that counts; ISO 8601, UTC, milliseconds' }),
    watermark: nullable(Time),
    log: LogPosition,
    logIndex: LogIndex,
    event: Type.Object({ ...PlacedEventSchema.properties, occurredAt: Time, receivedAt: Time }),
  },
  { $id: 'LateRecord', description: 'an outage event that came too late, or a restoration that is old news' },
);
