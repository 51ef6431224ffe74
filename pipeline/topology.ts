import { canonicalCommand, canonicalEvent } from '../operators/model/canonical-event.js';
import { Correlator } from '../operators/correlate/correlate.js';
import { UnknownMeaning } from '../operators/correlate/meaning.js';
import type { LateRecord, Outcome } from '../operators/model/outcome.js';
import { keyText, parseKey, type Command, type Key, type LogEntry } from '../operators/model/event.js';
import { SOURCES, type Source } from '../operators/model/source.js';
import { checkPlaced } from '../operators/log/log-entry-shape.js';
import { decodeLogRecord, encodeLogRecord } from '../operators/log/log-record.js';
import { readNetworkElement } from '../operators/network/network-element.js';
import type { Reading } from '../operators/normalise/fields.js';
import type { CodeTable } from '../operators/normalise/code-table.js';
import { normalise, type Report } from '../operators/normalise/normalise.js';
import type { OutageRecord } from '../operators/model/outage.js';
import type { PolicyName } from '../operators/model/policy-names.js';
import { readOutageRecord } from '../operators/model/outage-reading.js';
import { place } from '../operators/place/place.js';
import { Policies } from '../operators/policies/policies.js';
import { receiptOf } from '../operators/model/receipt.js';
import { isEpochMs, textOf } from '../operators/model/record-shape.js';
import type { RejectedRecord, UnplacedRecord } from '../operators/model/set-aside.js';
import { Registry } from '../operators/network/registry.js';
import type { StormThresholds } from '../operators/policies/storm-mode.js';
import { parseFieldTime } from '../operators/model/field-time.js';
import { formatTime } from '../operators/model/time.js';
import type { TimeZone } from '../operators/model/time-zone.js';
import {
  jsonRecord,
  Topology,
  type OutRecord,
  type Processor,
  type RecordContext,
  type Reject,
  type SourceRecord,
} from '../streams/topology.js';
import type { EventTally } from '../connections/telemetry/event-tally.js';
import { traces } from '../connections/telemetry/traces.js';
import { HISTORY_TYPE, sourceTopics, type TopicNames } from '../connections/topics.js';
import { unreadable } from '../operators/model/errors.js';

/** What the topology needs to know besides the records. */
export interface TopologyOptions {
  readonly topics: TopicNames;
  /** Of times that come without one. */
  readonly zone: TimeZone;
  /** What the codes and words of sources mean; absent: as they are given with the program. */
  readonly codes?: CodeTable;
  /** When a source record was appended to its topic, epoch ms. Absent: it was to none, and the time told counts. */
  readonly appendedAt?: (record: RecordContext) => number;
  /** Absent: there is no stage for policies. */
  readonly policies?: PolicyOptions;
  /** The registry that `oms.network` fills; given by those who have read it otherwise. */
  readonly registry?: Registry;
  /** Counts what becomes of events; absent: nobody does. */
  readonly tally?: EventTally;
}

interface PolicyOptions {
  /** Policies that run. */
  readonly switchedOn: readonly PolicyName[];
  /** When storm mode goes on and off, by the events of one partition of the log. */
  readonly stormMode: StormThresholds;
}

type Headers = Readonly<Record<string, string>>;

/** What became of a report. */
type Placed =
  | { readonly to: 'log'; readonly key: Key; readonly entry: LogEntry; readonly followed?: Headers }
  | { readonly to: 'unplaced'; readonly id: string; readonly value: UnplacedRecord }
  | { readonly to: 'rejected'; readonly id: string; readonly value: RejectedRecord };

type Understood = Extract<Report, { event: unknown }>;
type Refused = Exclude<Report, Understood>;
type LogPlaced = Extract<Placed, { to: 'log' }>;

const isOnLog = (placed: Placed): placed is LogPlaced => placed.to === 'log';

/** The whole of it: place, correlate, policies, sink. */
export function buildTopology(options: TopologyOptions): Topology {
  const { topics, policies, tally } = options;
  const topology = new Topology('oms');
  addPlace(topology, options);
  addCorrelate(topology, topics, tally);
  if (policies) addPolicies(topology, topics, policies);
  const { events, outages, evidence, unplaced, late, rejected } = topics;
  topology.outlet('sink', [events, outages, evidence, unplaced, late, rejected], 'PostGIS');
  return topology;
}

