import { expect, it } from 'vitest';
import { bodiesOf, linesOf } from './lines.js';

const texts = (parts: Iterable<Buffer>): string[] => [...parts].map(String);

it('takes the lines of a body as they are, without empty ones', () => {
  expect(texts(linesOf(Buffer.from('{"a":1}\r\n\n  \n{"b":2}')))).toEqual(['{"a":1}\r', '{"b":2}']);
  expect(texts(linesOf(Buffer.from('')))).toEqual([]);
});

it('splits between lines only, and never above the limit', () => {
  const lines = ['aaaa', 'bb', 'ccc', 'd'].map((line) => Buffer.from(line));
  expect(texts(bodiesOf(lines, 7))).toEqual(['aaaa\nbb', 'ccc\nd']);
  expect(texts(bodiesOf(lines, 100))).toEqual(['aaaa\nbb\nccc\nd']);
  for (const maxBytes of [4, 5, 6, 8, 9, 12]) {
    const bodies = [...bodiesOf(lines, maxBytes)];
    expect(bodies.every(({ length }) => length <= maxBytes)).toBe(true);
    expect(texts(bodies).join('\n')).toBe('aaaa\nbb\nccc\nd');
  }
});
