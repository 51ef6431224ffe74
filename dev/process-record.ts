/** Records of the processes we started, in HOME/run, so that a later run can find and end what an earlier one left. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ANY_TEXT, checkFields, COUNT, objectOf, oneOf } from '../operators/model/record-shape.js';
import { processIdentity } from './process-identity.js';
import { retryUntil } from './retry.js';

export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  readonly identity: string;
  readonly stopSignal: NodeJS.Signals;
  /** The process that started it. */
  readonly owner: { readonly pid: number; readonly identity: string };
}

const PROCESS = { pid: COUNT, identity: ANY_TEXT };
const RECORD = {
  ...PROCESS,
  name: ANY_TEXT,
  stopSignal: oneOf(Object.keys(constants.signals) as NodeJS.Signals[]),
  owner: objectOf(PROCESS, 'a process'),
};

const file = (home: string, name: string) => join(home, 'run', `${name}.json`);

/** Writes down that a process is ours; does nothing if it has ended already. */
export function recordProcess(home: string, name: string, pid: number, stopSignal: NodeJS.Signals): void {
  const identity = processIdentity(pid);
  const owner = processIdentity(process.pid);
  if (identity === null || owner === null) return;
  const record: ProcessRecord = { name, pid, identity, stopSignal, owner: { pid: process.pid, identity: owner } };
  mkdirSync(join(home, 'run'), { recursive: true });
  writeFileSync(file(home, name), JSON.stringify(record));
}

/** Takes a record away, once its process has ended. */
export function forgetProcess(home: string, name: string): void {
  rmSync(file(home, name), { force: true });
}

/** The record of a process that still lives, or null. */
export function livingProcess(home: string, name: string): ProcessRecord | null {
  let record: unknown;
  try {
    record = JSON.parse(readFileSync(file(home, name), 'utf8'));
    checkFields(name, record, RECORD);
  } catch {
    return null;
  }
  return processIdentity(record.pid) === record.identity ? record : null;
}

/** Records of all processes in HOME/run that still live. */
export function livingProcesses(home: string): ProcessRecord[] {
  let names: string[];
  try {
    names = readdirSync(join(home, 'run'));
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => livingProcess(home, name.slice(0, -'.json'.length)))
    .filter((record) => record !== null);
}

/**
 * Ends a recorded process: by its signal, and by SIGKILL if it has not ended in time.
 * @param timeoutMs how long it may take to end by itself
 * @throws Error when it does not end or we have no right to end it
 */
export async function endRecorded(record: ProcessRecord, timeoutMs: number): Promise<void> {
  const gone = async () => {
    if (processIdentity(record.pid) === record.identity) {
      throw new Error(`${record.name} (process ${record.pid}) does not end; end it by hand, then try again.`);
    }
  };
  const signal = (name: NodeJS.Signals) => {
    try {
      if (processIdentity(record.pid) === record.identity) process.kill(record.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
        throw new Error(
          `${record.name} (process ${record.pid}) cannot be ended: run this as the user who started it.`,
          { cause: error },
        );
      }
    }
  };
  signal(record.stopSignal);
  try {
    await retryUntil(gone, timeoutMs);
  } catch {
    signal('SIGKILL');
    await retryUntil(gone, 5_000);
  }
}

/** How long a process that was left behind may take to end by itself. */
const LEFTOVER_TIMEOUT_MS = 30_000;

async function endLeftover(left: ProcessRecord, home: string, say: (line: string) => void): Promise<void> {
  if (processIdentity(left.owner.pid) === left.owner.identity) {
    throw new Error(
      `${left.name} already runs from ${home} as process ${left.pid}, started by process ${left.owner.pid}: ` +
        `stop that first (Ctrl-C where it runs, or kill ${left.owner.pid}).`,
    );
  }
  say(`${left.name}: ending process ${left.pid}, left behind by an earlier run.`);
  await endRecorded(left, LEFTOVER_TIMEOUT_MS);
}

/**
 * Makes room for a process of this name: ends one that was left behind by a run that is gone.
 * @throws Error when the run that started it still lives
 */
export async function clearLeftover(home: string, name: string, say: (line: string) => void): Promise<void> {
  const left = livingProcess(home, name);
  if (left !== null) await endLeftover(left, home, say);
}

/**
 * Makes room for a whole run: ends all that was left behind by runs that are gone.
 * @param last names of those that the others use: they end after them
 * @throws Error when a run that started one of them still lives
 */
export async function clearLeftovers(
  home: string,
  last: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const all = livingProcesses(home);
  const isLast = ({ name }: ProcessRecord): boolean => last.includes(name);
  for (const some of [all.filter((left) => !isLast(left)), all.filter(isLast)])
    await Promise.all(some.map((left) => endLeftover(left, home, say)));
}
