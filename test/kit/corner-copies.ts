/** Logs that press on what tells copies, ties and returns apart. */
import type { PlacedEvent } from '../../operators/model/event.js';
import { PING_REPLY } from '../../operators/model/state-report.js';
import { amend } from './corner-amends.js';
import { always, command, joined, report, wide, type Corner, type Report } from './corner-entries.js';
import { MINUTE, north } from './random-log.js';

const DAY = 1440 * MINUTE;
const M = { assetId: 'M', customerId: 'C' };
const out = (id: string, minute: number, fields: Partial<Report> = {}): PlacedEvent =>
  report({ ...M, id, ms: minute * MINUTE, ...fields });
const back = (id: string, minute: number, fields: Partial<Report> = {}): PlacedEvent =>
  out(id, minute, { kind: 'restoration', ...fields });
const breaker = (id: string, minute: number, fields: Partial<Report> = {}): PlacedEvent =>
  wide({ id, ms: minute * MINUTE, assetId: 'CB', ...fields });
const closing = (id: string, minute: number, fields: Partial<Report> = {}): PlacedEvent =>
  breaker(id, minute, { kind: 'restoration', ...fields });
const far = (id: string, minute: number): PlacedEvent => report({ id, ms: minute * MINUTE, lat: north(4900) });

/** What is heard again under an id that was used. */
function ids(): Corner[] {
  return [
    { name: 'an id of two boxes', log: always(out('1', 0), out('1', 0, { assetId: 'N', lat: north(2700) })) },
    {
      name: 'raised, cleared and raised under one id',
      log: always(out('A', 0), back('A', 20), out('A', 60), back('A', 90), out('A', 60), back('A', 20)),
    },
    {
      name: 'raised and cleared in any order',
      log: always(back('A', 20), out('A', 10), out('A', 60), back('A', 70), out('A', 5), back('A', 8), out('A', 65)),
    },
    {
      name: 'raised, restored by command, raised again',
      log: joined(always(out('A', 0)), command('restore', 'A', 20), always(out('A', 60), out('A', 10))),
    },
    {
      name: 'back by the breaker, and by the meter of the same customer',
      log: always(
        out('A', 0, { source: 'onu', assetId: 'O' }),
        breaker('t', 0.5),
        closing('c', 20),
        out('A', 60, { source: 'onu', assetId: 'O' }),
        back('m', 70),
        out('A', 110, { source: 'onu', assetId: 'O' }),
      ),
    },
    ...[-1, 0, 1].map((off) => ({
      name: `an identity is forgotten, ${off} ms`,
      log: always(out('A', 0), far('f', 360 + off / MINUTE), out('A', 340)),
    })),
    {
      name: 'a late event leaves no identity, and old news stands between nothing',
      log: always(
        out('A', 0, { receivedAt: out('A', 0).occurredAt + 120 * MINUTE }),
        out('A', 125),
        back('z', -15 * 1440, { receivedAt: out('A', 130).occurredAt }),
        out('A', 140),
        back('seven days', 0, { receivedAt: out('A', 0).occurredAt + 7 * DAY }),
        back('and a moment', 126, { receivedAt: out('A', 126).occurredAt + 7 * DAY + 1 }),
      ),
    },
    ...[6, 8].map((days) => ({
      name: `a lost date is told again after ${days} days`,
      log: always(
        out('A', 0, { occurredAt: 9 }),
        back('B', 10),
        far('f', days * 1440),
        out('A', days * 1440, { occurredAt: 9, receivedAt: out('A', days * 1440).occurredAt }),
        out('A', days * 1440 + 1),
        out('A', days * 1440 + 2, { customerId: 'another' }),
      ),
    })),
    {
      name: 'the same event twice, and forgotten in between',
      log: joined(always(out('A', 0)), command('cancel', 'A', 1), always(far('f', 400), out('A', 390), out('A', 391))),
    },
  ];
}

