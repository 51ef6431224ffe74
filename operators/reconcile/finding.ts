/**
 * What a reconciliation found: differences between what the stream stored and what a replay of its log gives. Plain data:
 * times are ISO 8601, UTC, milliseconds; everything survives JSON.
 */
import type { Key, Kind } from '../model/event.js';
import type { Named } from '../model/identity.js';
import type { Source } from '../model/source.js';
import type { Severity } from '../model/outage.js';
import type { Status } from '../model/status.js';

/** In which order a replay takes the log: as the stream did, or by the time that counts. */
export const ORDERS = ['log', 'event-time'] as const;
export type Order = (typeof ORDERS)[number];

/**
 * What a finding is, by the outages that have members in common, the stream's and the replay's:
 * - `missing`: one of the replay, none of the stream; `extra`: the reverse
 * - `merged`: several of the stream are one in the replay; `split`: one of the stream is several in the replay
 * - `regrouped`: several are several, otherwise divided
 * - `members`: one is one, with other members (a late event belongs to an outage that was there)
 * - with the same members, the first that differs: `status`, `times`, `confidence`, `counts` and, in log order only,
 *   `record` (ids, flags, rule set, crews)
 */
export const FINDING_KINDS = [
  'missing',
  'extra',
  'merged',
  'split',
  'regrouped',
  'members',
  'status',
  'times',
  'confidence',
  'counts',
  'record',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** An outage event of an outage. */
export interface ComparedMember extends Named {
  /** The time that counts. */
  readonly t: string;
}

/** An outage as the stream or the replay has it, with what merged into it. */
export interface ComparedOutage extends Key {
  readonly outageId: string;
  readonly status: Status;
  readonly confidence: number;
  readonly severity: Severity;
  readonly firstDetectedAt: string;
  readonly lastEventAt: string;
  readonly restoredAt: string | null;
  readonly customersAffected: number;
  readonly customersOut: number;
  readonly assetsAffected: number;
  readonly assetsOut: number;
  readonly incidentId: string | null;
  readonly ruleSet: string;
  readonly flags: readonly string[];
  readonly crew: readonly string[];
  readonly acknowledgedBy: readonly string[];
  readonly etr: string | null;
  /** Customers with a sustained interruption (IEEE 1366): none of an outage that was momentary or cancelled. */
  readonly customersInterrupted: number;
  /** Minutes of these interruptions, summed over the customers; up to the end of the replay where one is still out. */
  readonly customerMinutes: number;
  readonly members: readonly ComparedMember[];
}

/** Why an entry of the log made the stream and the replay differ. */
export const CAUSE_REASONS = [
  /** The field told of it too late: the stream did not correlate it. */
  'receivedTooLate',
  /** It came to the log when its neighbours may have left: the stream did not correlate it. */
  'behindWatermark',
  /** It stands on the log behind something that happened later. */
  'takenAfter',
  /** The stream took it for a copy of another. */
  'takenForCopy',
  /** A stage failed on it, and it was set aside. */
  'setAside',
  /** It is stored, and nothing says what the stream made of it. */
  'noOutcome',
  /** In log order: the first event of which the engines made different things. */
  'parted',
] as const;
export type CauseReason = (typeof CAUSE_REASONS)[number];

/** An event or a command on the log that made the difference. */
export interface Cause {
  /** `source/sourceEventId`, or the command's name and id: `close 5db28881-...`. */
  readonly name: string;
  /** Null: it is a command. */
  readonly event: { readonly source: Source; readonly sourceEventId: string; readonly kind: Kind } | null;
  readonly commandId: string | null;
  /** The time that counts; of a command: when it was decided. */
  readonly t: string;
  /** Of an event. */
  readonly receivedAt: string | null;
  readonly reason: CauseReason;
  /** By how much it was late, or taken too late, ms; null where there is no such figure. */
  readonly byMs: number | null;
  /** What is to be said of it, to follow its name: `came 42 min late`. */
  readonly says: string;
  /** Where it stands on the log. */
  readonly log: { readonly partition: number; readonly offset: number; readonly index: number };
}

/** A field in which an outage of the stream and the replay's differ. */
export interface Change {
  readonly field: ChangedField;
  readonly stream: string | number | null;
  readonly replay: string | number | null;
}

/** The fields that are compared, with the kind of finding that each makes if the members are the same. */
export const FIELD_KINDS = {
  status: 'status',
  firstDetectedAt: 'times',
  lastEventAt: 'times',
  restoredAt: 'times',
  confidence: 'confidence',
  severity: 'counts',
  customersAffected: 'counts',
  customersOut: 'counts',
  assetsAffected: 'counts',
  assetsOut: 'counts',
  outageId: 'record',
  incidentId: 'record',
  ruleSet: 'record',
  flags: 'record',
  crew: 'record',
  acknowledgedBy: 'record',
  etr: 'record',
} as const satisfies Partial<Record<keyof ComparedOutage, FindingKind>>;
export type ChangedField = keyof typeof FIELD_KINDS;

/** A figure of the outages of a finding, by both. */
export interface Figure {
  readonly stream: number;
  readonly replay: number;
  /** `replay - stream`. */
  readonly change: number;
}

/** One difference: outages of one key that have members in common, as the stream and as the replay has them. */
export interface Finding extends Key {
  /** Made of what the finding says: the same difference, found again, has the same id. */
  readonly findingId: string;
  readonly kind: FindingKind;
  /** For a person: what happened, and what it changes. */
  readonly sentence: string;
  /** By `firstDetectedAt`; empty: `missing`. */
  readonly stream: readonly ComparedOutage[];
  /** By `firstDetectedAt`; empty: `extra`. */
  readonly replay: readonly ComparedOutage[];
  /** Events that are members in the replay, and not in the stream. */
  readonly added: readonly ComparedMember[];
  /** Events that are members in the stream, and not in the replay. */
  readonly removed: readonly ComparedMember[];
  /** What differs between the two outages; of several outages to one or several: nothing. */
  readonly changes: readonly Change[];
  readonly causes: readonly Cause[];
  readonly customerMinutes: Figure;
  readonly customersInterrupted: Figure;
}
