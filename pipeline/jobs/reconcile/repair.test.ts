import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { report } from '../../../test/kit/corner-entries.js';
import { arbitraryReport, MINUTE, north, START } from '../../../test/kit/random-log.js';
import { Correlator } from '../../../operators/correlate/correlate.js';
import { Memberships } from '../../../operators/correlate/memberships.js';
import {
  isCommand,
  type AmendCommand,
  type LogEntry,
  type OutageCommand,
  type PlacedEvent,
} from '../../../operators/model/event.js';
import { outageIdOf } from '../../../operators/model/identity.js';
import type { OutageRecord } from '../../../operators/model/outage.js';
import { isClockSuspect, timeOf } from '../../../operators/model/time.js';
import { findings } from '../../../operators/reconcile/compare.js';
import type { ComparedMember, ComparedOutage, Finding } from '../../../operators/reconcile/finding.js';
import { firstSince } from './repair-basis.js';
import { mayHaveLeft, MEMBERS_PER_AMEND, repairOf, type RepairBasis } from '../../../operators/reconcile/repair.js';
import { memberKey } from '../../../operators/reconcile/stored-entry.js';

const KEY = { substationId: 'S', feederId: 'F' };
const REPAIRER = { author: 'ann', reason: null, at: START + 2000 * MINUTE };

const a = report({ id: 'a' });
const late = report({ id: 'late', ms: -10 * MINUTE, lat: north(900), receivedAt: START + 60 * MINUTE });
const idOf = (event: PlacedEvent): string => outageIdOf(KEY, event, timeOf(event));

/** An engine that goes on where it was, and the outages that it has. */
class Engine {
  readonly #correlator = new Correlator();
  readonly records = new Map<string, OutageRecord>();
  readonly #members = new Memberships<ComparedMember>(({ source, sourceEventId, assetId = null, t }) => ({
    source,
    assetId,
    sourceEventId,
    t: new Date(t).toISOString(),
  }));
  readonly rejected: string[] = [];
  #offset = 0;

  take(entries: readonly LogEntry[]): this {
    for (const entry of entries) {
      const outcome = this.#correlator.apply(KEY, [entry], { partition: 0, offset: this.#offset++ });
      for (const outage of outcome.outages) this.records.set(outage.outageId, outage);
      this.#members.take(outcome.evidence);
      this.rejected.push(...outcome.rejected.map(({ reason }) => reason));
    }
    return this;
  }

  get outages(): ComparedOutage[] {
    return [...this.records.values()]
      .filter(({ mergedInto }) => mergedInto === null)
      .map((record) => ({
        ...record,
        customersInterrupted: 0,
        customerMinutes: 0,
        members: this.#members.of(record.outageId),
      }));
  }
}

const byEventTime = (events: readonly PlacedEvent[]): PlacedEvent[] =>
  events
    .map((event) => (isClockSuspect(event) ? event : { ...event, receivedAt: event.occurredAt }))
    .sort((a, b) => timeOf(a) - timeOf(b));

function compared(stream: Engine, replay: Engine): Finding[] {
  return findings(stream.outages, replay.outages, 'event-time', () => []);
}

function basisOf(
  stream: Engine,
  events: readonly PlacedEvent[],
  decisions: readonly OutageCommand[] = [],
): RepairBasis {
  const restorations = events.filter(({ kind }) => kind === 'restoration').sort((a, b) => timeOf(a) - timeOf(b));
  const watermark = Math.max(...events.filter((event) => !isClockSuspect(event)).map(timeOf));
  const byMember = new Map(events.map((event) => [memberKey({ ...event, t: timeOf(event) }), event]));
  return {
    eventOf: (member) => byMember.get(memberKey(member)) ?? null,
    restorationsFor: (of) => firstSince(of, restorations),
    openerOf: (outageId) => {
      const record = stream.records.get(outageId);
      if (!record) return null;
      const { assetId = null, t = '', ...names } = record.openedBy;
      return memberKey({ ...names, assetId, t });
    },
    hasLeft: (outage) => mayHaveLeft(outage, watermark, -Infinity),
    isTaken: (outageId) => stream.records.has(outageId),
    decisions,
  };
}

/** A stream, what it should have been, and the stream after all that can be mended is. */
function mended(log: readonly (PlacedEvent | OutageCommand)[]) {
  const events = log.filter((entry): entry is PlacedEvent => !isCommand(entry));
  const decisions = log.filter((entry): entry is OutageCommand => isCommand(entry));
  const stream = new Engine().take(log);
  const replay = new Engine().take(
    [...byEventTime(events), ...decisions].sort(
      (a, b) => (isCommand(a) ? a.at : timeOf(a)) - (isCommand(b) ? b.at : timeOf(b)),
    ),
  );
  const before = compared(stream, replay);
  const repairs = before.map((finding) => repairOf(finding, basisOf(stream, events, decisions), REPAIRER));
  for (const { entries } of repairs) stream.take(entries);
  return { stream, replay, before, repairs, after: compared(stream, replay) };
}

/** Reports of which no two have one id. */
const arbitraryReports = fc
  .array(arbitraryReport, { minLength: 1, maxLength: 60, size: 'max' })
  .map((events) => events.map((event, i) => ({ ...event, sourceEventId: `${event.sourceEventId}-${i}` })));

