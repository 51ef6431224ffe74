import { MultiBar, Presets } from 'cli-progress';
import { createInterface } from 'node:readline/promises';
import { InvalidArgumentError } from 'commander';
import { parseTime } from '../../operators/model/time.js';
import { OmsError } from '../../connections/errors.js';

/** Standard error carries the talk, standard output the result. */
export const say = (line: string): void => console.error(line);

/** Asks a question on the terminal; where there is none, nobody agrees. */
export async function agrees(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

/** The progress of a long command: a bar on a terminal, plain lines otherwise. */
export interface Progress {
  update(done: number): void;
  stop(): void;
}

const LINE_EVERY_MS = 5000;

/**
 * Shows how far a command has come.
 * @param total what `update` ends at; null if nobody knows
 */
export function progress(what: string, total: number | null): Progress {
  if (!process.stderr.isTTY) return plainProgress(what, total);
  const format = total === null ? ` ${what}: {value}` : ` ${what} [{bar}] {value}/{total} {percentage}%`;
  const bars = new MultiBar({ format, hideCursor: true, clearOnComplete: false }, Presets.shades_classic);
  const bar = bars.create(total ?? 0, 0);
  return { update: (done) => bar.update(done), stop: () => bars.stop() };
}

function plainProgress(what: string, total: number | null): Progress {
  let saidAt = Date.now();
  return {
    update: (done) => {
      if (Date.now() - saidAt < LINE_EVERY_MS) return;
      saidAt = Date.now();
      say(total === null ? `${what}: ${done}` : `${what}: ${done} of ${total}`);
    },
    stop: () => undefined,
  };
}

/** A number of the command line, or a sentence of what is wrong with it. */
export function numberBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= min && value <= max))
      throw new InvalidArgumentError(`Expected a number from ${min} to ${max}.`);
    return value;
  };
}

/** A whole number of the command line, or a sentence of what is wrong with it. */
export function wholeNumberBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max)
      throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
    return value;
  };
}

/** A time of the command line, epoch ms. */
export function timeOption(text: string): number {
  const time = parseTime(text);
  if (time === null) throw new InvalidArgumentError('Expected an ISO 8601 time, such as 2026-10-04T18:00:00Z.');
  return time;
}

/** Wrong use of a command: exit code 2. */
export class WrongUse extends OmsError {
  override name = 'WrongUse';

  constructor(message: string) {
    super('OMS_WRONG_USE', message);
  }
}
