/** When to start again what has ended by itself. */

/** Something that ran at least this long had come up properly, ms. */
const QUICK_MS = 30_000;
const LIMIT = 5;
const FIRST_PAUSE_MS = 500;

export class Restarts {
  #quickEnds = 0;

  /**
   * Counts one unexpected end.
   * @param ranMs how long it had run
   * @returns how long to wait before the next start, ms, twice as long each time; null: it ended quickly five times in
   *   a row, give up
   */
  next(ranMs: number): number | null {
    this.#quickEnds = ranMs >= QUICK_MS ? 1 : this.#quickEnds + 1;
    return this.#quickEnds >= LIMIT ? null : FIRST_PAUSE_MS * 2 ** (this.#quickEnds - 1);
  }
}
