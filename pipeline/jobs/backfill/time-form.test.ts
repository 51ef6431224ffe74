import { describe, expect, it } from 'vitest';
import { readTimeForm } from './time-form.js';

/** As ISO 8601 without a zone; null if it is no time of that form. */
function read(form: string, text: string): string | null {
  const local = readTimeForm(form)!(text);
  if (!local) return null;
  const { year, month, day, hour, minute, second, ms } = local;
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms)).toISOString().slice(0, -1);
}

const US = 'MM/DD/YYYY hh:mm:ss a';

describe('a form says what stands where', () => {
  it.each([
    [US, '10/04/2025 06:04:18 PM', '2025-10-04T18:04:18.000'],
    [US, '10/4/2025 6:04:18 pm', '2025-10-04T18:04:18.000'],
    [US, '10/4/2025 6:04:18 AM', '2025-10-04T06:04:18.000'],
    [US, '10/4/2025 12:00:00 AM', '2025-10-04T00:00:00.000'],
    [US, '10/4/2025 12:00:00 PM', '2025-10-04T12:00:00.000'],
    [US, '10/4/2025  6:04:18.155 p.m.', '2025-10-04T18:04:18.155'],
    [US, '10/4/2025 6:04:18\u202FPM', '2025-10-04T18:04:18.000'],
    [US, '10/4/2025 6:04:18PM', '2025-10-04T18:04:18.000'],
    ['DD.MM.YYYY HH:mm', '04.10.2025 18:04', '2025-10-04T18:04:00.000'],
    ['DD/MM/YYYY HH:mm:ss', '4/10/2025 18:04:18', '2025-10-04T18:04:18.000'],
    ['M/D/YY H:mm', '10/4/25 18:04', '2025-10-04T18:04:00.000'],
    ['DD-MMM-YY hh.mm.ss.SSS A', '04-OCT-25 06.04.18.018000000 PM', '2025-10-04T18:04:18.018'],
    ['DD MMM YYYY HH:mm', '4 October 2025 18:04', '2025-10-04T18:04:00.000'],
    ['YYYYMMDDHHmmss', '20251004180418', '2025-10-04T18:04:18.000'],
    ['YYYY-MM-DDTHH:mm', '2025-10-04T18:04', '2025-10-04T18:04:00.000'],
    ['MM/DD/YYYY (HH:mm)', '02/29/2024 (23:59)', '2024-02-29T23:59:00.000'],
  ])('%s: %j', (form, text, time) => {
    expect(read(form, text)).toBe(time);
  });

  it.each([
    [US, '2025-10-04 18:04:18'],
    [US, '24/10/2025 06:04:18 PM'],
    [US, '02/29/2025 06:04:18 PM'],
    [US, '10/04/2025 18:04:18 PM'],
    [US, '10/04/2025 00:04:18 AM'],
    [US, '10/04/2025 06:04:18'],
    [US, '10/04/2025 06:60:18 PM'],
    [US, '10/04/25 06:04:18 PM'],
    [US, ''],
    ['DD MMM YYYY HH:mm', '4 Okto 2025 18:04'],
    ['DD/MM/YYYY HH:mm', '31/04/2025 18:04'],
    ['DD/MM/YYYY HH:mm', '00/04/2025 18:04'],
    ['DD/MM/YYYY HH:mm', '01/00/2025 18:04'],
    ['DD/MM/YYYY HH:mm', '01/04/2025 24:00'],
    ['YYYYMMDDHHmmss', '2025100418418'],
  ])('%s: %j is none', (form, text) => {
    expect(read(form, text)).toBeNull();
  });
});

it.each([
  'us',
  '',
  'MM/DD/YYYY',
  'hh:mm a',
  'MM/DD/YYYY hh:mm',
  'MM/DD/YYYY HH:mm a',
  'MM/DD/YYYY HH:mm DD',
  'MM/DD/YYYY HH:mm zzz',
  'dd/mm/yyyy HH:mm',
  'constructor',
])('%j is no form', (form) => {
  expect(readTimeForm(form)).toBeNull();
});
