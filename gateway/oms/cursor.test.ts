import { expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.js';

const CURSOR = { lastEventAt: '2026-10-04T18:04:18.018Z', outageId: 'efb2224e-3262-5fcd-9429-50e27f3a8f77' };

it('comes back from an address as it was', () => {
  const text = encodeCursor(CURSOR);
  expect(encodeURIComponent(text)).toBe(text);
  expect(decodeCursor(text)).toEqual(CURSOR);
});

it.each([
  '',
  'zzz',
  encodeCursor({ ...CURSOR, outageId: "' or 1=1" }),
  encodeCursor({ ...CURSOR, lastEventAt: 'now' }),
  encodeCursor({ ...CURSOR, lastEventAt: '2026-02-31T00:00:00.000Z' }),
  encodeCursor({ ...CURSOR, lastEventAt: '0000-01-01T00:00:00.000Z' }),
])('refuses "%s"', (text) => expect(() => decodeCursor(text)).toThrow('none of ours'));
