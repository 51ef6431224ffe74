/** One child process that outlives the terminal's Ctrl-C, so that we end all of them in order. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { endWhenSilent } from '../connections/parent.js';
import { GiveUp, retryUntil } from './retry.js';
import { clearLeftover, forgetProcess, recordProcess } from './process-record.js';

export interface ProcessPlan {
  /** Name under which it is recorded and spoken of. */
  readonly name: string;
  /** Data folder whose `run` holds the record. */
  readonly home: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** Its standard output and standard error are appended here. */
  readonly logFile: string;
  /** Sees every line it writes; without it the child writes the log file itself and needs us for nothing. */
  readonly onLine?: (line: string) => void;
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to end by itself before it is killed, ms. */
  readonly stopTimeoutMs: number;
  readonly say: (line: string) => void;
  /** It says every second by a channel to us that it lives; it is killed when it falls silent, and ends when we are gone. */
  readonly beats?: boolean;
  /** Done before each start, when nothing of an earlier run is left: free port, settings, data folder. */
  readonly prepare?: () => Promise<void>;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How a process ended, for a sentence. */
export function describeEnd({ code, signal }: ProcessEnd): string {
  return signal === null ? `code ${code}` : signal;
}

/** Running children of this process; those that are left when it exits are told to stop. */
const running = new Set<LocalProcess>();

process.on('exit', () => {
  for (const child of running) child.signal();
});

export class LocalProcess {
  readonly #plan: ProcessPlan;
  readonly #onLost: (end: ProcessEnd) => void;
  #child: ChildProcess | null = null;
  #ended: Promise<ProcessEnd> = Promise.resolve({ code: null, signal: null });
  #wanted = false;

  /** @param onLost told when the process ends although nobody asked for it */
  constructor(plan: ProcessPlan, onLost: (end: ProcessEnd) => void = () => {}) {
    this.#plan = plan;
    this.#onLost = onLost;
  }

  /** Its process id, or null while it does not run. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Settles when the process that was started last has ended. */
  get ended(): Promise<ProcessEnd> {
    return this.#ended;
  }

  /**
   * Starts it; resolves when it has been started, which is before it is ready.
   * @throws Error when it runs already, here or from another run, or when its command cannot be run
   */
  async start(): Promise<void> {
    const { name, home, command, args, cwd, env, uid, gid, logFile, onLine, stopSignal, say, beats, prepare } =
      this.#plan;
    if (this.#child !== null) throw new Error(`${name} already runs as process ${this.pid}; stop it first.`);
    await clearLeftover(home, name, say);
    await prepare?.();
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    const output = onLine ? 'pipe' : log;
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', output, output, ...(beats ? (['ipc'] as const) : [])],
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    this.#wanted = true;
    this.#ended = new Promise((done) => {
      // 'close' comes after the last line has been read, and also after a failed start.
      child.once('close', (code, signal) => {
        this.#child = null;
        running.delete(this);
        forgetProcess(home, name);
        closeSync(log);
        done({ code, signal });
        if (this.#wanted) this.#onLost({ code, signal });
      });
    });
    await new Promise<void>((done, fail) => {
      child.once('spawn', done);
      child.once('error', (error) => {
        this.#wanted = false;
        fail(new Error(`${name} cannot be started: ${error.message}.`));
      });
    });
    this.#child = child;
    running.add(this);
    if (beats) endWhenSilent(child, (silentS) => say(`${name} has been silent for ${silentS} s: killing it.`));
    recordProcess(home, name, child.pid!, stopSignal);
    let logFailed = false;
    for (const stream of onLine ? [child.stdout, child.stderr] : []) {
      createInterface({ input: stream! }).on('line', (line) => {
        try {
          writeSync(log, `${line}\n`);
        } catch (error) {
          // A disk without room for the log is no reason to end what logs.
          if (!logFailed) say(`${name}: ${logFile} cannot be written (${(error as Error).message}); lines are lost.`);
          logFailed = true;
        }
        onLine?.(line);
      });
    }
  }

  /**
   * Waits until it answers, after start.
   * @param answers resolves when it does, rejects when not yet
   * @throws Error when it ends instead, or does not answer in time; it is stopped then
   */
  async untilAnswers(answers: () => Promise<void>, timeoutMs: number): Promise<void> {
    const { name, logFile } = this.#plan;
    this.#wanted = false;
    try {
      await retryUntil(async () => {
        if (this.#child === null) {
          throw new GiveUp(`${name} ended with ${describeEnd(await this.#ended)} while starting: see ${logFile}.`);
        }
        await answers();
      }, timeoutMs);
    } catch (error) {
      await this.stop();
      if (error instanceof GiveUp) throw error;
      const reason = (error as Error).message;
      throw new Error(`${name} does not answer after ${timeoutMs / 1000} s (${reason}): see ${logFile}.`, {
        cause: error,
      });
    }
    this.#wanted = true;
  }

  /** Tells it to stop, without waiting. */
  signal(): void {
    this.#wanted = false;
    this.#child?.kill(this.#plan.stopSignal);
  }

  /** Stops it in an orderly way; after its time is up it is killed. Resolves when it has ended. */
  async stop(): Promise<void> {
    const { name, stopSignal, stopTimeoutMs, say } = this.#plan;
    if (this.#child === null) return;
    this.signal();
    const timer = setTimeout(() => {
      say(`${name} has not ended ${stopTimeoutMs / 1000} s after ${stopSignal}: killing it.`);
      this.#child?.kill('SIGKILL');
    }, stopTimeoutMs);
    await this.#ended;
    clearTimeout(timer);
  }

  /** Kills it (SIGKILL), as a fault does. Resolves when it has ended. */
  async kill(): Promise<void> {
    this.#wanted = false;
    this.#child?.kill('SIGKILL');
    await this.#ended;
  }
}
