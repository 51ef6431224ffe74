import type { Key, OutageCommand } from '../../model/event.js';
import { incidentIdOf, type Named } from '../../model/identity.js';
import type { OutageRecord, Severity } from '../../model/outage.js';
import { bySource } from '../../model/source.js';
import type { Status } from '../../model/status.js';
import type { RuleSet } from '../../model/rules.js';
import { formatTime } from '../../model/time.js';
import { Body } from './body.js';
import type { Cells } from '../linking/cells.js';
import type { Entries } from './entries.js';
import type { LogPosition, Membership, Restatement, TimelineEntry, Witness } from '../../model/outcome.js';

/** IEEE 1366: an interruption of at most this long is momentary. */
const MOMENTARY_MS = 5 * 60_000;

/** The members of an outage, and what they add up to. */
export type OutageBody = Body<OutageState>;

/** What the log record at hand did to one outage. */
export interface OutageDraft {
  /** The gathering that it belongs to. */
  readonly of: object;
  readonly outage: OutageState;
  /** Whether the entry at hand changed it. */
  touched: boolean;
  readonly members: Membership[];
  readonly restorations: Witness[];
  readonly timeline: TimelineEntry[];
  restated: Restatement | null;
}

/** One outage: who it is and what was decided about it. What it is made of is its body. */
export class OutageState {
  body: OutageBody;
  status: Status = 'detected';
  mergedInto: string | null = null;
  /** Outages that merged into this one, and into those. */
  absorbed: string[] = [];
  cancelled = false;
  closed = false;
  /** When it was last decided on, by the commands' own times (epoch ms). */
  decidedAt = -Infinity;
  confirmed = false;
  readonly flags = new Set<string>();
  readonly crew = new Set<string>();
  readonly acknowledgedBy = new Set<string>();
  etr: number | null = null;
  /** The substation event that names the incident: the earliest member of that reach, of one time by the place on the log. */
  incident: (Named & { readonly t: number; readonly place: number }) | null = null;
  /** Members ({@link memberKeyOf}) that amends took in: when they are told again, they are known. */
  readonly amended = new Set<string>();
  /** What its record said when it merged into another; null as long as it has not. */
  epitaph: OutageRecord | null = null;
  /** What the log record at hand did to it, while one is. */
  draft: OutageDraft | null = null;
  revision = 0;
  log: LogPosition = { partition: -1, offset: -1 };

  constructor(
    readonly outageId: string,
    readonly openedBy: OutageRecord['openedBy'],
    entries: Entries<OutageBody>,
    cells: Cells,
  ) {
    this.body = new Body(this, entries, cells);
  }

  /** Whether an outage event at `t` (epoch ms) may link to it, as known now. */
  isOpenAt(t: number): boolean {
    if (this.cancelled) return false;
    const { restoredAt } = this.body;
    return restoredAt === null || restoredAt >= t;
  }

  /** Names the incident after a member of reach substation, if it is the earliest. */
  noteIncident(candidate: OutageState['incident']): void {
    if (candidate === null) return;
    const { incident } = this;
    const earlier =
      incident === null || candidate.t < incident.t || (candidate.t === incident.t && candidate.place < incident.place);
    if (earlier) this.incident = candidate;
  }

  /** Takes over what was decided about an outage that merges into this one. Its body is merged by the caller. */
  takeOver(other: OutageState): void {
    other.mergedInto = this.outageId;
    this.absorbed.push(other.outageId, ...other.absorbed);
    this.confirmed ||= other.confirmed;
    this.closed &&= other.closed;
    this.decidedAt = Math.max(this.decidedAt, other.decidedAt);
    this.etr ??= other.etr;
    for (const identity of other.amended) this.amended.add(identity);
    for (const flag of other.flags) this.flags.add(flag);
    for (const crew of other.crew) this.crew.add(crew);
    for (const name of other.acknowledgedBy) this.acknowledgedBy.add(name);
    this.noteIncident(other.incident);
  }

