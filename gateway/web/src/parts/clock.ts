import { useSyncExternalStore } from 'react';

const TICK_MS = 1_000;

/** A clock that ticks on the second, for all who look at it together: one timer, and none while nobody looks. */
export class Clock {
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #now = 0;

  /** The time of the last tick, epoch ms: the same for all who ask between two ticks. */
  readonly now = (): number => {
    if (this.#timer === undefined && Date.now() - this.#now >= TICK_MS) this.#now = Date.now();
    return this.#now;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#timer === undefined) this.#wait();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  };

  #wait(): void {
    this.#now = Date.now();
    this.#timer = setTimeout(() => this.#tick(), TICK_MS - (this.#now % TICK_MS));
  }

  #tick(): void {
    this.#wait();
    for (const listener of this.#listeners) listener();
  }
}

const clock = new Clock();

/**
 * What `read` makes of the time (epoch ms). The caller is rendered anew only when that changes: an age in minutes once a
 * minute, whether something lies in the past once.
 */
export function useClock<T extends string | number | boolean>(read: (now: number) => T): T {
  const current = (): T => read(clock.now());
  return useSyncExternalStore(clock.subscribe, current, current);
}

/** The beginning of this day, epoch ms: enough to tell which times need their day named. */
export function useToday(): number {
  return useClock((now) => new Date(now).setHours(0, 0, 0, 0));
}
