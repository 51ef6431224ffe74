/** When to start again what has ended by itself. */

/** Something that ran at least this long had come up properly, ms. */
const QUICK_MS = 30_000;
const LIMIT = 5;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export class Restarts {
  #quickEnds = 0;
  /** Whether it has come up once: then it can run here, and whatever ends it may pass. */
  #hasRun = false;

  /**
   * Counts one unexpected end.
   * @param ranMs how long it had run
   * @returns how long to wait before the next start, ms, twice as long each time up to 15 s; null: it has never come up and
   *   ended quickly five times, give up
   */
  next(ranMs: number): number | null {
    if (ranMs >= QUICK_MS) {
      this.#hasRun = true;
      this.#quickEnds = 0;
    }
    this.#quickEnds++;
    if (!this.#hasRun && this.#quickEnds >= LIMIT) return null;
    return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#quickEnds - 1));
  }
}
