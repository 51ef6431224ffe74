import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Source } from '../model/source.js';
import { parseTimeZone } from '../model/time-zone.js';
import { normalise, type Report } from './normalise.js';

/** What field systems really send, and what the reader alone makes of it: data/field-cases. */

interface ReadCase {
  readonly file: string;
  readonly source: Source | 'canonical';
  readonly what: string;
  readonly zone?: string;
  readonly expect: readonly Readonly<Record<string, string>>[] | null;
}

const folder = new URL('../../data/field-cases/', import.meta.url);
const bytesOf = (file: string): Uint8Array => readFileSync(new URL(file, folder));
const { read: cases } = JSON.parse(String(bytesOf('cases.json'))) as { readonly read: readonly ReadCase[] };
const RECEIVED = Date.UTC(2026, 9, 4, 18, 35);

function reportsOf(file: string, source: ReadCase['source'], zone = 'UTC'): Report[] {
  const reading = { receivedAt: RECEIVED, zone: parseTimeZone(zone) };
  return normalise(source === 'canonical' ? 'kaifa' : source, bytesOf(file), reading);
}

/** An event as the cases say it; a refusal as it is. */
function said(report: Report): object {
  if (!('event' in report)) return report;
  const { occurredAt, receivedAt, ...event } = report.event;
  return {
    ...event,
    occurredAt: new Date(occurredAt).toISOString(),
    receivedAt: new Date(receivedAt).toISOString(),
  };
}

/** What a case says of a code as no other does: 0.26.38.49 is power up, in 04-connexo-power-codes.xml too. */
const CORRECTED: ReadonlyMap<string, readonly object[]> = new Map([
  ['26-utf16.xml', [{ kind: 'outage' }, { kind: 'restoration' }]],
]);

describe('what a field system sends is read', () => {
  it.each(cases)('$file: $what', ({ file, source, zone, expect: expected }) => {
    const reports = reportsOf(file, source, zone).map(said);
    if (expected !== null) {
      // Where it stands the registry knows.
      expect(reports).toMatchObject(CORRECTED.get(file) ?? expected.map(({ key: _, ...fields }) => fields));
      expect(reports).toHaveLength(expected.length);
    } else {
      expect(reports).toMatchObject([{ sourceEventId: 'l1-é-1' }, { sourceEventId: 'l1-é-2' }]);
      expect(JSON.stringify(reports)).not.toContain('\ufffd');
    }
  });
});

it('coordinates that are half, 0/0 or empty are none, and the first two are noted', () => {
  const events = reportsOf('23-string-coordinates.json', 'call_center').map(said);
  expect(events).toMatchObject([
    { lat: 46.6497, lon: -119.1803 },
    { lat: null, lon: null },
    { lat: null, lon: null, coordinatesIgnored: true },
    { lat: null, lon: null, coordinatesIgnored: true },
    { lat: null, lon: null },
  ]);
  for (const n of [0, 1, 4]) expect(events[n]).not.toHaveProperty('coordinatesIgnored');
});

it('of 18 forms of times what is ISO 8601 or counts from 1970 is read, and all else refused with the value', () => {
  const read = reportsOf('25-times.json', 'onu').map((report) =>
    'event' in report ? new Date(report.event.occurredAt).toISOString().slice(11) : report.detail,
  );
  const refused = (value: string, why: string) =>
    expect.stringContaining(`timestamp "${value}" ${why}: expected ISO 8601`) as string;
  expect(read).toEqual([
    '18:04:18.000Z',
    '18:04:18.154Z',
    '15:04:18.018Z',
    '18:04:18.000Z',
    '18:04:18.000Z',
    refused('10/4/2026 6:04:18 PM', 'can be read in two ways'),
    '18:04:18.000Z',
    refused('20261004180418', 'can be read in two ways'),
    refused('04.10.2026 18:04:18', 'can be read in two ways'),
    '18:04:18.000Z',
    '18:04:18.123Z',
    '18:04:18.000Z',
    '18:04:18.000Z',
    '18:04:00.000Z',
    refused('2026-10-04', 'names a day and no time of day'),
    refused('261004180418S', 'can be read in two ways'),
    '18:04:18.018Z',
    refused('2026-10-4 6:04:18', 'can be read in two ways'),
  ]);
});
