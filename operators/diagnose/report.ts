import type { Source } from '../model/source.js';

/** Who speaks: the kind of asset that a source speaks of first. */
export type Speaker = 'meter' | 'onu' | 'customer' | 'device' | 'operator';

/** An entry of the log as diagnosis keeps it: an event that names a node of the tree, or an operator's word on an opening. */
export interface Report {
  /** Its place on the log of its key: the order in which entries were taken in. */
  readonly order: number;
  /** An operator's word has none: it is no member of a fault. */
  readonly source: Source | null;
  /** With its source an event's identity; of a command its id. */
  readonly sourceEventId: string;
  readonly assetId: string | null;
  readonly speaker: Speaker;
  readonly isOutage: boolean;
  /** The node of which it speaks, in the tree by which it is explained; -1: it sets no onset, and is no trip. */
  readonly node: number;
  /** The time that counts, epoch ms. */
  readonly t: number;
  /** It speaks for a whole substation. */
  readonly isWide: boolean;
}

/** By time, ties by identity: the same order whatever the log's. */
export function byTime(a: Report, b: Report): number {
  if (a.t !== b.t) return a.t - b.t;
  const source = a.source ?? '';
  const other = b.source ?? '';
  if (source !== other) return source < other ? -1 : 1;
  return a.sourceEventId < b.sourceEventId ? -1 : a.sourceEventId > b.sourceEventId ? 1 : 0;
}

/** Puts a report where it belongs in a list that is in order of time: mostly at its end. */
export function insertByTime(list: Report[], report: Report): void {
  let at = list.length;
  while (at > 0 && byTime(list[at - 1]!, report) > 0) at--;
  list.splice(at, 0, report);
}
