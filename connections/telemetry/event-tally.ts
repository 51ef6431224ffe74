import type { Outcome } from '../../operators/model/outcome.js';
import { bySource, SOURCES, type Source } from '../../operators/model/source.js';

/** What may become of an event, by the stage that says so. */
export const RESULTS = {
  place: ['placed', 'unplaced', 'rejected'],
  correlate: ['opened', 'linked', 'restored', 'withoutEffect', 'duplicate', 'late'],
} as const;

export type Result = (typeof RESULTS)[keyof typeof RESULTS][number];

/** Counts events by source and by what became of them: in plain numbers, as there may be ten thousands a second. */
export class EventTally {
  readonly #counts = bySource((): Record<Result, number> => ({
    placed: 0,
    unplaced: 0,
    rejected: 0,
    opened: 0,
    linked: 0,
    restored: 0,
    withoutEffect: 0,
    duplicate: 0,
    late: 0,
  }));
  /** Commands that could not be carried out, by reason. */
  readonly rejectedCommands = new Map<string, number>();

  /** Counts an event. */
  add(source: Source, result: Result): void {
    this.#counts[source][result]++;
  }

  /** Counts what came of a record of the log. */
  addOutcome({ evidence, late, rejected }: Outcome): void {
    // One of a feeder brings back members of several outages, and is one.
    const restored = new Set<number>();
    for (const { members, restorations, withoutEffect, duplicates } of evidence) {
      // One that an amend took in came to its outage by no event.
      for (const { source, link, nth } of members)
        if (nth === undefined) this.add(source, link === null ? 'opened' : 'linked');
      for (const { source, logIndex } of restorations) {
        if (!restored.has(logIndex)) this.add(source, 'restored');
        restored.add(logIndex);
      }
      for (const { source } of withoutEffect) this.add(source, 'withoutEffect');
      for (const { source } of duplicates) this.add(source, 'duplicate');
    }
    for (const { event } of late) this.add(event.source, 'late');
    for (const { reason } of rejected) this.rejectedCommands.set(reason, (this.rejectedCommands.get(reason) ?? 0) + 1);
  }

  /** How many events there were of a source and a result. */
  count(source: Source, result: Result): number {
    return this.#counts[source][result];
  }

  /** All that one stage counts. */
  *of(
    stage: keyof typeof RESULTS,
  ): Generator<{ readonly source: Source; readonly result: Result; readonly n: number }> {
    for (const source of SOURCES)
      for (const result of RESULTS[stage]) yield { source, result, n: this.count(source, result) };
  }
}
