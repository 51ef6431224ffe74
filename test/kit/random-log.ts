/** Random logs of one key, for the tests that compare engines. */
import fc from 'fast-check';
import { Correlator } from '../../operators/correlate/correlate.js';
import {
  COMMANDS,
  isCommand,
  type AmendCommand,
  type Key,
  type LogEntry,
  type PlacedEvent,
} from '../../operators/model/event.js';
import { SOURCES } from '../../operators/model/source.js';
import { outageIdOf } from '../../operators/model/identity.js';
import { PING_REPLY } from '../../operators/model/state-report.js';
import { timeOf } from '../../operators/model/time.js';
import { MEANINGS } from '../../operators/correlate/meaning.js';
import { GIVEN_RULE_SETS, type RuleSet } from '../../operators/model/rules.js';
import { EARTH_RADIUS_M } from '../../operators/model/sphere.js';

export const MINUTE = 60_000;
export const START = Date.UTC(2026, 9, 4, 10);
export const HERE = { lat: 31.95, lon: 35.93 };

/** A latitude `metres` north of the start. */
export const north = (metres: number): number => HERE.lat + (metres / EARTH_RADIUS_M) * (180 / Math.PI);

/** Logs of one key that press on the corners: few places, few times, few customers. */
export const arbitraryEvent = (kinds: readonly PlacedEvent['kind'][]): fc.Arbitrary<PlacedEvent> =>
  fc
    .record({
      kind: fc.constantFrom(...kinds),
      source: fc.constantFrom(...SOURCES),
      // Ids are numbered per asset, and a head-end clears an alarm under the id under which it raised it.
      id: fc.oneof(
        { weight: 3, arbitrary: fc.integer({ min: 1, max: 60 }).map((n) => ({ n, isAlarm: false })) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }).map((n) => ({ n, isAlarm: true })) },
      ),
      type: fc.constantFrom('', '', '', '', '', PING_REPLY),
      asset: fc.option(fc.integer({ min: 1, max: 12 }), { freq: 6, nil: null }),
      served: fc.boolean(),
      minute: fc.oneof(
        fc.integer({ min: 0, max: 150 }),
        // Few, so that reports of one time are many.
        fc.constantFrom(30, 30 + 1 / 60_000, 60, 60 - 1 / 60_000, 90, 90, 400),
      ),
      metres: fc.oneof(fc.integer({ min: -3000, max: 3000 }), fc.constantFrom(0, 1000, 1000.0004, 1000.002, 2000)),
      east: fc.constantFrom(0, 0, 300, 1000, -1000),
      delay: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 0, max: 39 }) },
        { weight: 1, arbitrary: fc.constantFrom(-4, -6, 40, 41, 7 * 1440, 11_000, 401 * 1440) },
      ),
      wide: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
    })
    .map(({ kind, source, id, type, asset, served, minute, metres, east, delay, wide }) => {
      const occurredAt = START + Math.round(minute * MINUTE);
      return {
        source,
        kind,
        type,
        sourceEventId: id.isAlarm ? `a${id.n}` : `${kind === 'outage' ? 'o' : 'r'}${id.n}`,
        assetId: asset === null ? null : `A${asset}`,
        occurredAt,
        receivedAt: occurredAt + delay * MINUTE,
        lat: north(metres),
        lon: HERE.lon + (east / EARTH_RADIUS_M) * (180 / Math.PI),
        dpId: null,
        reach: wide ? ('feeder' as const) : ('point' as const),
        // Meter, ONU and caller of an asset number belong to one customer, always the same.
        customerId: served && asset !== null && asset <= 6 ? `C${asset}` : null,
        feederCustomers: wide ? 40 : 0,
        flags: [],
      };
    });

const { standard } = GIVEN_RULE_SETS;

/** Rule sets that differ in everything that a rule set can say. */
const RULE_SETS: readonly RuleSet[] = [
  ...Object.values(GIVEN_RULE_SETS),
  { ...standard, name: 'short', retentionMs: 40 * MINUTE, latenessMs: 0 },
  { ...standard, name: 'long', retentionMs: 720 * MINUTE, windowMs: 240 * MINUTE },
  { ...standard, name: 'near', radiusM: 200, severity: { medium: 2, high: 4, critical: 6 } },
  {
    ...standard,
    name: 'halves',
    // As from before there was a source that it does not name.
    weights: { scada: 0.9, kaifa: 0.5, onu: 0.5, call_center: 0.1 },
    confirmThreshold: 0.95,
  },
];

/** A rule set that holds from so many minutes after the start. */
export const rulesFrom = (ruleSet: RuleSet, minute: number, commandId: string): LogEntry => ({
  command: 'rules',
  commandId,
  at: START,
  author: 'ann',
  reason: null,
  ruleSet,
  validFrom: START + minute * MINUTE,
});

/** A meaning of the contract that holds from its place on. */
export const meaningOf = (number: number, commandId: string): LogEntry => ({
  command: 'meaning',
  commandId,
  at: START,
  author: 'ann',
  reason: null,
  number,
});

/** A log of one key, once it is known which, and what stands before it there. */
export type LogOf = (key: Key, before?: readonly LogEntry[]) => LogEntry[];

