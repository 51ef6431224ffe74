import { placeOf, type FailedRecord } from './set-aside.js';
import type { Task } from './task.js';
import { mayGoOn, type SourceRecord } from './topology.js';
import { StreamError } from './errors.js';

/** A record on which a node threw. */
export class PoisonRecord extends StreamError {
  override readonly cause: Error;

  constructor(
    readonly record: SourceRecord,
    cause: Error,
  ) {
    super('OMS_RECORD_FAILED', cause.message);
    this.cause = cause;
  }

  /** Where the record stands, `topic/partition/offset`. */
  get place(): string {
    return placeOf(this.record);
  }
}

/**
 * Processes a record. One on which a node throws before anything has come of it is tried once more.
 * @returns why it is to be set aside; null if it was processed
 * @throws PoisonRecord if it has left something, or must not be set aside: all begins again from what was committed
 */
export function failureOn(task: Task, record: SourceRecord): Error | null {
  for (let attempt = 1; ; attempt++) {
    try {
      task.process(record);
      return null;
    } catch (error) {
      if (task.hasLeftTrace || !mayGoOn(task.stage, error as Error)) throw new PoisonRecord(record, error as Error);
      if (attempt === 2) return error as Error;
    }
  }
}

/**
 * The records on which a node threw in the middle of things, by place. One failure may be chance: a record is tried once more before it is set
 * aside.
 */
export class Poison {
  readonly #failedOnce = new Set<string>();
  /** Those that are set aside when they come again, each with its error. */
  readonly #known = new Map<string, Error>();
  /** Those of them that were, since the last transaction. */
  #setAside: FailedRecord[] = [];

  /** Why a record is to be set aside; null: it is to be processed. */
  of(record: SourceRecord): Error | null {
    // Mostly there is none, and a place for each record would be made for nothing.
    return this.#known.size === 0 ? null : (this.#known.get(placeOf(record)) ?? null);
  }

  /** A node threw: for the first time on this record, or again. Returns whether it is to be set aside now. */
  failed({ place, cause }: PoisonRecord): boolean {
    if (this.#failedOnce.delete(place)) this.#known.set(place, cause);
    else this.#failedOnce.add(place);
    return this.#known.has(place);
  }

  /** The transaction at hand sets a record aside. */
  setAside(record: SourceRecord, error: Error): void {
    this.#setAside.push({ record, error });
  }

  /** What the transaction at hand sets aside: to be told to {@link forget} once that is committed. */
  take(): readonly FailedRecord[] {
    const taken = this.#setAside;
    this.#setAside = [];
    return taken;
  }

  /** It was set aside, and does not come again. */
  forget(record: SourceRecord): void {
    this.#known.delete(placeOf(record));
  }
}
