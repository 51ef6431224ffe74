import { DEVICE_TYPES, type Customer, type Device, type DeviceType } from '../../operators/network/network.js';
import type { Random } from '../random.js';
import type { HardDraws } from './hardness.js';
import { atOnce, inSteps, type Return, type Step } from './steps.js';
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
/** How long a recloser stays open before it tries, and closed until what failed opens it again. */
const DEAD_MS = [2000, 30_000] as const;
const LIVE_MS = [10_000, 60_000] as const;
const MOST_TRIES_TO_CLOSE = 3;
/** What dies for seconds often lives on what it has stored, and says nothing. */
const SHORT_GASPS = [0.1, 0.5] as const;
/** An ONU that has had supply for less than this cannot say that it has lost it. */
const ONU_BOOT_MS = 35_000;
/** How soon after a fault a device above it opens. */
const ABOVE_MS = [5000, 15 * MINUTE_MS] as const;
/** From how many customers on it is worth while to bring some back before the others. */
const LARGE = 30;
/** Which share of the meters and ONUs that lose supply say so. */
const LAST_GASPS: LastGasps = { meters: 0.85, onus: 0.7 };
/** Old batteries, a loaded radio channel, wet joints: a whole street may be nearly silent. */
const WEAK_GASPS = [0.2, 0.9] as const;

/** How many faults are drawn, and when. */
export interface StormSpan {
  readonly count: number;
  readonly hours: number;
  /** Its begin, epoch ms. */
  readonly startMs: number;
}

/** A time at which something may fail in a storm, epoch ms. */
export function onsetIn({ hours, startMs }: StormSpan, random: Random): number {
  return Math.round(startMs + random.between(0, ONSET_SHARE * hours * HOUR_MS));
}

/** Which share of those who lose supply by a fault says so. */
export interface LastGasps {
  readonly meters: number;
  readonly onus: number;
}

/**
 * How a fault came about: by itself; as one of the openings of a recloser that tries to close; above another one while that
 * was out; or beneath another one, found when that was over and these customers stayed out.
 */
export type FaultKind = 'drawn' | 'reclosing' | 'above' | 'beneath';

/** A device that opened, and closed again. */
export interface PlannedFault {
  readonly kind: FaultKind;
  readonly device: Device;
  /** The phases that opened: all of the device, or one. */
  readonly phases: string;
  readonly onsetMs: number;
  /** When the last of those who lost supply are back, unless something else keeps them out. */
  readonly restoredMs: number;
  /** When the device closed. */
  readonly closedMs: number;
  /** How they came back, by time. */
  readonly steps: readonly Step[];
  /** Customers who lost supply at the onset. */
  readonly customersOut: number;
  readonly momentary: boolean;
  readonly lastGasps: LastGasps;
  /** SCADA should have told of its opening and did not. */
  readonly tripLost: boolean;
}

/** Whether SCADA sees a device: those have a drive and a relay. */
export function isWatched({ type }: Device): boolean {
  return type === 'breaker' || type === 'recloser';
}

/** A customer's time without supply, from the device that opened to the last one above that closed again. */
export interface Spell {
  readonly customer: Customer;
  /** The fault that took the customer out. */
  readonly fault: PlannedFault;
  readonly fromMs: number;
  readonly toMs: number;
  /** When the customer is out again before all devices have started: from then on nothing says that supply is back. */
  readonly cutMs: number;
  /** The ONU had started when supply went, and can say so. */
  readonly onuAwake: boolean;
  /** What kept the customer out when the fault was over, by time. */
  readonly holders: readonly Holder[];
}

/** A fault that keeps a customer out from a time on. */
export interface Holder {
  readonly fault: PlannedFault;
  readonly fromMs: number;
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
 * @param span how many and when; fewer come where nothing with voltage is left to fail
 */
export function planFaults(supply: Supply, span: StormSpan, random: Random, hard: HardDraws): StormPlan {
  const onsets = Array.from({ length: span.count }, () => onsetIn(span, random)).sort((a, b) => a - b);
  const planner = new Planner(supply, random, hard);
  for (const onsetMs of onsets) planner.strike(onsetMs);
  planner.followUntil(Infinity);
  return planner;
}

interface MutableSpell extends Spell {
  toMs: number;
  cutMs: number;
  readonly holders: Holder[];
}

/** A device that is about to open. */
interface Opening {
  readonly kind: FaultKind;
  readonly device: Device;
  readonly onsetMs: number;
  readonly restoredMs: number;
  readonly momentary: boolean;
}

/** A storm in the making: takes its openings in the order of time. */
class Planner implements StormPlan {
  readonly faults: PlannedFault[] = [];
  readonly spells: MutableSpell[] = [];
  readonly #openUntil = new Map<string, number>();
  readonly #lastSpell = new Map<string, MutableSpell>();
  readonly #phases = new Map<string, string>();
  /** What follows from what has opened, by time. */
  readonly #due: Opening[] = [];

