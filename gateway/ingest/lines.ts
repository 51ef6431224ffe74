const NEWLINE = 0x0a;

/** The lines of a body, without their ends and without empty ones. */
export function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found === -1 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    if (line.some((byte) => byte > 0x20)) yield line;
    start = end + 1;
  }
}

/** Puts lines together again, into as few bodies of at most `maxBytes` as their order allows. */
export function* bodiesOf(lines: Iterable<Buffer>, maxBytes: number): Generator<Buffer> {
  let gathered: Buffer[] = [];
  let bytes = 0;
  for (const line of lines) {
    if (gathered.length > 0 && bytes + line.length > maxBytes) {
      yield joined(gathered);
      gathered = [];
      bytes = 0;
    }
    gathered.push(line);
    bytes += line.length + 1;
  }
  if (gathered.length > 0) yield joined(gathered);
}

const NEWLINE_BYTES = Buffer.from([NEWLINE]);

function joined(lines: readonly Buffer[]): Buffer {
  return Buffer.concat(lines.flatMap((line, i) => (i === 0 ? [line] : [NEWLINE_BYTES, line])));
}
