import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { always, command, joined, outageOf, report, rules, wide } from '../../test/kit/corner-entries.js';
import { amend, back, later } from '../../test/kit/corner-amends.js';
import { arbitraryLog, MINUTE, north, START, type LogOf } from '../../test/kit/random-log.js';
import { isCommand, type LogEntry } from '../model/event.js';
import { GIVEN_RULE_SETS } from '../model/rules.js';
import type { OutageRecord } from '../model/outage.js';
import { Correlator } from './correlate.js';
import type { EvidenceRecord, Outcome } from '../model/outcome.js';

const KEY = { substationId: 'S', feederId: 'F' };

/** What a log comes to. A state that is restored from its snapshot before each entry must come to the same. */
class Run {
  readonly outages = new Map<string, OutageRecord>();
  readonly evidence: EvidenceRecord[] = [];
  readonly rejected: string[] = [];
  readonly #entries: readonly LogEntry[];

  constructor(log: LogOf) {
    this.#entries = log(KEY);
    const steady = new Correlator();
    let restarted = new Correlator();
    this.#entries.forEach((entry, offset) => {
      const outcome = steady.apply(KEY, [entry], { partition: 0, offset });
      expect(restarted.apply(KEY, [entry], { partition: 0, offset })).toEqual(outcome);
      const bytes = restarted.encode('S/F')!;
      restarted = new Correlator();
      restarted.restore('S/F', bytes);
      this.#keep(outcome);
    });
  }

  #keep({ outages, evidence, rejected }: Outcome): void {
    for (const outage of outages) this.outages.set(outage.outageId, outage);
    this.evidence.push(...evidence);
    this.rejected.push(...rejected.map(({ reason }) => reason));
  }

  idOf(opener: string): string {
    const events = this.#entries.flatMap((entry) =>
      isCommand(entry) ? (entry.command === 'amend' ? entry.members : []) : [entry],
    );
    return outageOf(KEY, opener, events);
  }

  outage(opener: string): OutageRecord {
    return this.outages.get(this.idOf(opener))!;
  }

  timeline(opener: string): string[] {
    return this.evidence
      .filter(({ outageId }) => outageId === this.idOf(opener))
      .flatMap(({ timeline }) => timeline.map(({ what, from, to }) => [what, from, to].filter(Boolean).join(' ')));
  }
}

const run = (...logs: readonly LogOf[]): Run => new Run(joined(...logs));

const a = report({ id: 'a' });
const late = report({ id: 'late', ms: -10 * MINUTE, lat: north(900), receivedAt: START + 60 * MINUTE });

it('leaves a state that goes on the same when it is restored, whatever came before', () => {
  fc.assert(
    fc.property(arbitraryLog, (log) => void new Run(log)),
    { numRuns: 150 },
  );
});

it('leaves a state that remembers as long as a rule set wanted that gave way to another of the same start', () => {
  const { standard } = GIVEN_RULE_SETS;
  const long = { ...standard, name: 'long', retentionMs: 2 * standard.retentionMs };
  const once = command('confirm', 'unheard of', 0);
  const later = report({ id: 'later', ms: standard.retentionMs + 60 * MINUTE });
  const { rejected } = run(always(rules(long, 0, 'long'), rules(standard, 0)), once, always(later), once);
  expect(rejected).toEqual(['unknownOutage']);
});

