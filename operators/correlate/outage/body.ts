import type { PlacedEvent } from '../../model/event.js';
import { bySource } from '../../model/source.js';
import type { RuleSetInForce } from '../../model/rules.js';
import { relativeLon } from '../../model/sphere.js';
import type { Cells } from '../linking/cells.js';
import { NONE, numberIn } from '../columns/columns.js';
import { ABSENT, OUT, type Entries, type EntryOwner, type MemberState } from './entries.js';
import type { Joining } from './joining.js';
import { Extent } from '../linking/extent.js';
import type { Indexed } from '../linking/link-index.js';

/** Coordinates are summed as whole ten-millionths of a degree (1 cm), so that a mean does not depend on the order. */
const FIXED = 1e7;

/** Whose body it is. */
interface Owner {
  /** Whether an outage event at `t` (epoch ms) may link to it, as known now. */
  isOpenAt(t: number): boolean;
}

/**
 * The members of one outage: what they add up to, and where they are. Two bodies merge small into large; which outage
 * survives is another matter.
 */
export class Body<Outage extends Owner = Owner> implements Indexed, EntryOwner {
  readonly extent: Extent;
  box: Indexed['box'] = null;
  /** Its number among the bodies of the key, and the ends of its list of entries there. */
  number: number;
  firstEntry = NONE;
  lastEntry = NONE;
  /** Entries of reach feeder or substation: while one is not back, all customers are out. */
  wides: number[] = [];
  events = 0;
  firstDetectedAt = Infinity;
  lastEventAt = -Infinity;
  assetsAffected = 0;
  assetsOut = 0;
  readonly reporters = bySource(() => 0);
  unitsAffected = 0;
  unitsOut = 0;
  customersAffected = 0;
  customersOut = 0;
  feederCustomers = 0;
  /** How many reporters have which weight. Counts, not a product: so confidence does not depend on the order. */
  weights: { readonly weight: number; count: number }[] = [];
  /** The lowest threshold of the rule sets in force at the members' times. */
  confirmThreshold = Infinity;
  sumLat = 0;
  sumLon = 0;
  minLat = Infinity;
  maxLat = -Infinity;
  minLon = Infinity;
  maxLon = -Infinity;
  /** The latest `backAt` of the entries; NaN when one that held it has changed and it must be looked for. */
  latestBackAt = -Infinity;

  constructor(
    public outage: Outage,
    private readonly entries: Entries<Body<Outage>>,
    cells: Cells,
  ) {
    this.extent = new Extent(cells);
    this.number = entries.own(this);
  }

  isOpenAt(t: number): boolean {
    return this.outage.isOpenAt(t);
  }

  /**
   * Takes in a member.
   * @param originLon the longitude (degrees) from which the key measures
   */
  add(event: PlacedEvent, joining: Joining, { confirmThreshold }: RuleSetInForce, originLon: number): void {
    const { t, wide } = joining;
    this.events++;
    if (t < this.firstDetectedAt) this.firstDetectedAt = t;
    if (t > this.lastEventAt) this.lastEventAt = t;
    if (confirmThreshold < this.confirmThreshold) this.confirmThreshold = confirmThreshold;
    this.#addPlace(event.lat, relativeLon(event.lon, originLon));
    if (wide && event.feederCustomers > this.feederCustomers) this.feederCustomers = event.feederCustomers;
    this.#addEntry(this.entries.make(joining));
  }

