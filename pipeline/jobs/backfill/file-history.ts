import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline, type Duplex, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { isFields, type Fields } from '../../../operators/normalise/fields.js';
import { fileProblem } from '../../../connections/files.js';
import { columnName, csvFormOf, unwrapped, type CsvForm } from '../csv-form.js';
import { isEmptyMark } from './empty-mark.js';
import type { History, Row } from './history.js';
import { columnsOf, missingColumn, type Mapping } from './mapping.js';
import { WrongInput } from './wrong-input.js';

const READ_BYTES = 1 << 20;

/**
 * Opens a file of history: CSV with a header (`.csv`) or NDJSON (`.ndjson`, `.jsonl`), packed with gzip (`.gz`) or not.
 * @param mapping null: CSV columns are named as the source names its fields, a dot leads into an object
 * @throws {WrongInput} one sentence if it is of another kind, or its header lacks a column of the mapping
 */
export async function openFile(file: string, mapping: Mapping | null): Promise<History> {
  const kind = /\.(csv|ndjson|jsonl)(\.gz)?$/i.exec(file)?.[1]?.toLowerCase();
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw fileProblem(file, error);
  });
  if (found.isDirectory()) throw new WrongInput(`${file} is a folder: name a CSV or NDJSON file.`);
  if (kind === undefined)
    throw new WrongInput(`${file}: what is in it cannot be told: its name must end in .csv, .ndjson or .jsonl (.gz).`);
  const form = kind === 'csv' ? await formOf(file, mapping) : null;
  const columns = form && (await headerOf(file, form));
  const missing = columns && mapping && [...columnsOf(mapping).keys()].find((column) => !columns.includes(column));
  if (missing) throw new WrongInput(missingColumn(mapping, missing, file, columns));
  return {
    name: file,
    unit: 'line',
    columns,
    digest: await digestOf(file),
    rows: () => (form && columns ? csvRows(file, form, columns, mapping === null) : lineRows(file)),
    close: () => Promise.resolve(),
  };
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The file, unpacked, through further steps. What goes wrong in one of them is thrown by whoever reads the last. */
function read<T extends Duplex>(file: string, last: T): T;
function read(file: string): Readable;
function read(file: string, last?: Duplex): Readable {
  const input = createReadStream(file, { highWaterMark: READ_BYTES });
  const steps = [...(/\.gz$/i.test(file) ? [createGunzip({ chunkSize: READ_BYTES })] : []), ...(last ? [last] : [])];
  const end = steps.at(-1);
  // Each step ends with the error of the one before it; its reader hears of it.
  if (end) pipeline([input, ...steps], () => undefined);
  return end ?? input;
}

function problem(file: string, error: unknown): Error {
  if (error instanceof WrongInput) return error;
  if (error instanceof CsvError) {
    const { lines } = error as CsvError & { lines?: number };
    return new WrongInput(`${file}:${lines ?? 1}: not readable as CSV: ${error.message}.`);
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code?.startsWith('Z_')) return new WrongInput(`${file} is no whole gzip file: it was cut, or is none.`);
  return code === undefined ? (error as Error) : fileProblem(file, error as NodeJS.ErrnoException);
}

interface Parsed {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** How a CSV file is written. A mapping may say what divides its cells; a comma is what is meant where it says nothing. */
async function formOf(file: string, mapping: Mapping | null): Promise<CsvForm> {
  const columns = mapping ? [...columnsOf(mapping).keys()] : [];
  const form = csvFormOf(await beginningOf(file), columns);
  return mapping && mapping.delimiter !== ',' ? { ...form, delimiter: mapping.delimiter } : form;
}

/** Enough of a file to hold its header and a line before it. */
async function beginningOf(file: string): Promise<string> {
  let bytes = Buffer.alloc(0);
  try {
    for await (const chunk of read(file) as AsyncIterable<Buffer>) {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= READ_BYTES || /[\r\n][^\r\n]+[\r\n]/.test(chunk.toString('latin1'))) break;
    }
  } catch (error) {
    throw problem(file, error);
  }
  return bytes.toString(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf16le' : 'utf8');
}

/** @param records how many to read; -1: all */
function csvParser({ delimiter, headerLine }: CsvForm, records = -1) {
  return parse({
    bom: true,
    delimiter,
    from_line: headerLine,
    info: true,
    relax_column_count: true,
    // A cell ="00123" has a quote where CSV has none.
    relax_quotes: true,
    skip_empty_lines: true,
    to: records,
  });
}

async function headerOf(file: string, form: CsvForm): Promise<readonly string[]> {
  try {
    for await (const { record } of read(file, csvParser(form, 1)) as AsyncIterable<Parsed>) {
      const columns = record.map(columnName);
      const twice = columns.find((name, i) => name !== '' && columns.indexOf(name) !== i);
      if (twice !== undefined) throw new WrongInput(`${file}: the column "${twice}" stands twice; keep one.`);
      return columns;
    }
  } catch (error) {
    throw problem(file, error);
  }
  throw new WrongInput(`${file} is empty: its first line must name the columns.`);
}

async function* csvRows(file: string, form: CsvForm, columns: readonly string[], raw: boolean): AsyncGenerator<Row> {
  let isHeader = true;
  try {
    for await (const { record, info } of read(file, csvParser(form)) as AsyncIterable<Parsed>) {
      if (isHeader) isHeader = false;
      // What a spreadsheet leaves below its table.
      else if (record.every((cell) => cell.trim() === '')) continue;
      else if (record.length !== columns.length) {
        const problem = `${record.length} cells where the header has ${columns.length}: quote values that hold the delimiter.`;
        yield { at: info.lines, value: record.join(form.delimiter), problem };
      } else yield { at: info.lines, value: raw ? rawShape(columns, record) : cellsOf(columns, record) };
    }
  } catch (error) {
    throw problem(file, error);
  }
}

function cellsOf(columns: readonly string[], record: readonly string[]): Fields {
  return Object.fromEntries(columns.map((column, i) => [column, record[i]!]));
}

/** What a source sends as a number; a cell is always a text. */
const NUMBERS = new Set(['lat', 'lng', 'lon', 'voltage']);

/** A row whose columns are named as the source names its fields: `customer.meterNumber` is a field of `customer`. */
function rawShape(columns: readonly string[], record: readonly string[]): Fields {
  const shape = Object.create(null) as Record<string, unknown>;
  for (const [i, column] of columns.entries()) {
    const text = unwrapped(record[i]!);
    if (column === '' || text.trim() === '' || isEmptyMark(text)) continue;
    const path = column.split('.');
    const name = path.pop()!;
    let inner = shape;
    /* eslint-disable oms/text-lookup -- these objects have nothing but what is put into them */
    for (const step of path) {
      if (!isFields(inner[step])) inner[step] = Object.create(null);
      inner = inner[step] as Record<string, unknown>;
    }
    inner[name] = NUMBERS.has(name) && text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
    /* eslint-enable oms/text-lookup */
  }
  return shape;
}

async function* lineRows(file: string): AsyncGenerator<Row> {
  let at = 0;
  const input = read(file);
  // readline knows nothing of what goes wrong with its input: it only ends.
  let failure: unknown = null;
  input.on('error', (error) => (failure = error));
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      at++;
      if (line.trim() !== '') yield { at, value: at === 1 ? line.replace(/^\uFEFF/, '') : line };
    }
  } catch (error) {
    failure ??= error;
  }
  if (failure !== null) throw problem(file, failure);
}
