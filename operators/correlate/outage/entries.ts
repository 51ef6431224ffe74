import { countOf, NONE, numberIn, renumber, type Room } from '../columns/columns.js';
import type { Joining } from './joining.js';
import { FIRST, OUT_ENTRIES, type Needed, type Renumbered, type Reporters } from './reporters.js';
import type { TextTable } from '../columns/text-table.js';

/** Numbers of an entry in {@link Entries}: who it is of, the next entry of each of those, which event it is, and what it says. */
const LINKS = 8;
const REPORTER = 0;
const UNIT = 1;
const BODY = 2;
const NEXT_OF_REPORTER = 3;
const NEXT_OF_UNIT = 4;
const NEXT_OF_BODY = 5;
const IDENTITY = 6;
const SAYS = 7;

/** What an entry says, one bit each: it speaks for the whole feeder; it says a state, and no change. */
const WIDE = 1;
const STATE = 2;

/** Further values of an entry. */
const VALUES = 3;
const T = 0;
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
  /** Takes note of new numbers: its own, and those of entries. */
  renumber(number: number, entries: Int32Array): void;
}

/** {@link Entries} as they stand in a snapshot. */
export interface PackedEntries {
  readonly links: Int32Array;
  readonly values: Float64Array;
}

/**
 * The entries of one key: each is a member of one body (the members of an outage), by one reporter, for one unit. A unit is
 * out while an entry of it is. Entries are numbers; those of a body are a list, linked in the order in which they were put there.
 * Those of a reporter and of a unit are lists too, the latest body first, and of a body the latest entry: in a week of storms
 * they get long, and nearly always it is the latest that is asked for.
 */
export class Entries<Body extends EntryOwner = EntryOwner> {
  #size = 0;
  #links: Int32Array;
  #values: Float64Array;
  /** The bodies by number; one that was absorbed keeps its number until the next {@link keep}, one that was forgotten is null. */
  #bodies: (Body | null)[] = [];
  /** Entries that say a state, for wide members that come later: but for those in reach of linking they may be missing. */
  #states: number[] = [];

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

  /** Which event it is, by its number among the identities of the key; NONE: nothing links to it any more. */
  identity(entry: number): number {
    return this.#links[entry * LINKS + IDENTITY]!;
  }

  /** Whether it speaks for the whole feeder. */
  isWide(entry: number): boolean {
    return (this.#links[entry * LINKS + SAYS]! & WIDE) !== 0;
  }

  /** Whether it says a state, and no change. */
  saysState(entry: number): boolean {
    return (this.#links[entry * LINKS + SAYS]! & STATE) !== 0;
  }

  /** Entries that say a state, in the order in which they were made. */
  get states(): readonly number[] {
    return this.#states;
  }

  /** When it happened: the time that counts (epoch ms). */
  t(entry: number): number {
    return this.#values[entry * VALUES + T]!;
  }

  /** The earliest restoration of the unit since (epoch ms); NaN while there is none. */
  backAt(entry: number): number {
    return this.#values[entry * VALUES + BACK_AT]!;
  }

  isOut(entry: number): boolean {
    const backAt = this.#values[entry * VALUES + BACK_AT]!;
    return backAt !== backAt;
  }

  /** An entry that is in its lists is back at `backAt` (epoch ms), or was earlier than thought. */
  setBackAt(entry: number, backAt: number): void {
    this.#count(entry, -1);
    this.#values[entry * VALUES + BACK_AT] = backAt;
    this.#count(entry, 1);
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

  /** Makes an entry that is in no list yet. */
  make({ reporter, unit, identity, t, backAt, weight, wide, state }: Joining): number {
    const entry = this.#size++;
    this.#links = this.room.grown(this.#links, this.#size * LINKS);
    this.#values = this.room.grown(this.#values, this.#size * VALUES);
    const links = entry * LINKS;
    this.#links[links + REPORTER] = reporter;
    this.#links[links + UNIT] = unit;
    this.#links[links + IDENTITY] = identity;
    this.#links[links + SAYS] = (wide ? WIDE : 0) + (state ? STATE : 0);
    const values = entry * VALUES;
    this.#values[values + T] = t;
    this.#values[values + BACK_AT] = backAt;
    this.#values[values + WEIGHT] = weight;
    if (state) this.#states.push(entry);
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

  /** Puts an entry before those of its body, which stand behind those of later ones. */
  #insert(texts: TextTable, of: number, entry: number, next: number): void {
    const links = this.#links;
    const body = links[entry * LINKS + BODY]!;
    let before = NONE;
    let after = texts.value(of, FIRST);
    while (after !== NONE && links[after * LINKS + BODY]! > body) {
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

  /** Lists all entries by reporter and by unit, once they were unpacked. */
  list(bodies: readonly Body[]): void {
    for (const body of byNumber(bodies)) {
      for (let entry = body.firstEntry; entry !== NONE; entry = this.nextOfBody(entry)) {
        this.#list(entry);
        if (this.saysState(entry)) this.#states.push(entry);
      }
    }
    this.#states.sort((a, b) => a - b);
  }

  /**
   * Forgets all entries but those of `bodies`, which events those before `linkedFrom` (epoch ms) are, and reporters and
   * units that nothing needs any more.
   * @param told reporters and units that are needed besides
   * @returns the new numbers of reporters and units
   */
  keep(bodies: readonly Body[], linkedFrom: number, told: Needed): Renumbered {
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
    const renumbered = this.reporters.keep(told);
    const { reporters, units } = renumbered;
    const links = (this.#links = this.room.keptRows(this.#links, rows, LINKS));
    this.#values = this.room.keptRows(this.#values, rows, VALUES);
    this.#size = countOf(rows);
    this.#states = [];
    for (let entry = 0; entry < this.#size; entry++) {
      const at = entry * LINKS;
      if (this.t(entry) < linkedFrom) links[at + IDENTITY] = NONE;
      else if (this.saysState(entry)) this.#states.push(entry);
      links[at + REPORTER] = reporters[links[at + REPORTER]!]!;
      links[at + UNIT] = units[links[at + UNIT]!]!;
      for (const next of [NEXT_OF_REPORTER, NEXT_OF_UNIT, NEXT_OF_BODY])
        links[at + next] = numberIn(rows, links[at + next]!);
    }
    for (const texts of [this.reporters.texts, this.reporters.unitTexts]) {
      for (let i = 0; i < texts.size; i++) texts.setValue(i, FIRST, numberIn(rows, texts.value(i, FIRST)));
    }
    kept.forEach((body, number) => body.renumber(number, rows));
    return renumbered;
  }

  /** Marks the identities that entries are of. */
  markIdentities(used: Uint8Array): void {
    for (let entry = 0; entry < this.#size; entry++) if (this.identity(entry) !== NONE) used[this.identity(entry)] = 1;
  }

  /** Takes note of new numbers of the identities. */
  renumberIdentities(identities: Int32Array): void {
    for (let at = IDENTITY; at < this.#size * LINKS; at += LINKS) {
      this.#links[at] = numberIn(identities, this.#links[at]!);
    }
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
