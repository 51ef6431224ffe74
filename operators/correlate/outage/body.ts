import type { PlacedEvent } from '../../model/event.js';
import { bySource } from '../../model/source.js';
import type { RuleSetInForce } from '../../model/rules.js';
import { relativeLon } from '../../model/sphere.js';
import type { Cells } from '../linking/cells.js';
import { NONE, numberIn } from '../columns/columns.js';
import { ABSENT, OUT, type Entries, type EntryOwner, type MemberState } from './entries.js';
import { Extent } from '../linking/extent.js';
import type { Indexed } from '../linking/link-index.js';

/** Coordinates are summed as whole ten-millionths of a degree (1 cm), so that a mean does not depend on the order. */
const FIXED = 1e7;

/** The latest member of reach feeder or substation of one unit: while it is not back, all customers are out. */
interface WideMember {
  unit: number;
  lastT: number;
  /** NaN while it is not back. */
  backAt: number;
}

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
  wides: WideMember[] = [];
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
   * @returns whether the member is back already
   */
  add(event: PlacedEvent, t: number, rules: RuleSetInForce, originLon: number): boolean {
    this.events++;
    if (t < this.firstDetectedAt) this.firstDetectedAt = t;
    if (t > this.lastEventAt) this.lastEventAt = t;
    if (rules.confirmThreshold < this.confirmThreshold) this.confirmThreshold = rules.confirmThreshold;
    this.#addPlace(event.lat, relativeLon(event.lon, originLon));

    const { entries } = this;
    const reporter = entries.reporters.reporterOf(event);
    const unit = entries.reporters.unitOf(event);
    const backAt = entries.reporters.backAt(unit, t);
    const weight = rules.weights[event.source];
    const entry = entries.find(reporter, unit, this.number);
    if (entry !== NONE) {
      this.#changeWeight(entry, Math.max(entries.weight(entry), weight));
      if (t > entries.lastT(entry)) this.#changeEntry(entry, t, backAt);
    } else {
      this.#addEntry(entries.make(reporter, unit, t, backAt, weight));
    }
    if (event.reach !== 'point') this.#addWide(unit, t, backAt, event.feederCustomers);
    return !Number.isNaN(backAt);
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
    this.#raiseLatestBackAt(entries.backAt(entry));
    if (unitBefore === ABSENT) {
      this.unitsAffected++;
      if (entries.reporters.isCustomer(unit)) this.customersAffected++;
    }
    if (reporterBefore === ABSENT) {
      this.assetsAffected++;
      this.reporters[entries.reporters.sourceOf(reporter)]++;
      this.#countWeight(entries.weight(entry), 1);
    } else {
      this.#recountWeight(reporter, weightBefore);
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

  #changeEntry(entry: number, lastT: number, backAt: number): void {
    const { entries } = this;
    const unit = entries.unit(entry);
    const reporter = entries.reporter(entry);
    const unitBefore = entries.unitState(unit, this.number);
    const reporterBefore = entries.reporterState(reporter, this.number);
    // When the entry that held the latest time loses it, the next latest is looked for when asked.
    if (entries.backAt(entry) === this.latestBackAt) this.latestBackAt = NaN;
    entries.setTimes(entry, lastT, backAt);
    this.#raiseLatestBackAt(backAt);
    this.#recountUnit(unit, unitBefore);
    this.#recountReporter(reporter, reporterBefore);
  }

  #raiseLatestBackAt(backAt: number): void {
    if (backAt > this.latestBackAt) this.latestBackAt = backAt;
  }

  #addWide(unit: number, t: number, backAt: number, feederCustomers: number): void {
    if (feederCustomers > this.feederCustomers) this.feederCustomers = feederCustomers;
    this.entries.reporters.raiseLatestBack(unit, Infinity);
    const wide = this.wides.find((one) => one.unit === unit);
    if (!wide) this.wides.push({ unit, lastT: t, backAt });
    else if (t > wide.lastT) Object.assign(wide, { lastT: t, backAt });
  }

  /** Restorations must look at all entries of the units of wide members: these have times of their own. */
  noteWides(): void {
    for (const { unit } of this.wides) this.entries.reporters.raiseLatestBack(unit, Infinity);
  }

  #changeWeight(entry: number, weight: number): void {
    // A reporter is worth the most that any of its members gives it, once, however many entries it has here.
    const reporter = this.entries.reporter(entry);
    const before = this.entries.reporterWeight(reporter, this.number);
    this.entries.setWeight(entry, weight);
    this.#recountWeight(reporter, before);
  }

  #recountWeight(reporter: number, before: number): void {
    const after = this.entries.reporterWeight(reporter, this.number);
    if (after === before) return;
    this.#countWeight(before, -1);
    this.#countWeight(after, 1);
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
   * The unit of `entry` is back at `t`.
   * @returns whether that concerns a member here: one at or before `t`, not back earlier
   */
  restore(entry: number, t: number): boolean {
    const { entries } = this;
    let concerned = false;
    for (const wide of this.wides) {
      if (wide.unit !== entries.unit(entry) || t < wide.lastT || t >= wide.backAt) continue;
      wide.backAt = t;
      concerned = true;
    }
    if (t < entries.lastT(entry) || entries.backAt(entry) <= t) return concerned;
    this.#changeEntry(entry, entries.lastT(entry), t);
    return true;
  }

  /** Takes in the members of a smaller body, which has none then; the caller merges their places in the index. */
  absorb(other: Body): void {
    const { entries } = this;
    let next: number;
    for (let entry = other.firstEntry; entry !== NONE; entry = next) {
      next = entries.nextOfBody(entry);
      const twin = entries.find(entries.reporter(entry), entries.unit(entry), this.number);
      entries.detach(entry);
      if (twin === NONE) {
        this.#addEntry(entry);
        continue;
      }
      this.#changeWeight(twin, Math.max(entries.weight(twin), entries.weight(entry)));
      if (entries.lastT(entry) > entries.lastT(twin)) {
        this.#changeEntry(twin, entries.lastT(entry), entries.backAt(entry));
      }
    }
    other.firstEntry = other.lastEntry = NONE;
    for (const { unit, lastT, backAt } of other.wides) this.#addWide(unit, lastT, backAt, other.feederCustomers);
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
    return this.wides.some((wide) => Number.isNaN(wide.backAt)) ? this.allCustomersAffected : this.customersOut;
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

  /** Takes note of new numbers: its own, those of its entries and of the units. */
  renumber(number: number, entries: Int32Array, units: Int32Array): void {
    this.number = number;
    this.firstEntry = numberIn(entries, this.firstEntry);
    this.lastEntry = numberIn(entries, this.lastEntry);
    for (const wide of this.wides) wide.unit = units[wide.unit]!;
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
