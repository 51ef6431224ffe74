import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { arbitraryEvent } from '../../test/kit/random-log.js';
import type { LogEntry, OutageCommand, PlacedEvent } from '../model/event.js';
import { readEntry } from './log-entry-shape.js';
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

  it('whose columns hold what cannot be is refused with the field and what it holds', () => {
    const packr = new Packr({ useRecords: false });
    const columns = packr.unpack(bytes(encodeLogRecord([event, { ...event, sourceEventId: 'K-2' }]))) as object;
    const doubles = (...values: number[]): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);
    const decoded = (fields: object): unknown => decodeLogRecord(packr.pack({ ...columns, ...fields }));
    expect(decoded({})).toHaveLength(2);
    for (const [fields, sentence] of [
      [{ receivedAt: doubles(0, 9e15) }, 'has receivedAt 9000000000000000 instead of a time in epoch ms.'],
      [{ occurredAt: doubles(0.5, 0) }, 'has occurredAt 0.5 instead of a time in epoch ms.'],
      [{ lat: doubles(0, NaN) }, 'has lat NaN instead of a latitude.'],
      [{ lon: doubles(-181, 0) }, 'has lon -181 instead of a longitude.'],
      [{ source: 'telex' }, 'has source "telex" instead of one of scada, kaifa, onu, call_center'],
      [{ sourceEventId: ['K-1'] }, 'has no sourceEventId for each of its 2 events.'],
      [{ sourceEventId: ['K-1', null] }, 'has sourceEventId null instead of a text.'],
      [{ feederCustomers: -1 }, 'has feederCustomers -1 instead of a count.'],
      [{ flags: [[2, ['x']]] }, 'has flags a list instead of'],
      [{ count: 0 }, 'has count 0 instead of a count.'],
      [{ count: 1e9 }, 'has no sourceEventId for each of its 1000000000 events.'],
    ] as const)
      expect(() => decoded(fields)).toThrow(`A record of the log ${sentence}`);
  });

  it('whatever its bytes are, is refused with a sentence or holds what its type says', () => {
    const good = fc.constantFrom(bytes(encodeLogRecord([event, event])), bytes(encodeLogRecord([event, note])));
    const cut = fc.tuple(good, fc.nat()).map(([value, at]) => value.subarray(0, at % value.length));
    const bent = fc.tuple(good, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 })).map(([value, places]) => {
      const copy = Uint8Array.from(value);
      for (const [at, byte] of places) copy[at % copy.length] = byte;
      return copy;
    });
    const anything = fc.oneof(
      fc.uint8Array(),
      cut,
      bent,
      fc.json().map(bytes),
      fc.anything().map((one) => pack(one)),
    );
    fc.assert(
      fc.property(anything, (value) => {
        let entries: readonly LogEntry[];
        try {
          entries = decodeLogRecord(value);
        } catch (error) {
          expect((error as Error).message).toMatch(/^A record of the log .*\.$/s);
          return;
        }
        for (const entry of entries) readEntry(entry);
      }),
      { numRuns: 2000 },
    );
  });
});

/** As MessagePack, if it can be. */
function pack(value: unknown): Uint8Array {
  try {
    return new Packr({ useRecords: false }).pack(value);
  } catch {
    return new Uint8Array();
  }
}
