import { describe, expect, it } from 'vitest';
import { localTimeDoubt, localTimeMs, parseTimeZone, UTC, type LocalTime } from './time-zone.js';

/** What a clock shows, written as `2025-11-02 01:30`. */
function shown(text: string): LocalTime {
  const [year, month, day, hour, minute, second = 0, ms = 0] = text.split(/\D/).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number?,
    number?,
  ];
  return { year, month, day, hour, minute, second, ms };
}

/** As ISO 8601, to the minute. */
function read(zone: string, text: string, near: string | null = null): string {
  const t = localTimeMs(shown(text), parseTimeZone(zone), near === null ? null : Date.parse(near));
  return new Date(t).toISOString().slice(0, 16);
}

describe('a zone', () => {
  it.each([
    ['UTC', 0],
    ['z', 0],
    ['GMT', 0],
    ['+03:00', 180],
    ['+0330', 210],
    ['-05', -300],
    ['-00:30', -30],
    ['+14:00', 840],
  ])('%s has an offset', (text, offsetMin) => {
    expect(parseTimeZone(text).offsetMin).toBe(offsetMin);
  });

  it.each(['Asia/Amman', 'america/new_york', ' Europe/Berlin ', 'America/Argentina/Buenos_Aires'])(
    '%s is one of the tables',
    (text) => {
      expect(parseTimeZone(text)).toEqual({ name: text.trim(), offsetMin: null });
    },
  );

  it.each(['', 'EST', 'IST', 'Asia/Ammann', '+3', '+15:00', '+14:30', '+03:60', '3', 'constructor', '__proto__'])(
    'is not called "%s"',
    (text) => {
      expect(() => parseTimeZone(text)).toThrow(`${JSON.stringify(text)} is no time zone: expected UTC, an offset`);
    },
  );
});

describe('on nights when clocks change', () => {
  it.each([
    ['America/New_York', '2025-03-09 02:30', '2025-03-09T07:30', 'gap'],
    ['America/New_York', '2025-03-09 01:59', '2025-03-09T06:59', null],
    ['America/New_York', '2025-03-09 03:00', '2025-03-09T07:00', null],
    ['America/New_York', '2025-11-02 01:30', '2025-11-02T05:30', 'doubled'],
    ['America/New_York', '2025-11-02 00:59', '2025-11-02T04:59', null],
    ['America/New_York', '2025-11-02 02:00', '2025-11-02T07:00', null],
    ['Europe/Berlin', '2026-03-29 02:30', '2026-03-29T01:30', 'gap'],
    ['Europe/Berlin', '2026-10-25 02:30', '2026-10-25T00:30', 'doubled'],
    // Half an hour.
    ['Australia/Lord_Howe', '2026-10-04 02:15', '2026-10-03T15:45', 'gap'],
    ['Australia/Lord_Howe', '2026-04-05 01:45', '2026-04-04T14:45', 'doubled'],
    ['Australia/Lord_Howe', '2026-04-05 01:15', '2026-04-04T14:15', null],
    // A day that Samoa left out.
    ['Pacific/Apia', '2011-12-30 12:00', '2011-12-30T22:00', 'gap'],
    // Jordan: forward at midnight, back at one, and no more since October 2022.
    ['Asia/Amman', '2021-10-29 00:30', '2021-10-28T21:30', 'doubled'],
    ['Asia/Amman', '2022-02-25 00:30', '2022-02-24T22:30', 'gap'],
    ['Asia/Amman', '2022-10-28 00:30', '2022-10-27T21:30', null],
    ['Asia/Amman', '2022-12-04 18:04', '2022-12-04T15:04', null],
    ['Asia/Amman', '2026-12-04 18:04', '2026-12-04T15:04', null],
    ['Asia/Amman', '2020-12-04 18:04', '2020-12-04T16:04', null],
  ])('%s %s is %s', (zone, text, expected, doubt) => {
    expect(read(zone, text)).toBe(expected);
    expect(localTimeDoubt(shown(text), parseTimeZone(zone))).toBe(doubt);
  });

  it.each([
    ['America/New_York', '2025-11-02 01:30', '2025-11-02T05:31:00Z', '2025-11-02T05:30'],
    ['America/New_York', '2025-11-02 01:30', '2025-11-02T06:31:00Z', '2025-11-02T06:30'],
    ['America/New_York', '2025-11-02 01:30', '2025-11-02T06:00:00Z', '2025-11-02T05:30'],
    ['Europe/Berlin', '2026-10-25 02:30', '2026-10-25T01:31:00Z', '2026-10-25T01:30'],
    ['Europe/Berlin', '2026-10-25 02:30', '2026-11-25T01:31:00Z', '2026-10-25T01:30'],
    ['Australia/Lord_Howe', '2026-04-05 01:45', '2026-04-04T15:15:01Z', '2026-04-04T15:15'],
    // What was received last year says nothing of an hour that there is once.
    ['Asia/Amman', '2022-10-28 00:30', '2022-10-27T23:00:00Z', '2022-10-27T21:30'],
  ])('%s %s, received at %s, is %s', (zone, text, near, expected) => {
    expect(read(zone, text, near)).toBe(expected);
  });
});

it('a fixed offset and UTC have no such nights', () => {
  expect(read('-05:00', '2025-03-09 02:30')).toBe('2025-03-09T07:30');
  expect(localTimeDoubt(shown('2025-11-02 01:30'), parseTimeZone('-05:00'))).toBeNull();
  expect(localTimeMs(shown('2026-10-04 18:04:18.018'), UTC, null)).toBe(Date.UTC(2026, 9, 4, 18, 4, 18, 18));
});

it('second 60 and hour 24 are those of the next minute and day', () => {
  expect(read('Asia/Amman', '2026-10-03 23:59:60')).toBe('2026-10-03T21:00');
  expect(read('Asia/Amman', '2026-10-03 24:00')).toBe('2026-10-03T21:00');
});

it('a clock that has lost its date is read too', () => {
  expect(read('Asia/Amman', '1970-01-01 02:00')).toBe('1970-01-01T00:00');
  expect(read('Asia/Amman', '0100-01-01 00:00')).toBe('0099-12-31T21:36');
});
