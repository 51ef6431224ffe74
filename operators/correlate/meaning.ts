import { OperatorError } from '../model/errors.js';

/**
 * What the contract says changes now and then, and an old log must go on giving what it gave. So each change of meaning has
 * a number; the one in force stands on the log of every key, as a command, and both engines go by it. A log without one is
 * number 1. Until the first release what is changed stays number 1. See the contract, "Meaning".
 */

interface MeaningOfContract {
  /** Fixed for ever: it stands on logs and in snapshots. */
  readonly number: number;
  /** The day from which this program knows it. */
  readonly since: string;
  readonly what: string;
}

/** All that this program knows, by number. The SQL engine has the same in `reconcile.meanings()`. */
export const MEANINGS: readonly MeaningOfContract[] = [
  { number: 1, since: '2026-11-28', what: 'The contract as it stands.' },
];

/** The number of a log that says none. */
export const FIRST_MEANING = 1;

/** A log, or a snapshot, is of a meaning that this program does not know: to go on would be to guess. */
export class UnknownMeaning extends OperatorError {
  override readonly name = 'UnknownMeaning';

  constructor(number: unknown, where: string) {
    const known = MEANINGS.map((one) => one.number).join(', ');
    super(
      'OMS_UNKNOWN_MEANING',
      `${where} is of meaning ${String(number)}, and this program knows ${known}: run the version that knows it.`,
    );
  }
}

/**
 * @param where what has the number, for the sentence
 * @throws UnknownMeaning if this program does not know it
 */
export function requireMeaning(number: number, where: string): void {
  if (!MEANINGS.some((one) => one.number === number)) throw new UnknownMeaning(number, where);
}
