import type { Body } from './body.js';
import { countOf, NONE, renumber, type Room } from './columns.js';
import type { Reporters } from './reporters.js';

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

/** {@link Entries} as they stand in a snapshot. */
export interface PackedEntries {
  readonly links: Int32Array;
  readonly values: Float64Array;
}

/**
 * The entries of one key: one reporter's membership in one body (the members of an outage), for one unit. A unit is out
 * while an entry of it is. Entries are numbers; those of a reporter, of a unit and of a body are lists, linked in the order in
 * which they were put there.
 */
export class Entries {
  #size = 0;
  #links: Int32Array;
  #values: Float64Array;
  /** The bodies by number; one that was absorbed or forgotten keeps its number until the next {@link keep}. */
  #bodies: Body[] = [];

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

  bodyOf(entry: number): Body {
    return this.#bodies[this.body(entry)]!;
  }

  nextOfReporter(entry: number): number {
    return this.#links[entry * LINKS + NEXT_OF_REPORTER]!;
  }

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

  setTimes(entry: number, lastT: number, backAt: number): void {
    this.#values[entry * VALUES + LAST_T] = lastT;
    this.#values[entry * VALUES + BACK_AT] = backAt;
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
    this.setTimes(entry, lastT, backAt);
    this.setWeight(entry, weight);
    return entry;
  }

  /** Puts an entry of a body at the end of the lists of its reporter and its unit. */
  attach(entry: number, body: number): void {
    const links = this.#links;
    const at = entry * LINKS;
    links[at + BODY] = body;
    links[at + NEXT_OF_REPORTER] = links[at + NEXT_OF_UNIT] = links[at + NEXT_OF_BODY] = NONE;
    this.#append(this.reporters.firstOfReporter, links[at + REPORTER]!, entry, NEXT_OF_REPORTER);
    this.#append(this.reporters.firstOfUnit, links[at + UNIT]!, entry, NEXT_OF_UNIT);
  }

  #append(firsts: Int32Array, of: number, entry: number, next: number): void {
    const links = this.#links;
    const first = firsts[of]!;
    if (first === NONE) {
      firsts[of] = entry;
      return;
    }
    let last = first;
    while (links[last * LINKS + next] !== NONE) last = links[last * LINKS + next]!;
    links[last * LINKS + next] = entry;
  }

  /** Takes an entry out of the lists of its reporter and its unit. */
  detach(entry: number): void {
    this.#remove(this.reporters.firstOfReporter, this.reporter(entry), entry, NEXT_OF_REPORTER);
    this.#remove(this.reporters.firstOfUnit, this.unit(entry), entry, NEXT_OF_UNIT);
  }

  #remove(firsts: Int32Array, of: number, entry: number, next: number): void {
    const links = this.#links;
    const after = links[entry * LINKS + next]!;
    if (firsts[of] === entry) {
      firsts[of] = after;
      return;
    }
    let before = firsts[of]!;
    while (links[before * LINKS + next] !== entry) before = links[before * LINKS + next]!;
    links[before * LINKS + next] = after;
  }

  /** Sets the lists of a reporter or a unit as a snapshot has them. */
  listOf(of: 'reporter' | 'unit', number: number, entries: readonly number[]): void {
    const { firstOfReporter, firstOfUnit } = this.reporters;
    (of === 'reporter' ? firstOfReporter : firstOfUnit)[number] = entries[0] ?? NONE;
    const next = of === 'reporter' ? NEXT_OF_REPORTER : NEXT_OF_UNIT;
    entries.forEach((entry, i) => (this.#links[entry * LINKS + next] = entries[i + 1] ?? NONE));
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

  /** Forgets all entries but those of `bodies`, and reporters and units that have nothing left. */
  keep(bodies: readonly Body[]): void {
    const used = new Uint8Array(this.#size);
    bodies.forEach((body, number) => {
      for (let entry = body.firstEntry; entry !== NONE; entry = this.nextOfBody(entry)) {
        used[entry] = 1;
        this.#links[entry * LINKS + BODY] = number;
      }
    });
    this.#bodies = [...bodies];
    const rows = renumber(this.#size, (entry) => used[entry] === 1);
    const { reporters, units } = this.reporters.keep();
    const links = (this.#links = this.room.keptRows(this.#links, rows, LINKS));
    this.#values = this.room.keptRows(this.#values, rows, VALUES);
    this.#size = countOf(rows);
    const row = (entry: number): number => (entry === NONE ? NONE : rows[entry]!);
    for (let at = 0; at < this.#size * LINKS; at += LINKS) {
      links[at + REPORTER] = reporters[links[at + REPORTER]!]!;
      links[at + UNIT] = units[links[at + UNIT]!]!;
      for (const next of [NEXT_OF_REPORTER, NEXT_OF_UNIT, NEXT_OF_BODY]) links[at + next] = row(links[at + next]!);
    }
    const { firstOfReporter, firstOfUnit } = this.reporters;
    for (let i = 0; i < this.reporters.texts.size; i++) firstOfReporter[i] = row(firstOfReporter[i]!);
    for (let i = 0; i < this.reporters.unitTexts.size; i++) firstOfUnit[i] = row(firstOfUnit[i]!);
    bodies.forEach((body, number) => body.renumber(number, row, units));
  }
}
