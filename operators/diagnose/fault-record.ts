import type { LogPosition } from '../model/outcome.js';
import type { Source } from '../model/source.js';
import type { Ping } from './ping.js';
import type { NodeKind } from './terms.js';

/** What diagnosis says of a fault: the last record is all that one needs. Times are ISO 8601 texts, but for `t` (epoch ms). */

export const FAULT_FLAGS = [
  /** Only a lone report says so, and noise would as well. */
  'unexplained',
  /** A trip of which nobody tells: false, or nobody could tell. */
  'unconfirmed',
  /** It was over within 5 min. */
  'momentary',
  /** The registry has some of its reporters somewhere else. */
  'registryDoubt',
  /** Only callers, or clocks that lost their date, tell of it. */
  'callsOnly',
  /** Neighbours are back, some are not. */
  'partlyOut',
] as const;
export type FaultFlag = (typeof FAULT_FLAGS)[number];

export const FAULT_STATUSES = ['open', 'partially_restored', 'restored', 'superseded'] as const;
export type FaultStatus = (typeof FAULT_STATUSES)[number];

/** An event that belongs to a fault. */
export interface FaultMember {
  readonly source: Source;
  readonly sourceEventId: string;
  readonly assetId: string | null;
  readonly t: number;
}

/** What else it could be. */
export interface CandidateRecord {
  readonly device: string;
  readonly phases: string;
  /** Natural logarithm of the odds against the device that is named. */
  readonly logOdds: number;
}

/** Devices of one kind below a fault, by what they told. */
export interface Told {
  readonly reporting: number;
  readonly silent: number;
  readonly returned: number;
}

export interface FaultEvidence {
  readonly meter: Told;
  readonly onu: Told;
  readonly calls: number;
  /** Returns of customers who had reported nothing. */
  readonly claimedReturns: number;
  readonly trips: readonly FaultMember[];
  readonly closes: readonly FaultMember[];
  /** Reports whose clock or line was off. */
  readonly satellites: number;
}

export interface StepRecord {
  readonly from: string;
  readonly to: string;
  readonly customers: number;
}

/** The deepest node over those who are still out. */
export interface PartlyOut {
  readonly device: string;
  readonly deviceType: NodeKind;
  readonly customers: number;
}

/** What is found, whoever is told of it and when. */
export interface Finding {
  readonly substationId: string;
  readonly feederId: string;
  readonly device: string;
  readonly deviceType: NodeKind;
  /** Other names for it: what has the same customers. */
  readonly equivalent: readonly string[];
  readonly phases: string;
  readonly onsetAt: string;
  readonly status: FaultStatus;
  readonly customersAffected: number;
  readonly customersOut: number;
  readonly confidence: number;
  readonly candidates: readonly CandidateRecord[];
  readonly evidence: FaultEvidence;
  readonly restoredAt: string | null;
  readonly steps: readonly StepRecord[];
  readonly momentary: boolean;
  readonly partlyOut: PartlyOut | null;
  /** What faults share that have the trip of a substation in common. */
  readonly incidentId: string | null;
  readonly flags: readonly FaultFlag[];
  readonly ping: readonly Ping[];
}

/** The value of a record of `oms.faults`. */
export interface FaultRecord extends Finding {
  readonly faultId: string;
  readonly anchor: FaultMember;
  readonly supersededBy: string | null;
  /** The members; of more than 1 000 their number. */
  readonly members: readonly FaultMember[] | number;
  /** Counts the changes of what is shown. */
  readonly revision: number;
  readonly log: LogPosition;
}
