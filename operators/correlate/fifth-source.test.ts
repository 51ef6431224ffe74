/** The state of a key takes a fifth source, a drone's images, by a row of the table and nothing else. */
import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { expect, it, vi } from 'vitest';
import { DRONE } from '../../test/kit/drone.js';
import { arbitraryEvent, arbitraryLog } from '../../test/kit/random-log.js';
import { decodeLogRecord, encodeLogRecord } from '../log/log-record.js';
import type { LogEntry, PlacedEvent } from '../model/event.js';
import { readOutageRecord } from '../model/outage-reading.js';
import type { OutageRecord } from '../model/outage.js';
import type { EvidenceRecord } from '../model/outcome.js';
import { GIVEN_RULE_SETS, RuleTimeline } from '../model/rules.js';
import { SOURCES } from '../model/source.js';
import { Correlator } from './correlate.js';
import { Memberships } from './memberships.js';

vi.mock('../model/source-table.js', async (importOriginal) =>
  (await import('../../test/kit/drone.js')).withDrone(await importOriginal()),
);

/** As the state is packed. */
const packr = new Packr({ moreTypes: true, useRecords: false });

const KEY = { substationId: 'S', feederId: 'F' };

/** What a log comes to, by a state that is written, and read back, before each entry; it is that of one that is not. */
function run(entries: readonly LogEntry[]): { outages: readonly OutageRecord[]; evidence: readonly EvidenceRecord[] } {
  const steady = new Correlator();
  let restarted = new Correlator();
  const outages = new Map<string, OutageRecord>();
  const evidence: EvidenceRecord[] = [];
  entries.forEach((entry, offset) => {
    const outcome = restarted.apply(KEY, [entry], { partition: 0, offset });
    expect(outcome).toEqual(steady.apply(KEY, [entry], { partition: 0, offset }));
    for (const outage of outcome.outages) outages.set(outage.outageId, outage);
    evidence.push(...outcome.evidence);
    const bytes = restarted.encode('S/F')!;
    restarted = new Correlator();
    restarted.restore('S/F', bytes);
  });
  return { outages: [...outages.values()], evidence };
}

it('is a source', () => {
  expect(SOURCES).toContain(DRONE);
});

it('leaves a state that goes on the same when it is restored', () => {
  fc.assert(
    fc.property(arbitraryLog, (log) => void run(log(KEY))),
    { numRuns: 100 },
  );
});

const outageEvents = fc.uniqueArray(arbitraryEvent(['outage']), {
  minLength: 5,
  maxLength: 50,
  selector: ({ source, sourceEventId }) => `${source}/${sourceEventId}`,
});

/** Who speaks for a feeder without an asset is its head, whatever the id. */
const ownName = ({ reach, sourceEventId }: PlacedEvent): string => (reach === 'point' ? sourceEventId : ` ${reach}`);

it('counts its reporters as its own, and customers as customers', () => {
  let counted = 0;
  fc.assert(
    fc.property(outageEvents, (log) => {
      const { outages, evidence } = run(log);
      const events = new Map(log.map((event) => [`${event.source}/${event.sourceEventId}`, event]));
      const members = new Memberships<PlacedEvent>((one) => events.get(`${one.source}/${one.sourceEventId}`)!);
      for (const one of evidence) members.take([one]);
      for (const { outageId, status, reporters, customersAffected, assetsAffected } of outages) {
        if (status === 'merged') continue;
        const of = members.of(outageId);
        const assets = (source: string): Set<string> =>
          new Set(of.filter((one) => one.source === source).map((one) => one.assetId ?? ` ${ownName(one)}`));
        const expected = Object.fromEntries(SOURCES.map((source) => [source, assets(source).size]));
        expect(reporters).toEqual(expected);
        expect(assetsAffected).toBe(Object.values(expected).reduce((sum, count) => sum + count, 0));
        if (of.some(({ reach }) => reach !== 'point')) continue;
        expect(customersAffected).toBe(new Set(of.flatMap(({ customerId }) => customerId ?? [])).size);
        counted += reporters[DRONE];
      }
    }),
    { numRuns: 200 },
  );
  expect(counted).toBeGreaterThan(100);
});

it('goes onto the log and comes back', () => {
  fc.assert(
    fc.property(fc.array(arbitraryEvent(['outage', 'restoration']), { minLength: 1 }), (events) => {
      expect(decodeLogRecord(Buffer.from(encodeLogRecord(events)))).toEqual(events);
    }),
  );
});

it('has its own weight by a rule set from before there was one', () => {
  const { standard } = GIVEN_RULE_SETS;
  const { [DRONE]: own, ...weights } = standard.weights;
  const timeline = new RuleTimeline();
  timeline.add({ ...standard, name: 'older', weights: { ...weights, kaifa: 0.5 } }, 0);
  expect(timeline.at(0).weights).toEqual({ ...standard.weights, kaifa: 0.5, [DRONE]: own });
  const command = { command: 'rules', commandId: 'r', at: 0, author: 'ann', reason: null, validFrom: 0 } as const;
  const written = encodeLogRecord([{ ...command, ruleSet: { ...standard, weights } }]);
  expect(decodeLogRecord(Buffer.from(written))).toMatchObject([{ ruleSet: { weights } }]);
});

it('has no reporter in an outage record from before there was one', () => {
  const [outage] = run(fc.sample(outageEvents, { numRuns: 1, seed: 1 })[0]!).outages;
  const { [DRONE]: _, ...reporters } = outage!.reporters;
  const read = readOutageRecord(Buffer.from(JSON.stringify({ ...outage, reporters })));
  expect(read.reporters).toEqual({ ...reporters, [DRONE]: 0 });
});

it('is taken by a state from before there was one', () => {
  const at = Date.UTC(2027, 0, 1);
  const [template] = fc.sample(arbitraryEvent(['outage']), { numRuns: 1, seed: 1 });
  const report = { ...template!, reach: 'point', flags: [], occurredAt: at, receivedAt: at } as const;
  const before = new Correlator();
  before.apply(KEY, [{ ...report, source: 'kaifa', assetId: 'M1', customerId: 'C1' }], { partition: 1, offset: 98 });
  const state = packr.unpack(before.encode('S/F')!) as { outages: { body: { reporters: Record<string, number> } }[] };
  for (const { body } of state.outages) delete body.reporters[DRONE];
  const correlator = new Correlator();
  correlator.restore('S/F', packr.pack(state));
  const image = { ...report, source: DRONE, sourceEventId: 'D1', assetId: 'M0a', customerId: null };
  const { outages } = correlator.apply(KEY, [image], { partition: 1, offset: 99 });
  expect(outages).toMatchObject([{ assetsAffected: 2, customersAffected: 1, reporters: { kaifa: 1, drone: 1 } }]);
});
