/** A process that runs others, and how it sees that they live: by their channel to it. */
import type { ChildProcess } from 'node:child_process';

const BEAT_MS = 1000;
/** A child that is silent for so many looks, one a second, is ended. */
const SILENT_LOOKS = 30;

/** Tells the process that started this one, if it listens, every second that the event loop turns. */
export function beatToParent(): void {
  if (!process.send) return;
  setInterval(() => {
    // If whoever listened is gone, this process is told of that by its channel.
    if (process.connected) process.send!('beat', undefined, undefined, () => undefined);
  }, BEAT_MS).unref();
}

/**
 * Kills a child that beats and then does not any more: one that is frozen, or whose threads are. What it had not committed
 * is done again by the next.
 * @param onSilent told before it is killed, with how long it was silent, s
 * @param silentLooks how often in a row it may be looked at, once a second, without having said anything
 */
export function endWhenSilent(
  child: ChildProcess,
  onSilent: (silentS: number) => void,
  silentLooks = SILENT_LOOKS,
): void {
  let looks: number | null = null;
  child.on('message', () => (looks = 0));
  // Counted in looks, not by a clock: if this process was frozen itself, its children have not been silent.
  const timer = setInterval(() => {
    if (looks === null || ++looks < silentLooks) return;
    clearInterval(timer);
    onSilent((silentLooks * BEAT_MS) / 1000);
    child.kill('SIGKILL');
  }, BEAT_MS).unref();
  child.once('exit', () => clearInterval(timer));
}
