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

/** Where a record stands, as it is named to people: `topic/partition/offset`. */
export function placeOf({ topic, partition, offset }: { topic: string; partition: number; offset: number }): string {
  return `${topic}/${partition}/${offset}`;
}
