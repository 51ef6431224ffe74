import Type from 'typebox';
import { PlacedEventSchema } from '../../operators/model/event-schema.js';
import { LinkSchema, TimelineEntrySchema } from '../../operators/model/outcome-schema.js';
import { OutageRecordSchema } from '../../operators/model/outage-schema.js';
import { LogPosition, nullable, Time, Uuid } from '../../operators/model/schema-parts.js';
import { TIMELINE } from '../../operators/model/timeline.js';

/** What the API tells of an outage beside its record. */

const { source, sourceEventId, kind, type, assetId, customerId, dpId, reach, lat, lon } = PlacedEventSchema.properties;

/** An event of an outage, with the raw facts of it and why it belongs to it. */
export const MemberSchema = Type.Object({
  source,
  sourceEventId,
  kind,
  type,
  assetId,
  customerId,
  dpId,
  reach,
  t: Time,
  receivedAt: Time,
  lat: nullable(lat),
  lon: nullable(lon),
  flags: Type.Array(Type.String()),
  link: nullable(LinkSchema, 'null: it opened the outage, or one that merged into it, or a correction took it in'),
  amended: Type.Boolean({ description: 'a correction took it in: nobody knows to what it links' }),
  log: LogPosition,
});

const { at, from, to, by, cause, reason } = TimelineEntrySchema.properties;

/** What happened: a word of TIMELINE; of a newer program, another. */
const what = Type.String({ description: `one of ${TIMELINE.join(', ')}; of a newer program, another` });

/** A change of an outage, with the place on the log that brought it. */
export const EntrySchema = Type.Object({ at, what, from, to, by, cause, reason, log: LogPosition });

export const DetailSchema = Type.Object({
  outage: Type.Object(OutageRecordSchema.properties),
  members: Type.Array(MemberSchema),
  timeline: Type.Array(EntrySchema),
  mergedFrom: Type.Array(Uuid),
});
