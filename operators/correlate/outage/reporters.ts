import type { PlacedEvent } from '../../model/event.js';
import { SOURCE_NUMBERS, sourceOfNumber, type Source } from '../../model/source.js';
import { NONE, type Room } from '../columns/columns.js';
import { textHash, TextTable, type PackedTexts } from '../columns/text-table.js';

/**
 * Who reports and what is out or back, on one key. A *reporter* is `(source, asset)`; a *unit* is the customer whose
 * meter, ONU or premise reports, or the reporter itself where no customer is known.
 *
 * Reporters and units are numbers. Their texts have tags: four times the number of the source for an asset; that and OWN_EVENT
 * for the id of an event without an asset, or HEAD or STATION for one that speaks for a feeder or a substation; CUSTOMER, which
 * no source has, for a customer.
 */
const OWN_EVENT = 1;
const HEAD = 2;
const STATION = 3;
const CUSTOMER = 255;

/** What belongs to a reporter or a unit: its first entry, or NONE. */
export const FIRST = 1;
/** What belongs to a reporter besides: itself as a unit, or NONE; and its latest report that a customer is back, or NONE. */
export const OWN_UNIT = 2;
export const LATEST_TOLD = 3;
/** What belongs to a unit besides: how many of its entries are out, and its latest report by time, or NONE. See reports/reports.ts. */
export const OUT_ENTRIES = 2;
export const LATEST_SAID = 3;

/** What of an event tells who reports, and what tells whom it concerns. */
type Reporting = Pick<PlacedEvent, 'source' | 'assetId' | 'sourceEventId' | 'reach'>;
type Concerning = Reporting & Pick<PlacedEvent, 'customerId'>;

/** Reporters and units that somebody needs, by number: 1. */
export interface Needed {
  readonly reporters: Uint8Array;
  readonly units: Uint8Array;
}

/** By number of a reporter or a unit: the new one, or NONE. */
export interface Renumbered {
  readonly reporters: Int32Array;
  readonly units: Int32Array;
}

/** {@link Reporters} as they stand in a snapshot. */
export interface PackedReporters {
  readonly reporters: PackedTexts;
  readonly units: PackedTexts;
  readonly ownUnits: Int32Array;
}

/** The reporters and units of one key. */
export class Reporters {
  /** To each belong {@link FIRST}, {@link OWN_UNIT} and {@link LATEST_TOLD}. */
  readonly texts: TextTable;
  /** To each belong {@link FIRST}, {@link OUT_ENTRIES} and {@link LATEST_SAID}. */
  readonly unitTexts: TextTable;
  /** By unit: a time (epoch ms) later than which no entry of it is back. */
  latestBackOfUnit: Float64Array;

  constructor(private readonly room: Room) {
    this.texts = new TextTable(room, 3);
    this.unitTexts = new TextTable(room, 3);
    this.latestBackOfUnit = room.take(Float64Array, 0);
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
      if (event.customerId === null) this.texts.setValue(this.reporterOf(event), OWN_UNIT, unit);
    }
    return unit;
  }

  /** Looks where the reporters and units of events are that come soon. */
  lookAhead(events: readonly PlacedEvent[]): void {
    this.texts.lookAhead(events, reporterHash);
    this.unitTexts.lookAhead(events, unitHash);
  }

  /** Some entry of a unit is back at a time (epoch ms). */
  raiseLatestBack(unit: number, backAt: number): void {
    if (backAt > this.latestBackOfUnit[unit]!) this.latestBackOfUnit[unit] = backAt;
  }

  sourceOf(reporter: number): Source {
    return sourceOfNumber(this.texts.tag(reporter) >>> 2);
  }

  isCustomer(unit: number): boolean {
    return this.unitTexts.tag(unit) === CUSTOMER;
  }

  /** All of it as it is kept in a snapshot; some of it are views, valid until the next change. */
  pack(): PackedReporters {
    return { reporters: this.texts.pack(), units: this.unitTexts.pack(), ownUnits: this.texts.values(OWN_UNIT) };
  }

  /** Puts back what {@link pack} gave, where there is nothing yet. Who has which entries is for `Entries` to say. */
  unpack({ reporters, units, ownUnits }: PackedReporters): void {
    this.texts.unpack(reporters);
    this.unitTexts.unpack(units);
    ownUnits.forEach((unit, reporter) => this.texts.setValue(reporter, OWN_UNIT, unit));
    for (let unit = 0; unit < this.unitTexts.size; unit++) this.unitTexts.setValue(unit, OUT_ENTRIES, 0);
    this.latestBackOfUnit = this.room.grown(this.latestBackOfUnit, this.unitTexts.size).fill(-Infinity);
  }

  /**
   * Sweeps out whoever is in no outage and is not needed.
   * @returns the new numbers of reporters and units
   */
  keep(needed: Needed): Renumbered {
    const { texts, unitTexts } = this;
    const units = unitTexts.keep((unit) => unitTexts.value(unit, FIRST) !== NONE || needed.units[unit] === 1);
    const reporters = texts.keep((reporter) => {
      const own = texts.value(reporter, OWN_UNIT);
      // A unit that is kept must be found by its reporter.
      const unit = own === NONE ? NONE : units[own]!;
      texts.setValue(reporter, OWN_UNIT, unit);
      return unit !== NONE || texts.value(reporter, FIRST) !== NONE || needed.reporters[reporter] === 1;
    });
    this.latestBackOfUnit = this.room.keptRows(this.latestBackOfUnit, units);
    return { reporters, units };
  }
}

function reporterTag({ source, assetId, reach }: Reporting): number {
  const tag = SOURCE_NUMBERS[source] * 4;
  if (assetId !== null) return tag;
  return tag + (reach === 'point' ? OWN_EVENT : reach === 'feeder' ? HEAD : STATION);
}

function reporterText({ assetId, sourceEventId, reach }: Reporting): string {
  return assetId ?? (reach === 'point' ? sourceEventId : '');
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
