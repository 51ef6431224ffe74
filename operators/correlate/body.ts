import type { PlacedEvent, Source } from '../event.js';
import type { RuleSet } from '../rules.js';
import { relativeLon } from '../sphere.js';
import { Extent } from './extent.js';
import type { Indexed } from './link-index.js';
import type { OutageState } from './outage-state.js';
import { attach, detach, type Entry, type Reporter, type Reporters, type Unit } from './reporters.js';

/** Coordinates are summed as whole ten-millionths of a degree (1 cm), so that a mean does not depend on the order. */
const FIXED = 1e7;

/** The latest member of reach feeder or substation of one unit: while it is not back, all customers are out. */
interface WideMember {
  readonly unit: Unit;
  lastT: number;
  backAt: number | null;
}

/**
 * The members of one outage: what they add up to, and where they are. Two bodies merge small into large; which outage
 * survives is another matter.
 */
export class Body implements Indexed {
  readonly extent = new Extent();
  box: Indexed['box'] = null;
  entries: Entry[] = [];
  wides: WideMember[] = [];
  events = 0;
  firstDetectedAt = Infinity;
  lastEventAt = -Infinity;
  assetsAffected = 0;
  assetsOut = 0;
  readonly reporters: Record<Source, number> = { scada: 0, kaifa: 0, onu: 0, call_center: 0 };
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
  /** The latest `backAt` of the entries; null when one that held it has changed and it must be looked for. */
  latestBackAt: number | null = -Infinity;

  constructor(public outage: OutageState) {}

  isOpenAt(t: number): boolean {
    return this.outage.isOpenAt(t);
  }

  /**
   * Takes in a member.
   * @param originLon the longitude (degrees) from which the key measures
   * @returns whether the member is back already
   */
  add(event: PlacedEvent, t: number, rules: RuleSet, reporters: Reporters, originLon: number): boolean {
    this.events++;
    if (t < this.firstDetectedAt) this.firstDetectedAt = t;
    if (t > this.lastEventAt) this.lastEventAt = t;
    if (rules.confirmThreshold < this.confirmThreshold) this.confirmThreshold = rules.confirmThreshold;
    this.#addPlace(event.lat, relativeLon(event.lon, originLon));

    const reporter = reporters.reporterOf(event);
    const unit = reporters.unitOf(event);
    const backAt = reporters.backAt(unit, t);
    const weight = rules.weights[event.source];
    const entry = this.#entryOf(reporter, unit);
    if (entry) {
      this.#changeWeight(entry, Math.max(entry.weight, weight));
      if (t > entry.lastT) this.#changeEntry(entry, t, backAt);
    } else {
      this.#addEntry({ reporter, unit, body: this, lastT: t, backAt, weight, nextOfReporter: null, nextOfUnit: null });
    }
    if (event.reach !== 'point') this.#addWide(unit, t, backAt, event.feederCustomers);
    return backAt !== null;
  }

