import { NONE, renumber, type Room } from './columns.js';

/** Of 3 slots 2 are in use at most: then a look-up passes 2 others, mostly in the same cache line. */
const MAX_LOAD = 2 / 3;

/** Numbers in the slots of an empty table, and of every other a power of two. */
const MIN_SLOTS = 64;

/** So many texts are looked ahead for at most: what they need must stay in the cache until it is their turn. */
export const AHEAD = 256;
/** Room for the hashes of so many; it serves all tables, one after the other. */
const HASHES = new Int32Array(AHEAD);

/** A character of ASCII takes a byte; any other code unit takes an escape and two bytes. */
const ESCAPE = 0x80;
const MAX_BYTES_PER_CHARACTER = 3;
/** Between the two parts of a text that has two: no character is written so. */
const SEPARATOR = 0x81;

/** A {@link TextTable} as it stands in a snapshot. */
export interface PackedTexts {
  readonly bytes: Uint8Array;
  readonly ends: Int32Array;
}

/**
 * Numbers for texts, each with a tag (below 256): the ids of events, reporters and units. A text may have a second part. The texts are kept as bytes in one
 * array with a hash table of numbers beside it: an id of 20 characters takes 45 bytes; as a text in a Map it took 130, and
 * a storm's millions of them kept the garbage collector busy for a quarter of the time. What belongs to a text, a few numbers,
 * is kept beside the place where it ends: in a large storm each look at another place is one at memory, and waits for it.
 */
export class TextTable {
  #size = 0;
  /** Tag and characters of each text, one text behind the other. */
  #bytes: Uint8Array;
  /** A row for each text: where it ends in them, and what belongs to it. */
  #rows: Int32Array;
  readonly #width: number;
  /** Two numbers for each slot: the hash of a text, and its number plus one; 0 if the slot is free. */
  #slots: Int32Array;
  /** What {@link lookAhead} saw. Of no use, but what is of no use and not kept the compiler leaves out. */
  seen = 0;

  /** @param values how many numbers belong to each text; they are {@link NONE} at first */
  constructor(
    private readonly room: Room,
    values = 0,
  ) {
    this.#width = 1 + values;
    this.#bytes = room.take(Uint8Array, 0);
    this.#rows = room.take(Int32Array, 0);
    this.#slots = emptySlots(room, MIN_SLOTS);
  }

  /** How many texts there are: the next one gets this number. */
  get size(): number {
    return this.#size;
  }

  /**
   * Looks where texts are that will be asked for soon. A look at another place of memory waits for it; many that do not
   * depend on each other wait together.
   * @param of what they are the texts of, {@link AHEAD} at most
   * @param hashOf {@link textHash} of the text of each
   */
  lookAhead<T>(of: readonly T[], hashOf: (one: T) => number): void {
    for (let i = 0; i < of.length; i++) HASHES[i] = hashOf(of[i]!);
    const slots = this.#slots;
    const mask = slots.length - 1;
    let seen = 0;
    for (let i = 0; i < of.length; i++) seen ^= slots[(HASHES[i]! << 1) & mask]!;
    this.seen ^= seen;
  }

