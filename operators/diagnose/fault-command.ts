import type { LogEntry, PlacedEvent } from '../model/event.js';

/** What is decided about faults, and which tree holds, as entries of the log of a key. */

export const FAULT_COMMANDS = ['confirmFault', 'cancelFault'] as const;

interface Decided {
  readonly commandId: string;
  /** When it was decided, epoch ms. */
  readonly at: number;
  readonly author: string;
  readonly reason: string | null;
}

/** An operator's word on a fault: it was that device, or it was not. */
export interface FaultCommand extends Decided {
  readonly command: (typeof FAULT_COMMANDS)[number];
  readonly faultId: string;
  /** Whose opening is confirmed or was none; null: the fault's own device. */
  readonly device: string | null;
}

/** From here on the key's reports are explained by another version of its tree. */
export interface TopologyCommand extends Decided {
  readonly command: 'topology';
  readonly version: string;
}

/** An entry of the log, as diagnosis takes it. */
export type DiagnosisEntry = LogEntry | FaultCommand | TopologyCommand;

export function isEvent(entry: DiagnosisEntry): entry is PlacedEvent {
  return !('command' in entry);
}

export function isFaultCommand(entry: DiagnosisEntry): entry is FaultCommand {
  return 'command' in entry && (FAULT_COMMANDS as readonly string[]).includes(entry.command);
}

export function isTopology(entry: DiagnosisEntry): entry is TopologyCommand {
  return 'command' in entry && entry.command === 'topology';
}

/** Why a command on a fault was refused. */
export type FaultRefusal = 'unknownFault' | 'unknownDevice';

/** The answer to a command on a fault. A second copy has none of its own. */
export interface FaultVerdict {
  readonly commandId: string;
  readonly faultId: string;
  /** To which fault it went: the successor of one that was superseded. */
  readonly appliedTo: string | null;
  readonly verdict: 'applied' | 'refused';
  readonly changed: boolean;
  readonly code: FaultRefusal | null;
  readonly detail: string | null;
}
