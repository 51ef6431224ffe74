import { NONE, type Room } from '../columns/columns.js';

/** A slot: number and extent of a cell, and the cell plus one; 0: the slot is free. One number is spare. */
const SLOT = 4;
const CELL = 2;
const MIN_SLOTS = 16;
const MAX_LOAD = 2 / 3;
/** In place of a cell: it was taken out; the slot is not free until the next rehash. */
const GONE = -1;

/** A hash table: cells by their extent and their number there. */
export class CellTable {
  #slots: Int32Array;
  /** Slots that are not free, and cells. */
  #taken = 0;
  #size = 0;

  constructor(private readonly room: Room) {
    this.#slots = room.take(Int32Array, MIN_SLOTS * SLOT).fill(0);
  }

  /** The cell of an extent by its number, or NONE. */
  get(extent: number, number: number): number {
    const slot = this.#slotOf(extent, number);
    return slot === NONE ? NONE : this.#slots[slot + CELL]! - 1;
  }

  #slotOf(extent: number, number: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hashOf(extent, number) & mask; slots[slot + CELL] !== 0; slot = (slot + SLOT) & mask) {
      if (slots[slot] === number && slots[slot + 1] === extent && slots[slot + CELL] !== GONE) return slot;
    }
    return NONE;
  }

  /** Puts a cell in that is not there. */
  put(extent: number, number: number, cell: number): void {
    if ((this.#taken + 1) * SLOT > this.#slots.length * MAX_LOAD) this.#rehash(null);
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hashOf(extent, number) & mask;
    while (slots[slot + CELL] !== 0) slot = (slot + SLOT) & mask;
    slots[slot] = number;
    slots[slot + 1] = extent;
    slots[slot + CELL] = cell + 1;
    this.#taken++;
    this.#size++;
  }

  /** Takes out a cell that is there. */
  remove(extent: number, number: number): void {
    this.#slots[this.#slotOf(extent, number) + CELL] = GONE;
    this.#size--;
  }

  /**
   * Gives the cells their new numbers.
   * @param renumbered by cell: its new number
   */
  renumber(renumbered: Int32Array): void {
    this.#rehash(renumbered);
  }

  /** Makes a new table of what is in the old one, with room for half as many more. */
  #rehash(renumbered: Int32Array | null): void {
    const old = this.#slots;
    let length = MIN_SLOTS * SLOT;
    while ((this.#size + 1) * 1.5 * SLOT > length * MAX_LOAD) length *= 2;
    this.#slots = this.room.take(Int32Array, length).fill(0);
    this.#taken = this.#size = 0;
    for (let slot = 0; slot < old.length; slot += SLOT) {
      const cell = old[slot + CELL]! - 1;
      if (cell >= 0) this.put(old[slot + 1]!, old[slot]!, renumbered === null ? cell : renumbered[cell]!);
    }
    this.room.release(old);
  }
}

/** Where a cell is looked for first: a multiple of the slots' length (MurmurHash3's finalizer). */
function hashOf(extent: number, number: number): number {
  let mixed = Math.imul(number ^ Math.imul(extent, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) << 2;
}
