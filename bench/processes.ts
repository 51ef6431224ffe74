import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { NODE_FLAGS } from '../connections/environment.js';

/** Ticks of /proc's clock in a second, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU time that a process has taken so far, user and system, ms. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is a name in brackets that may hold anything: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1000;
}

/** A process of ours that is measured from outside: what the kernel says it took. */
export class Measured {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: Interface,
  ) {}

  /**
   * Starts one of our programs, with Node's settings as `npm start` and the image have them, and waits until it says
   * `ready` on standard error.
   * @param args of node: a built file and its arguments
   * @param ready null: it says nothing, and is not waited for
   */
  static async start(args: readonly string[], env: NodeJS.ProcessEnv, ready: RegExp | null): Promise<Measured> {
    const child = spawn(process.execPath, args, {
      env: { ...process.env, UV_THREADPOOL_SIZE: '16', NODE_OPTIONS: NODE_FLAGS.join(' '), ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said: string[] = [];
    const lines = createInterface({ input: child.stderr });
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        said.push(line);
        if (ready?.test(line)) resolve();
      });
      if (ready === null) child.on('spawn', resolve);
      child.on('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}:\n${said.join('\n')}`)));
    });
    return new Measured(child, lines);
  }

  /** Resolves when it has said something so often since. */
  says(what: RegExp, times: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.lines.on('line', (line) => {
        if (what.test(line) && --times === 0) resolve();
      });
      this.child.once('exit', (code) => reject(new Error(`It ended with ${code} before it said ${what}.`)));
    });
  }

  /** CPU time so far, user and system, ms. */
  get cpuMs(): number {
    return cpuMsOf(this.child.pid!);
  }

  /** The most memory that it has had resident, MB. */
  get peakRssMb(): number {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))![1]) / 1024);
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill(signal);
    await once(this.child, 'exit');
  }
}

/** Runs one of our programs to its end. Returns the JSON that it prints. */
export async function printed<T>(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<T> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, UV_THREADPOOL_SIZE: '16', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (part: Buffer) => (text += part.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}.`);
  return JSON.parse(text) as T;
}
