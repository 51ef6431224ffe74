import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** How soon a process that ended is started again, as a supervisor would. */
const RESTART_MS = 300;
/** How often a process is asked for its health, and how long it may take to answer. */
const ASK_MS = 1000;
const ANSWER_MS = 2000;
/** A process that has not answered for so long hangs, ms: one that ends is gone within 10 s, and one that starts answers sooner. */
const HANGS_MS = 20_000;
/** Until it has answered once: all start at the same time, on a machine that may have other things to do. */
const STARTS_MS = 60_000;
const SHOULD_BE_GONE_MS = 15_000;

/** One process of the system, kept running until it is retired. */
export class Member {
  #child: ChildProcess | null = null;
  #retired = false;
  #running: Promise<void>;
  restarts = -1;
  /** How its processes ended, the last one last: an exit code, or a signal. */
  readonly ends: (number | NodeJS.Signals)[] = [];
  /** What hung although nobody had frozen it, a sentence each: nobody helps it. */
  readonly hung: string[] = [];
  #isFrozen = false;
  #hasAnswered = false;
  /** When its process last answered, was frozen, or began. */
  #answeredAt = performance.now();

  constructor(
    readonly name: string,
    private readonly args: readonly string[],
    private readonly env: NodeJS.ProcessEnv,
    private readonly logFile: string,
    /** Where it answers for its health; null: it is not asked. */
    private readonly healthPort: number | null = null,
    private readonly program = 'dist/cli/oms.js',
  ) {
    this.#running = this.#keepRunning();
    if (healthPort !== null) void this.#watch(healthPort);
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
      this.#answeredAt = performance.now();
      this.#hasAnswered = false;
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

  /** Asks the process for its health, for as long as there is one. */
  async #watch(port: number): Promise<void> {
    let known: ChildProcess | null = null;
    while (!this.#retired) {
      await delay(ASK_MS);
      const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(ANSWER_MS) }).catch(
        () => null,
      );
      await answer?.arrayBuffer().catch(() => undefined);
      if (answer?.ok || this.#isFrozen || !this.#child) this.#answeredAt = performance.now();
      if (answer?.ok) this.#hasAnswered = true;
      const silentMs = performance.now() - this.#answeredAt;
      if (silentMs < (this.#hasAnswered ? HANGS_MS : STARTS_MS) || this.#child === known) continue;
      known = this.#child;
      this.#hangs(silentMs);
    }
  }

  #hangs(silentMs: number): void {
    this.hung.push(
      `${this.name} hangs: process ${this.#child?.pid} has not answered for ${Math.round(silentMs / 1000)} s`,
    );
  }

  /** Sends a signal to the process, if one runs. */
  signal(signal: NodeJS.Signals): void {
    // To kill one that should have been gone by itself would be to help it.
    const silentMs = performance.now() - this.#answeredAt;
    const isWatched = this.healthPort !== null && this.#hasAnswered && !this.#isFrozen;
    if (signal === 'SIGKILL' && isWatched && silentMs > SHOULD_BE_GONE_MS) this.#hangs(silentMs);
    if (signal === 'SIGSTOP') this.#isFrozen = true;
    if (signal === 'SIGCONT' || signal === 'SIGKILL') this.#isFrozen = false;
    this.#answeredAt = signal === 'SIGCONT' ? performance.now() : this.#answeredAt;
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
