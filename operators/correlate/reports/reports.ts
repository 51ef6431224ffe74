import type { PlacedEvent } from '../../model/event.js';
import { SOURCE_NUMBERS } from '../../model/source.js';
import { NONE, renumber, type Room } from '../columns/columns.js';
import { LATEST_REPORT, type Identities } from '../linking/members.js';
import type { Joining } from '../outage/joining.js';
import { LATEST_SAID, LATEST_TOLD, type Needed, type Renumbered, type Reporters } from '../outage/reporters.js';
import {
  EARLIER_OF_IDENTITY,
  EARLIER_OF_UNIT,
  EARLIER_TOLD,
  ReportRows,
  type Dated,
  type PackedRows,
  type Timed,
} from './report-rows.js';

/** How long a report whose clock had lost the date is known. */
const SUSPECT_MS = 7 * 86_400_000;

/** A restoration of reach feeder or substation. */
interface WideRestoration {
  row: number;
  /** When all that it speaks of is back (epoch ms). */
  readonly t: number;
  /** Members before it are not what it ended (epoch ms). */
  readonly from: number;
  teller: number;
  readonly source: number;
}

/** {@link Reports} as they stand in a snapshot. */
export interface PackedReports {
  readonly rows: PackedRows;
  readonly ofIdentity: Int32Array;
  readonly ofUnit: Int32Array;
  readonly told: Int32Array;
  readonly wideRestorations: WideRestoration[];
  readonly wideOutages: number[];
}

/** What of an event tells whether it is a copy. */
type Said = Pick<PlacedEvent, 'kind' | 'customerId' | 'occurredAt'>;

/** Reports of the other kind next to an event, by time; NONE: there is none. */
interface Neighbours {
  above: number;
  below: number;
  /** The one below for whom what was said of the unit counts only as far as it is remembered. */
  remembered: number;
}

/**
 * What was said on one key, for the retention: its events that were neither copies nor late, and the restorations of commands.
 * Copies are told by it, and it remembers who was back when, so that restorations count whether they come before or after the
 * outage events they answer.
 */
export class Reports {
  readonly #rows: ReportRows;
  /** Reports before it (epoch ms) are forgotten, swept out or not. */
  #memoryFrom = -Infinity;
  /** So are those of clocks that had lost the date, before this (epoch ms). */
  #suspectFrom = -Infinity;
  /** By time, and of one time by the log. */
  #wideRestorations: WideRestoration[] = [];
  #wideOutages: number[] = [];

  constructor(
    private readonly identities: Identities,
    private readonly reporters: Reporters,
    room: Room,
  ) {
    this.#rows = new ReportRows(room);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Moves the memory on: it never goes back. */
  moveTo(memoryFrom: number, watermark: number): void {
    this.#memoryFrom = memoryFrom;
    this.#suspectFrom = watermark - SUSPECT_MS;
  }

  #isForgotten(row: number): boolean {
    const t = this.#rows.t(row);
    return t < this.#memoryFrom && (t < this.#suspectFrom || !this.#rows.isSuspect(row));
  }

  /** Whether anything was heard of an identity, forgotten or not. */
  isKnown(identity: number): boolean {
    return this.identities.texts.value(identity, LATEST_REPORT) !== NONE;
  }

