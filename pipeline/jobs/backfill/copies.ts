/** Identities of each of the two generations: together at most twice as many are remembered. */
const PER_GENERATION = 250_000;

/**
 * Tells copies: events whose identity stood on one before. It remembers the last 250,000 identities at least, and so needs
 * no more memory for a longer history: copies of one event lie close in event time, and what lies farther apart than the
 * retention is no copy to the stream either.
 */
export class Copies {
  #young = new Set<string>();
  #old = new Set<string>();

  constructor(private readonly perGeneration = PER_GENERATION) {}

  /** Has an event of this identity been here? From now on it has. */
  isCopy(identity: string): boolean {
    if (this.#young.has(identity) || this.#old.has(identity)) return true;
    // V8 lets a part of a text keep all of it: what was read from disk with it would stay in memory as well.
    this.#young.add(Buffer.from(identity).toString());
    if (this.#young.size >= this.perGeneration) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    return false;
  }
}
