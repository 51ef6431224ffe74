import { isCommand, type Command, type Key, type LogEntry, type PlacedEvent } from '../event.js';
import type { OutageRecord } from '../outage.js';
import { formatTime } from '../time.js';
import type { LinkTo } from './extent.js';
import type { OutageState } from './outage-state.js';
import type {
  EvidenceRecord,
  LateRecord,
  LogPosition,
  Membership,
  Outcome,
  RejectedCommand,
  TimelineEntry,
  Witness,
} from './outcome.js';

interface OutageDraft {
  readonly members: Membership[];
  readonly restorations: Witness[];
  readonly timeline: TimelineEntry[];
}

/** Gathers what the entries of one log record lead to. */
export class Draft {
  readonly #outages = new Map<OutageState, OutageDraft>();
  readonly #duplicates: Witness[] = [];
  readonly #withoutEffect: Witness[] = [];
  readonly #late: LateRecord[] = [];
  readonly #rejected: RejectedCommand[] = [];
  /** Outages that the entry at hand changed. */
  readonly #touched = new Set<OutageState>();
  #entry!: LogEntry;
  #logIndex = 0;
  #t = 0;

  constructor(
    private readonly key: Key,
    private readonly log: LogPosition,
  ) {}

  /** Starts with an entry of the log record, whose time that counts is `t` (epoch ms). */
  begin(entry: LogEntry, logIndex: number, t: number): void {
    this.#entry = entry;
    this.#logIndex = logIndex;
    this.#t = t;
  }

  /** Ends the entry: outages that it changed get their revision and, if it changed, their status. */
  end(): void {
    for (const outage of this.#touched) {
      outage.revision++;
      outage.log = this.log;
      const before = outage.status;
      outage.status = outage.evaluate();
      if (outage.status !== before && outage.status !== 'merged') {
        this.timeline(outage, 'status', outage.status, before);
      }
    }
    this.#touched.clear();
  }

  /** The entry at hand changes `outage`. */
  touch(outage: OutageState): void {
    this.#touched.add(outage);
    if (!this.#outages.has(outage)) this.#outages.set(outage, { members: [], restorations: [], timeline: [] });
  }

  /** A change worth telling. */
  timeline(outage: OutageState, what: string, to: string | null = null, from: string | null = null): void {
    this.touch(outage);
    const entry = this.#entry;
    const command = isCommand(entry);
    this.#outages.get(outage)!.timeline.push({
      at: formatTime(this.#t),
      what,
      from,
      to,
      by: command ? entry.author : 'stream',
      cause: command ? entry.commandId : `${entry.source}/${entry.sourceEventId}`,
      reason: command ? entry.reason : null,
      logIndex: this.#logIndex,
    });
  }

  member(outage: OutageState, event: PlacedEvent, link: LinkTo | null): void {
    this.touch(outage);
    const { source, sourceEventId } = event;
    this.#outages.get(outage)!.members.push({
      source,
      sourceEventId,
      t: this.#t,
      logIndex: this.#logIndex,
      link: link && {
        source: link.source,
        sourceEventId: link.sourceEventId,
        distanceM: link.distanceM,
        dtMs: this.#t - link.t,
      },
    });
  }

  restoration(event: PlacedEvent): void {
    for (const outage of this.#touched) this.#outages.get(outage)!.restorations.push(this.#witness(event));
  }

  duplicate(event: PlacedEvent): void {
    this.#duplicates.push(this.#witness(event));
  }

  withoutEffect(event: PlacedEvent): void {
    this.#withoutEffect.push(this.#witness(event));
  }

  late(event: PlacedEvent, reason: LateRecord['reason'], watermark: number): void {
    this.#late.push({
      reason,
      ...this.key,
      t: formatTime(this.#t),
      watermark: watermark === -Infinity ? null : formatTime(watermark),
      log: this.log,
      logIndex: this.#logIndex,
      event,
    });
  }

  reject(command: Command, reason: string, detail: string): void {
    this.#rejected.push({ reason, detail, log: this.log, command });
  }

  #witness({ source, sourceEventId }: PlacedEvent): Witness {
    return { source, sourceEventId, logIndex: this.#logIndex };
  }

  /** All that is to be published. */
  outcome(record: (outage: OutageState) => OutageRecord): Outcome {
    const evidence: EvidenceRecord[] = [];
    for (const [{ outageId }, { members, restorations, timeline }] of this.#outages) {
      evidence.push(this.#evidence(outageId, { members, restorations, timeline }));
    }
    if (this.#duplicates.length + this.#withoutEffect.length > 0) {
      evidence.push(this.#evidence(null, { duplicates: this.#duplicates, withoutEffect: this.#withoutEffect }));
    }
    return {
      outages: [...this.#outages.keys()].map(record),
      evidence,
      late: this.#late,
      rejected: this.#rejected,
    };
  }

  #evidence(outageId: string | null, what: Partial<EvidenceRecord>): EvidenceRecord {
    return {
      outageId,
      ...this.key,
      log: this.log,
      members: [],
      restorations: [],
      duplicates: [],
      withoutEffect: [],
      timeline: [],
      ...what,
    };
  }
}
