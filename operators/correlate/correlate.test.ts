import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bruteForce, type BruteOutage } from '../../test/kit/brute-force.js';
import { arbitraryEvent, HERE, MINUTE, north, START } from '../../test/kit/random-log.js';
import type { LogEntry, OutageCommand, PlacedEvent, RulesCommand } from '../model/event.js';
import type { OutageRecord } from '../model/outage.js';
import { GIVEN_RULE_SETS } from '../model/rules.js';
import { Correlator } from './correlate.js';
import type { EvidenceRecord, LateEvent } from '../model/outcome.js';

const KEY = { substationId: 'S', feederId: 'F' };

let count = 0;
function event(fields: Partial<PlacedEvent> & { minute?: number } = {}): PlacedEvent {
  const { minute = 0, ...rest } = fields;
  const id = String(++count);
  const occurredAt = START + Math.round(minute * MINUTE);
  return {
    source: 'kaifa',
    kind: 'outage',
    type: 'last_gasp',
    sourceEventId: id,
    assetId: `M${id}`,
    occurredAt,
    receivedAt: occurredAt,
    ...HERE,
    dpId: null,
    reach: 'point',
    customerId: `C${id}`,
    feederCustomers: 0,
    flags: [],
    ...rest,
  };
}

function command(fields: Partial<OutageCommand> & Pick<OutageCommand, 'command' | 'outageId'>): OutageCommand {
  return { commandId: `command-${++count}`, at: START + 60 * MINUTE, author: 'ann', reason: null, ...fields };
}

/** Runs a log through the operator, one entry a record, or as many as `sizes` says. */
class Run {
  readonly outages = new Map<string, OutageRecord>();
  readonly members = new Map<string, string[]>();
  readonly late: LateEvent[] = [];
  readonly evidence: EvidenceRecord[] = [];
  readonly rejected: string[] = [];
  correlator = new Correlator();
  #offset = 0;

  constructor(...entries: LogEntry[]) {
    for (const entry of entries) this.apply(entry);
  }

  apply(...entries: LogEntry[]): this {
    const outcome = this.correlator.apply(KEY, entries, { partition: 0, offset: this.#offset++ });
    for (const outage of outcome.outages) this.outages.set(outage.outageId, outage);
    for (const { outageId, members } of outcome.evidence) {
      if (outageId === null) continue;
      const known = this.members.get(outageId) ?? [];
      this.members.set(outageId, [...known, ...members.map((member) => `${member.source}/${member.sourceEventId}`)]);
    }
    this.evidence.push(...outcome.evidence);
    this.late.push(...outcome.late);
    this.rejected.push(...outcome.rejected.map(({ reason }) => reason));
    return this;
  }

  /** The outages that have not merged, in the order in which they opened. */
  get open(): OutageRecord[] {
    return [...this.outages.values()].filter(({ status }) => status !== 'merged');
  }

  get only(): OutageRecord {
    expect(this.open).toHaveLength(1);
    return this.open[0]!;
  }

  /** Members with those of merged outages moved to their survivors. */
  get groups(): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const [id, members] of this.members) {
      let outage = this.outages.get(id)!;
      while (outage.mergedInto !== null) outage = this.outages.get(outage.mergedInto)!;
      groups.set(outage.outageId, [...(groups.get(outage.outageId) ?? []), ...members].sort());
    }
    return groups;
  }
}

const rules = (name: keyof typeof GIVEN_RULE_SETS, minute: number): RulesCommand => ({
  command: 'rules',
  commandId: `rules-${++count}`,
  at: START,
  author: 'ann',
  reason: null,
  ruleSet: GIVEN_RULE_SETS[name],
  validFrom: START + minute * MINUTE,
});

