import type { Readable } from 'node:stream';

/** What is taken at once: a record's worth (1 MiB is read of one), if no line is longer. */
export const BLOCK_BYTES = 250_000;
const NEWLINE = 0x0a;

/**
 * The bytes of a text in blocks of whole lines, each as short as {@link BLOCK_BYTES} allow: so the blocks of a text are the
 * same however it comes. A last line without an end is a line.
 */
export async function* lineBlocks(input: Readable): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let size = 0;
  for await (const bytes of input as AsyncIterable<Buffer>) {
    for (let rest = bytes; rest.length > 0;) {
      const end = rest.indexOf(NEWLINE, Math.max(0, BLOCK_BYTES - 1 - size)) + 1;
      begun.push(end > 0 ? rest.subarray(0, end) : rest);
      size += rest.length;
      if (end === 0) break;
      yield Buffer.concat(begun);
      begun = [];
      size = 0;
      rest = rest.subarray(end);
    }
  }
  if (size > 0) yield Buffer.concat(begun);
}
