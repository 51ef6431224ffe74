import type { Command, PlacedEvent } from './event.js';
import type { Source } from './source.js';
import type { OutageRecord } from './outage.js';
import type { CommandRejection, LateReason } from './rejections.js';
import type { TimelineWord } from './timeline.js';

/** What a record of the log leads to. Times are ISO 8601 texts, but for `t`; `logIndex` counts entries in a log record. */

/** Where a log record stands. */
export interface LogPosition {
  readonly partition: number;
  readonly offset: number;
}

/** Why an event belongs to its outage: the member it links to. */
export interface Link {
  readonly source: Source;
  readonly sourceEventId: string;
  /** Null: linked by reach, whatever the distance. */
  readonly distanceM: number | null;
  /** How long after that member it happened, ms; negative: before. */
  readonly dtMs: number;
}

/** An outage event that joined. */
export interface Membership {
  readonly source: Source;
  readonly sourceEventId: string;
  /** The time that counts, epoch ms: formatting it for each member of a storm costs more than linking it. */
  readonly t: number;
  readonly logIndex: number;
  /** Null: it opened the outage, or an amend took it in. */
  readonly link: Link | null;
  /** Only if an amend took it in: its place among the command's members, from 1. `logIndex` is that of the command. */
  readonly nth?: number;
}

/** An amend stated all members of an outage anew: what it had before the command is no member any more. */
export interface Restatement {
  readonly logIndex: number;
  /** The outage, and all that merged into it. */
  readonly outageIds: readonly string[];
}

/** A change that people want to know of. */
export interface TimelineEntry {
  readonly at: string;
  readonly what: TimelineWord;
  readonly from: string | null;
  readonly to: string | null;
  /** Who or what: `stream`, or the author of a command. */
  readonly by: string;
  /** The event (`source/sourceEventId`) or command id that caused it. */
  readonly cause: string;
  readonly reason: string | null;
  readonly logIndex: number;
}

/** An event that joined nothing: what it was, and the outages it concerned. */
export interface Witness {
  readonly source: Source;
  readonly sourceEventId: string;
  readonly logIndex: number;
}

/** Value of a record of `oms.evidence`: what one log record did to one outage, or (outageId null) what did nothing. */
export interface EvidenceRecord {
  readonly outageId: string | null;
  readonly substationId: string;
  readonly feederId: string;
  readonly log: LogPosition;
  readonly members: readonly Membership[];
  /** Restorations that brought a member back. */
  readonly restorations: readonly Witness[];
  /** Second copies: they changed nothing. */
  readonly duplicates: readonly Witness[];
  /** Restorations that concern no member that was out: remembered, nothing else. */
  readonly withoutEffect: readonly Witness[];
  readonly timeline: readonly TimelineEntry[];
  /** Only if there was one: the last of the log record; `members` are those since then. */
  readonly restated?: Restatement;
}

/** Value of a record of `oms.late`. */
export interface LateRecord {
  readonly reason: LateReason;
  readonly substationId: string;
  readonly feederId: string;
  readonly t: string;
  readonly watermark: string | null;
  readonly log: LogPosition;
  readonly logIndex: number;
  readonly event: PlacedEvent;
}

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
  readonly late: readonly LateRecord[];
  readonly rejected: readonly RejectedCommand[];
}
