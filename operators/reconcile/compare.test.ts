import { describe, expect, it } from 'vitest';
import { findings } from './compare.js';
import type { Cause, ComparedMember, ComparedOutage, Finding, Order } from './finding.js';
import { durationText } from './sentence.js';

const DAY = '2026-10-04T';

/** Members by their ids, each a minute after the other; `K-1@10:30` says when. */
function membersOf(ids: string): ComparedMember[] {
  return ids.split(' ').map((text, i) => {
    const [sourceEventId, at = `10:${String(i).padStart(2, '0')}`] = text.split('@') as [string, string?];
    return { source: 'kaifa', assetId: null, sourceEventId, t: `${DAY}${at}:00.000Z` };
  });
}

function outage(outageId: string, ids: string, fields: Partial<ComparedOutage> = {}): ComparedOutage {
  const members = membersOf(ids);
  return {
    outageId,
    substationId: 'S2',
    feederId: 'S2-F1',
    status: 'confirmed',
    confidence: 0.8,
    severity: 'low',
    firstDetectedAt: members[0]!.t,
    lastEventAt: members.at(-1)!.t,
    restoredAt: null,
    customersAffected: members.length,
    customersOut: members.length,
    assetsAffected: members.length,
    assetsOut: members.length,
    incidentId: null,
    ruleSet: 'standard',
    flags: [],
    crew: [],
    acknowledgedBy: [],
    etr: null,
    customersInterrupted: members.length,
    customerMinutes: 10 * members.length,
    members,
    ...fields,
  };
}

const late: Cause = {
  name: 'kaifa/K-9',
  event: { source: 'kaifa', sourceEventId: 'K-9', kind: 'outage' },
  commandId: null,
  t: `${DAY}10:00:00.000Z`,
  receivedAt: `${DAY}10:42:00.000Z`,
  reason: 'receivedTooLate',
  byMs: 42 * 60_000,
  says: 'came 42 min late',
  log: { partition: 0, offset: 7, index: 0 },
};

const compare = (
  stream: readonly ComparedOutage[],
  replay: readonly ComparedOutage[],
  causes: readonly Cause[] = [],
  order: Order = 'event-time',
): Finding[] => findings(stream, replay, order, () => causes);

/** The one finding that there must be. */
function only(found: readonly Finding[]): Finding {
  expect(found).toHaveLength(1);
  expect(JSON.parse(JSON.stringify(found[0]))).toEqual(found[0]);
  return found[0]!;
}

describe('outages are compared by their members', () => {
  it('agree under other ids, in whatever order they come', () => {
    const stream = [outage('aaaa', 'K-1 K-2'), outage('bbbb', 'K-3@12:00')];
    const replay = [
      outage('cccc', 'K-3@12:00'),
      { ...outage('dddd', 'K-1 K-2'), members: membersOf('K-1 K-2').reverse() },
    ];
    expect(compare(stream, replay)).toEqual([]);
  });

  it('are missing where the stream has none of the members in an outage', () => {
    const found = only(compare([], [outage('cccc', 'K-9')], [late]));
    expect(found).toMatchObject({ kind: 'missing', added: membersOf('K-9'), removed: [] });
    expect(found.sentence).toBe(
      'kaifa/K-9 came 42 min late; with it, there is an outage of S2/S2-F1 that the stream does not have: ' +
        '1 customer from 2026-10-04T10:00:00.000Z on.',
    );
  });

  it('are extra where the replay has none of them', () => {
    const found = only(compare([outage('aaaa1111-2', 'K-1 K-2')], []));
    expect(found).toMatchObject({ kind: 'extra', removed: membersOf('K-1 K-2') });
    expect(found.sentence).toBe(
      'Outage aaaa1111 of S2/S2-F1 has no counterpart: none of its 2 events is in an outage of the replay.',
    );
  });

  it('merged: what the stream kept as several is one', () => {
    const replay = [outage('aaaa', 'K-1 K-2 K-9@10:30 K-3@10:59')];
    const found = only(compare([outage('bbbb', 'K-3@10:59'), outage('aaaa', 'K-1 K-2')], replay, [late]));
    expect(found).toMatchObject({ kind: 'merged', added: membersOf('K-9@10:30'), removed: [], changes: [] });
    expect(found.stream.map(({ outageId }) => outageId)).toEqual(['aaaa', 'bbbb']);
    expect(found.sentence).toBe('kaifa/K-9 came 42 min late; with it, outages aaaa and bbbb of S2/S2-F1 are one.');
  });

  it('split: what the stream kept as one is several', () => {
    const replay = [outage('aaaa', 'K-1'), outage('bbbb', 'K-2@10:01')];
    const taken = { ...late, reason: 'takenAfter', says: 'was taken after kaifa/K-2, which happened later' } as const;
    const found = only(compare([outage('aaaa', 'K-1 K-2')], replay, [taken]));
    expect(found.kind).toBe('split');
    expect(found.sentence).toBe(
      'kaifa/K-9 was taken after kaifa/K-2, which happened later; outage aaaa of S2/S2-F1 is 2 outages.',
    );
  });

  it('regrouped: several are several, otherwise divided', () => {
    const stream = [outage('aaaa', 'K-1 K-2'), outage('bbbb', 'K-3@10:02 K-4@10:03')];
    const replay = [outage('aaaa', 'K-1'), outage('cccc', 'K-2@10:01 K-3@10:02 K-4@10:03')];
    expect(only(compare(stream, replay)).sentence).toBe(
      'The events of outages aaaa and bbbb of S2/S2-F1 divide into 2 other outages.',
    );
  });

  it('members: a late event belongs to an outage that was there', () => {
    const replay = [outage('aaaa', 'K-9 K-1@10:01', { confidence: 0.96, status: 'confirmed' })];
    const found = only(compare([outage('aaaa', 'K-1@10:01', { status: 'detected' })], replay, [late, late]));
    expect(found).toMatchObject({ kind: 'members', added: membersOf('K-9') });
    expect(found.sentence).toBe(
      'kaifa/K-9 came 42 min late, and 1 more like it; with them, outage aaaa of S2/S2-F1 has 1 member more ' +
        '(status detected -> confirmed, confidence 0.8 -> 0.96, customers 1 -> 2).',
    );
  });
});

