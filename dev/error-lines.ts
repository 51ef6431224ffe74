/** Picks the errors out of what a child writes, for the terminal; its log file has everything. */

/** Level `error` of the JSON log lines, as a number. */
const ERROR_LEVEL = 50;

/**
 * The message of a line that reports an error, or null for any other line.
 * @param line one line: JSON with `level` and `msg`, or plain text
 */
export function errorIn(line: string): string | null {
  if (line.startsWith('{')) {
    try {
      const entry = JSON.parse(line) as { level?: unknown; msg?: unknown; err?: { message?: unknown } };
      const isError =
        typeof entry.level === 'number' ? entry.level >= ERROR_LEVEL : /^(error|fatal)$/i.test(String(entry.level));
      if (!isError) return null;
      return [entry.msg, entry.err?.message].filter((part) => typeof part === 'string' && part !== '').join(': ');
    } catch {
      return null;
    }
  }
  return /^\s*(\w*Error\b|error\b|fatal\b)/i.test(line) ? line.trim() : null;
}
