import type { Device } from '../../operators/network/network.js';
import { isWatched, onsetIn, type StormPlan, type StormSpan } from './faults.js';
import type { HardDraws } from './hardness.js';
import type { Supply } from './supply.js';

const SECOND_MS = 1000;
/** A contact that chatters is found to be closed again soon. */
const OPEN_MS = [5 * SECOND_MS, 60 * SECOND_MS] as const;
/** How far from a real opening a false one keeps: closer, nobody could say that it was one. */
const APART_MS = 5 * 60 * SECOND_MS;
const TRIES = 100;

/** SCADA says that a device opened and closed, and nothing happened. */
export interface FalseTrip {
  readonly device: Device;
  readonly onsetMs: number;
  readonly closedMs: number;
}

/**
 * Draws the false trips of a storm: of devices that SCADA sees, that supply somebody, and have voltage all the time.
 * @returns by time
 */
export function planFalseTrips(supply: Supply, plan: StormPlan, span: StormSpan, hard: HardDraws): FalseTrip[] {
  const watched = Object.values(supply.inService).flatMap((devices) => devices.filter(isWatched));
  const random = hard.row('falseTrips');
  const trips: FalseTrip[] = [];
  for (let fault = 0; fault < span.count; fault++) {
    if (!hard.strikes('falseTrips') || watched.length === 0) continue;
    for (let tries = 0; tries < TRIES; tries++) {
      const device = random.pick(watched);
      const onsetMs = onsetIn(span, random);
      const closedMs = Math.round(onsetMs + random.between(...OPEN_MS));
      const path = new Set(supply.path(device));
      const isOpen = plan.faults.some(
        (real) => path.has(real.device) && real.onsetMs - APART_MS < closedMs && real.restoredMs + APART_MS > onsetMs,
      );
      if (isOpen) continue;
      trips.push({ device, onsetMs, closedMs });
      break;
    }
  }
  return trips.sort((a, b) => a.onsetMs - b.onsetMs);
}
