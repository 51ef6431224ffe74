import { OBJECT, type Fields } from '../operators/model/record-shape.js';

/** Picks what people want to see out of what a child writes, for the terminal; its log file has everything. */

/** Level `error` of the JSON log lines, as a number. */
const ERROR_LEVEL = 50;

/** What a JSON line of a log holds; null: it is none. */
function entryIn(line: string): Fields | null {
  if (!line.startsWith('{')) return null;
  try {
    const entry: unknown = JSON.parse(line);
    return OBJECT.is(entry) ? entry : null;
  } catch {
    return null;
  }
}

/** What a line says to people: the sentence of a JSON line of a log, or the line itself. */
export function sentenceIn(line: string): string {
  const msg = entryIn(line)?.msg;
  return typeof msg === 'string' ? msg : line;
}

/**
 * The message of a line that reports an error, or null for any other line.
 * @param line one line: JSON with `level` and `msg`, or plain text
 */
export function errorIn(line: string): string | null {
  if (!line.startsWith('{')) return /^\s*(\w*Error\b|error\b|fatal\b)/i.test(line) ? line.trim() : null;
  const entry = entryIn(line);
  if (entry === null) return null;
  const { level, msg, err } = entry;
  const isError = typeof level === 'number' ? level >= ERROR_LEVEL : /^(error|fatal)$/i.test(String(level));
  if (!isError) return null;
  return [msg, OBJECT.is(err) ? err.message : undefined]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(': ');
}
