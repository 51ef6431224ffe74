import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { CsvError, parse } from 'csv-parse';
import { columnName, csvFormOf, unwrapped, type CsvForm } from '../csv-form.js';
import { Cells } from './cells.js';
import type { NetworkError } from './network-error.js';
import { TABLES, type NetworkRows, type Rows, type Table } from './tables.js';

type Report = (error: NetworkError) => void;

/** Far more than a header. */
const BEGINNING_BYTES = 65_536;

/**
 * Reads a folder of six CSV files (UTF-8, a header line each, separated by comma, semicolon or tab; further columns are
 * ignored).
 * @param dir the folder
 * @param report takes each error of a file or a cell; the reading goes on
 */
export async function readCsvFolder(dir: string, report: Report): Promise<NetworkRows> {
  return {
    substations: await readTable(dir, TABLES.substations, report),
    feeders: await readTable(dir, TABLES.feeders, report),
    devices: await readTable(dir, TABLES.devices, report),
    sections: await readTable(dir, TABLES.sections, report),
    distributionPoints: await readTable(dir, TABLES.distributionPoints, report),
    customers: await readTable(dir, TABLES.customers, report),
  };
}

async function readTable<T>(dir: string, table: Table<T>, report: Report): Promise<Rows<T>> {
  const file = join(dir, table.file);
  const rows = { file, unit: 'line' as const, records: [] as T[], at: [] as number[], hasIds: false };
  let header: Header | null = null;
  try {
    const form = await formOf(file, table.columns);
    for await (const { record, info } of lines(file, form)) {
      // What a spreadsheet leaves below its table.
      if (record.every((cell) => cell.trim() === '')) continue;
      if (!header) {
        header = readHeader(file, record, table, report);
        rows.hasIds = header.indexOf.has(table.columns[0]!);
        continue;
      }
      if (record.length !== header.width) {
        const held = form.delimiter === ',' ? 'a comma' : form.delimiter === ';' ? 'a semicolon' : 'the delimiter';
        const message = `${record.length} cells where the header has ${header.width}; quote values that hold ${held}.`;
        report({ file, line: info.lines, message });
        continue;
      }
      rows.records.push(table.parse(cellsOf(record, header, file, info.lines, report)));
      rows.at.push(info.lines);
    }
    if (!header) report({ file, message: `the file is empty; its first line is ${table.columns.join(',')}.` });
  } catch (error) {
    rows.hasIds = false;
    report(fileError(file, error));
  }
  return rows;
}

interface Line {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

async function formOf(file: string, columns: readonly string[]): Promise<CsvForm> {
  const opened = await open(file);
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0);
    // What Excel calls Unicode text.
    const encoding = buffer[0] === 0xff && buffer[1] === 0xfe ? 'utf16le' : 'utf8';
    return csvFormOf(buffer.toString(encoding, 0, bytesRead), columns);
  } finally {
    await opened.close();
  }
}

function lines(file: string, { delimiter, headerLine }: CsvForm): AsyncIterable<Line> {
  const parser = parse({
    bom: true,
    delimiter,
    from_line: headerLine,
    info: true,
    // Each line ends as it does: files are put together of others.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    // A cell ="00123" has a quote where CSV has none.
    relax_quotes: true,
    skip_empty_lines: true,
  });
  const input = createReadStream(file);
  // A pipe does not hand on the errors of its input.
  input.on('error', (error) => parser.destroy(error));
  return input.pipe(parser) as AsyncIterable<Line>;
}

interface Header {
  readonly width: number;
  readonly indexOf: ReadonlyMap<string, number>;
}

function readHeader(file: string, names: readonly string[], table: Table<unknown>, report: Report): Header {
  const indexOf = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const column = columnName(name);
    if (column === '') continue;
    if (indexOf.has(column)) report({ file, line: 1, message: `column ${column} stands twice; keep one.` });
    else indexOf.set(column, index);
  }
  for (const column of table.columns) {
    if (!indexOf.has(column)) {
      report({ file, line: 1, message: `column ${column} is missing; the columns are ${table.columns.join(',')}.` });
    }
  }
  return { width: names.length, indexOf };
}

function cellsOf(record: readonly string[], header: Header, file: string, line: number, report: Report): Cells {
  return new Cells(
    (column) => {
      const cell = record[header.indexOf.get(column) ?? -1];
      return cell === undefined ? undefined : unwrapped(cell.trim());
    },
    // A column that is missing was reported once, with the header.
    (column, message) => header.indexOf.has(column) && report({ file, line, message }),
  );
}

function fileError(file: string, error: unknown): NetworkError {
  if (error instanceof CsvError) {
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
    return { file, line, message: `not readable as CSV: ${error.message}.` };
  }
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
    return { file, message: 'the file is missing; a network folder has all six of its CSV files.' };
  }
  return { file, message: `cannot be read: ${error instanceof Error ? error.message : String(error)}.` };
}
