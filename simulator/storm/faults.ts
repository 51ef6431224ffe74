import { DEVICE_TYPES, type Customer, type Device, type DeviceType } from '../../operators/network/network.js';
import type { Random } from '../random.js';
import type { Supply } from './supply.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Faults begin in the first part of a storm; the rest of it is for repair. */
const ONSET_SHARE = 0.7;
/**
 * How readily one device of each type trips. It is per device, so that a feeder is as rarely dark in a network with few
 * breakers as in one with many.
 */
const TYPE_WEIGHTS: Readonly<Record<DeviceType, number>> = { fuse: 1, switch: 0.4, recloser: 1.5, breaker: 0.7 };
/** How often a fault clears by itself and the device closes again: only those do that reclose without a crew. */
const MOMENTARY_CHANCE: Readonly<Record<DeviceType, number>> = { fuse: 0, switch: 0, recloser: 0.4, breaker: 0.25 };
const MOMENTARY_MS = [30_000, 4 * MINUTE_MS] as const;
const REPAIR_MS = [20 * MINUTE_MS, 180 * MINUTE_MS] as const;
const TRIES = 100;

/** A device that opened, and closed again. */
export interface PlannedFault {
  readonly device: Device;
  readonly onsetMs: number;
  readonly restoredMs: number;
  /** Customers who lost supply at the onset. */
  readonly customersOut: number;
  readonly momentary: boolean;
}

/** A customer's time without supply, from the device that opened to the last one above that closed again. */
export interface Spell {
  readonly customer: Customer;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What happens to the network in a storm. */
export interface StormPlan {
  /** By onset. */
  readonly faults: readonly PlannedFault[];
  /** By fault, and by customer within one. */
  readonly spells: readonly Spell[];
}

/**
 * Draws the faults of a storm. A device can only trip while it has voltage and supplies somebody; a device above an open
 * one can, and takes out those who were still supplied; whoever hangs below several open devices is back with the last.
 * @param supply a network in which at least one device supplies somebody
 * @param count faults to draw; fewer come where nothing with voltage is left to fail
 * @param hours length of the storm
 * @param startMs its begin, epoch ms
 */
export function planFaults(supply: Supply, count: number, hours: number, startMs: number, random: Random): StormPlan {
  const onsets = Array.from({ length: count }, () =>
    Math.round(startMs + random.between(0, ONSET_SHARE * hours * HOUR_MS)),
  ).sort((a, b) => a - b);
  const openUntil = new Map<string, number>();
  const lastSpell = new Map<string, MutableSpell>();
  const faults: PlannedFault[] = [];
  const spells: MutableSpell[] = [];
  for (const onsetMs of onsets) {
    const hit = drawDevice(supply, onsetMs, openUntil, lastSpell, random);
    if (!hit) continue;
    const { device, supplied } = hit;
    const momentary = random.chance(MOMENTARY_CHANCE[device.type]);
    const restoredMs = Math.round(onsetMs + random.between(...(momentary ? MOMENTARY_MS : REPAIR_MS)));
    openUntil.set(device.deviceId, restoredMs);
    for (const customer of supply.customersBelow(device)) {
      const spell = lastSpell.get(customer.customerId);
      if (spell && spell.toMs > onsetMs) {
        spell.toMs = Math.max(spell.toMs, restoredMs);
        continue;
      }
      const begun = { customer, fromMs: onsetMs, toMs: restoredMs };
      lastSpell.set(customer.customerId, begun);
      spells.push(begun);
    }
    faults.push({ device, onsetMs, restoredMs, customersOut: supplied, momentary });
  }
  return { faults, spells };
}

interface MutableSpell extends Spell {
  toMs: number;
}

/** A device that can trip at a time, and how many customers it supplies then; null if a hundred draws find none. */
function drawDevice(
  supply: Supply,
  atMs: number,
  openUntil: ReadonlyMap<string, number>,
  lastSpell: ReadonlyMap<string, Spell>,
  random: Random,
): { readonly device: Device; readonly supplied: number } | null {
  for (let tries = 0; tries < TRIES; tries++) {
    const device = random.pick(supply.inService[drawType(supply, random)]);
    if ([...supply.path(device)].some((each) => (openUntil.get(each.deviceId) ?? -Infinity) > atMs)) continue;
    const isSupplied = ({ customerId }: Customer) => (lastSpell.get(customerId)?.toMs ?? -Infinity) <= atMs;
    const supplied = supply.customersBelow(device).filter(isSupplied).length;
    if (supplied > 0) return { device, supplied };
  }
  return null;
}

function drawType({ inService }: Supply, random: Random): DeviceType {
  const weightOf = (type: DeviceType) => TYPE_WEIGHTS[type] * inService[type].length;
  const types = DEVICE_TYPES.filter((type) => inService[type].length > 0);
  let rest = random.next() * types.reduce((sum, type) => sum + weightOf(type), 0);
  for (const type of types) {
    rest -= weightOf(type);
    if (rest < 0) return type;
  }
  // Rounding may leave a speck of the sum.
  return types.at(-1)!;
}
