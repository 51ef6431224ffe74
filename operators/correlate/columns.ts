/**
 * What a storm brings a million of is kept in columns of numbers, not in objects: a fraction of the memory, and nothing
 * that the garbage collector must walk.
 */
export type Column = Uint8Array | Int32Array | Float64Array;

/** No row, no position. */
export const NONE = -1;

/** Rows for which a new column has room. */
export const MIN_ROWS = 16;

/** A column with room for `size` values: the same one, or a copy that is larger by half. */
export function withRoom<T extends Column>(column: T, size: number): T {
  if (size <= column.length) return column;
  const larger = sameKind(column, Math.max(size, Math.ceil(column.length * 1.5)));
  larger.set(column);
  return larger;
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

/**
 * A column of the rows that are kept.
 * @param renumbered by row: its new number, or {@link NONE}
 * @param width values in a row
 */
export function keptRows<T extends Column>(column: T, renumbered: Int32Array, width = 1): T {
  const rows = sameKind(column, Math.max(countOf(renumbered), MIN_ROWS) * width);
  for (let row = 0; row < renumbered.length; row++) {
    const number = renumbered[row]!;
    if (number === NONE) continue;
    for (let i = 0; i < width; i++) rows[number * width + i] = column[row * width + i]!;
  }
  return rows;
}

/** How many rows are kept. */
export function countOf(renumbered: Int32Array): number {
  // They keep their order: the last one has the greatest number.
  for (let row = renumbered.length - 1; row >= 0; row--) if (renumbered[row] !== NONE) return renumbered[row]! + 1;
  return 0;
}

function sameKind<T extends Column>(column: T, length: number): T {
  return new (column.constructor as new (length: number) => T)(length);
}
