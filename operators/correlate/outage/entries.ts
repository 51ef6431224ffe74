import { countOf, NONE, numberIn, renumber, type Room } from '../columns/columns.js';
import { FIRST, OUT_ENTRIES, type Reporters } from './reporters.js';
import type { TextTable } from '../columns/text-table.js';

/** Numbers of an entry in {@link Entries}: who it is of, and the next entry of each of those. */
const LINKS = 6;
const REPORTER = 0;
const UNIT = 1;
const BODY = 2;
const NEXT_OF_REPORTER = 3;
const NEXT_OF_UNIT = 4;
const NEXT_OF_BODY = 5;

/** Further values of an entry. */
const VALUES = 3;
const LAST_T = 0;
const BACK_AT = 1;
const WEIGHT = 2;

/** What a reporter or a unit is in a body. Numbers: these are compared ten times an event. */
export const ABSENT = 0;
const BACK = 1;
export const OUT = 2;
export type MemberState = typeof ABSENT | typeof BACK | typeof OUT;

/** Whose entries they are: a body, the members of one outage. */
export interface EntryOwner {
  /** Its number among the bodies of the key, and the first of its list of entries. */
  number: number;
  readonly firstEntry: number;
  /** Its wide members have units, too. */
  noteWides(): void;
  /** Takes note of new numbers: its own, those of entries and of units. */
  renumber(number: number, entries: Int32Array, units: Int32Array): void;
}

/** {@link Entries} as they stand in a snapshot. */
export interface PackedEntries {
  readonly links: Int32Array;
  readonly values: Float64Array;
}

/**
 * The entries of one key: one reporter's membership in one body (the members of an outage), for one unit. A unit is out
 * while an entry of it is. Entries are numbers; those of a body are a list, linked in the order in which they were put there.
 * Those of a reporter and of a unit are lists too, the latest body first: in a week of storms they get long, and nearly
 * always it is the latest outage that is asked for.
 */
export class Entries<Body extends EntryOwner = EntryOwner> {
  #size = 0;
  #links: Int32Array;
  #values: Float64Array;
  /** The bodies by number; one that was absorbed keeps its number until the next {@link keep}, one that was forgotten is null. */
  #bodies: (Body | null)[] = [];

  constructor(
    readonly reporters: Reporters,
    private readonly room: Room,
  ) {
    this.#links = room.take(Int32Array, 0);
    this.#values = room.take(Float64Array, 0);
  }

  get size(): number {
    return this.#size;
  }

  /** Gives a body its number. */
  own(body: Body): number {
    return this.#bodies.push(body) - 1;
  }

  /** Gives a body the number that it had in a snapshot. */
  ownAgain(body: Body, number: number): void {
    body.number = number;
    this.#bodies[number] = body;
  }

  reporter(entry: number): number {
    return this.#links[entry * LINKS + REPORTER]!;
  }

  unit(entry: number): number {
    return this.#links[entry * LINKS + UNIT]!;
  }

  /** The number of its body. */
  body(entry: number): number {
    return this.#links[entry * LINKS + BODY]!;
  }

  /** Null: it is forgotten, and its entries are still listed. */
  bodyOf(entry: number): Body | null {
    return this.#bodies[this.body(entry)]!;
  }

  /** The next entry of the same unit, in whatever body; NONE if there is none. */
  nextOfUnit(entry: number): number {
    return this.#links[entry * LINKS + NEXT_OF_UNIT]!;
  }

  nextOfBody(entry: number): number {
    return this.#links[entry * LINKS + NEXT_OF_BODY]!;
  }

  setNextOfBody(entry: number, next: number): void {
    this.#links[entry * LINKS + NEXT_OF_BODY] = next;
  }

  /** The latest member's time (epoch ms): when that one is back, so are all before it. */
  lastT(entry: number): number {
    return this.#values[entry * VALUES + LAST_T]!;
  }

  /** The earliest restoration of the unit at or after `lastT` (epoch ms); NaN while there is none. */
  backAt(entry: number): number {
    return this.#values[entry * VALUES + BACK_AT]!;
  }

  isOut(entry: number): boolean {
    const backAt = this.#values[entry * VALUES + BACK_AT]!;
    return backAt !== backAt;
  }

  /** Changes the times of an entry that is in its lists. */
  setTimes(entry: number, lastT: number, backAt: number): void {
    this.#count(entry, -1);
    this.#putTimes(entry, lastT, backAt);
    this.#count(entry, 1);
  }