function addPlace(
  topology: Topology,
  { topics, zone, codes, appendedAt, registry = new Registry(), tally }: TopologyOptions,
): void {
  const bySource = sourceTopics(topics);
  const sourceOf = new Map(SOURCES.map((source) => [bySource[source], source]));
  const readingOf = (record: RecordContext): Reading => ({
    receivedAt: toldReceiptOf(record, zone),
    zone,
    ...(codes && { codes }),
    append: appendedAt ? { atMs: appendedAt(record), isHistory: record.headers.ce_type === HISTORY_TYPE } : null,
  });
  const network = {
    topic: topics.network,
    apply: (id: string, value: Uint8Array | null): void => takeElement(registry, id, value),
  };
  topology
    .source('place', Object.values(bySource), {
      inTimeOrder: true,
      tables: [network],
      reject: rejectTo(topics.rejected),
    })
    .flatMap('normalise', (record) => normalise(sourceOf.get(record.topic)!, record.value, readingOf(record)))
    .flatMap('place', (report, record) => {
      const source = 'event' in report ? report.event.source : (report.source ?? sourceOf.get(record.topic)!);
      const placed =
        'event' in report
          ? placeReport(report, record, registry)
          : rejectReport(report, record, source, readingOf(record));
      // One that concerns several feeders is placed on each, and is one.
      const [first] = placed;
      if (tally && first) tally.add(source, first.to === 'log' ? 'placed' : first.to);
      // Of a record with many reports the first is followed.
      return traces.follows(record.headers) && report.index === 0 ? followPlaced(placed, source, record) : placed;
    })
    .through(isOnLog, {
      topic: topics.events,
      key: ({ key }) => keyText(key),
      encode: (placed) => encodeLogRecord(placed.map(({ entry }) => entry)),
      headers: followedOf,
    })
    .to([topics.unplaced, topics.rejected], (placed) =>
      placed.to === 'log' ? [] : [jsonRecord(topics[placed.to], placed.id, placed.id, placed.value)],
    );
}

/**
 * Takes a record of `oms.network` into a registry.
 * @throws Error if it is none
 */
export function takeElement(registry: Registry, id: string, value: Uint8Array | null): void {
  registry.apply(id, value && readNetworkElement(id, value));
}

/** When a record was taken in, as its header says, else when it came on the topic. */
function toldReceiptOf({ headers, timestampMs }: RecordContext, zone: TimeZone): number {
  const receivedAt = parseFieldTime(headers.ce_time, zone, timestampMs) ?? timestampMs;
  if (!isEpochMs(receivedAt)) throw unreadable(`The record has ${receivedAt} as its timestamp, which is no time.`);
  return receivedAt;
}

/** Notes that a report was placed, or where it went instead, and lets its way go on from the log. */
function followPlaced(placed: readonly Placed[], source: Source, { headers, timestampMs }: RecordContext): Placed[] {
  const to = placed[0]?.to ?? 'nowhere';
  const failure = to === 'log' ? {} : { failure: to };
  const step = { name: 'place', sinceMs: timestampMs, attributes: { 'oms.source': source, 'oms.to': to }, ...failure };
  const followed = traces.step(step, headers);
  return placed.map((one) => (one.to === 'log' ? { ...one, followed } : one));
}

/** Notes that a policy decided, as all that is decided is noted. */
function followDecided({ command, commandId, author }: Command): Headers {
  return traces.step({
    name: 'decide',
    attributes: { 'oms.command': command, 'oms.command_id': commandId, 'oms.author': author },
  });
}

/** The headers by which the way of one of those placed goes on, if one is followed. */
function followedOf(placed: readonly LogPlaced[]): Headers | undefined {
  return placed.find(({ followed }) => followed !== undefined && traces.follows(followed))?.followed;
}

function rejectReport(
  { index, reason, detail, raw }: Refused,
  { topic, partition, offset }: RecordContext,
  source: Source,
  { receivedAt: told, append }: Reading,
): Placed[] {
  const receivedAt = formatTime(append ? receiptOf(told, append) : told);
  const position = { topic, partition, offset, index };
  const id = `${topic}/${partition}/${offset}/${index}`;
  return [{ to: 'rejected', id, value: { reason, detail, raw, source, position, receivedAt } }];
}

function placeReport({ event, index }: Understood, record: RecordContext, registry: Registry): Placed[] {
  const placements = place(event, registry);
  if (!Array.isArray(placements)) {
    const { topic, partition, offset } = record;
    const id = `${event.source}/${event.sourceEventId}`;
    const position = { topic, partition, offset, index };
    return [{ to: 'unplaced', id, value: { ...placements, event: canonicalEvent(event), position } }];
  }
  return placements.map(({ key, event: entry }) => {
    // On the log it stands with others, in one record.
    checkPlaced(entry);
    return { to: 'log', key, entry };
  });
}

/** A record that makes a node throw is kept aside with the error and where it stands. */
function rejectTo(topic: string): Reject {
  return {
    topic,
    record: (record, error) => rejectedRecord(topic, record, error),
    // Whoever goes on by a meaning that the log no longer has writes outages that no replay will give.
    endsWith: (error) => error instanceof UnknownMeaning,
  };
}

