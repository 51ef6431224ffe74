import { describe, expect, it } from 'vitest';
import { parseFieldTime, timeProblem } from './field-time.js';
import { parseTimeZone, UTC } from './time-zone.js';

const AMMAN = parseTimeZone('Asia/Amman');
const BERLIN = parseTimeZone('Europe/Berlin');

function read(value: unknown, zone = UTC, nearMs: number | null = null): string | null {
  const t = parseFieldTime(value, zone, nearMs);
  return t === null ? null : new Date(t).toISOString();
}

describe('a time of the field', () => {
  it.each<[unknown, string]>([
    ['2026-10-04T18:04:18.018Z', '2026-10-04T18:04:18.018Z'],
    ['2026-10-04T18:04:18.0189999999999Z', '2026-10-04T18:04:18.018Z'],
    ['2026-10-04t18:04:18z', '2026-10-04T18:04:18.000Z'],
    ['2026-10-03T24:00:00Z', '2026-10-04T00:00:00.000Z'],
    ['2026-10-03T24:00:00.000Z', '2026-10-04T00:00:00.000Z'],
    ['2026-12-31T24:00', '2027-01-01T00:00:00.000Z'],
    ['2026-12-31T23:59:60.5Z', '2027-01-01T00:00:00.500Z'],
    ['2026-10-04T05:29:60+05:30', '2026-10-04T00:00:00.000Z'],
    ['20261004T180418Z', '2026-10-04T18:04:18.000Z'],
    ['20261004T1804', '2026-10-04T18:04:00.000Z'],
    ['20261004T180418,5-0300', '2026-10-04T21:04:18.500Z'],
    ['2026-10-04T18:04:18+03:00[Asia/Amman]', '2026-10-04T15:04:18.000Z'],
    ['2026-10-04T18:04:18[Asia/Amman]', '2026-10-04T15:04:18.000Z'],
    ['2026-10-04 18:04:18 GMT', '2026-10-04T18:04:18.000Z'],
    ['\u200e٢٠٢٦-١٠-٠٤T١٨:٠٤:١٨Z\u200e', '2026-10-04T18:04:18.000Z'],
    ['  2026-10-04T18:04:18Z\n', '2026-10-04T18:04:18.000Z'],
    [1791137058, '2026-10-04T18:04:18.000Z'],
    [1791137058.123, '2026-10-04T18:04:18.123Z'],
    ['1791137058.1239', '2026-10-04T18:04:18.123Z'],
    [1791137058123, '2026-10-04T18:04:18.123Z'],
    ['1791137058123', '2026-10-04T18:04:18.123Z'],
    [946684800, '2000-01-01T00:00:00.000Z'],
    [946684800000, '2000-01-01T00:00:00.000Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
    ['/Date(1791137058000)/', '2026-10-04T18:04:18.000Z'],
    ['/Date(1791137058000-0500)/', '2026-10-04T18:04:18.000Z'],
    ['/Date(-1000)/', '1969-12-31T23:59:59.000Z'],
  ])('%j is read', (value, expected) => expect(read(value)).toBe(expected));

  it.each([
    '2026-10-04T24:00:01Z',
    '2026-10-04T24:01Z',
    '2026-10-04T24:00:00.001Z',
    '2026-10-04T23:59:61Z',
    '2026-02-30T00:00:00Z',
    '2026-02-30T24:00:00Z',
    '2026-10-04T18:04:18+15:00',
    '2026-10-04T18:04:18[Asia/Ammann]',
    '2026-10-04T18:04:18 PM',
    '20261004T18:04:18Z',
    '/Date(99999999999999999)/',
    '/Date(x)/',
    'soon',
    '',
    true,
    {},
    [],
    NaN,
  ])('%j is none', (value) => {
    expect(read(value)).toBeNull();
    expect(timeProblem(value)).toMatch(/^is not a time: expected ISO 8601/);
  });

  it.each([
    12,
    -1791137058,
    99_999_999,
    10_000_000_000,
    261004180418,
    '261004180418',
    20261004180418,
    1791137058123000,
    '1791137058123000000',
    '20261004180418',
    '10/4/2026 18:04:18',
    '4.10.2026 18:04',
    '04-10-26 18:04',
    '2026/10/4 6:04:18',
  ])('%j can be read in two ways, so it is not', (value) => {
    expect(read(value)).toBeNull();
    expect(timeProblem(value)).toMatch(/^can be read in two ways: expected ISO 8601 such as/);
  });

  it('without a zone is of the configured one, and in a doubled hour the one nearer to its receipt', () => {
    expect(read('2026-10-04 18:04:18', AMMAN)).toBe('2026-10-04T15:04:18.000Z');
    expect(read('20261025T023000', BERLIN)).toBe('2026-10-25T00:30:00.000Z');
    expect(read('20261025T023000', BERLIN, Date.UTC(2026, 9, 25, 1, 31))).toBe('2026-10-25T01:30:00.000Z');
    expect(read('2026-10-25T02:30:00', BERLIN, Date.UTC(2026, 9, 25, 0, 31))).toBe('2026-10-25T00:30:00.000Z');
    expect(read('2026-10-25T02:30:00', BERLIN, NaN)).toBe('2026-10-25T00:30:00.000Z');
    expect(read(1791137058, AMMAN)).toBe('2026-10-04T18:04:18.000Z');
  });

  it('of any length takes a time that grows with its length alone', () => {
    for (const part of ['1', '[', '.1', '+', 'Z', ' x']) {
      expect(read(`2026-10-04T18:04:18${part.repeat(100_000)}`)).toBeNull();
      expect(read(part.repeat(100_000))).toBeNull();
    }
  });
});
