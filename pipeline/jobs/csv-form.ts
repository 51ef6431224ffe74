import { cleanId } from '../../operators/model/id-text.js';

/** What files of CSV are like beside what CSV says: other delimiters, and what spreadsheets put around things. */

/** What may stand between cells, the likeliest first. */
const DELIMITERS = [',', ';', '\t'] as const;
/** What Excel writes before the header to name the delimiter. */
const SEPARATOR_LINE = /^"?sep=([^"])"?$/i;
/** Excel's way to say that a number is a text: `="00123"`. */
const AS_TEXT = /^=\s*"((?:[^"]|"")*)"$/;

/** How a file of CSV is written. */
export interface CsvForm {
  readonly delimiter: string;
  /** The line of the header, from 1. */
  readonly headerLine: number;
}

/**
 * Tells by the beginning of a file what stands between its cells.
 * @param beginning its first lines, all of the header among them
 * @param columns what is looked for in the header; none: whatever divides it most
 */
export function csvFormOf(beginning: string, columns: readonly string[]): CsvForm {
  const lines = beginning.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const named = SEPARATOR_LINE.exec(lines[0]!)?.[1];
  if (named !== undefined) return { delimiter: named, headerLine: 2 };
  const header = lines.find((line) => line.trim() !== '') ?? '';
  let best: { delimiter: string; found: number } = { delimiter: ',', found: 0 };
  for (const delimiter of DELIMITERS) {
    const names = header.split(delimiter).map((name) => columnName(name.trim().replace(/^"(.*)"$/, '$1')));
    const found = columns.length === 0 ? names.length : columns.filter((column) => names.includes(column)).length;
    if (found > best.found) best = { delimiter, found };
  }
  return { delimiter: best.delimiter, headerLine: 1 };
}

/** A cell without what a spreadsheet puts around a text that looks like a number: `="00123"` is `00123`. */
export function unwrapped(cell: string): string {
  if (cell[0] !== '=') return cell;
  const text = AS_TEXT.exec(cell)?.[1];
  return text === undefined ? cell : text.replaceAll('""', '"');
}

/** The name of a column as its header has it. */
export function columnName(cell: string): string {
  return cleanId(unwrapped(cell));
}