  constructor(
    private readonly supply: Supply,
    private readonly random: Random,
    private readonly hard: HardDraws,
  ) {}

  /** Something fails, if there is something left that can. */
  strike(onsetMs: number): void {
    this.followUntil(onsetMs);
    const { random } = this;
    const device = this.#drawDevice(onsetMs);
    if (!device) return;
    const momentary = random.chance(MOMENTARY_CHANCE[device.type]);
    const restoredMs = Math.round(onsetMs + random.between(...(momentary ? MOMENTARY_MS : REPAIR_MS)));
    const opening: Opening = { kind: 'drawn', device, onsetMs, restoredMs, momentary };
    if (device.type === 'recloser' && !momentary && this.hard.strikes('reclosing')) this.#tryToClose(opening);
    else this.#open(opening);
  }

  /** Opens what follows from what has opened and is due before a time, if it still can. */
  followUntil(beforeMs: number): void {
    for (let next = this.#due[0]; next && next.onsetMs < beforeMs; next = this.#due[0]) {
      this.#due.shift();
      if (!this.#canTrip(next.device, next.onsetMs)) continue;
      if (next.kind === 'beneath') this.#blow(next);
      else this.#open(next);
    }
  }

  #later(opening: Opening): void {
    const after = this.#due.findIndex(({ onsetMs }) => onsetMs > opening.onsetMs);
    this.#due.splice(after < 0 ? this.#due.length : after, 0, opening);
  }

  /** A recloser opens, closes and opens again, until it stays open. */
  #tryToClose(lasting: Opening): void {
    const random = this.hard.row('reclosing');
    let { onsetMs } = lasting;
    for (let tries = random.integer(1, MOST_TRIES_TO_CLOSE); tries > 0; tries--) {
      const restoredMs = Math.round(onsetMs + random.between(...DEAD_MS));
      this.#later({ ...lasting, kind: 'reclosing', onsetMs, restoredMs, momentary: true });
      onsetMs = Math.round(restoredMs + random.between(...LIVE_MS));
    }
    this.#later({ ...lasting, onsetMs });
  }

  #open(opening: Opening): void {
    const { device, onsetMs } = opening;
    const phases = this.#drawPhases(device, onsetMs);
    const isBelow = (customer: Customer) => phases === device.phases || this.#phaseOf(customer) === phases;
    const below = this.supply.customersBelow(device).filter(isBelow);
    const out = below.filter((customer) => this.#isSupplied(customer, onsetMs));
    const back = this.#drawReturn(opening, out);
    const fault = this.#note(opening, phases, out.length, back);
    for (const customer of below) {
      const spell = this.#lastSpell.get(customer.customerId);
      if (spell && spell.toMs > onsetMs) spell.toMs = Math.max(spell.toMs, back.backMs(customer));
      else this.#begin(fault, customer, back.backMs(customer), spell);
    }
    if (opening.kind === 'drawn' && this.hard.strikes('nested')) this.#nest(fault);
  }

