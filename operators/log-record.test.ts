import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { arbitraryEvent } from '../test/random-log.js';
import type { OutageCommand, PlacedEvent } from './event.js';
import { decodeLogRecord, encodeCommands, encodeLogRecord } from './log-record.js';

const bytes = (value: string | Uint8Array): Uint8Array =>
  typeof value === 'string' ? new TextEncoder().encode(value) : value;

const note: OutageCommand = {
  command: 'note',
  commandId: 'c1',
  at: 0,
  author: 'ann',
  reason: 'tree on line',
  outageId: '468db2e7-db47-5300-bf9d-1e4404532ee0',
};

const event: PlacedEvent = {
  source: 'kaifa',
  kind: 'outage',
  type: 'last_gasp',
  sourceEventId: 'K-1',
  assetId: 'M1',
  occurredAt: Date.UTC(2026, 9, 4),
  receivedAt: Date.UTC(2026, 9, 4),
  lat: 31.95,
  lon: 35.93,
  dpId: 'T1',
  reach: 'point',
  customerId: 'C1',
  feederCustomers: 0,
  flags: [],
};

describe('a record of the log', () => {
  it('gives back what it was made of, to the last bit', () => {
    const odd = fc.record({
      sourceEventId: fc.string({ minLength: 1, unit: 'grapheme' }),
      assetId: fc.option(fc.string({ unit: 'grapheme' })),
      dpId: fc.option(fc.string()),
      lat: fc.double({ min: -90, max: 90, noNaN: true }),
      flags: fc.uniqueArray(fc.constantFrom('contradictsRegistry', 'coordinatesIgnored', 'reachIgnored')),
    });
    const some = fc.array(fc.tuple(arbitraryEvent(['outage', 'restoration']), odd), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(some, (pairs) => {
        const events = pairs.map(([one, fields]): PlacedEvent => ({ ...one, ...fields }));
        expect(decodeLogRecord(bytes(encodeLogRecord(events)))).toEqual(events);
      }),
    );
  });

  it('holds commands, alone or between events, and may be empty', () => {
    expect(decodeLogRecord(bytes(encodeCommands([note])))).toEqual([note]);
    expect(decodeLogRecord(bytes(encodeLogRecord([event, note, event])))).toEqual([event, note, event]);
    expect(decodeLogRecord(bytes(encodeLogRecord([])))).toEqual([]);
  });

  it('is refused when it is none, or damaged, with a sentence', () => {
    expect(() => decodeLogRecord(null)).toThrow('A record of the log has no value.');
    expect(() => decodeLogRecord(bytes('{"v":1,"entries":"none"}'))).toThrow('holds no entries');
    expect(() => decodeLogRecord(bytes('{"v":3,"entries":[]}'))).toThrow(
      'version 3; this program reads versions 1 and 2',
    );
    const packr = new Packr({ useRecords: false });
    expect(() => decodeLogRecord(packr.pack({ v: 3 }))).toThrow('version 3; this program reads versions 1 and 2');
    expect(() => decodeLogRecord(packr.pack(null))).toThrow('version undefined');
    const columns = packr.unpack(bytes(encodeLogRecord([event, event]))) as object;
    expect(() => decodeLogRecord(packr.pack({ ...columns, count: 3 }))).toThrow(
      'no occurredAt for each of its 3 events',
    );
    expect(() => decodeLogRecord(bytes(encodeLogRecord([event])).subarray(0, 40))).toThrow();
  });
});
