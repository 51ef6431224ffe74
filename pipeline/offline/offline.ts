import { Memberships } from '../../operators/correlate/memberships.js';
import type { EvidenceRecord } from '../../operators/model/outcome.js';
import type { Named } from '../../operators/model/identity.js';
import type { OutageRecord } from '../../operators/model/outage.js';
import { formatTime } from '../../operators/model/time.js';
import { topicNames } from '../../connections/topics.js';
import { TestDriver } from '../../streams/driver.js';
import type { OutRecord } from '../../streams/topology.js';
import { buildTopology } from '../topology.js';
import { Placing, type Lines, type OfflineOptions } from './placing.js';
import { UTC } from '../../operators/model/time-zone.js';

/** A member of an outage, as `oms correlate` lists it. */
export interface Member extends Named {
  /** The time that counts, ISO 8601. */
  readonly t: string;
}

/** An outage with its members: a line of the output of `oms correlate`. */
export type OutageWithMembers = OutageRecord & { readonly members: readonly Member[] };

/** What became of the reports that were read. Restorations that brought somebody back are `restorations`. */
export interface Counts {
  read: number;
  members: number;
  restorations: number;
  withoutEffect: number;
  duplicates: number;
  late: number;
  unplaced: number;
  rejected: number;
  commands: number;
}

/** The second half of a run without Kafka: records of the log in, outages out. */
export class Correlating {
  readonly counts: Counts = {
    read: 0,
    members: 0,
    restorations: 0,
    withoutEffect: 0,
    duplicates: 0,
    late: 0,
    unplaced: 0,
    rejected: 0,
    commands: 0,
  };
  /** Records of the side topics, by their topic, for those who ask why. */
  readonly late: unknown[] = [];
  readonly unplaced: unknown[] = [];
  readonly rejected: unknown[] = [];
  readonly #topics = topicNames();
  readonly #driver: TestDriver;
  readonly #outages = new Map<string, OutageRecord>();
  readonly #members = new Memberships<Member>(({ source, sourceEventId, assetId = null, t }) => ({
    source,
    sourceEventId,
    assetId,
    t: formatTime(t),
  }));
  /** Evidence of the log record at hand: it comes together. */
  readonly #evidence: EvidenceRecord[] = [];

  /** @param alsoTakes called with each record before it is taken in */
  constructor(private readonly alsoTakes?: (record: OutRecord) => void) {
    const topology = buildTopology({ topics: this.#topics, zone: UTC });
    this.#driver = new TestDriver(topology, { stages: ['correlate'], onRecord: (record) => this.#keep(record) });
  }

  /** Takes in a record that {@link Placing} gave. */
  take(record: OutRecord): void {
    this.alsoTakes?.(record);
    if (record.topic !== this.#topics.events) {
      this.#keep(record);
      return;
    }
    this.#driver.pipe(record);
    this.#driver.commit();
  }

  #keep({ topic, key, content }: OutRecord): void {
    const topics = this.#topics;
    if (topic === topics.outages) {
      this.#outages.set(key, content as OutageRecord);
    } else if (topic === topics.evidence) {
      this.#keepEvidence(content as EvidenceRecord);
    } else if (topic === topics.late) {
      this.counts.late++;
      this.late.push(content);
    } else if (topic === topics.unplaced) {
      this.counts.unplaced++;
      this.unplaced.push(content);
    } else if (topic === topics.rejected) {
      this.counts.rejected++;
      this.rejected.push(content);
    }
  }

  #keepEvidence(evidence: EvidenceRecord): void {
    const [{ log } = evidence] = this.#evidence;
    if (log.offset !== evidence.log.offset || log.partition !== evidence.log.partition) this.#takeEvidence();
    this.#evidence.push(evidence);
  }

  /** Takes in what one log record did, all of it. */
  #takeEvidence(): void {
    const evidence = this.#evidence.splice(0);
    // A restoration that concerns several outages is one report.
    const restorations = new Set<number>();
    for (const one of evidence) {
      this.counts.members += one.members.length;
      for (const { logIndex } of one.restorations) restorations.add(logIndex);
      this.counts.duplicates += one.duplicates.length;
      this.counts.withoutEffect += one.withoutEffect.length;
    }
    this.counts.restorations += restorations.size;
    this.#members.take(evidence);
  }

  /**
   * Every outage in the order in which it was opened, with its members (those of a merged one moved on).
   * @param lines what {@link Placing} took in, to be counted with the rest
   */
  outages(lines: Lines): OutageWithMembers[] {
    Object.assign(this.counts, lines);
    this.#takeEvidence();
    return [...this.#outages.values()].map((outage) => ({
      ...outage,
      members: [...this.#members.of(outage.outageId)].sort(byIdentity),
    }));
  }
}

/** The whole topology without Kafka and database: lines of canonical events, or of an exported log, in; outages out. */
export class OfflineRun extends Correlating {
  readonly #placing: Placing;

  constructor(options: OfflineOptions, alsoTakes?: (record: OutRecord) => void) {
    super(alsoTakes);
    this.#placing = new Placing(options, (record) => this.take(record));
  }

  /** Takes in one line: a canonical event, or an entry of an exported log (a placed event or a command). */
  line(text: string): void {
    this.#placing.line(text);
  }

  /** Takes in whole lines. */
  block(bytes: Buffer): void {
    this.#placing.block(bytes);
  }

  /** Ends the run: every outage with its members. */
  finish(): OutageWithMembers[] {
    this.#placing.flush();
    return this.outages(this.#placing.lines);
  }
}

function byIdentity(a: Member, b: Member): number {
  return (
    compare(a.source, b.source) ||
    compare(a.sourceEventId, b.sourceEventId) ||
    compare(a.assetId ?? '', b.assetId ?? '') ||
    compare(a.t, b.t)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
