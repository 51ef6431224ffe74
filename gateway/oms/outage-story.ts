import type { Static } from 'typebox';
import type { EntrySchema, MemberSchema } from './outage-detail-schema.js';

/** What the API tells of an outage beside its record, and what the page reads. */

export type { Link } from '../../operators/model/outcome.js';

/** An event of an outage, with the raw facts of it and why it belongs to it. */
export type Member = Readonly<Static<typeof MemberSchema>>;

/** A change of an outage, with the place on the log that brought it. */
export type TimelineEntry = Readonly<Static<typeof EntrySchema>>;