/** Reports of one time. */
function ties(): Corner[] {
  const wides = [breaker('x', 0), closing('y', 0), breaker('x', 0)];
  return [
    { name: 'trip, reclosing and lock-out told alike', log: always(...wides) },
    { name: 'without a device', log: always(...wides.map((event) => ({ ...event, assetId: null }))) },
    {
      name: 'by two devices of one source',
      log: always(breaker('x', 0), closing('y', 0, { assetId: 'T' }), breaker('z', 0, { assetId: 'R' }), out('m', 0)),
    },
    { name: 'the last word is out', log: always(back('r', 0), out('o', 0)) },
    { name: 'the last word is back', log: always(out('o', 0), back('r', 0)) },
    { name: 'another one says back', log: always(back('r', 0, { source: 'onu', assetId: 'O' }), out('o', 0)) },
    { name: 'a command says back', log: joined(always(out('p', -1)), command('restore', 'p', 0), always(out('o', 0))) },
    {
      name: 'two substation reports of one time, merged: the earlier on the log names the incident',
      log: always(
        wide({ id: 'b', ms: 0, assetId: 'T1', reach: 'substation' }),
        back('r', -60),
        wide({ id: 'a', ms: 0, assetId: 'T2', reach: 'substation' }),
      ),
    },
  ];
}

/** Whom a breaker that closes brings back. */
function closings(): Corner[] {
  const fuse = out('f', 0);
  const trip = breaker('t', 60);
  return [
    ...[-1, 0].map((off) => ({
      name: `5 min before the trip, ${off} ms`,
      log: always(out('m', 55 + off / MINUTE), trip, closing('c', 80), out('n', 55 + off / MINUTE, { assetId: 'N' })),
    })),
    {
      name: 'not who was out before',
      log: always(fuse, trip, out('g', 60, { assetId: 'N', customerId: 'D' }), closing('c', 80)),
    },
    {
      name: 'one reporter before and after, in one outage',
      log: always(out('g', 40), out('h', 59), trip, closing('c', 80), back('r', 50), closing('d', 90)),
    },
    { name: 'everybody, if nobody told the trip', log: always(fuse, closing('c', 80)) },
    { name: 'told twice', log: always(fuse, trip, closing('c', 80), closing('d', 80), closing('e', 81)) },
    { name: 'before its trip', log: always(fuse, closing('c', 80), trip, closing('d', 70), breaker('u', 75)) },
    {
      name: 'the first of several trips counts, and remembered it is for who comes late',
      log: always(breaker('s', 50), trip, closing('c', 80), out('l', 46), out('m', 44), out('n', 81)),
    },
    {
      name: 'told again by an amend',
      log: joined(always(fuse, trip, closing('c', 80), far('x', 500)), amend('f', [closing('c', 80)])),
    },
  ];
}

/** Who calls again, and who answers. */
function states(): Corner[] {
  const call = (id: string, minute: number, fields: Partial<Report> = {}): PlacedEvent =>
    out(id, minute, { source: 'call_center', assetId: 'C', ...fields });
  const ping = (id: string, minute: number): PlacedEvent => out(id, minute, { type: PING_REPLY });
  return [
    { name: 'a second call', log: always(call('1', 0), call('2', 45), call('3', 400), call('4', 761)) },
    { name: 'a ping', log: always(out('1', 0), ping('2', 60), out('3', 120), ping('4', 130)) },
    ...[-1, 0, 1].map((off) => ({
      name: `a call after the retention, ${off} ms`,
      log: always(out('1', 0), call('2', 360 + off / MINUTE)),
    })),
    {
      name: 'a call within a feeder outage',
      log: always(breaker('t', 0), call('2', 45, { customerId: 'D', lat: north(4000) })),
    },
    {
      name: 'what came late is found by the call',
      log: always(call('2', 45), call('3', 47, { customerId: 'D', lat: north(4000) }), out('1', 10), breaker('t', 9)),
    },
    { name: 'a call after the return', log: always(call('1', 0), back('r', 30), call('2', 30), call('3', 31)) },
    {
      name: 'a call merges two outages of its unit',
      log: joined(
        always(out('1', 0), out('2', 50), call('3', 100), back('r', 60), call('4', 150)),
        command('close', '1', 160),
        always(call('5', 140)),
      ),
    },
    {
      name: 'a call, and rule sets of another retention',
      log: joined(always(out('1', 0)), command('cancel', '1', 1), always(call('2', 45), far('f', 500), call('3', 470))),
    },
  ];
}

/** Who had no customer when he reported. */
function customers(): Corner[] {
  const nobody = { customerId: null };
  return [
    { name: 'no customer was known yet', log: always(out('1', 0, nobody), back('2', 10)) },
    { name: 'no customer is known any more', log: always(back('2', 10), out('1', 0, nobody), out('3', 10, nobody)) },
    {
      name: 'copies of who had no customer',
      log: always(out('1', 0, nobody), back('2', 10), out('1', 20, nobody), out('1', 5, nobody), out('1', 10, nobody)),
    },
  ];
}

export function copies(): Corner[] {
  return [...ids(), ...ties(), ...closings(), ...states(), ...customers()];
}