describe('linking', () => {
  it('takes window and radius of the rule set in force at the later of the two times', () => {
    const early = event({ minute: 0 });
    const late = event({ minute: 45, lat: north(1500) });
    expect(new Run(early, late).open).toHaveLength(2);
    expect(new Run(rules('storm', 40), early, late).open).toHaveLength(1);
    expect(new Run(rules('storm', 46), early, late).open).toHaveLength(2);
    // Whichever comes first to the log.
    expect(new Run(rules('storm', 40), late, early).open).toHaveLength(1);
  });

  it('knows no date line', () => {
    const run = new Run(event({ lat: -16.8, lon: 179.9999 }), event({ lat: -16.8, lon: -179.9999 }));
    expect(run.only.events).toBe(2);
    expect(Math.abs(run.only.center!.lon)).toBe(180);
    expect(run.only.bbox).toMatchObject({ minLon: 179.9999, maxLon: -179.9999 });
  });

  it('knows no pole', () => {
    expect(new Run(event({ lat: 89.9999, lon: 0 }), event({ lat: 89.9999, lon: 180 })).open).toHaveLength(1);
    expect(new Run(event({ lat: -89.999, lon: 10 }), event({ lat: -89.9, lon: 10 })).open).toHaveLength(2);
  });

  it('names the member that an event links to, how far and how long after it', () => {
    const first = event({ minute: 0 });
    const run = new Run(first, event({ minute: 2, lat: north(500) }));
    expect(run.evidence[0]!.members[0]!.link).toBeNull();
    expect(run.evidence[1]!.members[0]!.link).toEqual({
      source: 'kaifa',
      sourceEventId: first.sourceEventId,
      assetId: first.assetId,
      distanceM: 500,
      dtMs: 120_000,
    });
  });
});

describe('merging', () => {
  it('gives the survivor crews, acknowledgements and the confirmed mark', () => {
    const a = event({ source: 'call_center', minute: 0 });
    const b = event({ source: 'call_center', minute: 1, lat: north(1800) });
    const run = new Run(a, b);
    const [first, second] = run.open;
    run.apply(command({ command: 'crew', outageId: second!.outageId, crew: 'K7' }));
    run.apply(command({ command: 'acknowledge', outageId: second!.outageId }));
    run.apply(command({ command: 'confirm', outageId: second!.outageId }));
    run.apply(event({ source: 'call_center', minute: 2, lat: north(900) }));
    expect(run.only).toMatchObject({ outageId: first!.outageId, crew: ['K7'], acknowledgedBy: ['ann'] });
    run.apply(command({ command: 'crew', outageId: second!.outageId, crew: 'K7', leaves: true }));
    expect(run.only).toMatchObject({ status: 'confirmed', crew: [] });
  });

  it('breaks ties of the first report by the smaller id', () => {
    const run = new Run(event(), event({ lat: north(1800) }), event({ minute: 1, lat: north(900) }));
    const merged = [...run.outages.values()].find(({ status }) => status === 'merged')!;
    expect(merged.mergedInto).toBe(run.only.outageId);
    expect(run.only.outageId < merged.outageId).toBe(true);
  });
});

describe('identity', () => {
  it('names the incident of outages with a substation report in common after the earliest of them', () => {
    const report = (minute: number): PlacedEvent =>
      event({ source: 'scada', reach: 'substation', minute, customerId: null, feederCustomers: 12, assetId: 'T1' });
    const [first, second] = [report(1), report(2)];
    expect(new Run(second, first).only.incidentId).toBe(new Run(first).only.incidentId);
  });
});

describe('confidence', () => {
  it('uses the weights of the rule set in force', () => {
    const weights = { ...GIVEN_RULE_SETS.standard.weights, kaifa: 0.5 };
    const own: RulesCommand = {
      ...rules('standard', 0),
      ruleSet: { ...GIVEN_RULE_SETS.standard, name: 'own', weights },
    };
    const run = new Run(own, event({ minute: 1 }));
    expect(run.only).toMatchObject({ confidence: 0.5, status: 'detected', ruleSet: 'own' });
  });

  it('once confirmed, stays confirmed under a higher threshold', () => {
    const run = new Run(event({ minute: 0 }), rules('scada-priority', 1), event({ source: 'call_center', minute: 5 }));
    expect(run.only.status).toBe('confirmed');
  });
});

