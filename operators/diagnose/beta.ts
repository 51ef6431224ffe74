/** Lanczos' coefficients for g = 7, n = 9 (Godfrey's); the error is below 1e-15. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;
const HALF_LN_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** The logarithm of the gamma function at x > 0, by Lanczos' approximation (SIAM J. Numer. Anal. B 1, 1964, p. 86). */
export function lnGamma(x: number): number {
  // Euler's reflection, where the approximation is not good.
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  const y = x - 1;
  const t = y + 7.5;
  let sum: number = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (y + i);
  return HALF_LN_TWO_PI + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** ln Gamma(a + i) for whole i from 0, as far as it was asked for: a score is three look-ups. */
class GammaTable {
  #values = new Float64Array(0);

  constructor(private readonly a: number) {
    this.#grow(256);
  }

  at(i: number): number {
    if (i >= this.#values.length) this.#grow(Math.max(i + 1, this.#values.length * 2));
    return this.#values[i]!;
  }

  #grow(length: number): void {
    const values = new Float64Array(length);
    values.set(this.#values);
    for (let i = this.#values.length; i < length; i++) values[i] = lnGamma(this.a + i);
    this.#values = values;
  }
}

/**
 * How likely it is that k of n report, where the rate at which they do is not known and is integrated out over a
 * Beta(a, b): `ln B(a, b; k of n) = ln (beta(a + k, b + n - k) / beta(a, b))`. = the beta-binomial distribution, without
 * its binomial coefficient (Johnson, Kemp, Kotz: Univariate Discrete Distributions, 6.2.2).
 */
export class BetaOdds {
  readonly #a: GammaTable;
  readonly #b: GammaTable;
  readonly #ab: GammaTable;
  readonly #none: number;

  constructor(a: number, b: number) {
    this.#a = new GammaTable(a);
    this.#b = new GammaTable(b);
    this.#ab = new GammaTable(a + b);
    this.#none = this.#a.at(0) + this.#b.at(0) - this.#ab.at(0);
  }

  /** The logarithm for k of n; n is at least k. */
  ln(k: number, n: number): number {
    return this.#a.at(k) + this.#b.at(n - k) - this.#ab.at(n) - this.#none;
  }
}