  #addPlace(lat: number, relative: number): void {
    this.sumLat += Math.round(lat * FIXED);
    this.sumLon += Math.round(relative * FIXED);
    if (lat < this.minLat) this.minLat = lat;
    if (lat > this.maxLat) this.maxLat = lat;
    if (relative < this.minLon) this.minLon = relative;
    if (relative > this.maxLon) this.maxLon = relative;
  }

  #addEntry(entry: Entry): void {
    const { reporter, unit } = entry;
    const unitBefore = this.#unitState(unit);
    const reporterBefore = this.#reporterState(reporter);
    this.entries.push(entry);
    attach(entry);
    this.#raiseLatestBackAt(entry.backAt);
    if (unitBefore === 'none') {
      this.unitsAffected++;
      if (unit.customerId !== null) this.customersAffected++;
    }
    if (reporterBefore === 'none') {
      this.assetsAffected++;
      this.reporters[reporter.source]++;
      this.#countWeight(entry.weight, 1);
    }
    this.#recountUnit(unit, unitBefore);
    this.#recountReporter(reporter, reporterBefore);
  }

  #changeEntry(entry: Entry, lastT: number, backAt: number | null): void {
    const { unit, reporter } = entry;
    const unitBefore = this.#unitState(unit);
    const reporterBefore = this.#reporterState(reporter);
    // When the entry that held the latest time loses it, the next latest is looked for when asked.
    if (entry.backAt !== null && entry.backAt === this.latestBackAt) this.latestBackAt = null;
    entry.lastT = lastT;
    entry.backAt = backAt;
    this.#raiseLatestBackAt(backAt);
    this.#recountUnit(unit, unitBefore);
    this.#recountReporter(reporter, reporterBefore);
  }

  #raiseLatestBackAt(backAt: number | null): void {
    if (backAt !== null && this.latestBackAt !== null && backAt > this.latestBackAt) this.latestBackAt = backAt;
  }

  #addWide(unit: Unit, t: number, backAt: number | null, feederCustomers: number): void {
    if (feederCustomers > this.feederCustomers) this.feederCustomers = feederCustomers;
    const wide = this.wides.find((one) => one.unit === unit);
    if (!wide) this.wides.push({ unit, lastT: t, backAt });
    else if (t > wide.lastT) Object.assign(wide, { lastT: t, backAt });
  }

  #changeWeight(entry: Entry, weight: number): void {
    // A reporter is worth the most that any of its members gives it, once, however many entries it has here.
    const before = this.#reporterWeight(entry.reporter);
    entry.weight = weight;
    const after = this.#reporterWeight(entry.reporter);
    if (after === before) return;
    this.#countWeight(before, -1);
    this.#countWeight(after, 1);
  }

  #reporterWeight(reporter: Reporter): number {
    let weight = 0;
    for (let entry = reporter.first; entry !== null; entry = entry.nextOfReporter) {
      if (entry.body === this && entry.weight > weight) weight = entry.weight;
    }
    return weight;
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

  #entryOf(reporter: Reporter, unit: Unit): Entry | null {
    for (let entry = reporter.first; entry !== null; entry = entry.nextOfReporter) {
      if (entry.body === this && entry.unit === unit) return entry;
    }
    return null;
  }

  #unitState(unit: Unit): MemberState {
    let state: MemberState = 'none';
    for (let entry = unit.first; entry !== null; entry = entry.nextOfUnit) {
      if (entry.body !== this) continue;
      if (entry.backAt === null) return 'out';
      state = 'back';
    }
    return state;
  }

  #reporterState(reporter: Reporter): MemberState {
    let state: MemberState = 'none';
    for (let entry = reporter.first; entry !== null; entry = entry.nextOfReporter) {
      if (entry.body !== this) continue;
      if (entry.backAt === null) return 'out';
      state = 'back';
    }
    return state;
  }

  #recountUnit(unit: Unit, before: MemberState): void {
    const change = outs(this.#unitState(unit)) - outs(before);
    this.unitsOut += change;
    if (unit.customerId !== null) this.customersOut += change;
  }

  #recountReporter(reporter: Reporter, before: MemberState): void {
    this.assetsOut += outs(this.#reporterState(reporter)) - outs(before);
  }

  /**
   * The unit of `entry` is back at `t`.
   * @returns whether that concerns a member here: one at or before `t`, not back earlier
   */
  restore(entry: Entry, t: number): boolean {
    let concerned = false;
    for (const wide of this.wides) {
      if (wide.unit !== entry.unit || t < wide.lastT || (wide.backAt !== null && t >= wide.backAt)) continue;
      wide.backAt = t;
      concerned = true;
    }
    if (t < entry.lastT || (entry.backAt !== null && entry.backAt <= t)) return concerned;
    this.#changeEntry(entry, entry.lastT, t);
    return true;
  }

  /** Takes in the members of a smaller body; the caller merges their places in the index. */
  absorb(other: Body): void {
    for (const entry of other.entries) {
      const twin = this.#entryOf(entry.reporter, entry.unit);
      detach(entry);
      if (!twin) {
        entry.body = this;
        this.#absorbEntry(entry);
        continue;
      }
      this.#changeWeight(twin, Math.max(twin.weight, entry.weight));
      if (entry.lastT > twin.lastT) this.#changeEntry(twin, entry.lastT, entry.backAt);
    }
    other.entries = [];
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

  /** An entry of another body joins; a reporter that is here already, for another unit, is not counted again. */
  #absorbEntry(entry: Entry): void {
    const known = this.#reporterState(entry.reporter) !== 'none';
    const before = known ? this.#reporterWeight(entry.reporter) : 0;
    this.#addEntry(entry);
    if (!known) return;
    const after = this.#reporterWeight(entry.reporter);
    if (after === before) return;
    this.#countWeight(before, -1);
    this.#countWeight(after, 1);
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
    return this.wides.some((wide) => wide.backAt === null) ? this.allCustomersAffected : this.customersOut;
  }

  /** When the last member was back (epoch ms); null while one is not. */
  get restoredAt(): number | null {
    if (this.unitsOut > 0) return null;
    if (this.latestBackAt === null) {
      this.latestBackAt = -Infinity;
      for (const entry of this.entries) this.#raiseLatestBackAt(entry.backAt);
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

  /** Lets its reporters and units forget it: the outage leaves the state. */
  forget(): void {
    this.entries.forEach(detach);
    this.entries = [];
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

type MemberState = 'none' | 'out' | 'back';

function outs(state: MemberState): number {
  return state === 'out' ? 1 : 0;
}

function absoluteLon(relative: number, originLon: number): number {
  const lon = Math.round((relative + originLon) * FIXED) / FIXED;
  return lon > 180
    ? Math.round((lon - 360) * FIXED) / FIXED
    : lon < -180
      ? Math.round((lon + 360) * FIXED) / FIXED
      : lon;
}