describe('commands', () => {
  it('confirm, crew and cancel set the status in the order of the contract', () => {
    const run = new Run(event({ source: 'call_center' }));
    const { outageId } = run.only;
    expect(run.only.status).toBe('detected');
    expect(run.apply(command({ command: 'confirm', outageId })).only.status).toBe('confirmed');
    expect(run.apply(command({ command: 'crew', outageId, crew: 'K7' })).only.status).toBe('in_progress');
    expect(run.apply(command({ command: 'cancel', outageId })).only.status).toBe('cancelled');
  });

  it('a cancelled outage takes no more events', () => {
    const run = new Run(event());
    run.apply(command({ command: 'cancel', outageId: run.only.outageId }), event({ minute: 1 }));
    expect(run.open.map(({ status }) => status)).toEqual(['cancelled', 'confirmed']);
  });

  it('restore brings every unit of the outage back at its time', () => {
    const run = new Run(event(), event({ minute: 1 }));
    run.apply(command({ command: 'restore', outageId: run.only.outageId, flag: 'unverified' }));
    expect(run.only).toMatchObject({ status: 'restored', customersOut: 0, flags: ['unverified'] });
    expect(run.only.restoredAt).toBe(new Date(START + 60 * MINUTE).toISOString());
  });

  it('an event that joins a closed outage and is not back reopens it', () => {
    const run = new Run(event());
    run.apply(command({ command: 'close', outageId: run.only.outageId, at: START + 20 * MINUTE }));
    expect(run.only.status).toBe('closed');
    run.apply(event({ minute: 10 }));
    expect(run.only).toMatchObject({ status: 'partially_restored', flags: ['reopened'], customersOut: 1 });
  });

  it('one for a merged outage goes to the survivor', () => {
    const run = new Run(event(), event({ minute: 1, lat: north(1800) }));
    const second = run.open[1]!;
    run.apply(
      event({ minute: 2, lat: north(900) }),
      command({ command: 'crew', outageId: second.outageId, crew: 'K7' }),
    );
    expect(run.only.crew).toEqual(['K7']);
  });

  it('one for an unknown outage is rejected, one sent twice counts once', () => {
    const run = new Run(event());
    run.apply(command({ command: 'confirm', outageId: '00000000-0000-5000-8000-000000000000' }));
    expect(run.rejected).toEqual(['unknownOutage']);
    const note = command({ command: 'note', outageId: run.only.outageId, reason: 'tree on the line' });
    const before = run.only.revision;
    expect(run.apply(note).apply(note).only.revision).toBe(before + 1);
  });

  it('every change is on the timeline with who and what caused it', () => {
    const first = event({ source: 'call_center' });
    const run = new Run(first);
    const crew = command({ command: 'crew', outageId: run.only.outageId, crew: 'K7', reason: 'nearest' });
    run.apply(crew);
    const timeline = run.evidence.flatMap((record) => record.timeline);
    expect(timeline.map(({ what, from, to, by, cause }) => [what, from, to, by, cause])).toEqual([
      ['opened', null, null, 'stream', `call_center/${first.sourceEventId}`],
      ['crew', null, 'K7', 'ann', crew.commandId],
      ['status', 'detected', 'in_progress', 'ann', crew.commandId],
    ]);
  });
});