  /** The number of a text with its tag, and of its second part if it has one. One that is new gets the next number. */
  intern(tag: number, text: string, second: string | null = null): number {
    const start = this.#startOf(this.#size);
    const characters = text.length + (second === null ? 0 : second.length + 1);
    const most = start + 1 + characters * MAX_BYTES_PER_CHARACTER;
    if (most > this.#bytes.length) this.#bytes = this.room.grown(this.#bytes, most);
    // Written where it will stand if it is new: so it is read once, to be hashed, compared and kept.
    const bytes = this.#bytes;
    let end = start;
    let hash = tag;
    bytes[end++] = tag;
    for (let part: string | null = text, parts = 0; part !== null; part = ++parts === 1 ? second : null) {
      if (parts === 1) {
        hash = hashStep(hash, SEPARATOR);
        bytes[end++] = SEPARATOR;
      }
      for (let i = 0; i < part.length; i++) {
        const code = part.charCodeAt(i);
        hash = hashStep(hash, code);
        if (code < ESCAPE) {
          bytes[end++] = code;
        } else {
          bytes[end++] = ESCAPE;
          bytes[end++] = code >>> 8;
          bytes[end++] = code & 0xff;
        }
      }
    }
    return this.#numberOf(scattered(hash), start, end);
  }

  /** The number of the text that was written behind all others; it stays there if it is new. */
  #numberOf(hash: number, start: number, end: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash << 1) & mask;
    for (let number = slots[slot + 1]! - 1; number !== NONE; number = slots[slot + 1]! - 1) {
      if (slots[slot] === hash && this.#isText(number, start, end)) return number;
      slot = (slot + 2) & mask;
    }
    const number = this.#size++;
    slots[slot] = hash;
    slots[slot + 1] = number + 1;
    this.#rows = this.room.grown(this.#rows, this.#size * this.#width);
    this.#putRow(number, end);
    if (this.#size * 2 > slots.length * MAX_LOAD) this.#rehash(slots.length * 2, null);
    return number;
  }

  #putRow(number: number, end: number): void {
    const at = number * this.#width;
    this.#rows[at] = end;
    for (let i = 1; i < this.#width; i++) this.#rows[at + i] = NONE;
  }

  /** A value that belongs to a text: the `i`th, from 1. */
  value(number: number, i: number): number {
    return this.#rows[number * this.#width + i]!;
  }

  setValue(number: number, i: number, value: number): void {
    this.#rows[number * this.#width + i] = value;
  }

  /** The `i`th value of all texts. */
  values(i: number): Int32Array {
    const values = new Int32Array(this.#size);
    for (let number = 0; number < values.length; number++) values[number] = this.value(number, i);
    return values;
  }

  #isText(number: number, start: number, end: number): boolean {
    const bytes = this.#bytes;
    const from = this.#startOf(number);
    if (this.#endOf(number) - from !== end - start) return false;
    for (let at = start, other = from; at < end; at++, other++) if (bytes[at] !== bytes[other]) return false;
    return true;
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : this.#endOf(number - 1);
  }

  #endOf(number: number): number {
    return this.#rows[number * this.#width]!;
  }

  tag(number: number): number {
    return this.#bytes[this.#startOf(number)]!;
  }

  /** The text of a number; of two parts the first. */
  text(number: number): string {
    return this.#read(this.#startOf(number) + 1, this.#separatorOf(number));
  }

  /** The second part of a text; empty if it has none. */
  second(number: number): string {
    return this.#read(this.#separatorOf(number) + 1, this.#endOf(number));
  }

  /** Where the first part of a text ends. */
  #separatorOf(number: number): number {
    const bytes = this.#bytes;
    const end = this.#endOf(number);
    let at = this.#startOf(number) + 1;
    while (at < end && bytes[at] !== SEPARATOR) at += bytes[at] === ESCAPE ? MAX_BYTES_PER_CHARACTER : 1;
    return at;
  }

  #read(from: number, to: number): string {
    const codes: number[] = [];
    const bytes = this.#bytes;
    for (let at = from; at < to; at++) {
      if (bytes[at] !== ESCAPE) {
        codes.push(bytes[at]!);
      } else {
        codes.push((bytes[at + 1]! << 8) | bytes[at + 2]!);
        at += 2;
      }
    }
    return String.fromCharCode(...codes);
  }

