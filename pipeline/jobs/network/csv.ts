import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { CsvError, parse } from 'csv-parse';
import { Cells } from './cells.js';
import type { NetworkError } from './network-error.js';
import { TABLES, type NetworkRows, type Rows, type Table } from './tables.js';

type Report = (error: NetworkError) => void;

/**
 * Reads a folder of six CSV files (UTF-8, a header line each, comma-separated; further columns are ignored).
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
    for await (const { record, info } of lines(file)) {
      if (!header) {
        header = readHeader(file, record, table, report);
        rows.hasIds = header.indexOf.has(table.columns[0]!);
        continue;
      }
      if (record.length !== header.width) {
        const message = `${record.length} cells where the header has ${header.width}; quote values that hold a comma.`;
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

function lines(file: string): AsyncIterable<Line> {
  const parser = parse({ bom: true, info: true, relax_column_count: true, skip_empty_lines: true });
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
    const column = name.trim();
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
    (column) => record[header.indexOf.get(column) ?? -1],
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
