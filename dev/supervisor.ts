/** Runs commands of the product as child processes: steps to their end, services for as long as we run. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorIn, sentenceIn } from './error-lines.js';
import { describeEnd, LocalProcess, type ProcessEnd } from './local-process.js';
import { Restarts } from './restarts.js';

const STOP_TIMEOUT_MS = 10_000;
/** Lines kept to tell why a child ended. */
const TAIL = 8;

export interface SupervisorOptions {
  readonly home: string;
  /** The product's command line, `dist/cli/oms.js`. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  /** Resolves when Kafka and PostGIS are up, at once if they are: without them a restart would be in vain. */
  readonly servicesUp: () => Promise<void>;
  /** Told when a child that should run was given up. */
  readonly onGivenUp: (reason: string) => void;
}

/** What a service has that a step has not: it says that it lives. */
interface ServicePlan {
  readonly env: NodeJS.ProcessEnv;
  readonly onLost: (end: ProcessEnd) => void;
}

interface Child {
  readonly process: LocalProcess;
  readonly logFile: string;
  readonly tail: string[];
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #children = new Set<LocalProcess>();
  readonly #stopping = new AbortController();

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  #child(name: string, args: readonly string[], service: ServicePlan | null): Child {
    const { home, program, say } = this.#options;
    const env = { ...this.#options.env, ...service?.env };
    const logFile = join(home, 'logs', `${name}.log`);
    const tail: string[] = [];
    const onLine = (line: string) => {
      tail.push(line);
      if (tail.length > TAIL) tail.shift();
      const error = service ? errorIn(line) : null;
      // A stage begins its sentences with its name, as others may be in the same process.
      if (error !== null) say(error.startsWith(`${name}: `) ? error : `${name}: ${error}`);
    };
    const plan = { name, home, command: process.execPath, args: [program, ...args], env, logFile, onLine, say };
    const stop = { stopSignal: 'SIGTERM', stopTimeoutMs: STOP_TIMEOUT_MS } as const;
    return {
      process: new LocalProcess({ ...plan, ...stop, beats: service !== null }, service?.onLost),
      logFile,
      tail,
    };
  }

  /**
   * Runs a command to its end.
   * @throws Error when it fails, with the last lines it wrote
   */
  async runStep(name: string, args: readonly string[]): Promise<void> {
    const { process: step, logFile, tail } = this.#child(name, args, null);
    this.#stopping.signal.throwIfAborted();
    this.#children.add(step);
    try {
      await step.start();
      const end = await step.ended;
      if (end.code !== 0) {
        throw new Error(`oms ${args.join(' ')} ended with ${describeEnd(end)}, see ${logFile}:\n${tail.join('\n')}`);
      }
    } finally {
      this.#children.delete(step);
    }
  }

  /**
   * Starts a command and keeps it running: when it ends by itself, or falls silent and is killed, it is started again, a
   * little later each time.
   * @param env variables of its own
   */
  async keepRunning(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
    const { say, servicesUp, onGivenUp } = this.#options;
    const restarts = new Restarts();
    const { signal } = this.#stopping;
    let startedAt = 0;
    const start = async () => {
      signal.throwIfAborted();
      startedAt = performance.now();
      await service.start();
    };
    const lost = async (end: ProcessEnd) => {
      const pauseMs = restarts.next(performance.now() - startedAt);
      // What begins like an error has been shown already.
      const last = tail.splice(0);
      if (!last.some((line) => errorIn(line) !== null)) for (const line of last) say(`${name} | ${sentenceIn(line)}`);
      if (pauseMs === null) {
        return onGivenUp(`${name} keeps ending with ${describeEnd(end)}: see ${logFile}.`);
      }
      say(`${name} ended with ${describeEnd(end)}: starting it again in ${pauseMs / 1000} s.`);
      await delay(pauseMs, undefined, { signal });
      await servicesUp();
      await start();
    };
    const onLost = (end: ProcessEnd) => {
      lost(end).catch((error: Error) => {
        if (!signal.aborted) onGivenUp(error.message);
      });
    };
    const child = this.#child(name, args, { env, onLost });
    const { process: service, logFile, tail } = child;
    this.#children.add(service);
    await start();
  }

  /** Stops all children at once; nothing is started after that. Resolves when all have ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#children].map((child) => child.stop()));
  }
}