describe('the sections of the contract', () => {
  const ruleSet = (fields: Partial<RulesCommand['ruleSet']>, minute: number): RulesCommand => ({
    ...rules('standard', minute),
    ruleSet: { ...GIVEN_RULE_SETS.standard, name: 'own', ...fields },
  });

  it("6: a reporter is worth the most that any of its members' rule sets gives it", () => {
    const weights = { ...GIVEN_RULE_SETS.standard.weights, kaifa: 0.5 };
    const early = event({ minute: 0, assetId: 'M', customerId: 'C' });
    // For another unit, too: it is one reporter all the same.
    for (const customerId of ['C', 'D', null]) {
      const late = event({ minute: 20, assetId: 'M', customerId });
      for (const order of [
        [early, late],
        [late, early],
      ]) {
        expect(new Run(ruleSet({ weights }, 10), ...order).only.confidence).toBe(0.8);
      }
    }
  });

  it("9: the lowest threshold of the members' rule sets confirms", () => {
    const early = event({ source: 'onu', minute: 0 });
    const late = event({ source: 'onu', minute: 20, assetId: early.assetId, customerId: early.customerId });
    expect(new Run(early).only.status).toBe('detected');
    expect(new Run(ruleSet({ confirmThreshold: 0.5 }, 10), late, early).only.status).toBe('confirmed');
  });

  it('1.2: a forgotten event that opened an outage does not open it twice', () => {
    const first = event({ minute: 0 });
    const long = ruleSet({ retentionMs: 720 * MINUTE }, -60);
    const run = new Run(first, event({ minute: 420, lat: north(5000) }), long, first);
    expect(run.outages.size).toBe(2);
    expect(run.evidence.at(-1)!.duplicates).toHaveLength(1);
  });

  it('1.2: an id that is used again opens an outage of its own once its first event is forgotten', () => {
    const first = event({ minute: 0 });
    const again = (minute: number): PlacedEvent => {
      const { occurredAt, receivedAt } = event({ minute });
      return { ...first, occurredAt, receivedAt };
    };
    expect(new Run(first, event({ minute: 360, lat: north(5000) }), again(90)).outages.size).toBe(2);
    expect(new Run(first, event({ minute: 361, lat: north(5000) }), again(90)).outages.size).toBe(3);
  });

  it('1.2: what was said with a lost date is known for 7 days, and for as long what was said since', () => {
    const day = 1440;
    const lost = event({ occurredAt: 9, receivedAt: START });
    const back = event({ kind: 'restoration', minute: 10, customerId: lost.customerId, assetId: lost.assetId });
    const daysLater = (days: number): PlacedEvent => event({ minute: days * day, lat: north(5000) });
    const copy = { ...lost, receivedAt: START + 6 * day * MINUTE };
    expect(new Run(lost, back, daysLater(6), copy).evidence.at(-1)!.duplicates).toHaveLength(1);
    const later = { ...lost, receivedAt: START + 8 * day * MINUTE };
    expect(new Run(lost, back, daysLater(8), later).outages.size).toBe(3);
    // Another time is another report, as its customer was back in between; without that it says the same again.
    const fresh = { ...lost, occurredAt: START + 6 * day * MINUTE, receivedAt: START + 6 * day * MINUTE };
    expect(new Run(lost, back, daysLater(6), fresh).outages.size).toBe(3);
    expect(new Run(lost, daysLater(6), fresh).outages.size).toBe(2);
  });

  it('7.4: a member out of the index stays out, though a rule set with a longer retention follows', () => {
    const long = ruleSet({ retentionMs: 720 * MINUTE, windowMs: 480 * MINUTE }, 0);
    const first = event({ minute: 0 });
    const far = event({ minute: 420, lat: north(9000) });
    const near = event({ minute: 1 });
    expect(new Run(long, first, far, near).open).toHaveLength(2);
    expect(new Run(first, far, long, near).open).toHaveLength(3);
  });

  it('7.5: a command for an outage that was settled long ago is rejected', () => {
    const run = new Run(event());
    const { outageId } = run.only;
    run.apply(command({ command: 'close', outageId, at: START + 10 * MINUTE }));
    run.apply(event({ minute: 600, lat: north(9000) }));
    run.apply(command({ command: 'note', outageId }));
    expect(run.rejected).toEqual(['unknownOutage']);
  });

  it('11.2: restore is remembered for the units of the outage, and for no other', () => {
    const run = new Run(event({ customerId: 'C1', assetId: 'M1' }), event({ customerId: 'C2', assetId: 'M2' }));
    run.apply(command({ command: 'restore', outageId: run.only.outageId }));
    run.apply(event({ customerId: 'C1', assetId: 'M1', minute: 25 }));
    expect(run.only).toMatchObject({ status: 'restored', events: 3 });
    run.apply(event({ customerId: 'C3', assetId: 'M3', minute: 26 }));
    expect(run.only).toMatchObject({ status: 'partially_restored', customersOut: 1 });
  });

  it('4.2: a closed outage that merges with an open one is reopened', () => {
    const run = new Run(event(), event({ minute: 1, lat: north(1800) }));
    run.apply(command({ command: 'close', outageId: run.open[0]!.outageId, at: START + 20 * MINUTE }));
    run.apply(event({ minute: 2, lat: north(900) }));
    expect(run.only).toMatchObject({ status: 'partially_restored', flags: ['reopened'] });
  });

  it('10: of several counts of the customers of the feeder the greatest counts', () => {
    const wide = (feederCustomers: number): PlacedEvent =>
      event({ source: 'scada', reach: 'feeder', customerId: null, feederCustomers });
    expect(new Run(wide(40), wide(50), wide(45)).only.customersAffected).toBe(50);
  });

  it('3.4: of several links the first by identity is named', () => {
    const b = event({ sourceEventId: 'b', lat: north(1800) });
    const a = event({ sourceEventId: 'a' });
    const run = new Run(b, a, event({ minute: 1, lat: north(900) }));
    expect(run.evidence.flatMap(({ members }) => members).at(-1)!.link!.sourceEventId).toBe('a');
  });

  it('8.1: a restoration that is told of a customer brings back who reported when no customer was known', () => {
    const meter = { assetId: 'M' };
    const back = event({ ...meter, kind: 'restoration', customerId: 'C', minute: 10 });
    const out = event({ ...meter, customerId: null });
    expect(new Run(out, back).only.status).toBe('restored');
    expect(new Run(back, out).only.status).toBe('restored');
    expect(new Run(event({ customerId: 'C', minute: 1 }), { ...back, customerId: null }).only.status).toBe('confirmed');
  });

  it('8.1: a breaker that closes brings back who went out with it by at most 5 min, whichever comes first to the log', () => {
    const breaker = { source: 'scada' as const, assetId: 'B1', customerId: null, reach: 'feeder' as const };
    const [trip, closing] = [
      event({ ...breaker, minute: 60 }),
      event({ ...breaker, kind: 'restoration' as const, minute: 80 }),
    ];
    for (const [minute, status] of [
      [55, 'restored'],
      [55 - 1 / 60_000, 'partially_restored'],
    ] as const) {
      const meter = event({ minute, lat: north(9000) });
      expect(new Run(meter, trip, closing).only.status).toBe(status);
      expect(new Run(trip, closing, meter).only.status).toBe(status);
    }
  });

  it('8.3: a feeder report that is back is told, though a later point of the same unit is not', () => {
    const breaker = { source: 'scada' as const, assetId: 'B1', customerId: null };
    const run = new Run(
      event({ customerId: 'C1' }),
      event({ ...breaker, reach: 'feeder', feederCustomers: 40 }),
      event({ ...breaker, minute: 20 }),
    );
    expect(run.only.customersOut).toBe(40);
    run.apply(event({ ...breaker, kind: 'restoration', minute: 10 }));
    expect(run.only.customersOut).toBe(1);
  });

  it('8.2: a forgotten restoration that is heard again counts, swept out or not', () => {
    const long = ruleSet({ retentionMs: 720 * MINUTE }, -60);
    // Swept are the 45 minutes of the key's own time that end at 16:30 and at 17:15.
    for (const sweep of [[], [event({ minute: 436, lat: north(9000) })]]) {
      const run = new Run(
        event({ kind: 'restoration', customerId: 'C', minute: 40 }),
        event({ minute: 391, lat: north(5000) }),
        event({ minute: 420, lat: north(5000) }),
        ...sweep,
        long,
        event({ customerId: 'C', sourceEventId: 'out', minute: 35 }),
      );
      const outage = () => run.open.find(({ openedBy }) => openedBy.sourceEventId === 'out')!;
      expect(outage().status).toBe('confirmed');
      run.apply(event({ kind: 'restoration', customerId: 'C', minute: 40 }));
      expect(outage().status).toBe('restored');
    }
  });

  it('10: a record tells its severity by the rule sets on the log when it changed last', () => {
    const run = new Run(event(), event());
    const strict = ruleSet({ severity: { medium: 1, high: 2, critical: 3 } }, -60);
    expect(run.apply(strict).only).toMatchObject({ severity: 'low', ruleSet: 'standard' });
    run.apply(command({ command: 'note', outageId: run.only.outageId }));
    expect(run.only).toMatchObject({ severity: 'high', ruleSet: 'own' });
  });

  it('4.3: a merged outage counts nothing, and says what it was', () => {
    const run = new Run(event(), event({ minute: 1, lat: north(1800) }), event({ minute: 2, lat: north(900) }));
    const merged = [...run.outages.values()].find(({ status }) => status === 'merged')!;
    expect(merged).toMatchObject({ events: 0, customersOut: 0, customersAffected: 0, assetsOut: 0, confidence: 0.8 });
  });
});