  /** Whether an event of an identity at a time (epoch ms) was heard, and is not forgotten. */
  wasHeard(identity: number, t: number): boolean {
    let row = this.identities.texts.value(identity, LATEST_REPORT);
    while (row !== NONE && (this.#rows.t(row) !== t || this.#isForgotten(row)))
      row = this.#rows.earlier(row, EARLIER_OF_IDENTITY);
    return row !== NONE;
  }

  /**
   * Whether an event says again what one of its identity said: nothing stands between the two, by time, that says the other.
   * @param t the time that counts (epoch ms)
   */
  isCopy(event: Said, identity: number, unit: number, reporter: number, t: number): boolean {
    const rows = this.#rows;
    const { above, below, remembered } = this.#neighbours(event, unit, reporter, t);
    const suspect = t !== event.occurredAt;
    let row = this.identities.texts.value(identity, LATEST_REPORT);
    for (; row !== NONE; row = rows.earlier(row, EARLIER_OF_IDENTITY)) {
      if (this.#isForgotten(row)) continue;
      if (suspect && rows.occurredAt(row) === event.occurredAt) return true;
      if (rows.t(row) > t) {
        if (above === NONE || rows.isBefore(row, above)) return true;
        continue;
      }
      const other = rows.unit(row) === unit ? below : remembered;
      if (other === NONE || rows.isBefore(other, row)) return true;
    }
    return false;
  }

  /**
   * The reports of the other kind next to an event, which is the last on the log: of its unit, and those that speak for all.
   * Above the event only what is remembered counts; below it all that was said since a report of the unit that is known, as
   * {@link keep} keeps it.
   */
  #neighbours({ kind, customerId }: Said, unit: number, reporter: number, t: number): Neighbours {
    const rows = this.#rows;
    const found: Neighbours = { above: NONE, below: NONE, remembered: NONE };
    const isRestoration = kind === 'restoration';
    let row = this.reporters.unitTexts.value(unit, LATEST_SAID);
    for (; row !== NONE; row = rows.earlier(row, EARLIER_OF_UNIT)) {
      if (rows.isRestoration(row) === isRestoration) continue;
      this.#note(found, row, t, true);
      if (rows.t(row) <= t) break;
    }
    const wides = isRestoration ? this.#wideOutages : this.#wideRestorations.map((wide) => wide.row);
    for (let i = wides.length - 1; i >= 0; i--) {
      this.#note(found, wides[i]!, t, false);
      if (rows.t(wides[i]!) <= t) break;
    }
    if (customerId !== null || isRestoration) return found;
    for (const told of this.#told(reporter)) if (rows.t(told) >= this.#memoryFrom) this.#note(found, told, t, true);
    return found;
  }

  #note(found: Neighbours, row: number, t: number, isOfUnit: boolean): void {
    const rows = this.#rows;
    const isRemembered = rows.t(row) >= this.#memoryFrom;
    if (rows.t(row) > t) {
      if (isRemembered && (found.above === NONE || rows.isBefore(row, found.above))) found.above = row;
      return;
    }
    if (found.below === NONE || rows.isBefore(found.below, row)) found.below = row;
    if (isOfUnit && !isRemembered) return;
    if (found.remembered === NONE || rows.isBefore(found.remembered, row)) found.remembered = row;
  }

  /** Restorations of customers that a reporter told: he is back himself, too. */
  *#told(reporter: number): Generator<number> {
    let row = this.reporters.texts.value(reporter, LATEST_TOLD);
    for (; row !== NONE; row = this.#rows.earlier(row, EARLIER_TOLD)) yield row;
  }

  /**
   * Says of an outage event that joins now when it was back: the earliest restoration since (epoch ms); NaN if there is none.
   * At its own time what its own reporter said was said before it, and does not count; all of a source that speak for the
   * feeder are one in this.
   */
  noteBack({ source, customerId, reach }: PlacedEvent, joining: { backAt: number } & Readonly<Joining>): void {
    const rows = this.#rows;
    const { t, unit, reporter } = joining;
    const from = Math.max(t, this.#memoryFrom);
    joining.backAt = NaN;
    // From the latest on: an event mostly comes before the next restoration of its unit.
    let row = this.reporters.unitTexts.value(unit, LATEST_SAID);
    for (; row !== NONE && rows.t(row) >= from; row = rows.earlier(row, EARLIER_OF_UNIT)) {
      if (rows.isRestoration(row) && (rows.t(row) !== t || rows.teller(row) !== reporter)) joining.backAt = rows.t(row);
    }
    for (let i = this.#wideRestorations.length - 1; i >= 0 && this.#wideRestorations[i]!.t >= from; i--) {
      const wide = this.#wideRestorations[i]!;
      if (t < wide.from || joining.backAt <= wide.t) continue;
      const isOwn = wide.teller === reporter || (reach !== 'point' && wide.source === SOURCE_NUMBERS[source]);
      if (wide.t !== t || !isOwn) joining.backAt = wide.t;
    }
    if (customerId !== null) return;
    for (const told of this.#told(reporter)) {
      const at = rows.t(told);
      if (at >= from && at !== t && !(joining.backAt <= at)) joining.backAt = at;
    }
  }

  /** Remembers an outage event that joins. */
  addOutage(event: Dated, joining: Joining): void {
    const row = this.#rows.add(joining.unit, joining, event, false, NONE);
    this.#identify(row, joining.identity);
    this.#list(row, joining.unit);
    if (joining.wide) insert(this.#wideOutages, row, (other) => this.#rows.t(other) > joining.t);
  }

  /**
   * Remembers that a unit is back.
   * @param isCustomer the unit is a customer, so the reporter is back besides
   */
  addRestoration(
    event: Dated,
    counts: Timed,
    identity: number,
    unit: number,
    teller: number,
    isCustomer: boolean,
  ): void {
    const row = this.#rows.add(unit, counts, event, true, teller);
    this.#identify(row, identity);
    this.#list(row, unit);
    if (!isCustomer) return;
    const { texts } = this.reporters;
    this.#rows.setEarlier(row, EARLIER_TOLD, texts.value(teller, LATEST_TOLD));
    texts.setValue(teller, LATEST_TOLD, row);
  }

  /** Remembers that all members since `from` (epoch ms) are back. */
  addWideRestoration(event: Dated, counts: Timed, identity: number, unit: number, teller: number, from: number): void {
    const { t } = counts;
    const row = this.#rows.add(unit, counts, event, true, teller);
    this.#identify(row, identity);
    const source = SOURCE_NUMBERS[this.reporters.sourceOf(teller)];
    insert(this.#wideRestorations, { row, t, from, teller, source }, (other) => other.t > t);
  }

  /** Remembers that a command said that a unit was back at `t` (epoch ms). */
  addDecision(unit: number, t: number): void {
    this.#list(this.#rows.add(unit, { t }, { occurredAt: t }, true, NONE), unit);
  }

  #identify(row: number, identity: number): void {
    const { texts } = this.identities;
    this.#rows.setEarlier(row, EARLIER_OF_IDENTITY, texts.value(identity, LATEST_REPORT));
    texts.setValue(identity, LATEST_REPORT, row);
  }

  /** Puts a report among those of its unit, by time: it is the last on the log, so before all others of the same time. */
  #list(row: number, unit: number): void {
    const { unitTexts } = this.reporters;
    const rows = this.#rows;
    const t = rows.t(row);
    let later = NONE;
    let at = unitTexts.value(unit, LATEST_SAID);
    while (at !== NONE && rows.t(at) > t) {
      later = at;
      at = rows.earlier(at, EARLIER_OF_UNIT);
    }
    rows.setEarlier(row, EARLIER_OF_UNIT, at);
    if (later === NONE) unitTexts.setValue(unit, LATEST_SAID, row);
    else rows.setEarlier(later, EARLIER_OF_UNIT, row);
  }

  /**
   * Sweeps out what is forgotten. What was said of a unit since a report of a lost date that is known stays: it may stand
   * between that and a copy.
   * @returns which reporters and units are still needed
   */
  keep(): Needed {
    const rows = this.#rows;
    const since = this.#suspectSince();
    const ofAll = since.reduce((first, t) => Math.min(first, t), Infinity);
    const isWide = new Uint8Array(rows.size);
    for (const { row } of this.#wideRestorations) isWide[row] = 1;
    for (const row of this.#wideOutages) isWide[row] = 1;
    const kept = renumber(rows.size, (row) => {
      return !this.#isForgotten(row) || rows.t(row) >= (isWide[row] === 1 ? ofAll : since[rows.unit(row)]!);
    });
    const { texts, unitTexts } = this.reporters;
    rows.relink(this.identities.texts, LATEST_REPORT, EARLIER_OF_IDENTITY, kept);
    rows.relink(unitTexts, LATEST_SAID, EARLIER_OF_UNIT, kept);
    rows.relink(texts, LATEST_TOLD, EARLIER_TOLD, kept);
    this.#wideRestorations = this.#wideRestorations.filter(({ row }) => kept[row] !== NONE);
    for (const wide of this.#wideRestorations) wide.row = kept[wide.row]!;
    this.#wideOutages = this.#wideOutages.filter((row) => kept[row] !== NONE).map((row) => kept[row]!);
    rows.keep(kept);
    const needed = { reporters: new Uint8Array(texts.size), units: new Uint8Array(unitTexts.size) };
    for (let row = 0; row < rows.size; row++) {
      needed.units[rows.unit(row)] = 1;
      if (rows.teller(row) !== NONE) needed.reporters[rows.teller(row)] = 1;
    }
    return needed;
  }

  /** By unit: the earliest report of a lost date that is known (epoch ms); Infinity: there is none. */
  #suspectSince(): Float64Array {
    const rows = this.#rows;
    const since = new Float64Array(this.reporters.unitTexts.size).fill(Infinity);
    for (let row = 0; row < rows.size; row++) {
      if (!rows.isSuspect(row) || this.#isForgotten(row)) continue;
      const unit = rows.unit(row);
      since[unit] = Math.min(since[unit]!, rows.t(row));
    }
    return since;
  }

  /** Takes note of new numbers of reporters and units. */
  renumber({ reporters, units }: Renumbered): void {
    this.#rows.renumber(reporters, units);
    for (const wide of this.#wideRestorations) wide.teller = reporters[wide.teller]!;
  }

  /** All of it as it is kept in a snapshot: views, valid until the next change. */
  pack(): PackedReports {
    return {
      rows: this.#rows.pack(),
      ofIdentity: this.identities.texts.values(LATEST_REPORT),
      ofUnit: this.reporters.unitTexts.values(LATEST_SAID),
      told: this.reporters.texts.values(LATEST_TOLD),
      wideRestorations: this.#wideRestorations,
      wideOutages: this.#wideOutages,
    };
  }

  /** Puts back what {@link pack} gave, where there is nothing yet but identities, reporters and units. */
  unpack({ rows, ofIdentity, ofUnit, told, wideRestorations, wideOutages }: PackedReports): void {
    const { texts, unitTexts } = this.reporters;
    this.#rows.unpack(rows);
    ofIdentity.forEach((row, identity) => this.identities.texts.setValue(identity, LATEST_REPORT, row));
    ofUnit.forEach((row, unit) => unitTexts.setValue(unit, LATEST_SAID, row));
    told.forEach((row, reporter) => texts.setValue(reporter, LATEST_TOLD, row));
    this.#wideRestorations = wideRestorations.map((wide) => ({ ...wide }));
    this.#wideOutages = [...wideOutages];
  }
}

/** Puts an item into a sorted list, behind all that are not later. */
function insert<Item>(list: Item[], item: Item, isLater: (other: Item) => boolean): void {
  let at = list.length;
  while (at > 0 && isLater(list[at - 1]!)) at--;
  list.splice(at, 0, item);
}
