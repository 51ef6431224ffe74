import type { SourceRecord } from './topology.js';

/** A record on which a node threw. */
export class PoisonRecord extends Error {
  override readonly cause: Error;

  constructor(
    readonly record: SourceRecord,
    cause: Error,
  ) {
    super(cause.message);
    this.cause = cause;
  }

  /** Where the record stands, `topic/partition/offset`. */
  get place(): string {
    return placeOf(this.record);
  }
}

function placeOf({ topic, partition, offset }: SourceRecord): string {
  return `${topic}/${partition}/${offset}`;
}

/**
 * The records on which a node threw, by place. One failure may be chance: a record is tried once more, alone, before it is
 * set aside.
 */
export class Poison {
  readonly #failedOnce = new Set<string>();
  /** Those that are set aside when they come again, each with its error. */
  readonly #known = new Map<string, Error>();
  /** Those of them that were, since the last transaction. */
  #setAside: string[] = [];

  /** Why a record is to be set aside, which the next transaction does; null: it is to be processed. */
  of(record: SourceRecord): Error | null {
    // Mostly there is none, and a place for each record would be made for nothing.
    if (this.#known.size === 0) return null;
    const place = placeOf(record);
    const error = this.#known.get(place);
    if (error === undefined) return null;
    this.#setAside.push(place);
    return error;
  }

  /** A node threw: for the first time on this record, or again. */
  failed({ place, cause }: PoisonRecord): void {
    if (this.#failedOnce.delete(place)) this.#known.set(place, cause);
    else this.#failedOnce.add(place);
  }

  /** What the transaction at hand sets aside: to be told to {@link forget} once that is committed. */
  take(): readonly string[] {
    const taken = this.#setAside;
    this.#setAside = [];
    return taken;
  }

  /** They were set aside, and do not come again. */
  forget(places: readonly string[]): void {
    for (const place of places) this.#known.delete(place);
  }
}