  /** What a command decides, but for `restore` and `close`, whose restorations the key carries out. */
  decide(command: OutageCommand): void {
    this.decidedAt = Math.max(this.decidedAt, command.at);
    if (command.flag !== undefined) this.flags.add(command.flag);
    switch (command.command) {
      case 'confirm':
        this.confirmed = true;
        break;
      case 'cancel':
        this.cancelled = true;
        break;
      case 'acknowledge':
        this.acknowledgedBy.add(command.author);
        break;
      case 'crew':
        if (command.leaves) this.crew.delete(command.crew ?? '');
        else this.crew.add(command.crew ?? '');
        break;
      case 'etr':
        this.etr = command.etr ?? null;
        break;
      case 'close':
        this.closed = true;
        break;
      case 'note':
      case 'restore':
        break;
    }
  }

  /** The first status of the contract's list that holds. Confirmed once, it stays confirmed. */
  evaluate(): Status {
    const { body } = this;
    if (!this.confirmed && body.confidence >= body.confirmThreshold) this.confirmed = true;
    if (this.mergedInto !== null) return 'merged';
    if (this.cancelled) return 'cancelled';
    if (this.closed) return 'closed';
    if (body.unitsOut === 0) return 'restored';
    if (body.unitsOut < body.unitsAffected) return 'partially_restored';
    if (this.crew.size > 0) return 'in_progress';
    return this.confirmed ? 'confirmed' : 'detected';
  }

  /**
   * The record that is published.
   * @param rules the rule set in force at the latest member's time
   * @param originLon the longitude (degrees) from which the key measures
   */
  record(key: Key, rules: RuleSet, originLon: number): OutageRecord {
    if (this.epitaph) return this.#merged(this.epitaph);
    const { body, incident, status } = this;
    const { restoredAt } = body;
    const customersAffected = body.allCustomersAffected;
    return {
      outageId: this.outageId,
      substationId: key.substationId,
      feederId: key.feederId,
      incidentId: incident ? incidentIdOf(key.substationId, incident, incident.t) : null,
      status,
      confidence: body.confidence,
      severity: severityOf(customersAffected, body.isWide, rules),
      firstDetectedAt: formatTime(body.firstDetectedAt),
      lastEventAt: formatTime(body.lastEventAt),
      restoredAt: restoredAt === null ? null : formatTime(restoredAt),
      momentary: restoredAt !== null && restoredAt - body.firstDetectedAt <= MOMENTARY_MS,
      mergedInto: this.mergedInto,
      openedBy: { ...this.openedBy },
      reporters: { ...body.reporters },
      events: body.events,
      assetsAffected: body.assetsAffected,
      assetsOut: body.assetsOut,
      customersAffected,
      customersOut: body.allCustomersOut,
      center: body.center(originLon),
      bbox: body.bbox(originLon),
      flags: [...this.flags].sort(),
      ruleSet: rules.name,
      crew: [...this.crew],
      etr: this.etr === null ? null : formatTime(this.etr),
      acknowledgedBy: [...this.acknowledgedBy],
      revision: this.revision,
      log: { partition: this.log.partition, offset: this.log.offset },
    };
  }

  /** A merged outage has no members any more: they count where they are now. */
  #merged(epitaph: OutageRecord): OutageRecord {
    return {
      ...epitaph,
      status: 'merged',
      mergedInto: this.mergedInto,
      events: 0,
      assetsAffected: 0,
      assetsOut: 0,
      customersAffected: 0,
      customersOut: 0,
      reporters: bySource(() => 0),
      revision: this.revision,
      log: { partition: this.log.partition, offset: this.log.offset },
    };
  }
}

function severityOf(customersAffected: number, isWide: boolean, { severity }: RuleSet): Severity {
  if (isWide || customersAffected >= severity.critical) return 'critical';
  if (customersAffected >= severity.high) return 'high';
  return customersAffected >= severity.medium ? 'medium' : 'low';
}
