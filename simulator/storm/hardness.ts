import { seededRandom, type Random } from '../random.js';
import { OmsError } from '../../connections/errors.js';

/** What makes a storm hard to diagnose: by name, what it does, and how much of it a hard storm has, as a share. */
export const HARDNESSES = {
  weakGasps: { hard: 1, what: 'share of faults of which only 20 to 90 % of the meters send a last gasp' },
  lostTrips: { hard: 0.03, what: 'share of trips of breakers and reclosers that SCADA does not tell of' },
  falseTrips: { hard: 0.02, what: 'trips of which SCADA tells and that did not happen, as a share of the faults' },
  skewedClocks: { hard: 0.08, what: 'share of meters whose clock is off (normally distributed, sigma 25 s)' },
  wrongRows: { hard: 0.03, what: 'share of customers who hang on a point next to the one that the network says' },
  singlePhase: { hard: 0.3, what: 'share of the faults of fuses with several phases in which one of them opens' },
  steps: { hard: 0.4, what: 'share of lasting faults of 30 customers and more that are restored in steps' },
  reclosing: { hard: 0.3, what: 'share of lasting faults of reclosers that try to close before they stay open' },
  nested: { hard: 0.1, what: 'faults above or below one that is out, besides the others, as a share of them' },
} as const satisfies Readonly<Record<string, { readonly hard: number; readonly what: string }>>;

export type HardnessName = keyof typeof HARDNESSES;

/** How hard a storm is: shares from 0 to 1. */
export type Hardness = Readonly<Record<HardnessName, number>>;

const NAMES = Object.keys(HARDNESSES) as readonly HardnessName[];

function ofEach<T>(valueOf: (name: HardnessName, index: number) => T): Readonly<Record<HardnessName, T>> {
  return Object.fromEntries(NAMES.map((name, index) => [name, valueOf(name, index)])) as Record<HardnessName, T>;
}

/** A storm without any of it. */
export const EASY: Hardness = ofEach(() => 0);

/** A storm as hard as `oms storm --hard` makes it. */
export const HARD: Hardness = ofEach((name) => HARDNESSES[name].hard);

/** The rows of draws that a storm without hardness has. */
const EASY_ROWS = 2;

/**
 * Draws what is hard in a storm. Each hardness has a row of draws of its own: a storm without it has the draws that it had
 * before there was such a thing.
 */
export class HardDraws {
  readonly #hardness: Hardness;
  readonly #rows: Readonly<Record<HardnessName, Random>>;

  /**
   * @param hardness what is not said is 0
   * @throws {OmsError} if one is no share
   */
  constructor(seed: number, hardness: Partial<Hardness>) {
    this.#hardness = { ...EASY, ...hardness };
    for (const name of NAMES) {
      const share = this.#hardness[name];
      if (!(share >= 0 && share <= 1))
        throw new OmsError('OMS_BAD_STORM', `${name} of ${share} is no share; give a number from 0 to 1.`);
    }
    this.#rows = ofEach((_, index) => seededRandom(seed, EASY_ROWS + index));
  }

  /** Whether it strikes this time. */
  strikes(name: HardnessName): boolean {
    return this.#rows[name].chance(this.#hardness[name]);
  }

  /** Whether there is any of it in this storm. */
  has(name: HardnessName): boolean {
    return this.#hardness[name] > 0;
  }

  /** What else is drawn for it. */
  row(name: HardnessName): Random {
    return this.#rows[name];
  }
}
