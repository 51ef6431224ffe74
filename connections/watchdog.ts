import { Worker } from 'node:worker_threads';
import { Pulse } from '../streams/pulse.js';
import { STILL_AFTER_MS } from './beat.js';

const BEAT_MS = 1000;

/** A loop to be watched: its name for people, and the memory in which it counts its turns. */
export interface Watched {
  readonly name: string;
  readonly shared: Int32Array;
}

/** What the thread that watches is told. */
export interface Watch {
  /** How long a loop may stand still, s. */
  readonly stillS: number;
}

/**
 * Ends this process when one of its loops stands still for 30 s: from a thread of its own, since a loop that hangs in
 * native code, or that never gives the event loop back, cannot look after itself. Whoever runs the process starts it again.
 */
export class Watchdog {
  readonly #thread: Worker;

  /** @param stillS how long a loop may stand still, s */
  constructor(stillS = STILL_AFTER_MS / 1000) {
    const watch: Watch = { stillS };
    this.#thread = new Worker(new URL('./watchdog-thread.js', import.meta.url), {
      workerData: watch,
      // It keeps a few numbers.
      resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
    });
    this.#thread.unref();
  }

  /** Watches a loop from now on. */
  watch(name: string, pulse: Pulse): void {
    this.#thread.postMessage({ name, shared: pulse.shared } satisfies Watched);
  }

  /** Watches the event loop itself. */
  watchEventLoop(): void {
    const pulse = new Pulse();
    setInterval(() => pulse.turn(), BEAT_MS).unref();
    this.watch('the event loop', pulse);
  }
}