  /**
   * Forgets texts.
   * @returns by number: the new one, in the old order, or {@link NONE} if it is forgotten
   */
  keep(isKept: (number: number) => boolean): Int32Array {
    const renumbered = renumber(this.#size, isKept);
    const bytes = this.#bytes;
    const rows = this.#rows;
    const width = this.#width;
    let start = 0;
    let end = 0;
    let to = 0;
    for (let number = 0, from = 0; number < renumbered.length; number++, from += width) {
      const next = rows[from]!;
      if (renumbered[number] !== NONE) {
        bytes.copyWithin(end, start, next);
        end += next - start;
        for (let i = 1; i < width; i++) rows[to + i] = rows[from + i]!;
        rows[to] = end;
        to += width;
      }
      start = next;
    }
    this.#size = to / width;
    this.#rows = this.#shrunk(rows, to);
    this.#bytes = this.#shrunk(bytes, end);
    this.#rehash(slotsFor(this.#size), renumbered);
    return renumbered;
  }

  #shrunk<T extends Uint8Array | Int32Array>(column: T, length: number): T {
    const shrunk = this.room.copy(column.subarray(0, length) as T);
    this.room.release(column);
    return shrunk;
  }

  #rehash(length: number, renumbered: Int32Array | null): void {
    const slots = this.#slots;
    this.#slots = emptySlots(this.room, length);
    for (let slot = 0; slot < slots.length; slot += 2) {
      const number = slots[slot + 1]! - 1;
      if (number === NONE) continue;
      const kept = renumbered === null ? number : renumbered[number]!;
      if (kept !== NONE) put(this.#slots, slots[slot]!, kept);
    }
    this.room.release(slots);
  }

  /** The texts as they are kept in a snapshot, without what belongs to them. The bytes are a view, valid until the next change. */
  pack(): PackedTexts {
    return { bytes: this.#bytes.subarray(0, this.#startOf(this.#size)), ends: this.values(0) };
  }

  /** Puts back what {@link pack} gave into a table that is empty. */
  unpack({ bytes, ends }: PackedTexts): void {
    this.#bytes = this.room.copy(new Uint8Array(bytes));
    this.#rows = this.room.take(Int32Array, ends.length * this.#width);
    ends.forEach((end, number) => this.#putRow(number, end));
    this.#slots = emptySlots(this.room, slotsFor(ends.length));
    this.#size = ends.length;
    for (let number = 0; number < ends.length; number++) put(this.#slots, this.#hashOf(number), number);
  }

  #hashOf(number: number): number {
    const bytes = this.#bytes;
    const start = this.#startOf(number);
    const end = this.#endOf(number);
    let hash = bytes[start]!;
    for (let at = start + 1; at < end; at++) {
      let code = bytes[at]!;
      if (code === ESCAPE) code = (bytes[++at]! << 8) | bytes[++at]!;
      hash = hashStep(hash, code);
    }
    return scattered(hash);
  }
}

/** The hash under which a {@link TextTable} keeps a text with its tag, and its second part if it has one. */
export function textHash(tag: number, text: string, second: string | null = null): number {
  let hash = tag;
  for (let i = 0; i < text.length; i++) hash = hashStep(hash, text.charCodeAt(i));
  if (second === null) return scattered(hash);
  hash = hashStep(hash, SEPARATOR);
  for (let i = 0; i < second.length; i++) hash = hashStep(hash, second.charCodeAt(i));
  return scattered(hash);
}

/** A step of FNV-1a. */
function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

/** FNV-1a leaves its last characters in the low bits: spread over all of them (MurmurHash3's finalizer). */
function scattered(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Slots of a table of so many texts, with room for half as many more. */
function slotsFor(texts: number): number {
  let slots = MIN_SLOTS;
  while (texts * 1.5 * 2 > slots * MAX_LOAD) slots *= 2;
  return slots;
}

function emptySlots(room: Room, length: number): Int32Array {
  return room.take(Int32Array, length).fill(0);
}

function put(slots: Int32Array, hash: number, number: number): void {
  const mask = slots.length - 1;
  let slot = (hash << 1) & mask;
  while (slots[slot + 1] !== 0) slot = (slot + 2) & mask;
  slots[slot] = hash;
  slots[slot + 1] = number + 1;
}
