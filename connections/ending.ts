/** How a process that runs for long ends: in order when it is asked to, and in any case. */

/** How long a process may take to end in order. */
const ORDERLY_MS = 9000;

/**
 * Ends this process at once, whatever its native threads do. `process.exit` would wait for those of libuv's pool, and one
 * that sits in the closing of a Kafka client may sit there for ever. What was said is out: Node writes to files, pipes
 * and terminals before it goes on.
 */
export function endNow(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** From now on the process has 9 s to come to its end by itself; then it is ended as it is. */
export function endSoon(say: (sentence: string) => void = console.error): void {
  setTimeout(() => {
    say(`did not end within ${ORDERLY_MS / 1000} s: ended as it is. What was not committed is done again.`);
    endNow();
  }, ORDERLY_MS).unref();
}

/**
 * Resolves on SIGTERM or Ctrl-C, or when the process that started this one is gone. A second signal ends the process at
 * once: what is not committed is read again.
 */
export function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (asked) endNow();
        asked = true;
        resolve();
      });
    }
    process.once('disconnect', resolve);
    // It may have gone while this process was still being loaded.
    if (process.send && !process.connected) resolve();
    // Its channel must not keep a process that has ended its work.
    process.channel?.unref();
  });
}

/** What nobody caught ends the process, and is said before. */
export function endOnUncaught(say: (sentence: string) => void): void {
  process.on('uncaughtException', (error) => {
    say(`ended by what nobody expected: ${error.stack ?? error.message}`);
    endNow();
  });
}
