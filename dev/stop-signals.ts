/** The signals by which people and machines ask us to stop. */

/**
 * Calls back once, at the first of Ctrl-C, SIGTERM and a closed terminal; later ones do nothing, since npm passes a
 * Ctrl-C on that the terminal has sent us already.
 */
export function onStopSignal(stop: () => void): void {
  let told = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (told) return;
      told = true;
      stop();
    });
  }
}