function rejectedRecord(to: string, record: SourceRecord, error: Error): OutRecord {
  const { topic, partition, offset } = record;
  const key = `${topic}/${partition}/${offset}/0`;
  return jsonRecord(to, key, key, {
    reason: 'operatorFailed',
    detail: `${error.message} ${error.stack?.split('\n')[1]?.trim() ?? ''}`.trim(),
    raw: record.value ? new TextDecoder().decode(record.value).slice(0, 10_000) : '',
    source: null,
    // It may be the timestamp that is wrong with it.
    receivedAt: formatTime(isEpochMs(record.timestampMs) ? record.timestampMs : 0),
    position: { topic, partition, offset, index: 0 },
  } satisfies RejectedRecord);
}

/** One log record, and what it led to. */
interface Correlated {
  readonly key: string;
  readonly outcome: Outcome;
  /** The record, if the way of one of its entries is followed. */
  readonly followed: RecordContext | null;
}

function addCorrelate(topology: Topology, topics: TopicNames, tally: EventTally | undefined): void {
  topology
    .source('correlate', [topics.events], { reject: rejectTo(topics.rejected) })
    .mapValues('decode', ({ key, value }) => ({
      // All that can be wrong with a record is found here: the fold takes whatever comes through.
      key: parseKey(textOf('The key of a record of the log', key)),
      entries: decodeLogRecord(value),
    }))
    .process('correlate', correlateProcessor, { topic: topics.snapshots })
    .to([topics.outages, topics.evidence, topics.late, topics.rejected], ({ key, outcome, followed }) => {
      tally?.addOutcome(outcome);
      return recordsOf(key, outcome, topics, followCorrelated(key, outcome, followed));
    });
}

function correlateProcessor(): Processor<{ key: Key; entries: readonly LogEntry[] }, Correlated> {
  const correlator = new Correlator();
  return {
    store: correlator,
    holdings: () => correlator.holdings(),
    process: ({ key, entries }, context, emit) => {
      const { partition, offset, headers } = context;
      const outcome = correlator.apply(key, entries, { partition, offset });
      emit({ key: keyText(key), outcome, followed: traces.follows(headers) ? context : null });
    },
  };
}

/**
 * Notes that a record of the log was correlated, if it is followed, or has a command that could not be carried out.
 * @returns the headers by which the way of one that is followed goes on, with the outages
 */
function followCorrelated(key: string, { rejected }: Outcome, followed: RecordContext | null): Headers | undefined {
  const [refused] = rejected;
  if (!followed && !refused) return undefined;
  const since = followed ? { sinceMs: followed.timestampMs } : {};
  const failure = refused ? { failure: refused.reason } : {};
  const step = { name: 'correlate', attributes: { 'oms.key': key }, ...since, ...failure };
  const headers = traces.step(step, followed?.headers);
  return followed ? headers : undefined;
}

function* recordsOf(key: string, outcome: Outcome, topics: TopicNames, headers?: Headers): Generator<OutRecord> {
  const record = (topic: string, id: string, value: object): OutRecord => jsonRecord(topic, id, key, value);
  for (const outage of outcome.outages) {
    const one = record(topics.outages, outage.outageId, outage);
    yield headers ? { ...one, headers } : one;
  }
  for (const evidence of outcome.evidence) yield record(topics.evidence, evidence.outageId ?? key, evidence);
  for (const late of outcome.late) {
    const { source, sourceEventId } = late.event;
    const published: LateRecord = { ...late, event: canonicalEvent(late.event) };
    yield record(topics.late, `${source}/${sourceEventId}`, published);
  }
  for (const { reason, detail, log, command } of outcome.rejected) {
    yield record(topics.rejected, command.commandId, {
      reason,
      detail,
      raw: JSON.stringify(canonicalCommand(command)).slice(0, 10_000),
      source: null,
      receivedAt: new Date(command.at).toISOString(),
      position: { topic: topics.events, ...log, index: 0 },
    } satisfies RejectedRecord);
  }
}

function addPolicies(topology: Topology, topics: TopicNames, { switchedOn, stormMode }: PolicyOptions): void {
  topology
    .source('policies', [topics.outages], { reject: rejectTo(topics.rejected) })
    .mapValues('decode', ({ value }) => (value === null ? null : readOutageRecord(value)))
    .process('policies', (): Processor<OutageRecord | null, LogPlaced> => {
      const watch = new Policies(new Set(switchedOn), stormMode);
      return {
        process: (record, { timestampMs }) => record && watch.hear(record, timestampMs),
        advance: (nowMs, emit) => {
          for (const { key, command } of watch.due(nowMs))
            emit({ to: 'log', key, entry: command, followed: followDecided(command) });
        },
      };
    })
    .through(isOnLog, {
      topic: topics.events,
      key: ({ key }) => keyText(key),
      encode: (placed) => encodeLogRecord(placed.map(({ entry }) => entry)),
      headers: followedOf,
    });
}