describe('an amend', () => {
  it('takes a late event in, as if it had come in time', () => {
    const found = run(always(a, late), amend('a', [late]));
    expect(found.outage('a')).toMatchObject({
      events: 2,
      confidence: 0.96,
      firstDetectedAt: new Date(START - 10 * MINUTE).toISOString(),
      openedBy: { sourceEventId: 'a' },
    });
    expect(found.evidence.at(-1)).toMatchObject({
      members: [{ sourceEventId: 'late', t: START - 10 * MINUTE, link: null, nth: 1 }],
      timeline: [{ what: 'amend', from: '1', to: '2', by: 'reconcile', reason: 'found by reconciliation' }],
    });
  });

  it('changes nothing when its events are members, however often it comes', () => {
    const found = run(always(a), amend('a', [late]), amend('a', [late]), amend('a', [late, a], { commandId: 'other' }));
    expect(found.outage('a')).toMatchObject({ events: 2, revision: 2 });
  });

  it('makes a later copy of its events a second copy', () => {
    const found = run(always(a), amend('a', [late]), always({ ...late, receivedAt: late.occurredAt }));
    expect(found.evidence.at(-1)!.duplicates).toMatchObject([{ sourceEventId: 'late' }]);
  });

  it('merges outages without a loss', () => {
    const b = report({ id: 'b', ms: 5 * MINUTE, lat: north(1800) });
    const found = run(
      always(a, b),
      command('crew', 'a', 5, { crew: 'K1' }),
      command('crew', 'b', 6, { crew: 'K7' }),
      command('acknowledge', 'b', 6),
      amend('a', [late], { absorbs: ['b'] }),
    );
    expect(found.outage('a')).toMatchObject({ events: 3, crew: ['K1', 'K7'], acknowledgedBy: ['ann'] });
    expect(found.outage('b')).toMatchObject({ status: 'merged', mergedInto: found.idOf('a'), events: 0 });
  });

  it('makes two outages of one, each of which goes on for itself', () => {
    const b = report({ id: 'b', ms: MINUTE, lat: north(800) });
    const found = run(
      always(a, b, report({ id: 'c', ms: 2 * MINUTE, lat: north(1600) })),
      amend('a', [a], { whole: true }),
      amend('b', [b, report({ id: 'c', ms: 2 * MINUTE, lat: north(1600) })]),
      always(
        report({ id: 'd', ms: 3 * MINUTE, lat: north(2400) }),
        report({ id: 'e', ms: 4 * MINUTE, lat: north(-900) }),
      ),
    );
    expect(found.outage('a')).toMatchObject({ events: 2, customersAffected: 2 });
    expect(found.outage('b')).toMatchObject({ events: 3, customersAffected: 3 });
    expect(found.evidence.find(({ restated }) => restated)).toMatchObject({
      outageId: found.idOf('a'),
      restated: { logIndex: 0, outageIds: [found.idOf('a')] },
      members: [{ sourceEventId: 'a' }],
    });
  });

  it('moves no event that is a member of another outage', () => {
    const b = report({ id: 'b', lat: north(3000) });
    const found = run(always(a, b), amend('a', [b]), amend('a', [b], { whole: true, commandId: 'whole' }));
    expect(found.outage('a')).toMatchObject({ events: 1, revision: 1 });
    expect(found.rejected).toEqual(['noMembers']);
  });

  it('opens a closed outage again only with a member that is out', () => {
    const closed = joined(always(a), command('close', 'a', 20));
    expect(run(closed, amend('a', [late])).outage('a')).toMatchObject({
      status: 'partially_restored',
      flags: ['reopened'],
    });
    expect(run(always(back('late', 10)), closed, amend('a', [late])).outage('a')).toMatchObject({
      status: 'closed',
      flags: [],
    });
  });

  it('tells restorations again that memory has forgotten', () => {
    const old = always(a, back('a', 3), back('late', 2), later(500));
    expect(run(old, amend('a', [late])).outage('a').status).toBe('partially_restored');
    expect(run(old, amend('a', [late, back('late', 2)])).outage('a')).toMatchObject({
      status: 'restored',
      momentary: false,
    });
  });

  it('keeps what an outage knows of its units being back', () => {
    const found = run(
      always(a, report({ id: 'c', ms: MINUTE }), back('a', 3), back('c', 4), later(500)),
      amend('a', [a], { whole: true }),
    );
    expect(found.outage('a')).toMatchObject({
      status: 'restored',
      restoredAt: new Date(START + 3 * MINUTE).toISOString(),
    });
  });

  it('opens an outage that nobody has, whose members nothing links to if they are too old', () => {
    const old = report({ id: 'old', ms: 5 * MINUTE });
    const found = run(always(later(400)), amend('old', [old]), always(report({ id: 'x', ms: 40 * MINUTE })));
    expect(found.outage('old')).toMatchObject({ events: 1, openedBy: { sourceEventId: 'old' } });
    expect(found.timeline('old')).toEqual(['opened', 'amend 0 1', 'status detected confirmed']);
    expect(found.outage('x').events).toBe(1);
  });

  it('goes to the survivor of an outage that merged', () => {
    const found = run(always(a, report({ id: 'b', lat: north(1800) }), wide({ id: 'w' })), amend('b', [late]));
    const survivor = [...found.outages.values()].find(({ mergedInto }) => mergedInto === null)!;
    expect(survivor.events).toBe(4);
  });

  it('is rejected, all of it, where an outage is unknown, settled or cancelled', () => {
    const settled = joined(always(a), command('close', 'a', 10), always(later(600)));
    expect(run(settled, amend('a', [late])).rejected).toEqual(['unknownOutage']);
    expect(run(settled, amend('a', [a], { whole: true })).rejected).toEqual(['unknownOutage']);
    const absorbing = run(settled, amend('late', [late], { absorbs: ['a'] }));
    expect(absorbing.rejected).toEqual(['unknownOutage']);
    expect(absorbing.outages.has(absorbing.idOf('late'))).toBe(false);
    expect(run(always(a), command('cancel', 'a', 1), amend('a', [late])).rejected).toEqual(['cancelledOutage']);
  });
});
