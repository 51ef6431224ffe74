import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryLog, arbitraryReport, rulesFrom, START } from '../../test/kit/random-log.js';
import { isCommand, type LogEntry } from './event.js';
import { decodeLogRecord } from '../log/log-record.js';
import { LogRecordSchema } from '../log/log-record-schema.js';
import { OutageRecordSchema } from './outage-schema.js';
import type { EvidenceRecord } from './outcome.js';
import { EvidenceRecordSchema } from './outcome-schema.js';
import { readEvidenceRecord } from './outcome-reading.js';
import { readOutageRecord } from './outage-reading.js';
import { GIVEN_RULE_SETS } from './rules.js';
import { Correlator } from '../correlate/correlate.js';

/** The readers check by hand, as the log is read for every event. What they take is what the published schemas say. */

const ajv = formats.default(new Ajv({ strict: false }));
const key = { substationId: 'S1', feederId: 'S1-F1' };
const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** A value with one of its fields, at any depth, replaced or taken away. */
function bent(value: unknown, path: readonly number[], by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || value === null || typeof value !== 'object') return by;
  const names = Object.keys(value);
  if (names.length === 0) return by;
  const name = names[step % names.length]!;
  if (Array.isArray(value)) return value.map((one, i) => (String(i) === name ? bent(one, rest, by) : (one as unknown)));
  return { ...value, [name]: bent((value as Record<string, unknown>)[name], rest, by) };
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    'x',
    0,
    -1,
    0.5,
    91,
    181,
    8.64e15,
    9e15,
    1e300,
    true,
    [],
    {},
    [null],
    [1],
  ),
  fc.constantFrom<unknown>(...['kaifa', 'outage', 'point', 'confirm', 'rules', 'amend', '2026-10-04T18:00:00.000Z']),
  fc.constant('468db2e7-db47-5300-bf9d-1e4404532ee0'),
);
const path = fc.array(fc.nat(30), { minLength: 1, maxLength: 4 });

function isTaken(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

/** Records of evidence as a fold of reports and restorations gives them, and one of each field that they hardly ever have. */
const evidence: readonly EvidenceRecord[] = [
  ...new Correlator().apply(
    key,
    ['K-1', 'K-2', 'K-2', 'K-3'].map((sourceEventId, n) => ({
      ...{ source: 'kaifa', kind: n < 3 ? 'outage' : 'restoration', type: '', sourceEventId, assetId: sourceEventId },
      ...{ occurredAt: START, receivedAt: START, lat: 32, lon: 36, dpId: null, reach: 'point', customerId: null },
      ...{ feederCustomers: 0, flags: [] },
    })),
    { partition: 0, offset: 7 },
  ).evidence,
].flatMap((record) => [
  record,
  {
    ...record,
    members: record.members.map((member) => ({ ...member, nth: 1 })),
    restorations: [{ source: 'kaifa', sourceEventId: 'K-9', logIndex: 0 }],
    restated: { logIndex: 0, outageIds: ['468db2e7-db47-5300-bf9d-1e4404532ee0'] },
  },
]);

describe('what the readers take is what the schemas say', () => {
  it('of entries of the log', () => {
    const isValid = ajv.compile(LogRecordSchema);
    const rules = rulesFrom(GIVEN_RULE_SETS.storm, 0, 'r1');
    const some = fc.oneof(
      arbitraryLog.map((logOf) => logOf(key)),
      fc.constant([rules]),
    );
    let refused = 0;
    fc.assert(
      fc.property(some, fc.nat(), path, odd, (log, n, at, by) => {
        const entry = bent(log[n % log.length], at, by);
        const record = JSON.parse(JSON.stringify({ v: 1, entries: [entry] })) as object;
        const taken = isTaken(() => decodeLogRecord(bytes(record)));
        expect(taken, JSON.stringify(record)).toBe(isValid(record));
        if (!taken) refused++;
      }),
      { numRuns: 1500 },
    );
    expect(refused).toBeGreaterThan(250);
  });

  it('of evidence, but for the fields that its rows look at', () => {
    const isValid = ajv.compile(EvidenceRecordSchema);
    let refused = 0;
    let valid = 0;
    fc.assert(
      fc.property(fc.constantFrom(...evidence), path, odd, (good, at, by) => {
        expect(isValid(good)).toBe(true);
        const record = JSON.parse(JSON.stringify({ ...good, ...(bent(good, at, by) as object) })) as object;
        const taken = isTaken(() => readEvidenceRecord(bytes(record)));
        if (isValid(record)) expect(taken, JSON.stringify(record)).toBe(true);
        if (isValid(record)) valid++;
        if (!taken) refused++;
      }),
      { numRuns: 1000 },
    );
    expect(evidence.some(({ members }) => members.some(({ link }) => link !== null))).toBe(true);
    expect(valid).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(150);
  });

  it('of outage records', () => {
    const isValid = ajv.compile(OutageRecordSchema);
    let refused = 0;
    fc.assert(
      fc.property(arbitraryReport, path, odd, (report, at, by) => {
        const event: LogEntry = { ...report, kind: 'outage', occurredAt: START, receivedAt: START };
        const { outages } = new Correlator().apply(key, [event], { partition: 0, offset: 7 });
        expect(isValid(outages[0])).toBe(true);
        const record = JSON.parse(JSON.stringify({ ...outages[0], ...(bent(outages[0], at, by) as object) })) as object;
        const taken = isTaken(() => readOutageRecord(bytes(record)));
        expect(taken, JSON.stringify(record)).toBe(isValid(record));
        if (!taken) refused++;
      }),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(150);
  });
});

it('a fold takes whatever a reader takes, and its state can be kept and put back', () => {
  let bends = 0;
  fc.assert(
    fc.property(arbitraryLog, fc.array(fc.tuple(fc.nat(), path, odd), { maxLength: 40 }), (logOf, some) => {
      const log = [...logOf(key)];
      for (const [n, at, by] of some) {
        const entry = bent(log[n % log.length], at, by) as LogEntry;
        if (!isTaken(() => decodeLogRecord(bytes({ v: 1, entries: [entry] })))) continue;
        // A meaning that nobody knows is to end the fold.
        if (isCommand(entry) && entry.command === 'meaning') continue;
        log.push(entry);
        bends++;
      }
      const correlator = new Correlator();
      const { outages } = correlator.apply(key, decodeLogRecord(bytes({ v: 1, entries: log })), {
        partition: 0,
        offset: 1,
      });
      for (const outage of outages) expect(readOutageRecord(bytes(outage)).outageId).toBe(outage.outageId);
      new Correlator().restore('S1/S1-F1', correlator.encode('S1/S1-F1')!);
    }),
    { numRuns: 300 },
  );
  expect(bends).toBeGreaterThan(300);
});
