import type { LogReader } from './broker.js';

/** What a loop may be at when it stands still: what waits for others. */
export const STEPS = [
  'asking for records',
  'waiting for a transaction',
  'asking for committed offsets',
  'restoring state',
  'going back to what was committed',
  'writing to the database',
] as const;
export type Step = (typeof STEPS)[number];

/** The steps of a transaction, which goes on beside the loop. */
export const TRANSACTION_STEPS = ['none', 'begin', 'send', 'offsets', 'commit', 'abort'] as const;
export type TransactionStep = (typeof TRANSACTION_STEPS)[number];

const TURNS = 0;
const STEP = 1;
const TRANSACTION_STEP = 2;

/** What the memory of a pulse says its loop is at, in words. */
export function whereabouts(shared: Int32Array): string {
  const step = TRANSACTION_STEPS[shared[TRANSACTION_STEP]!]!;
  return STEPS[shared[STEP]!]! + (step === 'none' ? '' : `, transaction at: ${step}`);
}

/**
 * Signs of life of a loop. Times are of the monotonic clock (`performance.now()`, ms), which nobody sets: null is never.
 */
export class Pulse {
  /** How often the loop has got a step further, and the numbers of the steps it is at, in memory that another thread can see. */
  readonly shared = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  /** When records were asked for and an answer came, if only that there are none. */
  polledAtMs: number | null = null;
  committedAtMs: number | null = null;
  /** Since when something that was read waits to be committed, or since the last commit, if more waits; null: nothing does. */
  waitsSinceMs: number | null = null;
  #turnedAtMs = performance.now();
  #seen = 0;

  /** The loop has got a step further. Called for every record of a restore: so no clock is asked here. */
  turn(): void {
    this.shared[TURNS]!++;
  }

  /** The loop begins what may take long. */
  at(step: Step): void {
    this.turn();
    this.shared[STEP] = STEPS.indexOf(step);
  }

  /** A transaction begins a step. */
  transactionAt(step: TransactionStep): void {
    this.turn();
    this.shared[TRANSACTION_STEP] = TRANSACTION_STEPS.indexOf(step);
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
    if (this.shared[TURNS] !== this.#seen) {
      this.#seen = this.shared[TURNS]!;
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
