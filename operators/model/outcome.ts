import type { Static } from 'typebox';
import type { Command, PlacedEvent } from './event.js';
import type { Immutable } from './immutable.js';
import type { OutageRecord } from './outage.js';
import type {
  EvidenceRecordSchema,
  LateRecordSchema,
  LinkSchema,
  MembershipSchema,
  RestatementSchema,
  TimelineEntrySchema,
  WitnessSchema,
} from './outcome-schema.js';
import type { CommandRejection } from './rejections.js';
import type { LogPosition as LogPositionSchema } from './schema-parts.js';

/** What a record of the log leads to. Times are ISO 8601 texts, but for `t`; `logIndex` counts entries in a log record. */

/** Where a log record stands. */
export type LogPosition = Immutable<Static<typeof LogPositionSchema>>;

/** Why an event belongs to its outage: the member it links to. */
export type Link = Immutable<Static<typeof LinkSchema>>;

/** An outage event that joined. */
export type Membership = Immutable<Static<typeof MembershipSchema>>;

/** An amend stated all members of an outage anew: what it had before the command is no member any more. */
export type Restatement = Immutable<Static<typeof RestatementSchema>>;

/** A change that people want to know of. */
export type TimelineEntry = Immutable<Static<typeof TimelineEntrySchema>>;

/** An event that joined nothing: what it was, and the outages it concerned. */
export type Witness = Immutable<Static<typeof WitnessSchema>>;

/** Value of a record of `oms.evidence`: what one log record did to one outage, or (outageId null) what did nothing. */
export type EvidenceRecord = Immutable<Static<typeof EvidenceRecordSchema>>;

/** Value of a record of `oms.late`. */
export type LateRecord = Immutable<Static<typeof LateRecordSchema>>;

/** An outage event that came too late. */
export type LateEvent = Omit<LateRecord, 'event'> & { readonly event: PlacedEvent };

/** A command that could not be carried out. */
export interface RejectedCommand {
  readonly reason: CommandRejection;
  readonly detail: string;
  readonly log: LogPosition;
  readonly command: Command;
}

/** All that one log record led to, in the order in which it is published. */
export interface Outcome {
  readonly outages: readonly OutageRecord[];
  readonly evidence: readonly EvidenceRecord[];
  readonly late: readonly LateEvent[];
  readonly rejected: readonly RejectedCommand[];
}
