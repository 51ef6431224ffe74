/** Corrections that press on one corner of the contract each. */
import type { AmendCommand, PlacedEvent } from '../../operators/model/event.js';
import { always, command, joined, outageOf, report, wide, type Corner } from './corner-entries.js';
import { MINUTE, north, START, type LogOf } from './random-log.js';

/** What `amend` says besides the outage and its members. */
type Amendment = Partial<Pick<AmendCommand, 'whole' | 'commandId'>> & { readonly absorbs?: readonly string[] };

/** Amends the outage that a meter's report opened; other outages are named by the report that opened them, too. */
export const amend =
  (opener: string, members: readonly PlacedEvent[], { absorbs = [], ...others }: Amendment = {}): LogOf =>
  (key, before = []) => {
    const idOf = (id: string): string => outageOf(key, id, [...before, ...members]);
    const said = `${opener} ${members.map(({ sourceEventId }) => sourceEventId).join()} ${absorbs.join()}`;
    return [
      {
        command: 'amend',
        commandId: said,
        at: START + 500 * MINUTE,
        author: 'reconcile',
        reason: 'found by reconciliation',
        outageId: idOf(opener),
        members,
        whole: false,
        absorbs: absorbs.map(idOf),
        ...others,
      },
    ];
  };

export const back = (of: string, minute: number): PlacedEvent =>
  report({ id: `r-${of}`, kind: 'restoration', ms: minute * MINUTE, assetId: `M-${of}`, customerId: `C-${of}` });

/** Something far away that happens later: the watermark moves on. */
export const later = (minute: number): PlacedEvent =>
  report({ id: `later-${minute}`, ms: minute * MINUTE, lat: north(4900) });

/** Late events taken in, merges, splits, and what cannot be amended. */
export function amends(): Corner[] {
  const a = report({ id: 'a' });
  const b = report({ id: 'b', ms: 5 * MINUTE, lat: north(1800) });
  const late = report({ id: 'late', ms: -10 * MINUTE, lat: north(900), receivedAt: START + 60 * MINUTE });
  const near = report({ id: 'near', ms: -15 * MINUTE });
  return [
    { name: 'a late event is taken in', log: joined(always(a, late), amend('a', [late]), always(near)) },
    {
      name: 'twice, by one command and by two, and it comes again',
      log: joined(
        always(a, late),
        amend('a', [late, late]),
        amend('a', [late]),
        amend('a', [late], { commandId: 'another' }),
        always(late, a),
      ),
    },
    { name: 'a member is taken in', log: joined(always(a, b), amend('a', [a, b])) },
    {
      name: 'a late event makes two outages one',
      log: joined(
        always(a, b),
        command('crew', 'b', 6, { crew: 'K7' }),
        command('confirm', 'b', 7),
        always(late),
        amend('a', [late], { absorbs: ['b', 'a'] }),
        command('acknowledge', 'b', 8),
        always(report({ id: 'c', ms: 6 * MINUTE, lat: north(2700) })),
      ),
    },
    { name: 'for an outage that merged', log: joined(always(a, b, wide({ id: 'w' })), amend('b', [late])) },
    {
      name: 'one outage is two, and each goes on for itself',
      log: joined(
        always(a, b, wide({ id: 'w', ms: MINUTE }), report({ id: 'c', ms: 4 * MINUTE, lat: north(1000) })),
        amend('a', [a], { whole: true }),
        amend('c', [b, report({ id: 'c', ms: 4 * MINUTE, lat: north(1000) })]),
        always(report({ id: 'd', ms: MINUTE, lat: north(-500) }), report({ id: 'e', ms: MINUTE, lat: north(2500) })),
      ),
    },
    {
      name: 'a split in the wrong order moves nothing',
      log: joined(always(a, report({ id: 'c', ms: MINUTE })), amend('c', [report({ id: 'c', ms: MINUTE })])),
    },
    {
      name: 'all members anew with one that is a member elsewhere',
      log: joined(
        always(a, b),
        amend('a', [a, b], { whole: true }),
        amend('a', [b], { whole: true, commandId: 'b alone' }),
      ),
    },
    {
      name: 'a split outage stays confirmed and keeps its crew',
      log: joined(
        always(report({ id: 'a', source: 'kaifa' }), report({ id: 'c', source: 'call_center', ms: MINUTE })),
        command('crew', 'a', 6, { crew: 'K7' }),
        amend('a', [report({ id: 'c', source: 'call_center', ms: MINUTE })], { whole: true }),
      ),
    },
    {
      name: 'a closed outage is opened again by a member that is out',
      log: joined(always(a), command('close', 'a', 20), always(late), amend('a', [late])),
    },
    {
      name: 'a closed outage stays closed with one that is back',
      log: joined(always(a, back('late', 10)), command('close', 'a', 20), always(late), amend('a', [late])),
    },
    {
      name: 'a restored outage has one more, and both were back',
      log: joined(always(a, back('a', 3), back('late', 2), late), amend('a', [late])),
    },
    {
      name: 'what memory has forgotten is told again',
      log: joined(
        always(a, back('a', 3), back('late', 2), late, later(500)),
        amend('a', [late]),
        amend('a', [report({ id: 'late2', ms: -9 * MINUTE }), back('late', 2)]),
      ),
    },
    {
      name: 'a split outage does not forget that its units were back',
      log: joined(
        always(a, report({ id: 'c', ms: MINUTE }), back('a', 3)),
        command('close', 'a', 20),
        always(later(500)),
        amend('a', [a], { whole: true }),
        amend('c', [report({ id: 'c', ms: MINUTE })]),
      ),
    },
    {
      name: 'what is too old is taken in, and nothing links to it',
      log: joined(
        always(a, later(400)),
        amend('near', [near, report({ id: 'old', ms: 5 * MINUTE, lat: north(1800) })]),
        always(report({ id: 'x', ms: 41 * MINUTE, lat: north(1800) })),
        amend('near', [report({ id: 'y', ms: 20 * MINUTE, lat: north(1800) })]),
        always(report({ id: 'z', ms: 41 * MINUTE, lat: north(1801) })),
        amend('a', [], { absorbs: ['near'] }),
        always(report({ id: 'q', ms: 41 * MINUTE, lat: north(1802) }), later(900)),
        amend('near', [report({ id: 'y', ms: 20 * MINUTE, lat: north(1800) })], { commandId: 'again' }),
      ),
    },
    {
      name: 'settled long ago, cancelled, unknown',
      log: joined(
        always(a, b),
        command('close', 'a', 10),
        command('cancel', 'b', 10),
        amend('b', [late]),
        amend('late', [late], { absorbs: ['b'] }),
        always(report({ id: 'f', ms: 600 * MINUTE, lat: north(4900) })),
        amend('a', [late]),
        amend('a', [a], { whole: true }),
        amend('late', [late], { absorbs: ['a'] }),
        amend('late', [late], { commandId: 'alone' }),
      ),
    },
    {
      name: 'nothing is left, nothing is named',
      log: joined(always(a, back('a', 3)), amend('a', [], { whole: true }), amend('a', [back('a', 3)]), amend('a', [])),
    },
    {
      name: 'suspect clocks and whole substations',
      log: joined(
        always(a),
        amend('a', [
          report({ id: 's', occurredAt: 0, receivedAt: START + MINUTE }),
          wide({ id: 'w', ms: -60 * MINUTE, reach: 'substation', flags: ['placedByHand'] }),
        ]),
        amend('a', [a], { whole: true }),
      ),
    },
    { name: 'before anything else', log: joined(amend('a', [a]), always(near, a)) },
  ];
}
