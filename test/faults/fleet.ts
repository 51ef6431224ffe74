import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** How soon a process that ended is started again, as a supervisor would. */
const RESTART_MS = 300;

/** One process of the system, kept running until it is retired. */
export class Member {
  #child: ChildProcess | null = null;
  #retired = false;
  #running: Promise<void>;
  restarts = -1;
  /** How its processes ended, the last one last: an exit code, or a signal. */
  readonly ends: (number | NodeJS.Signals)[] = [];

  constructor(
    readonly name: string,
    private readonly args: readonly string[],
    private readonly env: NodeJS.ProcessEnv,
    private readonly logFile: string,
    private readonly program = 'dist/oms.js',
  ) {
    this.#running = this.#keepRunning();
  }

  /** What it does: `place` of `place-2`. */
  get kind(): string {
    return this.name.split('-')[0]!;
  }

  async #keepRunning(): Promise<void> {
    while (!this.#retired) {
      this.restarts++;
      const child = spawn(process.execPath, [this.program, ...this.args], {
        env: this.env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      this.#child = child;
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (text: Buffer) => appendFileSync(this.logFile, `${this.name} ${text.toString()}`));
      }
      const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
      this.ends.push(signal ?? code!);
      appendFileSync(this.logFile, `${this.name} ended with ${signal ?? code}\n`);
      this.#child = null;
      if (!this.#retired) await delay(RESTART_MS);
    }
  }

  /** Sends a signal to the process, if one runs. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Lets it end in order, for good. Returns how long that took, ms. */
  async retire(): Promise<number> {
    this.#retired = true;
    const startedAt = Date.now();
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    await this.#running;
    return Date.now() - startedAt;
  }
}
