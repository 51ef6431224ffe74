/** Chance that a seed repeats: the same seed gives the same draws, on every machine. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** A number in [least, below). */
  between(least: number, below: number): number;
  /** A whole number in [least, greatest]. */
  integer(least: number, greatest: number): number;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** Exponentially distributed with the given mean. */
  exponential(mean: number): number;
  /** Normally distributed about 0. */
  normal(sigma: number): number;
}

/**
 * Draws by mulberry32: one 32-bit word of state, and enough quality to simulate with.
 * @param seed a whole number
 * @param stream tells apart independent rows of draws of one seed
 */
export function seededRandom(seed: number, stream = 0): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, below: number): number => least + next() * (below - least);
  const integer = (least: number, greatest: number): number => Math.floor(between(least, greatest + 1));
  return {
    next,
    chance: (probability) => next() < probability,
    between,
    integer,
    pick: (list) => list[integer(0, list.length - 1)]!,
    exponential: (mean) => -mean * Math.log(1 - next()),
    // Box and Muller's way; the second number that it would give is left.
    normal: (sigma) => sigma * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}
