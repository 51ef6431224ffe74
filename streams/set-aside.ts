import type { About } from './broker.js';
import { events, type EventOf } from './events.js';
import type { SourceRecord } from './topology.js';

/** How many places are named: enough to find the cause, few enough to read. */
const NAMED = 3;

/** Records that were set aside, for those who ask how a process does: how many, and where the last of them stand. */
export class SetAside {
  #count = 0;
  readonly #last: string[] = [];

  /**
   * Counts one more.
   * @param place `topic/partition/offset`
   * @returns how many there are now
   */
  add(place: string): number {
    this.#last.push(place);
    if (this.#last.length > NAMED) this.#last.shift();
    return ++this.#count;
  }

  /**
   * A sentence about them, none if there are none: `2 records were left out as unreadable (letters/0/5, letters/3/1):
   * see ...`
   * @param how what was done with them: `left out as unreadable`
   * @param advice where to look
   */
  complaints(how: string, advice: string): string[] {
    if (this.#count === 0) return [];
    const which = `(${this.#count > NAMED ? 'the last: ' : ''}${this.#last.join(', ')})`;
    return [`${this.#count === 1 ? '1 record was' : `${this.#count} records were`} ${how} ${which}: ${advice}`];
  }
}

/** A record that is set aside, and why. */
export interface FailedRecord {
  readonly record: SourceRecord;
  readonly error: Error;
}

/** Tells that a record is set aside, for good. */
export function tellSetAside(stage: string, { record, error }: FailedRecord, why: EventOf<'setAside'>['why']): void {
  const { topic, partition, offset } = record;
  if (events.setAside.isHeard) events.setAside.tell({ stage, topic, partition, offset, why, message: error.message });
}

/** Where a record stands, as it is named to people: `topic/partition/offset`. */
export function placeOf({ topic, partition, offset }: { topic: string; partition: number; offset: number }): string {
  return `${topic}/${partition}/${offset}`;
}

/** What a sentence about a record is about. */
export function aboutRecord({ topic, partition, offset, key }: SourceRecord): About {
  return { topic, partition, offset, ...(key && { key: new TextDecoder().decode(key) }) };
}
