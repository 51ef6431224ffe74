import type { Network } from '../../operators/network/network.js';
import type { HardDraws } from './hardness.js';

const SIGMA_MS = 25_000;

/** The meters of a network whose clocks are off, with by how much they are ahead: normally distributed, whole ms. */
export function clockOffsets({ customers }: Network, hard: HardDraws): Map<string, number> {
  const offsets = new Map<string, number>();
  for (const { meterId } of customers) {
    if (meterId === null || !hard.strikes('skewedClocks')) continue;
    offsets.set(meterId, Math.round(hard.row('skewedClocks').normal(SIGMA_MS)));
  }
  return offsets;
}
