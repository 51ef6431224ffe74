import { chordSquared } from '../../model/sphere.js';

/** Chords are exact to a nanometre here; within this band of the radius the contract's own formula decides. */
const BAND_M = 0.001;

/** Times (closed interval, epoch ms) at which a member links, and the radius that holds there. */
export interface Probe {
  fromT: number;
  toT: number;
  radius: Radius;
}

/** A radius with what the index needs of it. */
export interface Radius {
  readonly radiusM: number;
  readonly surelyWithin: number;
  readonly surelyBeyond: number;
}

/** Prepares a radius (metres) for {@link Probe}. */
export function radiusOf(radiusM: number): Radius {
  return {
    radiusM,
    surelyWithin: chordSquared(radiusM - BAND_M),
    surelyBeyond: chordSquared(radiusM + BAND_M),
  };
}