  /**
   * A fault of another device while one is out: of a fuse below that blows as supply comes back; where there is none, of a
   * device above.
   */
  #nest({ device, onsetMs, restoredMs, steps }: PlannedFault): void {
    const random = this.hard.row('nested');
    const repairMs = random.between(...REPAIR_MS);
    const fuses = this.supply.fusesBelow(device);
    if (fuses.length > 0 && steps.length === 1) {
      const fuse = random.pick(fuses);
      const onset = { kind: 'beneath', device: fuse, onsetMs: restoredMs, momentary: false } as const;
      this.#later({ ...onset, restoredMs: Math.round(restoredMs + repairMs) });
      return;
    }
    const above = [...this.supply.path(device)].slice(1);
    if (above.length === 0) return;
    const [least, most] = ABOVE_MS;
    const atMs = Math.round(onsetMs + random.between(least, Math.min(most, restoredMs - onsetMs)));
    const upper = { kind: 'above', device: random.pick(above), onsetMs: atMs, momentary: false } as const;
    this.#later({ ...upper, restoredMs: Math.round(atMs + repairMs) });
  }

  /** A fuse blows as supply comes back to it: all that those below it notice is that they stay out. */
  #blow(opening: Opening): void {
    const { device, onsetMs, restoredMs } = opening;
    const kept = this.supply
      .customersBelow(device)
      .flatMap(({ customerId }) => this.#lastSpell.get(customerId) ?? [])
      .filter(({ toMs }) => toMs === onsetMs);
    if (kept.length === 0) return;
    const fault = this.#note(opening, device.phases, kept.length, atOnce(kept.length, restoredMs));
    for (const spell of kept) {
      spell.toMs = restoredMs;
      spell.holders.push({ fault, fromMs: onsetMs });
    }
  }

  /** Notes a fault of which it is known who lost supply, and how they come back. */
  #note(opening: Opening, phases: string, customersOut: number, { steps, closedMs }: Return): PlannedFault {
    const { device, restoredMs } = opening;
    const lastGasps = this.#drawLastGasps(opening);
    const tripLost = isWatched(device) && this.hard.strikes('lostTrips');
    const fault = { ...opening, phases, closedMs, steps, customersOut, lastGasps, tripLost };
    this.faults.push(fault);
    this.#openUntil.set(device.deviceId, restoredMs);
    return fault;
  }

  #begin(fault: PlannedFault, customer: Customer, toMs: number, last: MutableSpell | undefined): void {
    const { onsetMs } = fault;
    const tried = last?.fault.kind === 'reclosing' ? last : null;
    if (tried) tried.cutMs = onsetMs;
    const onuAwake = !tried || onsetMs - tried.toMs >= ONU_BOOT_MS;
    const begun = { customer, fault, fromMs: onsetMs, toMs, cutMs: Infinity, onuAwake, holders: [] };
    this.#lastSpell.set(customer.customerId, begun);
    this.spells.push(begun);
  }

  /** What opens: all poles, or one of a fuse that has several, with somebody on it. Nothing below trips meanwhile. */
  #drawPhases(device: Device, onsetMs: number): string {
    const { type, phases } = device;
    if (type !== 'fuse' || phases.length < 2 || !this.hard.strikes('singlePhase')) return phases;
    const supplied = this.supply.customersBelow(device).filter((customer) => this.#isSupplied(customer, onsetMs));
    const loaded = new Set(supplied.map((customer) => this.#phaseOf(customer)));
    const poles = [...phases].filter((phase) => loaded.has(phase));
    return poles.length > 0 ? this.hard.row('singlePhase').pick(poles) : phases;
  }

  /** The phase that a customer is on. Where the point has several, nobody has written down which: it is drawn once. */
  #phaseOf(customer: Customer): string {
    const phases = this.supply.phasesOf(customer);
    if (phases.length < 2) return phases;
    const known = this.#phases.get(customer.customerId);
    if (known !== undefined) return known;
    const drawn = this.hard.row('singlePhase').pick([...phases]);
    this.#phases.set(customer.customerId, drawn);
    return drawn;
  }

  #drawReturn({ device, onsetMs, restoredMs, momentary }: Opening, out: readonly Customer[]): Return {
    const isLarge = !momentary && out.length >= LARGE;
    if (!isLarge || !this.hard.strikes('steps')) return atOnce(out.length, restoredMs);
    const isOut = new Set(out);
    const branches = this.supply.branchesBelow(device).map((branch) => branch.filter((one) => isOut.has(one)));
    const dark = branches.filter((branch) => branch.length > 0);
    if (dark.length < 2) return atOnce(out.length, restoredMs);
    return inSteps(dark, onsetMs, restoredMs, this.hard.row('steps'));
  }

  #drawLastGasps({ kind }: Opening): LastGasps {
    if (kind === 'reclosing') {
      const share = this.hard.row('reclosing').between(...SHORT_GASPS);
      return { meters: share, onus: share };
    }
    if (!this.hard.strikes('weakGasps')) return LAST_GASPS;
    return { ...LAST_GASPS, meters: this.hard.row('weakGasps').between(...WEAK_GASPS) };
  }

  #isSupplied({ customerId }: Customer, atMs: number): boolean {
    return (this.#lastSpell.get(customerId)?.toMs ?? -Infinity) <= atMs;
  }

  /** Whether a device can trip at a time: nothing is open from it up to the feeder head, and it supplies somebody. */
  #canTrip(device: Device, atMs: number): boolean {
    for (const { deviceId } of this.supply.path(device)) {
      if ((this.#openUntil.get(deviceId) ?? -Infinity) > atMs) return false;
    }
    return this.supply.customersBelow(device).some((customer) => this.#isSupplied(customer, atMs));
  }

  /** A device that can trip at a time; null if a hundred draws find none. */
  #drawDevice(atMs: number): Device | null {
    const { supply, random } = this;
    for (let tries = 0; tries < TRIES; tries++) {
      const device = random.pick(supply.inService[drawType(supply, random)]);
      if (this.#canTrip(device, atMs)) return device;
    }
    return null;
  }
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
