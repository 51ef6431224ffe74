/** Waiting for what gives no event: a server of another program that begins to answer. */
import { setTimeout as delay } from 'node:timers/promises';

/** Thrown by an attempt to say that further ones are pointless. */
export class GiveUp extends Error {}

/**
 * Tries until an attempt succeeds.
 * @param attempt resolves when done, rejects when not yet; a GiveUp ends the wait at once
 * @param timeoutMs after this the last rejection is thrown
 * @param pauseMs between two attempts
 * @throws the last attempt's error
 */
export async function retryUntil<T>(attempt: () => Promise<T>, timeoutMs: number, pauseMs = 100): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof GiveUp || performance.now() > end) throw error;
    }
    await delay(pauseMs);
  }
}
