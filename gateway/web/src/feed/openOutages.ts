import { compareRecords } from '../../../../operators/model/outage-order.js';
import { isOpen, type OutageRecord } from '../api/outages.js';

/** How long a restored outage stays on the page, greyed: long enough to be noticed. */
export const RESTORED_SHOWN_MS = 2 * 60_000;
/** How long the record of an outage that left is remembered, so that a lagging answer cannot bring it back. */
const LEFT_REMEMBERED_MS = 10 * 60_000;
/** An outage the stream told of so recently may not have reached the database that lists are read from. */
export const DATABASE_LAG_MS = 60_000;

export interface OpenOutage {
  readonly record: OutageRecord;
  /** When the stream first told of it, epoch ms; null: it was there when the page loaded. */
  readonly arrivedAt: number | null;
  /** When the page learned that it was restored, epoch ms; null: it is open. */
  readonly restoredSeenAt: number | null;
}

interface Entry extends OpenOutage {
  /** Grows with every mention, by stream or list. */
  mention: number;
  /** When the stream last mentioned it; -Infinity: never. */
  heardAt: number;
}

/**
 * The open outages as the page knows them, from two sources that may overtake each other: lists read from the database
 * and records heard on the stream. The later record counts, whatever the order in which they come.
 */
export class OpenOutages {
  readonly #entries = new Map<string, Entry>();
  readonly #left = new Map<string, { record: OutageRecord; at: number }>();
  #mentions = 0;

  /** Takes a record from the stream at `now` (epoch ms). Says whether anything changed. */
  hear(record: OutageRecord, now: number): boolean {
    return this.#take(record, now, true);
  }

  /** Takes a record from a list. Says whether anything changed. */
  read(record: OutageRecord, now: number): boolean {
    return this.#take(record, now, false);
  }

  /** To be taken before a list is read, and given to {@link dropUnlisted} when all of it has been. */
  mark(): number {
    return this.#mentions;
  }

  /**
   * Drops what was last mentioned before `mark`: a complete list read since then no longer has it. Outages heard on the
   * stream within {@link DATABASE_LAG_MS} stay; their number is returned, since a later list has to settle them.
   */
  dropUnlisted(mark: number, now: number): number {
    let spared = 0;
    for (const [outageId, entry] of this.#entries) {
      if (entry.mention > mark || entry.restoredSeenAt !== null) continue;
      if (entry.heardAt > now - DATABASE_LAG_MS) spared++;
      else this.#entries.delete(outageId);
    }
    return spared;
  }

  /** Drops restored outages that have been shown long enough. Says whether there were any. */
  expire(now: number): boolean {
    let expired = false;
    for (const { restoredSeenAt, record } of this.#entries.values()) {
      if (restoredSeenAt === null || now - restoredSeenAt < RESTORED_SHOWN_MS) continue;
      this.#leave(record, now);
      expired = true;
    }
    for (const [outageId, { at }] of this.#left) if (now - at >= LEFT_REMEMBERED_MS) this.#left.delete(outageId);
    return expired;
  }

  /** The outages in no particular order; entries that did not change are the same objects as before. */
  all(): readonly OpenOutage[] {
    return [...this.#entries.values()];
  }

  #take(record: OutageRecord, now: number, heard: boolean): boolean {
    const { outageId, status } = record;
    const known = this.#entries.get(outageId);
    const last = known ?? this.#left.get(outageId);
    const order = last ? compareRecords(record, last.record) : 1;
    if (order <= 0) {
      if (known && order === 0) known.mention = ++this.#mentions;
      return false;
    }
    const open = isOpen(status);
    if (!open && !(status === 'restored' && known)) {
      this.#leave(record, now);
      return known !== undefined;
    }
    this.#left.delete(outageId);
    this.#entries.set(outageId, {
      record,
      arrivedAt: known ? known.arrivedAt : heard ? now : null,
      restoredSeenAt: open ? null : (known?.restoredSeenAt ?? now),
      mention: ++this.#mentions,
      heardAt: heard ? now : (known?.heardAt ?? -Infinity),
    });
    return true;
  }

  #leave(record: OutageRecord, now: number): void {
    this.#entries.delete(record.outageId);
    this.#left.set(record.outageId, { record, at: now });
  }
}
