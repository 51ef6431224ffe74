/** The thread of a watchdog: nothing that goes on in the process's other threads can hold it up. */
import { writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { isatty } from 'node:tty';
import { parentPort, workerData } from 'node:worker_threads';
import { whereabouts } from '../streams/pulse.js';
import type { Watch, Watched } from './watchdog.js';

const LOOK_MS = 1000;
const STDERR = 2;

/** A line as the log of the process has them; a logger would be more than this thread has room for. */
function lineOf(msg: string): string {
  if (isatty(STDERR)) return `${msg}\n`;
  const { pid } = process;
  return `${JSON.stringify({ level: 'fatal', time: new Date().toISOString(), pid, hostname: hostname(), msg })}\n`;
}

const { stillS } = workerData as Watch;

const loops: { readonly watched: Watched; turns: number; stillS: number }[] = [];

parentPort!.on('message', (watched: Watched) => loops.push({ watched, turns: watched.shared[0]!, stillS: 0 }));

setInterval(() => {
  for (const loop of loops) {
    const turns = Atomics.load(loop.watched.shared, 0);
    // Counted in looks, not by a clock: a process that was frozen has not stood still by itself.
    loop.stillS = turns === loop.turns ? loop.stillS + LOOK_MS / 1000 : 0;
    loop.turns = turns;
    if (loop.stillS < stillS) continue;
    try {
      writeSync(
        STDERR,
        lineOf(
          `${loop.watched.name} has stood still for ${stillS} s (${whereabouts(loop.watched.shared)}): ` +
            'the process is ended, to be started again.',
        ),
      );
    } catch {
      // Nobody listens any more: the end does not wait for that.
    }
    process.kill(process.pid, 'SIGKILL');
  }
}, LOOK_MS);
