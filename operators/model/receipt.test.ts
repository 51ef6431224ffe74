import { describe, expect, it } from 'vitest';
import type { ReportedEvent } from './event.js';
import { decodeLogRecord, encodeLogRecord } from '../log/log-record.js';
import { EMPTY_NETWORK } from '../network/network.js';
import { normalise } from '../normalise/normalise.js';
import { place } from '../place/place.js';
import { receiptOf, type Append } from './receipt.js';
import { Registry } from '../network/registry.js';
import { UTC } from './time-zone.js';

const DAY_MS = 86_400_000;
const APPENDED = Date.UTC(2026, 9, 4, 18, 5);
const iso = (t: number): string => new Date(t).toISOString();

const registry = Registry.of({
  ...EMPTY_NETWORK,
  substations: [{ substationId: 'S1', name: 'S1', lat: 46, lon: -119, voltageKv: null }],
  feeders: [{ feederId: 'F1', substationId: 'S1', name: 'F1', lat: 46, lon: -119 }],
});

/** What a report says of its receipt, each in one of the three places where it may stand. */
const TELLERS: Readonly<Record<string, (toldMs: number, append?: Append) => ReportedEvent>> = {
  header: (toldMs, append) => read(toldMs, onu, append),
  envelope: (toldMs, append) => read(APPENDED, { event: onu, processed_at: iso(toldMs) }, append),
  'canonical event': (toldMs, append) => read(APPENDED, { ...canonical, receivedAt: iso(toldMs) }, append),
  'canonical event in an envelope': (toldMs, append) =>
    read(APPENDED, { event: { ...canonical, receivedAt: iso(toldMs) }, processed_at: iso(APPENDED - 1) }, append),
};

const onu = { type: 'ONU_LastGaspAlert', onuId: 'O1', eventId: 'E1', timestamp: iso(APPENDED - 60_000) };
const canonical = { source: 'scada', kind: 'outage', type: 'trip', sourceEventId: 'E1', feederId: 'F1', occurredAt: iso(APPENDED - 60_000) }; // prettier-ignore

function read(receivedAt: number, body: object, append: Append = { atMs: APPENDED, isHistory: false }): ReportedEvent {
  const value = new TextEncoder().encode(JSON.stringify(body));
  const [report] = normalise('onu', value, { receivedAt, zone: UTC, append });
  expect(report).toHaveProperty('event');
  return (report as { event: ReportedEvent }).event;
}

const YEAR_9999 = Date.UTC(9999, 11, 31, 23, 59, 59);

describe.each(Object.entries(TELLERS))('the time of receipt that a %s tells', (_, tell) => {
  it.each([
    ['that of the append', APPENDED],
    ['an hour before', APPENDED - 3_600_000],
    ['400 days before', APPENDED - 400 * DAY_MS],
  ])('counts if it is %s', (_what, told) => {
    const event = tell(told);
    expect(event.receivedAt).toBe(told);
    expect(event).not.toHaveProperty('receiptFlag');
  });

  it.each([1, 5000])('gives way to the append without a word if it is %d ms ahead', (aheadMs) => {
    const event = tell(APPENDED + aheadMs);
    expect(event.receivedAt).toBe(APPENDED);
    expect(event).not.toHaveProperty('receiptFlag');
  });

  it.each([
    ['5001 ms ahead', APPENDED + 5001, 'receiptAhead'],
    ['2 days ahead', APPENDED + 2 * DAY_MS, 'receiptAhead'],
    ['at the end of the year 9999', YEAR_9999, 'receiptAhead'],
    ['401 days behind', APPENDED - 401 * DAY_MS, 'receiptLost'],
    ['in 1970', 0, 'receiptLost'],
  ])('gives way to the append with a flag if it is %s', (_what, told, receiptFlag) => {
    expect(tell(told)).toMatchObject({ receivedAt: APPENDED, receiptFlag });
  });

  it('may lie at any time before, but not after, if it is history', () => {
    const history = { atMs: APPENDED, isHistory: true };
    expect(tell(0, history).receivedAt).toBe(0);
    expect(tell(0, history)).not.toHaveProperty('receiptFlag');
    expect(tell(YEAR_9999, history)).toMatchObject({ receivedAt: APPENDED, receiptFlag: 'receiptAhead' });
  });
});

it('where nothing was appended the time told counts, whatever it is', () => {
  const value = new TextEncoder().encode(JSON.stringify({ ...canonical, receivedAt: iso(YEAR_9999) }));
  for (const reading of [{}, { append: null }]) {
    const [report] = normalise('kaifa', value, { receivedAt: APPENDED, zone: UTC, ...reading });
    expect(report).toMatchObject({ event: { receivedAt: YEAR_9999 } });
  }
});

it('a time that is no number of a clock gives way to the append', () => {
  const append = { atMs: APPENDED, isHistory: false };
  expect([Infinity, -Infinity, 1e300, -1].map((told) => receiptOf(told, append))).toEqual(Array(4).fill(APPENDED));
});

it('the flag stands on the log, and survives being set aside unplaced', () => {
  const event = read(APPENDED, { ...canonical, receivedAt: iso(YEAR_9999) });
  const placed = place(event, registry);
  if (!Array.isArray(placed)) throw new Error('not placed');
  const written = encodeLogRecord(placed.map((one) => one.event));
  const onLog = decodeLogRecord(typeof written === 'string' ? new TextEncoder().encode(written) : written);
  expect(onLog).toMatchObject([{ receivedAt: APPENDED, flags: ['receiptAhead'] }]);
  const again = read(APPENDED, { ...event, occurredAt: iso(event.occurredAt), receivedAt: iso(event.receivedAt) });
  expect(again).toMatchObject({ receivedAt: APPENDED, receiptFlag: 'receiptAhead' });
});
