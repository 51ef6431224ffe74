import type { PoolClient } from 'pg';
import { CopyRows, type ColumnType } from './copy.js';

/** The columns of a table by name: of each its type, and its cell in the row that is made of one R. */
export type TableColumns<R> = Readonly<Record<string, readonly [type: ColumnType, cell: (of: R) => unknown]>>;

/** Rows of one table, written by COPY: whoever makes them names each column once, beside its value. */
export class TableRows<R> {
  readonly #rows: CopyRows;
  readonly #cellsOf: readonly ((of: R) => unknown)[];
  /** The same list for each row: a storm writes hundreds of thousands. */
  readonly #cells: unknown[];

  /**
   * @param table its name, with the schema
   * @param columns those that are written; what is missing gets the table's default
   */
  constructor(
    private readonly table: string,
    columns: TableColumns<R>,
  ) {
    const ofTable = Object.entries(columns);
    this.#rows = new CopyRows(Object.fromEntries(ofTable.map(([name, [type]]) => [name, type])));
    this.#cellsOf = ofTable.map(([, [, cell]]) => cell);
    this.#cells = ofTable.map(() => null);
  }

  get size(): number {
    return this.#rows.size;
  }

  /**
   * Adds the row of one thing.
   * @throws OmsError if a cell cannot be of its column's type
   */
  add(of: R): void {
    const cells = this.#cells;
    const cellsOf = this.#cellsOf;
    for (let i = 0; i < cellsOf.length; i++) cells[i] = cellsOf[i]!(of);
    this.#rows.addCells(cells);
  }

  /** Writes all rows, within the caller's transaction. It may be done again, where a transaction was undone. */
  async write(client: PoolClient): Promise<void> {
    await this.#rows.copyTo(client, this.table);
  }
}
