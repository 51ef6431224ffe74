import type { LogReader } from './broker.js';

/**
 * Signs of life of a loop. Times are of the monotonic clock (`performance.now()`, ms), which nobody sets: null is never.
 */
export class Pulse {
  /** How often the loop has got a step further, in memory that another thread can see. */
  readonly shared = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  /** When records were asked for and an answer came, if only that there are none. */
  polledAtMs: number | null = null;
  committedAtMs: number | null = null;
  /** Since when something that was read waits to be committed, or since the last commit, if more waits; null: nothing does. */
  waitsSinceMs: number | null = null;
  #turnedAtMs = performance.now();
  #seen = 0;

  /** The loop has got a step further. Called for every record of a restore: so no clock is asked here. */
  turn(): void {
    this.shared[0]!++;
  }

  /** An answer to what was asked for has come. */
  polled(): void {
    this.turn();
    this.polledAtMs = performance.now();
  }

  /** Something was read that is not committed yet. */
  waits(): void {
    this.waitsSinceMs ??= performance.now();
  }

  /** @param isMoreWaiting whether something was read meanwhile that this did not commit */
  committed(isMoreWaiting: boolean): void {
    this.turn();
    this.committedAtMs = performance.now();
    this.waitsSinceMs = isMoreWaiting ? this.committedAtMs : null;
  }

  /** For how long nothing has turned, ms, as far as those know who ask now and then. */
  stillMs(): number {
    const now = performance.now();
    if (this.shared[0] !== this.#seen) {
      this.#seen = this.shared[0]!;
      this.#turnedAtMs = now;
    }
    return now - this.#turnedAtMs;
  }

  /** For how long something has waited that was read, ms; 0: nothing does. */
  waitedMs(): number {
    return this.waitsSinceMs === null ? 0 : performance.now() - this.waitsSinceMs;
  }
}

/** A reader that turns a pulse with every record. */
export function turning(reader: LogReader, pulse: Pulse): LogReader {
  return {
    bounds: async (topic, partition) => {
      const bounds = await reader.bounds(topic, partition);
      pulse.turn();
      return bounds;
    },
    read: (topic, partition, from, until, each) =>
      reader.read(topic, partition, from, until, (record) => {
        pulse.turn();
        return each(record);
      }),
    close: () => reader.close(),
  };
}
