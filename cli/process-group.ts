import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { endWhenSilent } from '../connections/parent.js';
import { NODE_FLAGS } from '../connections/environment.js';
import { OmsError } from '../connections/errors.js';

interface ProcessGroupOptions {
  readonly count: number;
  /** Arguments and environment of the process of a number, from 0. */
  readonly argsOf: (n: number) => readonly string[];
  readonly envOf: (n: number) => NodeJS.ProcessEnv;
  /** Resolves when all are to end in order; each is told by its channel to us, which closes. */
  readonly told: Promise<void>;
  readonly say: (sentence: string) => void;
}

/**
 * Runs this program several times, as processes of ours: they end when we are told to, and when we die. If one ends by
 * itself all do; one that falls silent is ended.
 * @throws Error in a sentence that says which one ended, and how
 */
export async function runProcessGroup({ count, argsOf, envOf, told, say }: ProcessGroupOptions): Promise<void> {
  const children = Array.from({ length: count }, (_, n) =>
    fork(process.argv[1]!, [...argsOf(n)], {
      execArgv: [...process.execArgv, ...NODE_FLAGS],
      env: { ...process.env, UV_THREADPOOL_SIZE: '16', ...envOf(n) },
    }),
  );
  for (const [n, child] of children.entries())
    endWhenSilent(child, (silentS) => say(`Process ${n} of ${count} has been silent for ${silentS} s: it is ended.`));
  const ends = children.map(endOf);
  const kill = (): void => children.forEach((child) => child.kill('SIGKILL'));
  process.on('exit', kill);
  const first = await Promise.race([told, ...ends]);
  for (const child of children) if (child.connected) child.disconnect();
  const failed = [first, ...(await Promise.all(ends))].find((end) => end && end.how !== 'code 0');
  process.off('exit', kill);
  if (failed)
    throw new OmsError(
      'OMS_PROCESS_ENDED',
      `Process ${failed.n} of ${count} ended with ${failed.how}: all were stopped.`,
    );
}

async function endOf(child: ChildProcess, n: number): Promise<{ n: number; how: string }> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return { n, how: signal ?? `code ${code}` };
}