/** Reports as the SQL function takes them: only SCADA speaks for more than a point. */
export const arbitraryReport: fc.Arbitrary<PlacedEvent> = fc
  .record({
    event: arbitraryEvent(['outage', 'outage', 'outage', 'restoration']),
    substation: fc.boolean(),
    feederCustomers: fc.constantFrom(4, 40, 50),
    /** Days on, rarely: what was settled is swept out. */
    leap: fc.oneof(
      { weight: 60, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.constantFrom(500, 3000, 12_000) },
    ),
  })
  .map(({ event, substation, feederCustomers, leap }) => {
    const wide = event.reach !== 'point';
    return {
      ...event,
      occurredAt: event.occurredAt + leap * MINUTE,
      receivedAt: event.receivedAt + leap * MINUTE,
      source: wide ? 'scada' : event.source,
      reach: wide ? (substation ? 'substation' : 'feeder') : 'point',
      feederCustomers: wide ? feederCustomers : 0,
    };
  });

/** What came before on the log. */
type Before = readonly LogEntry[];

/** The outages that a log opens. */
function outagesOf(key: Key, log: Before): string[] {
  const { outages } = new Correlator().apply(key, log, { partition: 0, offset: 0 });
  return outages.map(({ outageId }) => outageId);
}

const NOBODYS = '00000000-0000-5000-8000-000000000000';

const arbitraryCommand: fc.Arbitrary<(key: Key, commandId: string, before: Before) => LogEntry> = fc
  .record({
    command: fc.constantFrom(...COMMANDS),
    named: fc.nat(),
    minute: fc.integer({ min: 0, max: 200 }),
    author: fc.constantFrom('ann', 'bob'),
    crew: fc.constantFrom('K7', 'K8'),
    leaves: fc.boolean(),
    etr: fc.option(fc.constant(START + 300 * MINUTE), { nil: null }),
    flag: fc.option(fc.constantFrom('unverified'), { nil: null }),
  })
  .map(({ command, named, minute, crew, leaves, etr, flag, author }) => (key, commandId, before) => {
    const opened = outagesOf(key, before);
    return {
      command,
      commandId,
      outageId: named % 8 === 0 ? NOBODYS : (opened[named % Math.max(1, opened.length)] ?? NOBODYS),
      at: START + minute * MINUTE,
      author,
      reason: null,
      ...(command === 'crew' ? { crew, leaves } : {}),
      ...(command === 'etr' ? { etr } : {}),
      ...((command === 'restore' || command === 'close') && flag !== null ? { flag } : {}),
    };
  });

/** A correction that names events, mostly some that came before: taken in, moved, all of an outage, merged, or opened. */
const arbitraryAmend: fc.Arbitrary<(key: Key, commandId: string, before: Before) => LogEntry> = fc
  .record({
    picks: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
    fresh: fc.option(arbitraryReport, { freq: 3, nil: null }),
    named: fc.nat(),
    whole: fc.boolean(),
    absorbs: fc.array(fc.nat(), { maxLength: 2 }),
    minute: fc.integer({ min: 0, max: 500 }),
    again: fc.option(fc.nat(), { freq: 8, nil: null }),
  })
  .map(({ picks, fresh, named, whole, absorbs, minute, again }) => (key, commandId, before) => {
    const amends = before.filter((entry): entry is AmendCommand => isCommand(entry) && entry.command === 'amend');
    // Said again: by the same command, or by another that says the same.
    if (again !== null && amends.length > 0) {
      const former = amends[again % amends.length]!;
      return again % 2 === 0 ? former : { ...former, commandId };
    }
    const events = before.filter((entry): entry is PlacedEvent => !isCommand(entry));
    const pool = events.length === 0 || fresh ? [...events, ...(fresh ? [fresh] : [])] : events;
    const pick = (n: number): PlacedEvent | undefined => pool[n % Math.max(1, pool.length)];
    const opened = outagesOf(key, before);
    const idOf = (n: number): string => {
      if (n % 4 > 0 && opened.length > 0) return opened[Math.floor(n / 4) % opened.length]!;
      const event = pick(n);
      return event ? outageIdOf(key, event, timeOf(event)) : NOBODYS;
    };
    return {
      command: 'amend',
      commandId,
      at: START + minute * MINUTE,
      author: 'reconcile',
      reason: null,
      outageId: idOf(named),
      members: [...picks.flatMap((n) => pick(n) ?? []), ...(fresh ? [fresh] : [])],
      whole,
      absorbs: absorbs.map(idOf),
    };
  });

const arbitraryRules: fc.Arbitrary<(key: Key, commandId: string) => LogEntry> = fc
  .record({ ruleSet: fc.constantFrom(...RULE_SETS), minute: fc.constantFrom(-60, 0, 30, 45, 90, 150) })
  .map(
    ({ ruleSet, minute }) =>
      (_, commandId) =>
        rulesFrom(ruleSet, minute, commandId),
  );

const arbitraryMeaning: fc.Arbitrary<(key: Key, commandId: string) => LogEntry> = fc.constantFrom(...MEANINGS).map(
  ({ number }) =>
    (_, commandId) =>
      meaningOf(number, commandId),
);

/** Logs with everything that can stand on one: reports of every reach, rule sets, meanings, and commands, some for nobody. */
export const arbitraryLog: fc.Arbitrary<LogOf> = fc
  .array(
    fc.oneof(
      { weight: 40, arbitrary: arbitraryReport.map((event) => (): LogEntry => event) },
      { weight: 6, arbitrary: arbitraryCommand },
      { weight: 3, arbitrary: arbitraryAmend },
      { weight: 1, arbitrary: arbitraryRules },
      { weight: 1, arbitrary: arbitraryMeaning },
    ),
    { minLength: 1, maxLength: 70, size: 'max' },
  )
  .map((entries) => (key) => {
    const log: LogEntry[] = [];
    entries.forEach((entry, i) => log.push(entry(key, `command-${i}`, log)));
    return log;
  });