describe('a repair', () => {
  it('makes of any stream what its events say in their order, or says why not; a second one changes nothing', () => {
    let mendedCount = 0;
    fc.assert(
      fc.property(arbitraryReports, (log) => {
        const { stream, replay, repairs, before, after } = mended(log);
        const isExplained = stream.rejected.length > 0 || repairs.some(({ unmended }) => unmended !== null);
        if (!isExplained) expect(after).toEqual([]);
        mendedCount += before.length - after.length;
        // Whom a restoration of the whole feeder brings back is settled each time it is told.
        const isSettled = log.some(({ kind, reach }) => kind === 'restoration' && reach !== 'point');
        const again = after.map((finding) => repairOf(finding, basisOf(stream, log), REPAIRER));
        for (const { entries } of again) stream.take(entries);
        const left = compared(stream, replay).map(({ findingId }) => findingId);
        if (!isSettled) expect(left).toEqual(after.map(({ findingId }) => findingId));
        // No event is lost, whatever could not be mended, and none is in two outages.
        const members = stream.outages.flatMap((outage) => outage.members.map(memberKey));
        expect(new Set(members).size).toBe(members.length);
        for (const { removed } of compared(new Engine().take(log), stream)) expect(removed).toEqual([]);
      }),
      { numRuns: 200 },
    );
    expect(mendedCount).toBeGreaterThan(100);
  });

  it('takes a late event in, and tells when its customer was back', () => {
    const back = (id: string, minute: number): PlacedEvent =>
      report({ id: `r-${id}`, kind: 'restoration', customerId: `C-${id}`, assetId: `M-${id}`, ms: minute * MINUTE });
    const far = report({ id: 'far', ms: 500 * MINUTE, lat: north(4900) });
    const { repairs, after, stream } = mended([a, back('a', 20), back('late', 30), late, far]);
    expect(repairs).toHaveLength(1);
    expect(repairs[0]).toMatchObject({
      ...KEY,
      unmended: null,
      entries: [
        {
          command: 'amend',
          outageId: idOf(a),
          members: [{ sourceEventId: 'late' }, { sourceEventId: 'r-late' }],
          whole: false,
          absorbs: [],
          author: 'ann',
          at: REPAIRER.at,
        },
      ],
    });
    expect((repairs[0]!.entries[0] as AmendCommand).reason).toMatch(/^Outage .* has 1 member more/);
    expect(stream.records.get(idOf(a))).toMatchObject({ status: 'restored', events: 2 });
    expect(after).toEqual([]);
  });

  it('makes two outages one, under the id of that which was first', () => {
    const b = report({ id: 'b', ms: 5 * MINUTE, lat: north(1800) });
    const { repairs, after } = mended([b, a, late]);
    expect(repairs[0]!.entries).toMatchObject([{ outageId: idOf(a), absorbs: [idOf(b)], whole: false }]);
    expect(after).toEqual([]);
  });

  it('makes two outages of one: first one is stated whole, then the other is opened', () => {
    const c = report({ id: 'c', ms: 20 * MINUTE });
    const back = report({ id: 'r', kind: 'restoration', customerId: 'C-a', assetId: 'M-a', ms: 10 * MINUTE });
    const { repairs, after } = mended([a, c, back]);
    expect(repairs[0]!.entries).toMatchObject([
      { outageId: idOf(a), members: [{ sourceEventId: 'a' }, { sourceEventId: 'r' }], whole: true },
      { outageId: idOf(c), members: [{ sourceEventId: 'c' }], whole: false },
    ]);
    expect(after).toEqual([]);
  });

  it('opens an outage that nobody has', () => {
    const alone = { ...late, lat: north(4000) };
    const { repairs, after } = mended([a, alone]);
    expect(repairs[0]!.entries).toMatchObject([{ outageId: idOf(alone), members: [{ sourceEventId: 'late' }] }]);
    expect(after).toEqual([]);
  });

  it('decides again for what comes to an outage that somebody closed', () => {
    const close: OutageCommand = {
      command: 'close',
      commandId: 'close',
      outageId: idOf(a),
      at: START + 90 * MINUTE,
      author: 'policy/stale',
      reason: null,
      flag: 'unverified',
    };
    // As the event that opens it is the same in both orders, the replay knows which outage is closed.
    const second = { ...late, occurredAt: START + 5 * MINUTE };
    const { repairs, after, stream } = mended([a, close, second]);
    expect(repairs[0]!.entries).toMatchObject([
      { command: 'amend' },
      { command: 'close', outageId: idOf(a), at: close.at, author: 'ann', flag: 'unverified' },
    ]);
    expect(stream.records.get(idOf(a))!.status).toBe('closed');
    expect(after).toEqual([]);
  });

  it('tells more than a command should hold in several, and gives each the id of its content', () => {
    const many = Array.from({ length: 2 * MEMBERS_PER_AMEND + 1 }, (_, i) => ({ ...late, sourceEventId: `late-${i}` }));
    const { repairs, after, stream } = mended([a, ...many]);
    const ids = repairs[0]!.entries.map((entry) => (entry as AmendCommand).commandId);
    expect(new Set(ids).size).toBe(3);
    expect(mended([a, ...many]).repairs).toEqual(repairs);
    expect(stream.records.get(idOf(a))!.events).toBe(many.length + 1);
    expect(after).toEqual([]);
  });

  it('says in a sentence what it cannot mend', () => {
    const cancel: OutageCommand = {
      command: 'cancel',
      commandId: 'cancel',
      outageId: idOf(a),
      at: START + MINUTE,
      author: 'ann',
      reason: null,
    };
    const { before, repairs } = mended([a, cancel, late]);
    expect(repairs).toMatchObject([{ entries: [], unmended: expect.stringMatching(/was cancelled/) as string }]);
    const [found] = before;
    const none = basisOf(new Engine(), []);
    expect(repairOf({ ...found!, stream: [] }, none, REPAIRER).unmended).toMatch(/past its retention/);
    expect(repairOf({ ...found!, replay: [] }, none, REPAIRER).unmended).toMatch(/cancel Outage .* by hand/);
  });
});
