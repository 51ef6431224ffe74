import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, lineBlocks } from './line-blocks.js';

async function blocksOf(text: Buffer, chunkBytes: number): Promise<string[]> {
  const chunks = Array.from({ length: Math.ceil(text.length / chunkBytes) }, (_, n) =>
    text.subarray(n * chunkBytes, (n + 1) * chunkBytes),
  );
  const blocks: string[] = [];
  for await (const block of lineBlocks(Readable.from(chunks))) blocks.push(block.toString());
  return blocks;
}

describe('blocks of lines', () => {
  const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n} ${'é'.repeat(n % 37)}\n`).join('');
  const long = `${'x'.repeat(3 * BLOCK_BYTES)}\n`;

  it.each([
    ['lines', lines],
    ['a last line without an end', `${lines}half a line`],
    ['a line longer than a block', `first\n${long}${lines}`],
    ['nothing but a line without an end', long.trimEnd()],
    ['a block that ends where it may', `${'x'.repeat(BLOCK_BYTES - 1)}\nrest`],
  ])('hold %s, the same however they come', async (_, text) => {
    const bytes = Buffer.from(text);
    const blocks = await blocksOf(bytes, 1 << 16);
    expect(blocks.join('')).toBe(text);
    for (const block of blocks.slice(0, -1)) {
      expect(block.endsWith('\n')).toBe(true);
      expect(Buffer.byteLength(block)).toBeGreaterThanOrEqual(BLOCK_BYTES);
      const last = block.slice(block.lastIndexOf('\n', block.length - 2) + 1);
      expect(Buffer.byteLength(block) - Buffer.byteLength(last)).toBeLessThan(BLOCK_BYTES);
    }
    for (const chunkBytes of [7919, BLOCK_BYTES, 10 * BLOCK_BYTES])
      expect(await blocksOf(bytes, chunkBytes)).toEqual(blocks);
  });

  it('are none of nothing', async () => {
    expect(await blocksOf(Buffer.from(''), 1)).toEqual([]);
  });
});
