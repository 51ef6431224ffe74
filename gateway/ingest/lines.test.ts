import { expect, it } from 'vitest';
import { LineBodies, linesOf } from './lines.js';

const texts = (parts: Iterable<Buffer>): string[] => [...parts].map(String);

function bodiesOf(lines: readonly string[], maxBytes: number, expectedBytes = maxBytes): string[] {
  const bodies = new LineBodies(maxBytes, expectedBytes);
  for (const line of lines) bodies.add(Buffer.from(line));
  return texts(bodies.end());
}

it('takes the lines of a body as they are, without empty ones', () => {
  expect(texts(linesOf(Buffer.from('{"a":1}\r\n\n  \n{"b":2}')))).toEqual(['{"a":1}\r', '{"b":2}']);
  expect(texts(linesOf(Buffer.from('')))).toEqual([]);
});

it('splits between lines only, and never above the limit', () => {
  const lines = ['aaaa', 'bb', 'ccc', 'd'];
  expect(bodiesOf([], 7)).toEqual([]);
  expect(bodiesOf(lines, 7)).toEqual(['aaaa\nbb', 'ccc\nd']);
  expect(bodiesOf(lines, 100, 13)).toEqual(['aaaa\nbb\nccc\nd']);
  for (const maxBytes of [4, 5, 6, 8, 9, 12]) {
    const bodies = bodiesOf(lines, maxBytes);
    expect(bodies.every(({ length }) => length <= maxBytes)).toBe(true);
    expect(bodies.join('\n')).toBe('aaaa\nbb\nccc\nd');
  }
});

it('gives a line that is longer than expected a body of its own', () => {
  expect(bodiesOf(['a', 'bbbbbbbb', 'c'], 100, 2)).toEqual(['a', 'bbbbbbbb', 'c']);
});
