import { FINDING_KINDS, type Figure, type FindingKind, type Order } from './finding.js';

/** Why outages were not compared. */
export const LEFT_OUT_REASONS = {
  beganBefore: 'began before --from: an earlier range compares them',
  goesOn: 'go on behind what was replayed',
  changedSince: 'changed after the replay was begun',
  rawEventsGone: 'have events that are not stored any more',
  openedAnew: 'were opened anew under an id of before',
  copyOfBefore: 'hang on the copy of an event from before what was replayed',
} as const;
export type LeftOutReason = keyof typeof LEFT_OUT_REASONS;

/** What a reconciliation came to, in figures. Times are ISO 8601, UTC. */
export interface Summary {
  readonly run: string;
  readonly order: Order;
  /** The outages that began from here ... */
  readonly from: string;
  /** ... until here were compared. */
  readonly to: string;
  readonly author: string;
  readonly startedAt: string;
  readonly comparedAt: string;
  /** Entries of the log that were replayed. */
  readonly entries: number;
  readonly outagesCompared: { readonly stream: number; readonly replay: number };
  /** Outages of the stream that the replay has just so. */
  readonly outagesEqual: number;
  readonly findings: Readonly<Record<FindingKind, number>>;
  /** Groups of outages that were not compared. */
  readonly leftOut: Readonly<Record<LeftOutReason, number>>;
  /** Of all outages compared, those that agree among them. */
  readonly customerMinutes: Figure;
  readonly customersInterrupted: Figure;
  /** By the network in use; 0: there is none. */
  readonly customersServed: number;
}

/** Indices of IEEE 1366 over the range of a reconciliation; null where there is nothing to divide by. */
export interface Indices {
  /** Minutes without supply of the average customer. */
  readonly saidiMin: Figure | null;
  /** Interruptions of the average customer. */
  readonly saifi: Figure | null;
  /** Minutes that an interrupted customer was without supply. */
  readonly caidiMin: Figure | null;
}

export function indicesOf({ customerMinutes, customersInterrupted, customersServed }: Summary): Indices {
  const per = (figure: Figure, served: number): Figure | null =>
    served === 0 ? null : figureOf(figure.stream / served, figure.replay / served);
  const { stream, replay } = customersInterrupted;
  return {
    saidiMin: per(customerMinutes, customersServed),
    saifi: per(customersInterrupted, customersServed),
    caidiMin:
      stream === 0 || replay === 0 ? null : figureOf(customerMinutes.stream / stream, customerMinutes.replay / replay),
  };
}

/** All findings, of whatever kind. */
export function findingsOf({ findings }: Pick<Summary, 'findings'>): number {
  return FINDING_KINDS.reduce((sum, kind) => sum + findings[kind], 0);
}

export function figureOf(stream: number, replay: number): Figure {
  return { stream, replay, change: replay - stream };
}
