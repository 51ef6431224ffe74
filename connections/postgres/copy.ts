import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { OmsError } from '../errors.js';

/** The types of PostgreSQL that rows are written in. */
export type ColumnType = keyof typeof WRITERS;

/** Columns of a table, in the order of a row's cells. */
export type Columns = Readonly<Record<string, ColumnType>>;

/** Degrees, WGS 84. */
export interface Point {
  readonly lat: number;
  readonly lon: number;
}

/** A geometry: a point, a line, or an area within a ring, whose last point is its first. */
export type Shape = Point | { readonly line: readonly Point[] } | { readonly ring: readonly Point[] };

/**
 * Rows of one table in the binary form of COPY: PostgreSQL takes them in with half the work of text, as it need not read
 * times, numbers and geometries.
 */
export class CopyRows {
  readonly #bytes = new Chunks();
  readonly #names: readonly string[];
  readonly #writers: readonly ((bytes: Chunks, cell: never) => void)[];
  #count = 0;

  constructor(columns: Columns) {
    this.#names = Object.keys(columns);
    this.#writers = Object.values(columns).map((type) => WRITERS[type]);
    this.#bytes.raw(HEADER);
  }

  get size(): number {
    return this.#count;
  }

  /**
   * Adds a row: a cell for each column, in their order. Times are epoch ms or ISO 8601; `jsonb` takes whatever JSON can hold.
   * @throws OmsError if there are more or fewer, or a cell cannot be of its column's type
   */
  add(...cells: readonly unknown[]): void {
    this.addCells(cells);
  }

