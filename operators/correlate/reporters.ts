import type { PlacedEvent, Source } from '../event.js';
import type { Body } from './body.js';

/**
 * Who reports and what is out or back, on one key. A *reporter* is `(source, asset)`; a *unit* is the customer whose
 * meter, ONU or premise reports, or the reporter itself where no customer is known. Restorations are remembered by unit,
 * so they count whether they come before or after the outage events they answer.
 */

/** What is out or back. */
export interface Unit {
  /** Null: the unit is a reporter that serves no known customer. */
  readonly customerId: string | null;
  /** Its entries, one for each of its reporters in each outage it is in: linked by `nextOfUnit`. */
  first: Entry | null;
  /** Times of its restorations (epoch ms), ascending, for the retention; null while there are none. */
  restorations: number[] | null;
}

/** What an event speaks for. */
export interface Reporter {
  readonly source: Source;
  readonly key: string;
  /** Its entries, linked by `nextOfReporter`. */
  first: Entry | null;
  /** The unit of a reporter without a customer; made when first needed. */
  ownUnit: Unit | null;
}

/**
 * One reporter's membership in one outage, for one unit. A unit is out while an entry of it is. Most reporters and units
 * have one entry in their life: lists of links, not arrays, halve the memory of a storm.
 */
export interface Entry {
  readonly reporter: Reporter;
  readonly unit: Unit;
  body: Body;
  /** The latest member's time: when that one is back, so are all before it. */
  lastT: number;
  /** The earliest restoration of the unit at or after `lastT`; null while there is none. */
  backAt: number | null;
  weight: number;
  nextOfReporter: Entry | null;
  nextOfUnit: Entry | null;
}

/** Puts an entry at the end of the lists of its reporter and its unit. */
export function attach(entry: Entry): void {
  entry.nextOfReporter = entry.nextOfUnit = null;
  const { reporter, unit } = entry;
  if (reporter.first === null) reporter.first = entry;
  else {
    let last = reporter.first;
    while (last.nextOfReporter !== null) last = last.nextOfReporter;
    last.nextOfReporter = entry;
  }
  if (unit.first === null) unit.first = entry;
  else {
    let last = unit.first;
    while (last.nextOfUnit !== null) last = last.nextOfUnit;
    last.nextOfUnit = entry;
  }
}

/** Takes an entry out of the lists of its reporter and its unit. */
export function detach(entry: Entry): void {
  const { reporter, unit } = entry;
  if (reporter.first === entry) reporter.first = entry.nextOfReporter;
  else {
    let before = reporter.first;
    while (before && before.nextOfReporter !== entry) before = before.nextOfReporter;
    if (before) before.nextOfReporter = entry.nextOfReporter;
  }
  if (unit.first === entry) unit.first = entry.nextOfUnit;
  else {
    let before = unit.first;
    while (before && before.nextOfUnit !== entry) before = before.nextOfUnit;
    if (before) before.nextOfUnit = entry.nextOfUnit;
  }
}

/** The earliest of ascending `times` at or after `t`; Infinity if there is none. */
function firstAtOrAfter(times: readonly number[] | null, t: number): number {
  if (times === null || times.length === 0) return Infinity;
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < t) low = middle + 1;
    else high = middle;
  }
  return low < times.length ? times[low]! : Infinity;
}

/** Puts `t` into ascending `times`, once. Returns whether it was new. */
function insertOnce(times: number[], t: number): boolean {
  let at = times.length;
  while (at > 0 && times[at - 1]! > t) at--;
  if (at > 0 && times[at - 1] === t) return false;
  times.splice(at, 0, t);
  return true;
}

/** The reporters and units of one key. */
export class Reporters {
  /** By source, then by asset (or by event id, behind a NUL that no id holds, for an event without an asset). */
  readonly bySource: Readonly<Record<Source, Map<string, Reporter>>> = {
    scada: new Map(),
    kaifa: new Map(),
    onu: new Map(),
    call_center: new Map(),
  };
  readonly customers = new Map<string, Unit>();
  /** Times at which every unit of the key was back (epoch ms), ascending, for the retention. */
  readonly feederRestorations: number[] = [];
  /** Restorations before it (epoch ms) are forgotten, swept out or not. */
  memoryFrom = -Infinity;

  /** The reporter that an event speaks for; made if it is new. */
  reporterOf({ source, assetId, sourceEventId }: PlacedEvent): Reporter {
    const key = assetId ?? `\0${sourceEventId}`;
    const known = this.bySource[source].get(key);
    if (known) return known;
    const reporter: Reporter = { source, key, first: null, ownUnit: null };
    this.bySource[source].set(key, reporter);
    return reporter;
  }

  /** The unit that an event concerns; made if it is new. */
  unitOf(event: PlacedEvent): Unit {
    const { customerId } = event;
    if (customerId === null) {
      const reporter = this.reporterOf(event);
      reporter.ownUnit ??= { customerId: null, first: null, restorations: null };
      return reporter.ownUnit;
    }
    let unit = this.customers.get(customerId);
    if (!unit) this.customers.set(customerId, (unit = { customerId, first: null, restorations: null }));
    return unit;
  }

  /** When a member of `unit` at `t` was back: its earliest restoration at or after; null if there is none. */
  backAt(unit: Unit, t: number): number | null {
    const from = Math.max(t, this.memoryFrom);
    const back = Math.min(firstAtOrAfter(unit.restorations, from), firstAtOrAfter(this.feederRestorations, from));
    return back === Infinity ? null : back;
  }

  /** Remembers that `unit` is back at `t`. Returns whether that was news; what is forgotten is, swept out or not. */
  rememberUnit(unit: Unit, t: number): boolean {
    return insertOnce((unit.restorations ??= []), t) || t < this.memoryFrom;
  }

  /** Remembers that every unit of the key is back at `t`. Returns whether that was news, as above. */
  rememberFeeder(t: number): boolean {
    return insertOnce(this.feederRestorations, t) || t < this.memoryFrom;
  }

  /** Sweeps out forgotten restorations, and whoever is in no outage and has none left. */
  evict(): void {
    this.#drop(this.feederRestorations);
    this.customers.forEach((unit, customerId) => {
      if (this.#isIdle(unit)) this.customers.delete(customerId);
    });
    for (const reporters of Object.values(this.bySource)) {
      reporters.forEach(({ first, ownUnit }, key) => {
        if (first === null && (ownUnit === null || this.#isIdle(ownUnit))) reporters.delete(key);
      });
    }
  }

  /** Whether a unit is in no outage and has no restorations left, once the forgotten ones are swept out. */
  #isIdle(unit: Unit): boolean {
    if (unit.restorations) this.#drop(unit.restorations);
    if (unit.restorations?.length === 0) unit.restorations = null;
    return unit.first === null && unit.restorations === null;
  }

  #drop(times: number[]): void {
    let count = 0;
    while (count < times.length && times[count]! < this.memoryFrom) count++;
    if (count > 0) times.splice(0, count);
  }
}