describe('eviction', () => {
  it('changes no result: an outage of days is restored by a late word of its unit', () => {
    const first = event({ customerId: 'C-old' });
    const run = new Run(first);
    for (let hour = 1; hour < 60; hour++) run.apply(event({ minute: hour * 60, lat: north(5000 + hour) }));
    run.apply(event({ kind: 'restoration', minute: 60 * 60, customerId: 'C-old' }));
    expect(run.outages.get([...run.outages.keys()][0]!)!.status).toBe('restored');
  });

  it('keeps memory bounded by retention, not by the length of the run', () => {
    const run = new Run();
    const sizes: number[] = [];
    for (let hour = 0; hour < 400; hour++) {
      for (let i = 0; i < 20; i++) {
        const customerId = `C-${i}`;
        const assetId = `M-${i}`;
        run.apply(event({ minute: hour * 60 + i, customerId, assetId }));
        run.apply(event({ kind: 'restoration', minute: hour * 60 + i + 10, customerId, assetId }));
      }
      const opened = [...run.outages.values()].filter(({ status }) => status === 'restored');
      for (const { outageId } of opened.slice(0, -2)) {
        run.apply(command({ command: 'close', outageId, at: START + hour * 60 * MINUTE }));
        run.outages.delete(outageId);
      }
      sizes.push(run.correlator.encode('S/F')!.byteLength);
    }
    expect(Math.max(...sizes.slice(200))).toBeLessThan(1.2 * Math.max(...sizes.slice(20, 200)));
  });
});