  #addPlace(lat: number, relative: number): void {
    this.sumLat += Math.round(lat * FIXED);
    this.sumLon += Math.round(relative * FIXED);
    if (lat < this.minLat) this.minLat = lat;
    if (lat > this.maxLat) this.maxLat = lat;
    if (relative < this.minLon) this.minLon = relative;
    if (relative > this.maxLon) this.maxLon = relative;
  }

  #addEntry(entry: number): void {
    const { entries } = this;
    const unit = entries.unit(entry);
    const reporter = entries.reporter(entry);
    const unitBefore = entries.unitState(unit, this.number);
    const reporterBefore = entries.reporterState(reporter, this.number);
    // A reporter that is here already, for another unit, is counted once, with the greatest of its weights.
    const weightBefore = reporterBefore === ABSENT ? 0 : entries.reporterWeight(reporter, this.number);
    this.put(entry);
    if (entries.isWide(entry)) this.wides.push(entry);
    this.#raiseLatestBackAt(entries.backAt(entry));
    if (unitBefore === ABSENT) {
      this.unitsAffected++;
      if (entries.reporters.isCustomer(unit)) this.customersAffected++;
    }
    if (reporterBefore === ABSENT) {
      this.assetsAffected++;
      this.reporters[entries.reporters.sourceOf(reporter)]++;
      this.#countWeight(entries.weight(entry), 1);
    } else if (entries.weight(entry) > weightBefore) {
      this.#countWeight(weightBefore, -1);
      this.#countWeight(entries.weight(entry), 1);
    }
    this.#recountUnit(unit, unitBefore);
    this.#recountReporter(reporter, reporterBefore);
  }

  /** Puts an entry at the end of all lists it belongs to, and counts nothing. */
  put(entry: number): void {
    this.entries.attach(entry, this.number);
    if (this.firstEntry === NONE) this.firstEntry = entry;
    else this.entries.setNextOfBody(this.lastEntry, entry);
    this.lastEntry = entry;
  }

  #bringBack(entry: number, backAt: number): void {
    const { entries } = this;
    const unit = entries.unit(entry);
    const reporter = entries.reporter(entry);
    const unitBefore = entries.unitState(unit, this.number);
    const reporterBefore = entries.reporterState(reporter, this.number);
    // When the entry that held the latest time loses it, the next latest is looked for when asked.
    if (entries.backAt(entry) === this.latestBackAt) this.latestBackAt = NaN;
    entries.setBackAt(entry, backAt);
    this.#raiseLatestBackAt(backAt);
    this.#recountUnit(unit, unitBefore);
    this.#recountReporter(reporter, reporterBefore);
  }

  #raiseLatestBackAt(backAt: number): void {
    if (backAt > this.latestBackAt) this.latestBackAt = backAt;
  }

  #countWeight(weight: number, by: 1 | -1): void {
    // A handful of weights at most: looking through them is cheaper than hashing a fraction.
    for (let i = 0; i < this.weights.length; i++) {
      const known = this.weights[i]!;
      if (known.weight !== weight) continue;
      known.count += by;
      return;
    }
    this.weights = [...this.weights, { weight, count: by }].sort((a, b) => a.weight - b.weight);
  }

  #recountUnit(unit: number, before: MemberState): void {
    const change = outs(this.entries.unitState(unit, this.number)) - outs(before);
    if (change === 0) return;
    this.unitsOut += change;
    if (this.entries.reporters.isCustomer(unit)) this.customersOut += change;
  }

  #recountReporter(reporter: number, before: MemberState): void {
    this.assetsOut += outs(this.entries.reporterState(reporter, this.number)) - outs(before);
  }

  /**
   * A restoration says that the unit of `entry` is back at `t`. It stands on the log behind the member, so it counts at the
   * member's own time too.
   * @param from members before it (epoch ms) it does not speak of
   * @returns whether it concerns the member: that is at or before `t`, and was not back by then
   */
  restore(entry: number, t: number, from: number): boolean {
    const { entries } = this;
    const at = entries.t(entry);
    if (t < at || at < from || entries.backAt(entry) <= t) return false;
    this.#bringBack(entry, t);
    return true;
  }

  /** The earliest of the wide members at or before `t` (epoch ms) that are not back before it; Infinity if there is none. */
  firstWideOutUntil(t: number): number {
    const { entries } = this;
    let first = Infinity;
    for (const entry of this.wides) {
      const at = entries.t(entry);
      if (at <= t && at < first && !(entries.backAt(entry) < t)) first = at;
    }
    return first;
  }

  /** Takes in the members of a smaller body, which has none then; the caller merges their places in the index. */
  absorb(other: Body): void {
    const { entries } = this;
    let next: number;
    for (let entry = other.firstEntry; entry !== NONE; entry = next) {
      next = entries.nextOfBody(entry);
      entries.detach(entry);
      this.#addEntry(entry);
    }
    other.firstEntry = other.lastEntry = NONE;
    other.wides = [];
    this.feederCustomers = Math.max(this.feederCustomers, other.feederCustomers);
    this.events += other.events;
    this.firstDetectedAt = Math.min(this.firstDetectedAt, other.firstDetectedAt);
    this.lastEventAt = Math.max(this.lastEventAt, other.lastEventAt);
    this.confirmThreshold = Math.min(this.confirmThreshold, other.confirmThreshold);
    this.sumLat += other.sumLat;
    this.sumLon += other.sumLon;
    this.minLat = Math.min(this.minLat, other.minLat);
    this.maxLat = Math.max(this.maxLat, other.maxLat);
    this.minLon = Math.min(this.minLon, other.minLon);
    this.maxLon = Math.max(this.maxLon, other.maxLon);
  }

  /** The units of its members, in the order in which they joined. */
  get units(): ReadonlySet<number> {
    const units = new Set<number>();
    for (let entry = this.firstEntry; entry !== NONE; entry = this.entries.nextOfBody(entry)) {
      units.add(this.entries.unit(entry));
    }
    return units;
  }

  /** `1 - product over distinct reporters of (1 - weight)`, rounded to four decimals. */
  get confidence(): number {
    let silent = 1;
    // By weight, so that the product's last bit does not depend on the order of arrival.
    for (const { weight, count } of this.weights) silent *= power(1 - weight, count);
    return Math.round((1 - silent) * 10_000) / 10_000;
  }

  /** Some member of reach feeder or substation. */
  get isWide(): boolean {
    return this.wides.length > 0;
  }

  get allCustomersAffected(): number {
    return this.isWide ? Math.max(this.feederCustomers, this.customersAffected) : this.customersAffected;
  }

  get allCustomersOut(): number {
    return this.wides.some((wide) => this.entries.isOut(wide)) ? this.allCustomersAffected : this.customersOut;
  }

  /** When the last member was back (epoch ms); null while one is not. */
  get restoredAt(): number | null {
    if (this.unitsOut > 0) return null;
    if (Number.isNaN(this.latestBackAt)) {
      const { entries } = this;
      this.latestBackAt = -Infinity;
      for (let entry = this.firstEntry; entry !== NONE; entry = entries.nextOfBody(entry)) {
        this.#raiseLatestBackAt(entries.backAt(entry));
      }
    }
    return this.latestBackAt;
  }

  /** Mean of the members' coordinates (degrees, to 1 cm). */
  center(originLon: number): { lat: number; lon: number } {
    const lat = Math.round(this.sumLat / this.events) / FIXED;
    const lon = Math.round(this.sumLon / this.events) / FIXED;
    return { lat, lon: absoluteLon(lon, originLon) };
  }

  /** What holds the members' coordinates (degrees); minLon is greater than maxLon across the date line. */
  bbox(originLon: number): { minLat: number; minLon: number; maxLat: number; maxLon: number } {
    return {
      minLat: this.minLat,
      minLon: absoluteLon(this.minLon, originLon),
      maxLat: this.maxLat,
      maxLon: absoluteLon(this.maxLon, originLon),
    };
  }

  /** Lets its reporters, units and cells forget it: the outage leaves the state. */
  forget(): void {
    this.entries.forget(this);
    this.extent.clear();
    this.firstEntry = this.lastEntry = NONE;
  }

  /** Takes note of new numbers: its own, and those of its entries. */
  renumber(number: number, entries: Int32Array): void {
    this.number = number;
    this.firstEntry = numberIn(entries, this.firstEntry);
    this.lastEntry = numberIn(entries, this.lastEntry);
    this.wides = this.wides.map((entry) => entries[entry]!);
  }
}

/** A base to a whole exponent, by squaring: `**` may differ in the last bit from one engine, or PostgreSQL, to the next. */
function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

function outs(state: MemberState): number {
  return state === OUT ? 1 : 0;
}

function absoluteLon(relative: number, originLon: number): number {
  const lon = Math.round((relative + originLon) * FIXED) / FIXED;
  return lon > 180
    ? Math.round((lon - 360) * FIXED) / FIXED
    : lon < -180
      ? Math.round((lon + 360) * FIXED) / FIXED
      : lon;
}