  #putTimes(entry: number, lastT: number, backAt: number): void {
    this.#values[entry * VALUES + LAST_T] = lastT;
    this.#values[entry * VALUES + BACK_AT] = backAt;
  }

  /** Its unit has an entry more or less that is out, or that is back. */
  #count(entry: number, by: 1 | -1): void {
    const unit = this.unit(entry);
    const { unitTexts } = this.reporters;
    if (this.isOut(entry)) unitTexts.setValue(unit, OUT_ENTRIES, unitTexts.value(unit, OUT_ENTRIES) + by);
    else this.reporters.raiseLatestBack(unit, this.backAt(entry));
  }

  weight(entry: number): number {
    return this.#values[entry * VALUES + WEIGHT]!;
  }

  setWeight(entry: number, weight: number): void {
    this.#values[entry * VALUES + WEIGHT] = weight;
  }

  /** Makes an entry that is in no list yet. */
  make(reporter: number, unit: number, lastT: number, backAt: number, weight: number): number {
    const entry = this.#size++;
    this.#links = this.room.grown(this.#links, this.#size * LINKS);
    this.#values = this.room.grown(this.#values, this.#size * VALUES);
    this.#links[entry * LINKS + REPORTER] = reporter;
    this.#links[entry * LINKS + UNIT] = unit;
    this.#putTimes(entry, lastT, backAt);
    this.setWeight(entry, weight);
    return entry;
  }

  /** Puts an entry of a body into the lists of its reporter and its unit. */
  attach(entry: number, body: number): void {
    this.#links[entry * LINKS + BODY] = body;
    this.#links[entry * LINKS + NEXT_OF_BODY] = NONE;
    this.#list(entry);
  }

  #list(entry: number): void {
    this.#insert(this.reporters.texts, this.reporter(entry), entry, NEXT_OF_REPORTER);
    this.#insert(this.reporters.unitTexts, this.unit(entry), entry, NEXT_OF_UNIT);
    this.#count(entry, 1);
  }

  /** Puts an entry behind those of its body, which stand behind those of later ones. */
  #insert(texts: TextTable, of: number, entry: number, next: number): void {
    const links = this.#links;
    const body = links[entry * LINKS + BODY]!;
    let before = NONE;
    let after = texts.value(of, FIRST);
    while (after !== NONE && links[after * LINKS + BODY]! >= body) {
      before = after;
      after = links[after * LINKS + next]!;
    }
    links[entry * LINKS + next] = after;
    if (before === NONE) texts.setValue(of, FIRST, entry);
    else links[before * LINKS + next] = entry;
  }

  /** The first entry of a reporter or a unit in a body; NONE if there is none. */
  #firstIn(body: number, texts: TextTable, of: number, next: number): number {
    const links = this.#links;
    let at = texts.value(of, FIRST);
    while (at !== NONE && links[at * LINKS + BODY]! > body) at = links[at * LINKS + next]!;
    return at !== NONE && links[at * LINKS + BODY] === body ? at : NONE;
  }

  /** The entry behind `entry` in a list, if that is of the same body; else NONE. */
  #nextHere(entry: number, next: number): number {
    const after = this.#links[entry * LINKS + next]!;
    return after !== NONE && this.body(after) === this.body(entry) ? after : NONE;
  }

  /** The entry of a reporter and a unit in a body, or NONE. */
  find(reporter: number, unit: number, body: number): number {
    let entry = this.#firstIn(body, this.reporters.texts, reporter, NEXT_OF_REPORTER);
    while (entry !== NONE && this.unit(entry) !== unit) entry = this.#nextHere(entry, NEXT_OF_REPORTER);
    return entry;
  }

  /** What a unit is in a body: out, if one of its entries is. */
  unitState(unit: number, body: number): MemberState {
    return this.#state(body, this.reporters.unitTexts, unit, NEXT_OF_UNIT);
  }

  /** What a reporter is in a body, likewise. */
  reporterState(reporter: number, body: number): MemberState {
    return this.#state(body, this.reporters.texts, reporter, NEXT_OF_REPORTER);
  }

  #state(body: number, texts: TextTable, of: number, next: number): MemberState {
    let state: MemberState = ABSENT;
    for (let entry = this.#firstIn(body, texts, of, next); entry !== NONE; entry = this.#nextHere(entry, next)) {
      if (this.isOut(entry)) return OUT;
      state = BACK;
    }
    return state;
  }

  /** The greatest weight of the entries of a reporter in a body; 0 if it has none. */
  reporterWeight(reporter: number, body: number): number {
    let weight = 0;
    let entry = this.#firstIn(body, this.reporters.texts, reporter, NEXT_OF_REPORTER);
    for (; entry !== NONE; entry = this.#nextHere(entry, NEXT_OF_REPORTER)) {
      if (this.weight(entry) > weight) weight = this.weight(entry);
    }
    return weight;
  }

  /** Takes an entry out of the lists of its reporter and its unit. */
  detach(entry: number): void {
    this.#remove(this.reporters.texts, this.reporter(entry), entry, NEXT_OF_REPORTER);
    this.#remove(this.reporters.unitTexts, this.unit(entry), entry, NEXT_OF_UNIT);
    this.#count(entry, -1);
  }

  #remove(texts: TextTable, of: number, entry: number, next: number): void {
    const links = this.#links;
    const after = links[entry * LINKS + next]!;
    let before = texts.value(of, FIRST);
    if (before === entry) {
      texts.setValue(of, FIRST, after);
      return;
    }
    while (links[before * LINKS + next] !== entry) before = links[before * LINKS + next]!;
    links[before * LINKS + next] = after;
  }

  /**
   * Forgets a body. Its entries stay in their lists until the next {@link keep}: it is mostly old, so they stand behind all
   * others, and to take each out would be to walk through these.
   */
  forget(body: Body): void {
    for (let entry = body.firstEntry; entry !== NONE; entry = this.nextOfBody(entry)) {
      if (this.isOut(entry)) this.#count(entry, -1);
    }
    this.#bodies[body.number] = null;
  }

  /** The entries as they are kept in a snapshot: views, valid until the next change. */
  pack(): PackedEntries {
    return {
      links: this.#links.subarray(0, this.#size * LINKS),
      values: this.#values.subarray(0, this.#size * VALUES),
    };
  }

  /** Puts back what {@link pack} gave, where there are none yet. */
  unpack({ links, values }: PackedEntries): void {
    this.#size = links.length / LINKS;
    this.#links = this.room.copy(links);
    this.#values = this.room.copy(values);
  }

  /** Lists all entries by reporter and by unit, once they were unpacked: the first snapshots had lists of another order. */
  list(bodies: readonly Body[]): void {
    for (const body of byNumber(bodies)) {
      for (let entry = body.firstEntry; entry !== NONE; entry = this.nextOfBody(entry)) this.#list(entry);
      body.noteWides();
    }
  }

  /** Forgets all entries but those of `bodies`, and reporters and units that have nothing left. */
  keep(bodies: readonly Body[]): void {
    const used = new Uint8Array(this.#size);
    const kept = byNumber(bodies);
    kept.forEach((body, number) => {
      for (let entry = body.firstEntry; entry !== NONE; entry = this.nextOfBody(entry)) {
        used[entry] = 1;
        this.#links[entry * LINKS + BODY] = number;
      }
    });
    this.#bodies = kept;
    this.#unlist(used);
    const rows = renumber(this.#size, (entry) => used[entry] === 1);
    const { reporters, units } = this.reporters.keep();
    const links = (this.#links = this.room.keptRows(this.#links, rows, LINKS));
    this.#values = this.room.keptRows(this.#values, rows, VALUES);
    this.#size = countOf(rows);
    for (let at = 0; at < this.#size * LINKS; at += LINKS) {
      links[at + REPORTER] = reporters[links[at + REPORTER]!]!;
      links[at + UNIT] = units[links[at + UNIT]!]!;
      for (const next of [NEXT_OF_REPORTER, NEXT_OF_UNIT, NEXT_OF_BODY])
        links[at + next] = numberIn(rows, links[at + next]!);
    }
    for (const texts of [this.reporters.texts, this.reporters.unitTexts]) {
      for (let i = 0; i < texts.size; i++) texts.setValue(i, FIRST, numberIn(rows, texts.value(i, FIRST)));
    }
    kept.forEach((body, number) => body.renumber(number, rows, units));
  }

  /** Takes all entries that are not used out of the lists of their reporters and units. */
  #unlist(used: Uint8Array): void {
    const links = this.#links;
    const lists = [
      { texts: this.reporters.texts, next: NEXT_OF_REPORTER },
      { texts: this.reporters.unitTexts, next: NEXT_OF_UNIT },
    ];
    for (const { texts, next } of lists) {
      const usedFrom = (entry: number): number => {
        let at = entry;
        while (at !== NONE && used[at] === 0) at = links[at * LINKS + next]!;
        return at;
      };
      for (let i = 0; i < texts.size; i++) texts.setValue(i, FIRST, usedFrom(texts.value(i, FIRST)));
      for (let entry = 0; entry < this.#size; entry++) {
        if (used[entry] === 1) links[entry * LINKS + next] = usedFrom(links[entry * LINKS + next]!);
      }
    }
  }
}

/** Bodies in the order of their numbers, which is that of the lists. */
function byNumber<Body extends EntryOwner>(bodies: readonly Body[]): Body[] {
  return [...bodies].sort((a, b) => a.number - b.number);
}
