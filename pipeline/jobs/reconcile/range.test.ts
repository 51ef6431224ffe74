import { describe, expect, it } from 'vitest';
import { dayRange, lastRange, rangeText, type TimeRange } from './range.js';

const NOW = Date.parse('2026-10-05T02:17:45.123Z');
const text = (range: TimeRange | null): string | null => range && rangeText(range);

describe('a range needs no arithmetic in a cron line', () => {
  it('is a day in UTC', () => {
    expect(text(dayRange('yesterday', NOW))).toBe('2026-10-04');
    expect(text(dayRange('2026-02-28', NOW))).toBe('2026-02-28');
    expect(dayRange('2026-02-30', NOW)).toBeNull();
    expect(dayRange('tomorrow', NOW)).toBeNull();
  });

  it('is the last hours or days, up to the last full hour', () => {
    expect(text(lastRange('24h', NOW))).toBe('2026-10-04T02:00Z to 2026-10-05T02:00Z');
    expect(text(lastRange('7d', NOW))).toBe('2026-09-28T02:00Z to 2026-10-05T02:00Z');
    for (const wrong of ['0h', '24', 'h', '1.5d', '-1h']) expect(lastRange(wrong, NOW)).toBeNull();
  });

  it('is named as shortly as it is told apart', () => {
    const range = (from: string, to: string): string => rangeText({ from: Date.parse(from), to: Date.parse(to) });
    expect(range('2026-10-01T00:00Z', '2026-11-01T00:00Z')).toBe('2026-10-01 to 2026-11-01');
    expect(range('2026-10-04T18:00:01Z', '2026-10-04T18:00:02.5Z')).toBe(
      '2026-10-04T18:00:01Z to 2026-10-04T18:00:02.500Z',
    );
  });
});
