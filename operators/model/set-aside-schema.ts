import Type from 'typebox';
import { ReportedEventSchema } from './event-schema.js';
import { REJECTIONS, UNPLACED_REASONS } from './rejections.js';
import { Count, nullable, Offset, Time } from './schema-parts.js';
import { SOURCES } from './source.js';

/** What is kept aside, with the reason: nothing is dropped. */

const KeptAside = {
  detail: Type.String({ description: 'a sentence, for people' }),
  position: Type.Object(
    {
      topic: Type.String(),
      partition: Count,
      offset: Offset,
      index: Type.With(Count, { description: 'counts the reports of a record' }),
    },
    { description: 'where it came from' },
  ),
};

/** The value of a record of `oms.unplaced`. */
export const UnplacedRecordSchema = Type.Object(
  {
    reason: Type.Enum([...UNPLACED_REASONS], { description: 'a word, for counting' }),
    ...KeptAside,
    event: Type.Object({ ...ReportedEventSchema.properties, occurredAt: Time, receivedAt: Time }),
  },
  { $id: 'UnplacedRecord', description: 'an event that the network has no place for' },
);

/** The value of a record of `oms.rejected`. */
export const RejectedRecordSchema = Type.Object(
  {
    reason: Type.Enum([...REJECTIONS], { description: 'a word, for counting' }),
    ...KeptAside,
    source: nullable(Type.Enum([...SOURCES]), 'null: it is none of a source'),
    receivedAt: Time,
    raw: Type.String({ description: 'the beginning of what it was' }),
  },
  { $id: 'RejectedRecord', description: 'what could not be taken: a report, a record, or a command' },
);
