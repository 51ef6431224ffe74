import { Memberships } from '../operators/correlate/memberships.js';
import type { EvidenceRecord } from '../operators/correlate/outcome.js';
import { keyText, type Command, type LogEntry, type PlacedEvent, type RulesCommand } from '../operators/event.js';
import { encodeLogRecord } from '../operators/log-record.js';
import type { Network } from '../operators/network.js';
import { isFields, type Fields } from '../operators/normalise/fields.js';
import type { OutageRecord } from '../operators/outage.js';
import { Registry } from '../operators/registry.js';
import { parseTime } from '../operators/time.js';
import { TestDriver } from './streams/driver.js';
import type { OutRecord } from './streams/topology.js';
import { buildTopology } from './topology.js';
import { topicNames } from '../topics.js';

/** A member of an outage, as `oms correlate` lists it. */
export type Member = Pick<PlacedEvent, 'source' | 'sourceEventId'>;

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

interface OfflineOptions {
  readonly network: Network;
  /** Rule sets that hold from the start, on every key. */
  readonly rules?: readonly RulesCommand[];
  /** Offset of times without a zone, minutes east of UTC. */
  readonly naiveOffsetMin?: number;
  /** Lines taken in one transaction: more are faster, and the outages the same. */
  readonly linesPerCommit?: number;
  /** The time (epoch ms) at which events without `receivedAt` were taken in. */
  readonly takenInAt: number;
}

/**
 * Lines are put on the topic many in one record, as a producer in a hurry does; the record stays below what is read of one
 * (1 MiB), whatever the characters.
 */
const CHARACTERS_PER_RECORD = 250_000;

/** The whole topology without Kafka and database: lines of canonical events, or of an exported log, in; outages out. */
export class OfflineRun {
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
  readonly #registry: Registry;
  readonly #driver: TestDriver;
  readonly #outages = new Map<string, OutageRecord>();
  readonly #members = new Memberships<Member>(({ source, sourceEventId }) => ({ source, sourceEventId }));
  readonly #linesPerCommit: number;
  #pending = 0;
  /** Lines for the next record. */
  #lines: string[] = [];
  #characters = 0;
  /** Evidence of the log record at hand: it comes together. */
  readonly #evidence: EvidenceRecord[] = [];

  constructor({ network, rules = [], naiveOffsetMin = 0, linesPerCommit = 1, takenInAt }: OfflineOptions) {
    this.#registry = Registry.of(network);
    this.#linesPerCommit = linesPerCommit;
    const topology = buildTopology({
      topics: this.#topics,
      naiveOffsetMin,
      registry: this.#registry,
    });
    this.#driver = new TestDriver(topology, { onRecord: (record) => this.#keep(record) });
    this.#driver.advance(takenInAt);
    for (const command of rules) this.#toEveryKey(command);
  }

  /** Takes in one line: a canonical event, or an entry of an exported log (a placed event or a command). */
  line(text: string): void {
    if (text.trim() === '') return;
    // Most lines are plain events, which the topology parses: only what may be an entry of a log is parsed here.
    const fields = text.includes('"command"') || text.includes('"placed"') ? parse(text) : null;
    if (fields && 'command' in fields) this.#command(fields);
    else if (fields?.placed === true) this.#placed(fields);
    else this.#event(text);
  }

  #event(text: string): void {
    this.counts.read++;
    // Only a line that is an object by itself means the same among others.
    const alone = text.charAt(0) !== '{' || text.includes('\n');
    if (alone || this.#characters + text.length > CHARACTERS_PER_RECORD) this.#pipeLines();
    this.#lines.push(text);
    this.#characters += text.length;
    if (alone) this.#pipeLines();
    this.#commitNowAndThen();
  }

  #pipeLines(): void {
    if (this.#lines.length === 0) return;
    // A canonical event names its own source: on one topic the order of the lines is the order of arrival.
    this.#driver.pipe({ topic: this.#topics.kaifa, key: null, value: this.#lines.join('\n') });
    this.#lines = [];
    this.#characters = 0;
  }

  #commitNowAndThen(): void {
    if (++this.#pending >= this.#linesPerCommit) this.#commit();
  }

  #commit(): void {
    this.#pending = 0;
    this.#pipeLines();
    this.#driver.commit();
  }

  #placed(fields: Fields): void {
    this.counts.read++;
    const { placed: _, substationId, feederId, ...event } = fields;
    this.#toLog(`${String(substationId)}/${String(feederId)}`, placedEvent(event));
    this.#commitNowAndThen();
  }

  #command(fields: Fields): void {
    this.counts.commands++;
    const { substationId, feederId, at, validFrom, etr, members, ...rest } = fields;
    const command = {
      ...rest,
      at: parseTime(at),
      ...(validFrom === undefined ? {} : { validFrom: parseTime(validFrom) }),
      ...(etr === undefined ? {} : { etr: parseTime(etr) }),
      ...(Array.isArray(members) ? { members: (members as Fields[]).map(placedEvent) } : {}),
    } as Command;
    if (typeof feederId === 'string') this.#toLog(`${String(substationId)}/${feederId}`, command);
    else this.#toEveryKey(command);
  }

  #toEveryKey(command: Command): void {
    for (const key of this.#registry.keys()) this.#toLog(keyText(key), command);
  }

  /** Puts an entry on the log, behind all that was read before it. */
  #toLog(key: string, entry: LogEntry): void {
    this.#commit();
    this.#driver.pipe({ topic: this.#topics.events, key, value: encodeLogRecord([entry]) });
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

  /** Ends the run: every outage in the order in which it was opened, with its members (those of a merged one moved on). */
  finish(): OutageWithMembers[] {
    this.#commit();
    this.#takeEvidence();
    return [...this.#outages.values()].map((outage) => ({
      ...outage,
      members: [...this.#members.of(outage.outageId)].sort(byIdentity),
    }));
  }
}

/** A placed event of an exported log, with its times as numbers. */
function placedEvent({ occurredAt, receivedAt, ...rest }: Fields): PlacedEvent {
  return { ...rest, occurredAt: parseTime(occurredAt), receivedAt: parseTime(receivedAt) } as PlacedEvent;
}

function byIdentity(a: Member, b: Member): number {
  return a.source === b.source ? (a.sourceEventId < b.sourceEventId ? -1 : 1) : a.source < b.source ? -1 : 1;
}

function parse(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}
