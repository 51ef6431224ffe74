import { describe, expect, it } from 'vitest';
import type { ComparedMember } from '../reconcile/finding.js';
import { Restorations } from './interruption.js';
import { KeyEntries, type StoredEvent } from '../reconcile/stored-entry.js';

const DAY = Date.UTC(2026, 9, 4);
const MINUTE = 60_000;
const UNTIL = DAY + 600 * MINUTE;
const SUSTAINED = { status: 'restored', momentary: false } as const;

/** Minutes from midnight; units beginning with C are customers. */
function event(kind: StoredEvent['kind'], sourceEventId: string, unit: string, min: number): StoredEvent {
  const t = DAY + min * MINUTE;
  return {
    source: 'kaifa',
    assetId: null,
    sourceEventId,
    kind,
    t,
    receivedAt: t,
    unit,
    isCustomer: unit.startsWith('C'),
    reach: 'point',
    feederCustomers: 0,
    log: { partition: 0, offset: min, index: 0 },
  };
}
const out = (id: string, unit: string, min: number): StoredEvent => event('outage', id, unit, min);
const back = (unit: string, min: number): StoredEvent => event('restoration', `B-${unit}-${min}`, unit, min);

function interruption(
  events: readonly StoredEvent[],
  commands: readonly (readonly ['restore' | 'note', string, number])[] = [],
  outage: Parameters<Restorations['interruptionOf']>[0] = SUSTAINED,
) {
  const entries = new KeyEntries();
  for (const one of events) entries.addEvent(one);
  for (const [command, opener, min] of commands)
    entries.addCommand({
      command,
      commandId: command,
      author: 'ann',
      t: DAY + min * MINUTE,
      openedBy: events.find(({ sourceEventId }) => sourceEventId === opener) ?? out(opener, 'C9', 0),
      log: { partition: 0, offset: min, index: 0 },
    });
  const members: ComparedMember[] = events.flatMap(({ kind, source, assetId, sourceEventId, t }) =>
    kind === 'outage' ? [{ source, assetId, sourceEventId, t: new Date(t).toISOString() }] : [],
  );
  return new Restorations(entries).interruptionOf(outage, members, UNTIL);
}

describe('customer-minutes', () => {
  it('count each customer from its first report to its restoration', () => {
    const events = [out('1', 'C1', 0), out('2', 'C1', 2), out('3', 'C2', 10), back('C1', 30), back('C2', 70)];
    expect(interruption(events)).toEqual({ customersInterrupted: 2, customerMinutes: 90 });
  });

  it('leave out the time with supply between two reports', () => {
    const events = [out('1', 'C1', 0), back('C1', 20), out('2', 'C1', 30), back('C1', 50)];
    expect(interruption(events)).toEqual({ customersInterrupted: 1, customerMinutes: 40 });
  });

  it('count up to the end of the range who was never heard of', () => {
    expect(interruption([out('1', 'C1', 590)])).toEqual({ customersInterrupted: 1, customerMinutes: 10 });
    expect(interruption([out('1', 'C1', 610)])).toEqual({ customersInterrupted: 1, customerMinutes: 0 });
  });

  it('do not count what serves no known customer', () => {
    expect(interruption([out('1', 'X', 0)])).toEqual({ customersInterrupted: 0, customerMinutes: 0 });
  });

  it('count all of the feeder while its breaker is open, and then those that report', () => {
    const breaker = { ...out('1', 'X', 0), reach: 'feeder', feederCustomers: 10 } as const;
    const closed = { ...back('X', 20), reach: 'feeder' } as const;
    const events = [breaker, out('2', 'C1', 1), out('3', 'C2', 5), back('C2', 6), closed];
    expect(interruption(events)).toEqual({ customersInterrupted: 10, customerMinutes: 200 });
    const longer = [breaker, out('2', 'C1', 1), back('X', 20), back('C1', 50)];
    expect(interruption(longer)).toEqual({ customersInterrupted: 10, customerMinutes: 9 * 20 + 50 });
  });

  it('end where somebody decided that the outage is over, for whoever had reported by then', () => {
    const events = [out('1', 'C1', 0), out('2', 'C2', 5), out('3', 'C3', 70)];
    const expected = 60 + 55 + (600 - 70);
    expect(interruption(events, [['restore', '2', 60]]).customerMinutes).toBe(expected);
    expect(interruption(events, [['restore', 'of another outage', 60]]).customerMinutes).toBe(600 + 595 + 530);
    expect(interruption(events, [['note', '2', 60]]).customerMinutes).toBe(600 + 595 + 530);
  });

  it('are none of an outage that was momentary or cancelled', () => {
    const none = { customersInterrupted: 0, customerMinutes: 0 };
    const events = [out('1', 'C1', 0), back('C1', 3)];
    expect(interruption(events, [], { status: 'restored', momentary: true })).toEqual(none);
    expect(interruption(events, [], { status: 'cancelled', momentary: false })).toEqual(none);
  });
});
