import { isCommand, type Command, type Key, type LogEntry, type PlacedEvent } from '../../model/event.js';
import type { OutageRecord } from '../../model/outage.js';
import type { CommandRejection } from '../../model/rejections.js';
import { formatTime } from '../../model/time.js';
import type { TimelineWord } from '../../model/timeline.js';
import type { OutageDraft, OutageState } from './outage-state.js';
import type {
  EvidenceRecord,
  LateEvent,
  Link,
  LogPosition,
  Outcome,
  RejectedCommand,
  Witness,
} from '../../model/outcome.js';

/** Gathers what the entries of one log record lead to. */
export class Draft {
  readonly #drafts: OutageDraft[] = [];
  readonly #duplicates: Witness[] = [];
  readonly #withoutEffect: Witness[] = [];
  readonly #late: LateEvent[] = [];
  readonly #rejected: RejectedCommand[] = [];
  /** Of outages that the entry at hand changed: so many of the list. Emptied, it would get new room for each event. */
  readonly #touched: OutageDraft[] = [];
  #touchedCount = 0;
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
    // By position: telling a change of status touches the outage, which is touched already.
    for (let i = 0; i < this.#touchedCount; i++) {
      const draft = this.#touched[i]!;
      const { outage } = draft;
      outage.revision++;
      outage.log = this.log;
      const before = outage.status;
      outage.status = outage.evaluate();
      if (outage.status !== before && outage.status !== 'merged') {
        this.timeline(outage, 'status', outage.status, before);
      }
      draft.touched = false;
    }
    this.#touchedCount = 0;
  }

  /** The entry at hand changes `outage`. Its draft hangs on it: a look-up for each event would cost as much as linking. */
  touch(outage: OutageState): OutageDraft {
    let { draft } = outage;
    if (draft === null || draft.of !== this) {
      draft = { of: this, outage, touched: false, members: [], restorations: [], timeline: [], restated: null };
      outage.draft = draft;
      this.#drafts.push(draft);
    }
    if (!draft.touched) {
      draft.touched = true;
      this.#touched[this.#touchedCount++] = draft;
    }
    return draft;
  }

  /** The revision of an outage of this id that the log record has changed and that was settled since; 0: there is none. */
  lastRevisionOf(outageId: string): number {
    return this.#drafts.findLast(({ outage }) => outage.outageId === outageId)?.outage.revision ?? 0;
  }

  /** A change worth telling. */
  timeline(outage: OutageState, what: TimelineWord, to: string | null = null, from: string | null = null): void {
    const entry = this.#entry;
    const command = isCommand(entry);
    this.touch(outage).timeline.push({
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

  member(outage: OutageState, { source, sourceEventId, assetId }: PlacedEvent, link: Link | null): void {
    this.touch(outage).members.push({ source, sourceEventId, assetId, t: this.#t, logIndex: this.#logIndex, link });
  }

  /** A member that an amend took in, whose time that counts is `t` (epoch ms): the `nth` of the command. */
  amended(outage: OutageState, { source, sourceEventId, assetId }: PlacedEvent, t: number, nth: number): void {
    this.touch(outage).members.push({ source, sourceEventId, assetId, t, logIndex: this.#logIndex, link: null, nth });
  }

  /** All members of an outage are stated anew from here on. */
  restate(outage: OutageState): void {
    const outageIds = [outage.outageId, ...outage.absorbed];
    this.touch(outage).restated = { logIndex: this.#logIndex, outageIds };
    for (const draft of this.#drafts) if (outageIds.includes(draft.outage.outageId)) draft.members.length = 0;
  }

  /** A restoration that an amend told again, and that concerned a member. */
  retold(outage: OutageState, event: PlacedEvent): void {
    this.touch(outage).restorations.push(this.#witness(event));
  }

  restoration(event: PlacedEvent): void {
    for (let i = 0; i < this.#touchedCount; i++) this.#touched[i]!.restorations.push(this.#witness(event));
  }

  duplicate(event: PlacedEvent): void {
    this.#duplicates.push(this.#witness(event));
  }

  withoutEffect(event: PlacedEvent): void {
    this.#withoutEffect.push(this.#witness(event));
  }

  late(event: PlacedEvent, reason: LateEvent['reason'], watermark: number): void {
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

  reject(command: Command, reason: CommandRejection, detail: string): void {
    this.#rejected.push({ reason, detail, log: this.log, command });
  }

  #witness({ source, sourceEventId, assetId }: PlacedEvent): Witness {
    return { source, sourceEventId, assetId, logIndex: this.#logIndex };
  }

  /** All that is to be published. */
  outcome(record: (outage: OutageState) => OutageRecord): Outcome {
    const evidence: EvidenceRecord[] = [];
    for (const { outage, members, restorations, timeline, restated } of this.#drafts) {
      outage.draft = null;
      const what = { members, restorations, timeline };
      evidence.push(this.#evidence(outage.outageId, restated ? { ...what, restated } : what));
    }
    if (this.#duplicates.length + this.#withoutEffect.length > 0) {
      evidence.push(this.#evidence(null, { duplicates: this.#duplicates, withoutEffect: this.#withoutEffect }));
    }
    return {
      outages: this.#drafts.map(({ outage }) => record(outage)),
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
