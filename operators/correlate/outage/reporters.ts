import type { PlacedEvent } from '../../model/event.js';
import { SOURCE_NUMBERS, sourceOfNumber, type Source } from '../../model/source.js';
import { countOf, NONE, numberIn, renumber, type Room } from '../columns/columns.js';
import { textHash, TextTable } from '../columns/text-table.js';

/**
 * Who reports and what is out or back, on one key. A *reporter* is `(source, asset)`; a *unit* is the customer whose
 * meter, ONU or premise reports, or the reporter itself where no customer is known. Restorations are remembered by unit,
 * so they count whether they come before or after the outage events they answer.
 *
 * Reporters and units are numbers. Their texts have tags: twice the number of the source for an asset; that and OWN_EVENT
 * for the id of an event without an asset; CUSTOMER, which no source has, for a customer.
 */
const OWN_EVENT = 1;
const CUSTOMER = 127;

/** What belongs to a reporter or a unit: its first entry, or NONE. */
export const FIRST = 1;
/** What belongs to a unit besides: how many of its entries are out, and its latest restoration, or NONE. */
export const OUT_ENTRIES = 2;
const LAST_RESTORATION = 3;

/** What of an event tells who reports, and what tells whom it concerns. */
type Reporting = Pick<PlacedEvent, 'source' | 'assetId' | 'sourceEventId'>;
type Concerning = Reporting & Pick<PlacedEvent, 'customerId'>;

/** The reporters and units of one key, and the restorations of its units. */
export class Reporters {
  /** To each belongs {@link FIRST}. */
  readonly texts: TextTable;
  /** To each belong {@link FIRST}, {@link OUT_ENTRIES} and {@link LAST_RESTORATION}. */
  readonly unitTexts: TextTable;
  /** By unit: a time (epoch ms) later than which no entry of it is back. */
  latestBackOfUnit: Float64Array;
  /** Restorations: when (epoch ms), and the next earlier one of the unit, or NONE. */
  restoredAt: Float64Array;
  earlier: Int32Array;
  restorations = 0;
  /** Times at which every unit of the key was back (epoch ms), ascending, for the retention. */
  readonly feederRestorations: number[] = [];
  /** Restorations before it (epoch ms) are forgotten, swept out or not. */
  memoryFrom = -Infinity;

  constructor(private readonly room: Room) {
    this.texts = new TextTable(room, 1);
    this.unitTexts = new TextTable(room, 3);
    this.latestBackOfUnit = room.take(Float64Array, 0);
    this.restoredAt = room.take(Float64Array, 0);
    this.earlier = room.take(Int32Array, 0);
  }

  /** The reporter that an event speaks for; made if it is new. */
  reporterOf(event: Reporting): number {
    return this.texts.intern(reporterTag(event), reporterText(event));
  }

  /** The unit that an event concerns; made if it is new. */
  unitOf(event: Concerning): number {
    const { unitTexts } = this;
    const known = unitTexts.size;
    const unit = unitTexts.intern(unitTag(event), unitText(event));
    if (unit === known) {
      this.latestBackOfUnit = this.room.grown(this.latestBackOfUnit, known + 1);
      this.latestBackOfUnit[unit] = -Infinity;
      unitTexts.setValue(unit, OUT_ENTRIES, 0);
    }
    return unit;
  }

  /** Looks where the reporters and units of events are that come soon. */
  lookAhead(events: readonly PlacedEvent[]): void {
    this.texts.lookAhead(events, reporterHash);
    this.unitTexts.lookAhead(events, unitHash);
  }

  /** Some entry of a unit is back at a time (epoch ms); Infinity: a restoration must look at all of its entries. */
  raiseLatestBack(unit: number, backAt: number): void {
    if (backAt > this.latestBackOfUnit[unit]!) this.latestBackOfUnit[unit] = backAt;
  }

  sourceOf(reporter: number): Source {
    return sourceOfNumber(this.texts.tag(reporter) >>> 1);
  }

  isCustomer(unit: number): boolean {
    return this.unitTexts.tag(unit) === CUSTOMER;
  }

  /** When a member of `unit` at `t` was back: its earliest restoration at or after (epoch ms); NaN if there is none. */
  backAt(unit: number, t: number): number {
    const from = Math.max(t, this.memoryFrom);
    let back = NaN;
    // From the latest on: an event mostly comes before the next restoration of its unit.
    for (
      let i = this.unitTexts.value(unit, LAST_RESTORATION);
      i !== NONE && this.restoredAt[i]! >= from;
      i = this.earlier[i]!
    ) {
      back = this.restoredAt[i]!;
    }
    for (let i = this.feederRestorations.length - 1; i >= 0 && this.feederRestorations[i]! >= from; i--) {
      if (!(back <= this.feederRestorations[i]!)) back = this.feederRestorations[i]!;
    }
    return back;
  }