function asBrute(run: Run): BruteOutage[] {
  const { groups } = run;
  return [...run.outages.values()].map(({ outageId, status, confidence, restoredAt }) => ({
    outageId,
    status,
    confidence: status === 'merged' ? NaN : confidence,
    restoredAt: restoredAt === null || status === 'merged' ? null : Date.parse(restoredAt),
    members: groups.get(outageId) ?? [],
  }));
}

describe('against all pairs', () => {
  it('gives the same members, merges, confidence, status and times', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryEvent(['outage', 'outage', 'outage', 'restoration']), { maxLength: 70, size: 'max' }),
        fc.constantFrom('standard' as const, 'storm' as const, 'scada-priority' as const),
        (log, name) => {
          const set: RulesCommand = { ...rules(name, 0), validFrom: 0 };
          const run = new Run(set, ...log);
          const reference = bruteForce(log, GIVEN_RULE_SETS[name]);
          expect(asBrute(run)).toEqual(reference.outages);
          expect(run.late.map(({ event: { source, sourceEventId } }) => `${source}/${sourceEventId}`)).toEqual(
            reference.late,
          );
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('outage events alone give the same groups in any order of arrival', () => {
    const outages = fc.uniqueArray(arbitraryEvent(['outage']), {
      maxLength: 50,
      selector: ({ source, sourceEventId }) => `${source}/${sourceEventId}`,
    });
    const pair = outages.chain((log) =>
      fc.tuple(fc.constant(log), fc.shuffledSubarray(log, { minLength: log.length })),
    );
    const groupsOf = (log: readonly PlacedEvent[]): string[][] => [...new Run(...log).groups.values()].sort();
    // Lateness depends on the order by the contract: events that count as late in some order are left out.
    const inTime = (log: readonly PlacedEvent[]): PlacedEvent[] =>
      log.filter(
        ({ occurredAt, receivedAt }) =>
          receivedAt - occurredAt <= 40 * MINUTE &&
          occurredAt - receivedAt <= 5 * MINUTE &&
          occurredAt < START + 300 * MINUTE,
      );
    fc.assert(
      fc.property(pair, ([log, shuffled]) => {
        expect(groupsOf(inTime(shuffled))).toEqual(groupsOf(inTime(log)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('snapshots', () => {
  it('a restored state goes on byte for byte as the one it was taken from', () => {
    const logs = fc.array(arbitraryEvent(['outage', 'outage', 'restoration']), {
      minLength: 2,
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(logs, fc.nat(), (log, at) => {
        const cut = at % log.length;
        const whole = new Run(...log.slice(0, cut));
        const resumed = new Run(...log.slice(0, cut));
        const bytes = resumed.correlator.encode('S/F');
        resumed.correlator = new Correlator();
        if (bytes) resumed.correlator.restore('S/F', bytes);
        for (const entry of log.slice(cut)) {
          whole.apply(entry);
          resumed.apply(entry);
        }
        expect([...resumed.outages]).toEqual([...whole.outages]);
        expect(resumed.evidence).toEqual(whole.evidence);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what an operator holds', () => {
  it('is told: keys, outages that merged into none, events in the window, and the watermark', () => {
    expect(new Correlator().holdings()).toEqual({ keys: 0, outages: 0, windowEvents: 0 });
    const run = new Run(event(), event({ minute: 1 }), event({ minute: 2, lat: north(1500) }));
    const watermarkS = (START + 2 * MINUTE) / 1000;
    expect(run.correlator.holdings()).toEqual({ keys: 1, outages: 2, windowEvents: 3, watermarkS });
    run.apply(event({ minute: 3, lat: north(750) }));
    expect(run.correlator.holdings()).toMatchObject({ keys: 1, outages: 1, windowEvents: 4 });
    // A month later nothing can link to them any more.
    run.apply(event({ minute: 30 * 1440 }));
    expect(run.correlator.holdings()).toMatchObject({ windowEvents: 1 });
  });
});