  /** Adds a row, as {@link add} does, of a list that its owner goes on using. */
  addCells(cells: readonly unknown[]): void {
    const writers = this.#writers;
    if (cells.length !== writers.length) {
      throw new OmsError(
        'OMS_BAD_CELL',
        `A row has ${cells.length} cells where the table has ${writers.length} columns.`,
      );
    }
    const bytes = this.#bytes;
    bytes.int16(writers.length);
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i];
      if (cell === null || cell === undefined) bytes.int32(-1);
      else writers[i]!(bytes, cell as never);
    }
    this.#count++;
  }

  /** Writes all rows into `table` by COPY. It may be done again, where a transaction was undone. */
  async copyTo(client: PoolClient, table: string): Promise<void> {
    if (this.#count === 0) return;
    const columns = this.#names.map((name) => `"${name}"`).join(', ');
    const stream: Writable = client.query(copyFrom(`copy ${table} (${columns}) from stdin (format binary)`));
    // The stream does not notice by itself that its connection is gone: it would wait for ever.
    const broken = (error?: Error): void =>
      void stream.destroy(error ?? new OmsError('OMS_DATABASE_AWAY', 'the connection has ended'));
    client.once('error', broken).once('end', broken);
    try {
      await pipeline([...this.#bytes.taken, TRAILER], stream);
    } finally {
      client.off('error', broken).off('end', broken);
    }
  }
}

/** A value as JSON for `jsonb`, which holds neither NUL nor half a surrogate pair. */
export function jsonText(value: object): string {
  return JSON.stringify(value).replace(/\\u0000|\\ud[89a-f][0-9a-f]{2}/gi, '\\ufffd');
}

const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);

/** Small enough to be had without a call into the kernel, large enough to be few. */
const CHUNK_BYTES = 65_536;
/** Most batches have no rows for most tables. */
const FIRST_BYTES = 512;
/** Below this length a loop writes a text faster than Buffer's own write: 25 against 90 ns for an id. */
const SHORT_TEXT = 40;
const TWO_TO_32 = 2 ** 32;
/** PostgreSQL counts microseconds from 2000. */
const EPOCH_MS = Date.UTC(2000, 0, 1);

/** Bytes in network order, as many as come: in chunks, so that nothing is copied when there are more. */
class Chunks {
  readonly #full: Buffer[] = [];
  #chunk = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  /** What was written so far. */
  get taken(): Buffer[] {
    return [...this.#full, this.#chunk.subarray(0, this.#length)];
  }

  /** Makes room for some bytes that stand together. */
  #room(bytes: number): Buffer {
    if (this.#length + bytes > this.#chunk.length) {
      this.#full.push(this.#chunk.subarray(0, this.#length));
      this.#chunk = Buffer.allocUnsafe(Math.max(bytes, CHUNK_BYTES));
      this.#length = 0;
    }
    return this.#chunk;
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
  }

  int8(value: number): void {
    this.#room(1)[this.#length++] = value;
  }

  int16(value: number): void {
    this.#room(2);
    this.int8(value >>> 8);
    this.int8(value);
  }

  int32(value: number): void {
    const buffer = this.#room(4);
    buffer[this.#length] = value >>> 24;
    buffer[this.#length + 1] = value >>> 16;
    buffer[this.#length + 2] = value >>> 8;
    buffer[this.#length + 3] = value;
    this.#length += 4;
  }

  /** A whole number that JavaScript holds exactly. */
  int64(value: number): void {
    this.int32(Math.floor(value / TWO_TO_32));
    this.int32(value % TWO_TO_32);
  }

  bigInt64(value: bigint): void {
    this.#room(8).writeBigInt64BE(value, this.#length);
    this.#length += 8;
  }

  double(value: number): void {
    this.#room(8).writeDoubleBE(value, this.#length);
    this.#length += 8;
  }

  /** A text behind its length in bytes. PostgreSQL's texts hold no NUL. */
  text(value: string): void {
    const buffer = this.#room(4 + 3 * value.length);
    const start = this.#length + 4;
    let end = start;
    if (value.length <= SHORT_TEXT) {
      for (let i = 0; i < value.length; i++) {
        const code = value.charCodeAt(i);
        if (code === 0 || code > 0x7f) break;
        buffer[end++] = code;
      }
    }
    if (end - start < value.length) end = start + buffer.write(value.replaceAll('\0', '\ufffd'), start, 'utf8');
    this.int32(end - start);
    this.#length = end;
  }
}

let lastUuid = { text: '', bytes: Buffer.alloc(0) };

/** How a cell of each type is written: its length in bytes, and its value. */
const WRITERS = {
  text: (bytes: Chunks, cell: string) => {
    if (typeof cell !== 'string') throw notA('text', cell);
    bytes.text(cell);
  },
  boolean: (bytes: Chunks, cell: boolean) => {
    if (typeof cell !== 'boolean') throw notA('boolean', cell);
    bytes.int32(1);
    bytes.int8(cell ? 1 : 0);
  },
  integer: (bytes: Chunks, cell: number) => {
    if (cell !== (cell | 0)) throw notA('integer of 32 bits', cell);
    bytes.int32(4);
    bytes.int32(cell);
  },
  bigint: (bytes: Chunks, cell: number) => {
    if (!Number.isSafeInteger(cell)) throw notA('whole number that can be held', cell);
    bytes.int32(8);
    bytes.int64(cell);
  },
  'double precision': (bytes: Chunks, cell: number) => {
    if (typeof cell !== 'number') throw notA('number', cell);
    bytes.int32(8);
    bytes.double(cell);
  },
  /** numeric(5, 4), from 0 to 1: PostgreSQL's digits count to 10 000. */
  fraction: (bytes: Chunks, cell: number) => {
    if (!(cell >= 0 && cell <= 1)) throw notA('number from 0 to 1', cell);
    const tenThousandths = Math.round(cell * 10_000);
    const isOne = tenThousandths === 10_000;
    bytes.int32(10);
    bytes.int16(1);
    bytes.int16(isOne ? 0 : -1);
    bytes.int16(0);
    bytes.int16(4);
    bytes.int16(isOne ? 1 : tenThousandths);
  },
  timestamptz: (bytes: Chunks, cell: number | string) => {
    const epochMs = typeof cell === 'string' ? Date.parse(cell) : cell;
    if (!(epochMs >= FIRST_MS && epochMs <= LAST_MS) || !Number.isInteger(epochMs)) throw notA('time', cell);
    const ms = epochMs - EPOCH_MS;
    bytes.int32(8);
    if (Number.isSafeInteger(ms * 1000)) bytes.int64(ms * 1000);
    else bytes.bigInt64(BigInt(ms) * 1000n);
  },
  uuid: (bytes: Chunks, cell: string) => {
    if (typeof cell !== 'string') throw notA('UUID', cell);
    // Members of an outage come together: one in hundreds is another's.
    if (cell !== lastUuid.text) lastUuid = { text: cell, bytes: Buffer.from(cell.replaceAll('-', ''), 'hex') };
    if (lastUuid.bytes.length !== 16) throw notA('UUID', cell);
    bytes.int32(16);
    bytes.raw(lastUuid.bytes);
  },
  jsonb: (bytes: Chunks, cell: object) => {
    if (typeof cell !== 'object') throw notA('object', cell);
    // The first byte is its version.
    bytes.text(`\x01${jsonText(cell)}`);
  },
  'text[]': (bytes: Chunks, cell: readonly string[]) => {
    if (!Array.isArray(cell) || !cell.every((item) => typeof item === 'string')) throw notA('list of texts', cell);
    // Dimensions, no nulls, the type's number; of the one dimension: its length and first index.
    const head = cell.length === 0 ? NO_TEXTS : [1, 0, TEXT_OID, cell.length, 1];
    const items = cell.map((item) => Buffer.from(item.replaceAll('\0', '\ufffd')));
    bytes.int32(items.reduce((sum, { length }) => sum + 4 + length, 4 * head.length));
    for (const number of head) bytes.int32(number);
    for (const item of items) {
      bytes.int32(item.length);
      bytes.raw(item);
    }
  },
  /** As EWKB: byte order, type, reference system, counts, coordinates. */
  geometry: (bytes: Chunks, cell: Shape) => {
    const points = 'line' in cell ? cell.line : 'ring' in cell ? cell.ring : null;
    const [type, counts] = points === null ? [1, []] : 'line' in cell ? [2, [points.length]] : [3, [1, points.length]];
    bytes.int32(9 + 4 * counts.length + 16 * (points?.length ?? 1));
    bytes.int8(0);
    bytes.int32(WITH_SRID | type);
    bytes.int32(SRID);
    for (const count of counts) bytes.int32(count);
    for (const { lat, lon } of points ?? [cell as Point]) {
      if (!Number.isFinite(lat) || !Number.isFinite(lon)) throw notA('place', `${lat}, ${lon}`);
      bytes.double(lon);
      bytes.double(lat);
    }
  },
};

/** PostgreSQL's times begin with the Julian calendar, and end behind ours. */
const FIRST_MS = Date.UTC(-4712, 0, 1);
const LAST_MS = 8.64e15;

function notA(what: string, cell: unknown): OmsError {
  const text = typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
  return new OmsError('OMS_BAD_CELL', `${text.slice(0, 80)} is no ${what}.`);
}

const TEXT_OID = 25;
const NO_TEXTS = [0, 0, TEXT_OID];
const WITH_SRID = 0x20000000;
const SRID = 4326;
