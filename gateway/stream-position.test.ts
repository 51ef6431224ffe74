import { expect, it } from 'vitest';
import { formatPosition, parsePosition } from './stream-position.js';

it('comes back from the id of an event as it was', () => {
  const position = new Map([
    [3, { next: 12, log: 40 }],
    [0, { next: 0, log: -1 }],
  ]);
  expect(formatPosition(position)).toBe('0.0.-1,3.12.40');
  expect(parsePosition(formatPosition(position))).toEqual(position);
});

it.each(['', 'banana', '0.1', '0.1.2,', '-1.2.3', '0.1.-2', '0.1.2;drop'])('does not understand "%s"', (text) =>
  expect(parsePosition(text)).toBeNull(),
);
