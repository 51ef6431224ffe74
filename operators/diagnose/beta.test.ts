import { describe, expect, it } from 'vitest';
import { BetaOdds, lnGamma } from './beta.js';

function lnFactorial(n: number): number {
  let sum = 0;
  for (let i = 2; i <= n; i++) sum += Math.log(i);
  return sum;
}

describe('a rate that is not known', () => {
  it.each([1, 2, 5, 20, 170, 1000])('has factorials: the gamma of %i + 1', (n) => {
    expect(lnGamma(n + 1)).toBeCloseTo(lnFactorial(n), 8);
  });

  it('has the gamma of a half, and of a tenth', () => {
    expect(lnGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
    expect(lnGamma(0.1)).toBeCloseTo(2.252712651734206, 12);
  });

  it.each([
    [2, 2, 12],
    [3, 1.2, 7],
    [6, 0.7, 30],
    [1, 1, 300],
  ])('gives chances that add up to one: Beta(%d, %d), of %i', (a, b, n) => {
    const odds = new BetaOdds(a, b);
    let sum = 0;
    for (let k = 0; k <= n; k++) {
      const ways = lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k);
      sum += Math.exp(ways + odds.ln(k, n));
    }
    expect(sum).toBeCloseTo(1, 9);
  });
});
