import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** A value of a column; a list becomes a PostgreSQL array of text. */
export type Cell = string | number | boolean | null | readonly string[];

/** Rows of one table, as the text that COPY reads. */
export class CopyText {
  readonly #lines: string[] = [];

  constructor(readonly columns: readonly string[]) {}

  get size(): number {
    return this.#lines.length;
  }

  /** Adds a row: a cell for each column, in their order. */
  add(...cells: readonly Cell[]): void {
    if (cells.length !== this.columns.length) {
      throw new Error(`A row has ${cells.length} cells where the table has ${this.columns.length} columns.`);
    }
    this.#lines.push(cells.map(copyCell).join('\t'));
  }

  /** Writes all rows into `table` by COPY. */
  async copyTo(client: PoolClient, table: string): Promise<void> {
    if (this.#lines.length === 0) return;
    const columns = this.columns.map((name) => `"${name}"`).join(', ');
    const stream: Writable = client.query(copyFrom(`copy ${table} (${columns}) from stdin`));
    // The stream does not notice by itself that its connection is gone: it would wait for ever.
    const broken = (error?: Error): void => void stream.destroy(error ?? new Error('the connection has ended'));
    client.once('error', broken).once('end', broken);
    try {
      await pipeline([`${this.#lines.join('\n')}\n`], stream);
    } finally {
      client.off('error', broken).off('end', broken);
    }
  }
}

// eslint-disable-next-line no-control-regex -- PostgreSQL's text holds no NUL
const SPECIAL = /[\\\t\n\r\u0000]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\ufffd',
};

function copyCell(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell === 'string')
    return SPECIAL.test(cell) ? cell.replace(SPECIAL, (character) => ESCAPES[character]!) : cell;
  if (typeof cell === 'object')
    return copyCell(`{${cell.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`);
  return String(cell);
}

/** A value as the text of a jsonb column, which holds neither NUL nor half a surrogate pair. */
export function jsonCell(value: unknown): string {
  return JSON.stringify(value).replace(/\\u0000|\\ud[89a-f][0-9a-f]{2}/gi, '\\ufffd');
}

/** A point as hexadecimal EWKB: cheaper to read than text. Degrees, WGS 84. */
export function pointCell(lat: number, lon: number): string {
  const bytes = Buffer.alloc(25);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt32LE(0x20000001, 1);
  bytes.writeUInt32LE(4326, 5);
  bytes.writeDoubleLE(lon, 9);
  bytes.writeDoubleLE(lat, 17);
  return bytes.toString('hex');
}
