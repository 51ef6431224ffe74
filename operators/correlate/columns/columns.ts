/**
 * What a storm brings a million of is kept in columns of numbers, not in objects: a fraction of the memory, and nothing
 * that the garbage collector must walk.
 */
export type Column = Uint8Array | Int32Array | Float64Array;

/** No row, no position. */
export const NONE = -1;

interface Kind<T extends Column> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}

/** Memory is taken from the system in pieces of so many bytes; a column that needs more than half of it is one of its own. */
const PIECE_BYTES = 1 << 20;
const MIN_BYTES = 64;

/**
 * Room for columns: a buddy allocator. Thousands of columns of a few kB, each of which grows at its own time, would leave
 * to the garbage collector more than they use, and call it every few thousand events. So a column's bytes are a power of
 * two; what it outgrows is joined with its free neighbour, and serves the next column.
 */
export class Room {
  readonly #pieces: ArrayBuffer[] = [];
  readonly #numbers = new Map<ArrayBufferLike, number>();
  /** By size: where stretches are free, in bytes from the beginning of the first piece. */
  readonly #free = new Map<number, Set<number>>();

  /** A column for at least `length` values; what stands in it is anything. */
  take<T extends Column>(kind: Kind<T>, length: number): T {
    let bytes = MIN_BYTES;
    while (bytes < length * kind.BYTES_PER_ELEMENT) bytes *= 2;
    const values = bytes / kind.BYTES_PER_ELEMENT;
    if (bytes > PIECE_BYTES / 2) return new kind(new ArrayBuffer(bytes), 0, values);
    const at = this.#takeFree(bytes);
    return new kind(this.#pieces[Math.floor(at / PIECE_BYTES)]!, at % PIECE_BYTES, values);
  }

  #takeFree(bytes: number): number {
    const free = this.#freeOf(bytes);
    for (const at of free) {
      free.delete(at);
      return at;
    }
    if (bytes === PIECE_BYTES) return this.#newPiece();
    const at = this.#takeFree(bytes * 2);
    free.add(at + bytes);
    return at;
  }

  #newPiece(): number {
    const piece = new ArrayBuffer(PIECE_BYTES);
    const number = this.#pieces.push(piece) - 1;
    this.#numbers.set(piece, number);
    return number * PIECE_BYTES;
  }

  #freeOf(bytes: number): Set<number> {
    let free = this.#free.get(bytes);
    if (!free) this.#free.set(bytes, (free = new Set()));
    return free;
  }

  /** Gives back a column that was taken: it must not be used again. */
  release({ buffer, byteOffset, byteLength }: Column): void {
    const piece = this.#numbers.get(buffer);
    if (piece === undefined) return;
    let at = piece * PIECE_BYTES + byteOffset;
    let bytes = byteLength;
    while (bytes < PIECE_BYTES) {
      const isUpper = (at / bytes) % 2 === 1;
      if (!this.#freeOf(bytes).delete(isUpper ? at - bytes : at + bytes)) break;
      if (isUpper) at -= bytes;
      bytes *= 2;
    }
    this.#freeOf(bytes).add(at);
  }

  /** A column for at least `length` values: the same one, or a larger one with its values; the old one is given back. */
  grown<T extends Column>(column: T, length: number): T {
    if (length <= column.length) return column;
    const larger = this.take(kindOf(column), length);
    larger.set(column);
    this.release(column);
    return larger;
  }

  /** A column with the values of one that is not of this room. */
  copy<T extends Column>(column: T): T {
    const copy = this.take(kindOf(column), column.length);
    copy.set(column);
    return copy;
  }

  /**
   * A column of the rows that are kept; the old one is given back.
   * @param renumbered by row: its new number, or {@link NONE}
   * @param width values in a row
   */
  keptRows<T extends Column>(column: T, renumbered: Int32Array, width = 1): T {
    const rows = this.take(kindOf(column), countOf(renumbered) * width);
    for (let row = 0; row < renumbered.length; row++) {
      const number = renumbered[row]!;
      if (number === NONE) continue;
      for (let i = 0; i < width; i++) rows[number * width + i] = column[row * width + i]!;
    }
    this.release(column);
    return rows;
  }
}

function kindOf<T extends Column>(column: T): Kind<T> {
  return column.constructor as Kind<T>;
}

/**
 * New numbers for the rows that are kept, in their order.
 * @returns by row: its new number, or {@link NONE} if it is not kept
 */
export function renumber(rows: number, isKept: (row: number) => boolean): Int32Array {
  const renumbered = new Int32Array(rows);
  let next = 0;
  for (let row = 0; row < rows; row++) renumbered[row] = isKept(row) ? next++ : NONE;
  return renumbered;
}

/** The new number of a row, or {@link NONE} if it was no row, or is not kept. */
export function numberIn(renumbered: Int32Array, row: number): number {
  return row === NONE ? NONE : renumbered[row]!;
}

/** How many rows are kept. */
export function countOf(renumbered: Int32Array): number {
  // They keep their order: the last one has the greatest number.
  for (let row = renumbered.length - 1; row >= 0; row--) if (renumbered[row] !== NONE) return renumbered[row]! + 1;
  return 0;
}
