import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime } from './time.js';

describe('a time', () => {
  it('is read as it is written, to the millisecond', () => {
    const any = fc.date({ min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(any, (date) => {
        const text = date.toISOString();
        expect(parseTime(text)).toBe(date.getTime());
        expect(parseTime(text.replace('T', ' '))).toBe(date.getTime());
        expect(parseTime(text.replace('Z', '+03:00'))).toBe(date.getTime() - 3 * 3_600_000);
      }),
    );
  });

  it.each([
    '2026-02-29T00:00:00.000Z',
    '1900-02-29T00:00:00.000Z',
    '2026-04-31T00:00:00.000Z',
    '2026-13-01T00:00:00.000Z',
    '2026-00-10T00:00:00.000Z',
    '2026-01-00T00:00:00.000Z',
    '2026-01-01T24:00:00.000Z',
    '2026-01-01T00:60:00.000Z',
    '2026-01-01T00:00:60.000Z',
    '0050-01-01T00:00:00.000Z',
    '2026-01-01T00:00:00.00aZ',
    '2026-01-01T00:00:00.000+15:00',
  ])('that does not exist is none: %s', (text) => {
    expect(parseTime(text)).toBeNull();
    // Written in another way it is read in another way, and does not exist either.
    expect(parseTime(text.replace('T', ' '))).toBeNull();
  });

  it('knows the days of a leap year', () => {
    expect(parseTime('2028-02-29T00:00:00.000Z')).toBe(Date.UTC(2028, 1, 29));
    expect(parseTime('2000-02-29T00:00:00.000Z')).toBe(Date.UTC(2000, 1, 29));
  });
});
