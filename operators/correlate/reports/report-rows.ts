import { countOf, NONE, numberIn, type Room } from '../columns/columns.js';
import type { TextTable } from '../columns/text-table.js';

/** Numbers of a report: the next earlier one of its identity, by the log, and of its unit, by time; and more of what it says. */
const LINKS = 5;
export const EARLIER_OF_IDENTITY = 0;
export const EARLIER_OF_UNIT = 1;
/** Of a restoration: the reporter's next earlier one that a customer is back, by the log. */
export const EARLIER_TOLD = 2;
/** Of a restoration: the reporter, or NONE for a command. */
const TELLER = 3;
/** Twice its unit, and one more if it is a restoration. */
const UNIT_AND_KIND = 4;

/** The time that counts, and what the device said (epoch ms): they differ where its clock had lost the date. */
const VALUES = 2;
const T = 0;
const OCCURRED_AT = 1;

/** What has the time that counts, and what has that of the device (epoch ms). */
export interface Timed {
  readonly t: number;
}
export interface Dated {
  readonly occurredAt: number;
}

/** {@link ReportRows} as they stand in a snapshot. */
export interface PackedRows {
  readonly links: Int32Array;
  readonly values: Float64Array;
}

/** The reports of one key, a row for each, in the order of the log. */
export class ReportRows {
  #size = 0;
  #links: Int32Array;
  #values: Float64Array;

  constructor(private readonly room: Room) {
    this.#links = room.take(Int32Array, 0);
    this.#values = room.take(Float64Array, 0);
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Takes in a report, the last on the log. Its times are read where they stand: as arguments each would get a box.
   * @param counts the time that counts, and `said`, what the device said (epoch ms)
   * @param teller NONE: it is no restoration, or one by a command
   * @returns its row
   */
  add(unit: number, counts: Timed, said: Dated, isRestoration: boolean, teller: number): number {
    const row = this.#size++;
    this.#links = this.room.grown(this.#links, this.#size * LINKS);
    this.#values = this.room.grown(this.#values, this.#size * VALUES);
    const links = row * LINKS;
    this.#links[links + EARLIER_OF_IDENTITY] = NONE;
    this.#links[links + EARLIER_OF_UNIT] = NONE;
    this.#links[links + EARLIER_TOLD] = NONE;
    this.#links[links + TELLER] = teller;
    this.#links[links + UNIT_AND_KIND] = unit * 2 + (isRestoration ? 1 : 0);
    this.#values[row * VALUES + T] = counts.t;
    this.#values[row * VALUES + OCCURRED_AT] = said.occurredAt;
    return row;
  }

  t(row: number): number {
    return this.#values[row * VALUES + T]!;
  }

  occurredAt(row: number): number {
    return this.#values[row * VALUES + OCCURRED_AT]!;
  }

  /** Whether the clock of its device had lost the date. */
  isSuspect(row: number): boolean {
    return this.t(row) !== this.occurredAt(row);
  }

  unit(row: number): number {
    return this.#links[row * LINKS + UNIT_AND_KIND]! >> 1;
  }

  isRestoration(row: number): boolean {
    return (this.#links[row * LINKS + UNIT_AND_KIND]! & 1) === 1;
  }

  teller(row: number): number {
    return this.#links[row * LINKS + TELLER]!;
  }

  /** The next row of a list, or NONE. */
  earlier(row: number, list: number): number {
    return this.#links[row * LINKS + list]!;
  }

  setEarlier(row: number, list: number, earlier: number): void {
    this.#links[row * LINKS + list] = earlier;
  }

  /** The order in which reports are said: by time, then by the log. */
  isBefore(a: number, b: number): boolean {
    const difference = this.t(a) - this.t(b);
    return difference < 0 || (difference === 0 && a < b);
  }

  /**
   * Takes rows that are not kept out of the lists of a table, and gives the others their new numbers.
   * @param latest which value of a text is the first row of its list
   * @param rows by row: its new number, or NONE
   */
  relink(texts: TextTable, latest: number, list: number, rows: Int32Array): void {
    const keptFrom = (row: number): number => {
      let at = row;
      while (at !== NONE && rows[at] === NONE) at = this.earlier(at, list);
      return at;
    };
    for (let i = 0; i < texts.size; i++) {
      let row = keptFrom(texts.value(i, latest));
      texts.setValue(i, latest, numberIn(rows, row));
      while (row !== NONE) {
        const next = keptFrom(this.earlier(row, list));
        this.setEarlier(row, list, numberIn(rows, next));
        row = next;
      }
    }
  }

  /** Forgets rows, once their lists are linked anew. */
  keep(rows: Int32Array): void {
    this.#links = this.room.keptRows(this.#links, rows, LINKS);
    this.#values = this.room.keptRows(this.#values, rows, VALUES);
    this.#size = countOf(rows);
  }

  /** Takes note of new numbers of reporters and units. */
  renumber(reporters: Int32Array, units: Int32Array): void {
    for (let row = 0; row < this.#size; row++) {
      const links = row * LINKS;
      this.#links[links + UNIT_AND_KIND] = units[this.unit(row)]! * 2 + (this.isRestoration(row) ? 1 : 0);
      this.#links[links + TELLER] = numberIn(reporters, this.#links[links + TELLER]!);
    }
  }

  /** The rows as they are kept in a snapshot: views, valid until the next change. */
  pack(): PackedRows {
    return {
      links: this.#links.subarray(0, this.#size * LINKS),
      values: this.#values.subarray(0, this.#size * VALUES),
    };
  }

  /** Puts back what {@link pack} gave, where there are none yet. */
  unpack({ links, values }: PackedRows): void {
    this.#size = values.length / VALUES;
    this.#links = this.room.copy(links);
    this.#values = this.room.copy(values);
  }
}