  /** Remembers that `unit` is back at `t`. Returns whether that was news; what is forgotten is, swept out or not. */
  rememberUnit(unit: number, t: number): boolean {
    let later = NONE;
    let at = this.unitTexts.value(unit, LAST_RESTORATION);
    while (at !== NONE && this.restoredAt[at]! > t) {
      later = at;
      at = this.earlier[at]!;
    }
    if (at !== NONE && this.restoredAt[at] === t) return t < this.memoryFrom;
    const restoration = this.#addRestoration(t, at);
    if (later === NONE) this.unitTexts.setValue(unit, LAST_RESTORATION, restoration);
    else this.earlier[later] = restoration;
    return true;
  }

  #addRestoration(t: number, earlier: number): number {
    const restoration = this.restorations++;
    this.restoredAt = this.room.grown(this.restoredAt, this.restorations);
    this.earlier = this.room.grown(this.earlier, this.restorations);
    this.restoredAt[restoration] = t;
    this.earlier[restoration] = earlier;
    return restoration;
  }

  /** Remembers that every unit of the key is back at `t`. Returns whether that was news, as above. */
  rememberFeeder(t: number): boolean {
    const times = this.feederRestorations;
    let at = times.length;
    while (at > 0 && times[at - 1]! > t) at--;
    if (at > 0 && times[at - 1] === t) return t < this.memoryFrom;
    times.splice(at, 0, t);
    return true;
  }

  /** All of it as it is kept in a snapshot; some of it are views, valid until the next change. */
  pack() {
    return {
      reporters: this.texts.pack(),
      units: this.unitTexts.pack(),
      lastRestoration: this.unitTexts.values(LAST_RESTORATION),
      restoredAt: this.restoredAt.subarray(0, this.restorations),
      earlier: this.earlier.subarray(0, this.restorations),
      feederRestorations: this.feederRestorations,
    };
  }

  /** Puts back what {@link pack} gave, where there is nothing yet. Who has which entries is for {@link Entries} to say. */
  unpack(packed: ReturnType<Reporters['pack']>): void {
    this.texts.unpack(packed.reporters);
    this.unitTexts.unpack(packed.units);
    for (let unit = 0; unit < this.unitTexts.size; unit++) {
      this.unitTexts.setValue(unit, OUT_ENTRIES, 0);
      this.unitTexts.setValue(unit, LAST_RESTORATION, packed.lastRestoration[unit]!);
    }
    this.latestBackOfUnit = this.room.grown(this.latestBackOfUnit, this.unitTexts.size).fill(-Infinity);
    this.restorations = packed.restoredAt.length;
    this.restoredAt = this.room.copy(packed.restoredAt);
    this.earlier = this.room.copy(packed.earlier);
    this.feederRestorations.push(...packed.feederRestorations);
  }

  /**
   * Sweeps out forgotten restorations, and whoever is in no outage and has none left.
   * @returns the new numbers of reporters and units
   */
  keep(): { readonly reporters: Int32Array; readonly units: Int32Array } {
    const forgotten = this.feederRestorations.findIndex((t) => t >= this.memoryFrom);
    this.feederRestorations.splice(0, forgotten === -1 ? Infinity : forgotten);
    this.#keepRestorations();
    const { texts, unitTexts } = this;
    const reporters = texts.keep((reporter) => texts.value(reporter, FIRST) !== NONE);
    const units = unitTexts.keep(
      (unit) => unitTexts.value(unit, FIRST) !== NONE || unitTexts.value(unit, LAST_RESTORATION) !== NONE,
    );
    this.latestBackOfUnit = this.room.keptRows(this.latestBackOfUnit, units);
    return { reporters, units };
  }

  #keepRestorations(): void {
    const { memoryFrom } = this;
    const rows = renumber(this.restorations, (i) => this.restoredAt[i]! >= memoryFrom);
    // Behind one that is forgotten stand earlier ones: they are forgotten with it.
    for (let unit = 0; unit < this.unitTexts.size; unit++) {
      this.unitTexts.setValue(unit, LAST_RESTORATION, numberIn(rows, this.unitTexts.value(unit, LAST_RESTORATION)));
    }
    for (let i = 0; i < this.restorations; i++) this.earlier[i] = numberIn(rows, this.earlier[i]!);
    this.restoredAt = this.room.keptRows(this.restoredAt, rows);
    this.earlier = this.room.keptRows(this.earlier, rows);
    this.restorations = countOf(rows);
  }
}

function reporterTag({ source, assetId }: Reporting): number {
  return SOURCE_NUMBERS[source] * 2 + (assetId === null ? OWN_EVENT : 0);
}

function reporterText({ assetId, sourceEventId }: Reporting): string {
  return assetId ?? sourceEventId;
}

function unitTag(event: Concerning): number {
  return event.customerId === null ? reporterTag(event) : CUSTOMER;
}

function unitText(event: Concerning): string {
  return event.customerId ?? reporterText(event);
}

function reporterHash(event: Reporting): number {
  return textHash(reporterTag(event), reporterText(event));
}

function unitHash(event: Concerning): number {
  return textHash(unitTag(event), unitText(event));
}