describe('outages with the same members differ in', () => {
  const differing = (fields: Partial<ComparedOutage>): Finding =>
    only(compare([outage('aaaa', 'K-1')], [outage('aaaa', 'K-1', fields)]));

  it('status, times, confidence or counts, of which the first names the finding', () => {
    expect(differing({ customersOut: 0 }).kind).toBe('counts');
    expect(differing({ customersOut: 0, confidence: 0.9 }).kind).toBe('confidence');
    expect(differing({ confidence: 0.9, restoredAt: `${DAY}11:00:00.000Z` }).kind).toBe('times');
    const found = differing({ status: 'restored', confidence: 0.9, restoredAt: `${DAY}11:00:00.000Z` });
    expect(found.changes).toEqual([
      { field: 'status', stream: 'confirmed', replay: 'restored' },
      { field: 'restoredAt', stream: null, replay: '2026-10-04T11:00:00.000Z' },
      { field: 'confidence', stream: 0.8, replay: 0.9 },
    ]);
    expect(found).toMatchObject({ kind: 'status' });
    expect(found.sentence).toBe(
      'Outage aaaa of S2/S2-F1 is restored, not confirmed, was restored at 2026-10-04T11:00:00.000Z, not none, ' +
        'has confidence 0.9, not 0.8.',
    );
  });

  it('the rest of the record in log order only: in event-time order another event may open an outage', () => {
    const pair = [[outage('aaaa', 'K-1')], [outage('bbbb', 'K-1', { flags: ['clockSuspect'] })]] as const;
    expect(compare(...pair)).toEqual([]);
    expect(only(compare(...pair, [], 'log'))).toMatchObject({
      kind: 'record',
      changes: [
        { field: 'outageId', stream: 'aaaa', replay: 'bbbb' },
        { field: 'flags', stream: '', replay: 'clockSuspect' },
      ],
    });
  });

  it('nothing if crews are named in another order', () => {
    const pair = [{ crew: ['K7', 'K8'] }, { crew: ['K8', 'K7'] }].map((fields) => [outage('aaaa', 'K-1', fields)]);
    expect(compare(pair[0]!, pair[1]!, [], 'log')).toEqual([]);
  });
});

describe('an id that a source uses again', () => {
  it('does not tie the outages of two events together', () => {
    const [first, second] = [outage('aaaa', 'K-1@10:00'), outage('bbbb', 'K-1@22:00')];
    expect(compare([first, second], [second, first])).toEqual([]);
    expect(only(compare([first], [first, second]))).toMatchObject({ kind: 'missing', added: second.members });
  });

  it('is the same event if one of the engines counts it at another time', () => {
    const found = only(compare([outage('aaaa', 'K-1@10:00')], [outage('aaaa', 'K-1@10:05')]));
    expect(found).toMatchObject({ kind: 'times', added: [], removed: [] });
  });
});

describe('a finding', () => {
  it('sums what customers were without, and says what changes', () => {
    const stream = [
      outage('aaaa', 'K-1', { customerMinutes: 0.1 }),
      outage('bbbb', 'K-2@10:01', { customerMinutes: 0.2 }),
    ];
    const { customerMinutes, customersInterrupted } = only(compare(stream, [outage('aaaa', 'K-1 K-2')]));
    expect(customerMinutes).toEqual({ stream: 0.3, replay: 20, change: 19.7 });
    expect(customersInterrupted).toEqual({ stream: 2, replay: 2, change: 0 });
  });

  it('has the same id when it is found again, and another if it says something else', () => {
    const find = (id: string) =>
      only(compare([outage('aaaa', 'K-1')], [outage('bbbb', id)].slice(0, id === '' ? 0 : 1)));
    expect(find('K-1@10:01').findingId).toBe(find('K-1@10:01').findingId);
    expect(find('K-1@10:01').findingId).not.toBe(find('K-1@10:02').findingId);
  });
});

it.each([
  [800, '1 s'],
  [42 * 60_000, '42 min'],
  [60 * 60_000, '1 h'],
  [185 * 60_000, '3 h 5 min'],
  [1439.6 * 60_000, '1 d'],
  [52 * 3_600_000, '2 d 4 h'],
])('%i ms are said as %s', (ms, text) => expect(durationText(ms)).toBe(text));
