import { memberKeyOf } from '../../model/identity.js';
import { cellNumber, EVERYWHERE, type Cells, type Origin } from './cells.js';
import { NONE, numberIn } from '../columns/columns.js';
import type { LinkEvent } from './members.js';
import type { Link } from '../../model/outcome.js';
import type { Probe } from './probe.js';

/** All indexed members of one outage: its cells, in the order in which they came to be. */
export class Extent {
  readonly #number: number;
  /** The cell of its members of reach feeder or substation, or NONE: it is in no list. */
  #everywhere = NONE;
  #first = NONE;
  #last = NONE;
  #size = 0;

  constructor(private readonly cells: Cells) {
    this.#number = cells.newExtent();
  }

  /** Indexed members. */
  get size(): number {
    return this.#size;
  }

  /** Whether there are members of reach feeder or substation. */
  get isWide(): boolean {
    return this.#everywhere !== NONE;
  }

  add(event: LinkEvent, origin: Origin): void {
    this.#size++;
    this.cells.add(this.#cellOf(event.wide ? EVERYWHERE : cellNumber(event, origin)), event);
  }

  /** Puts a member into a cell by their numbers: what a snapshot has kept. */
  put(number: number, row: number): void {
    this.#size++;
    this.cells.insert(this.#cellOf(number), row);
  }

  /** The cell of a number; made if there is none. */
  #cellOf(number: number): number {
    const { cells } = this;
    const known = number === EVERYWHERE ? this.#everywhere : cells.get(this.#number, number);
    if (known !== NONE) return known;
    const cell = cells.make(this.#number, number);
    this.#list(number, cell);
    return cell;
  }

  /** Puts a cell behind all others; but for that of wide members, which is in no list. */
  #list(number: number, cell: number): void {
    if (number === EVERYWHERE) {
      this.#everywhere = cell;
      return;
    }
    if (this.#last === NONE) this.#first = cell;
    else this.cells.setNext(this.#last, cell);
    this.#last = cell;
  }

  /** The cells of point members. */
  *pointCells(): Generator<number> {
    for (let cell = this.#first; cell !== NONE; cell = this.cells.next(cell)) yield cell;
  }

  /** All cells. */
  *allCells(): Generator<number> {
    if (this.#everywhere !== NONE) yield this.#everywhere;
    yield* this.pointCells();
  }

  /** The members of reach feeder or substation by time, the earliest first. */
  get wideRows(): number[] {
    return this.#everywhere === NONE ? [] : this.cells.rows(this.#everywhere);
  }

  /** Takes over all members of another extent of the same key, which is empty then. */
  absorb(other: Extent): void {
    const { cells } = this;
    for (const cell of [...other.allCells()]) {
      const number = cells.number(cell);
      const mine = number === EVERYWHERE ? this.#everywhere : cells.get(this.#number, number);
      if (mine !== NONE) {
        for (const row of cells.rows(cell)) cells.insert(mine, row);
        cells.remove(other.#number, cell);
      } else {
        cells.move(cell, other.#number, this.#number);
        this.#list(number, cell);
      }
    }
    this.#size += other.#size;
    other.#forgetCells();
  }

  /** Takes all members out. */
  clear(): void {
    for (const cell of this.allCells()) this.cells.remove(this.#number, cell);
    this.#forgetCells();
  }

  #forgetCells(): void {
    this.#everywhere = this.#first = this.#last = NONE;
    this.#size = 0;
  }

  /** Tells every member at or after `t` (epoch ms), by its {@link memberKeyOf}. */
  eachFrom(t: number, tell: (memberKey: string) => void): void {
    const { members } = this.cells;
    const { identities } = members;
    for (const cell of this.allCells()) {
      for (let row = this.cells.latest(cell); row !== NONE && members.t(row) >= t; row = members.earlier(row)) {
        tell(memberKeyOf(identities.named(members.identity(row)), members.t(row)));
      }
    }
  }

  /** Forgets members before `t` (epoch ms). */
  evictBefore(t: number): void {
    const { cells } = this;
    if (this.#everywhere !== NONE && this.#isEmptied(this.#everywhere, t)) this.#everywhere = NONE;
    let before = NONE;
    let next: number;
    for (let cell = this.#first; cell !== NONE; cell = next) {
      next = cells.next(cell);
      if (!this.#isEmptied(cell, t)) before = cell;
      else if (before === NONE) this.#first = next;
      else cells.setNext(before, next);
    }
    this.#last = before;
  }

  /** Takes the members before `t` out of a cell, and the cell away if it has no others. Returns whether it has none. */
  #isEmptied(cell: number, t: number): boolean {
    this.#size -= this.cells.evictBefore(cell, t);
    const isEmpty = this.cells.latest(cell) === NONE;
    if (isEmpty) this.cells.remove(this.#number, cell);
    return isEmpty;
  }

  /** Takes note of new numbers of its cells. */
  renumber(cells: Int32Array): void {
    this.#everywhere = numberIn(cells, this.#everywhere);
    this.#first = numberIn(cells, this.#first);
    this.#last = numberIn(cells, this.#last);
  }

  /** A member that links to `event` under one of the probes, or null. */
  find(event: LinkEvent, probes: readonly Probe[], origin: Origin): Link | null {
    for (let i = 0; i < probes.length; i++) {
      const found = this.#findEverywhere(event, probes[i]!) ?? this.#findPoint(event, probes[i]!, origin);
      if (found) return found;
    }
    return null;
  }

  #findEverywhere(event: LinkEvent, probe: Probe): Link | null {
    const cell = this.#everywhere;
    if (cell === NONE) return null;
    const row = this.cells.findAnywhere(cell, probe);
    return row === NONE ? null : this.cells.link(cell, row, event, null);
  }

  #findPoint(event: LinkEvent, probe: Probe, origin: Origin): Link | null {
    const { cells } = this;
    // The event's own cell first: in a storm it nearly always decides.
    const own = event.wide ? NONE : cells.get(this.#number, cellNumber(event, origin));
    const found = own === NONE ? null : this.#findIn(own, event, probe);
    if (found) return found;
    for (let cell = this.#first; cell !== NONE; cell = cells.next(cell)) {
      const other = cell === own ? null : this.#findIn(cell, event, probe);
      if (other) return other;
    }
    return null;
  }

  #findIn(cell: number, event: LinkEvent, probe: Probe): Link | null {
    const { cells } = this;
    const row = cells.find(cell, event, probe);
    return row === NONE ? null : cells.link(cell, row, event, event.wide ? null : cells.distanceM(event, row));
  }
}
