import type { ReportedEvent } from '../../operators/model/event.js';
import type { Source } from '../../operators/model/source.js';
import type { TimeZone } from '../../operators/model/time-zone.js';
import type { CodeTable } from '../../operators/normalise/code-table.js';
import { LISTED_REFUSALS, type ReportAnswer, type RoutedSource } from './report.js';

/** The body of a request, and what reading it needs to know. */
export interface ReceivedBody {
  /** A source's own words, or canonical events: a line each, or one or a list of them. */
  readonly as: RoutedSource | 'canonicalLines' | 'canonicalList';
  readonly bytes: Uint8Array;
  /** When it was taken in, epoch ms. */
  readonly receivedAt: number;
  /** Of times that come without one. */
  readonly zone: TimeZone;
  /** What the codes and words of sources mean; absent: as they are given with the program. */
  readonly codes?: CodeTable;
}

/** A source record to be published. */
export interface SourceRecord {
  readonly source: Source;
  readonly value: Uint8Array;
}

/** What the stream will make of a body. It goes from thread to thread, so it holds texts and bytes, few objects. */
export interface Assessment {
  readonly accepted: number;
  readonly rejected: number;
  readonly rejectedByReason: Readonly<Record<string, number>>;
  /** The refused ones that are answered for one by one. */
  readonly refused: readonly ReportAnswer[];
  /** The list of answers as JSON. */
  readonly events: string;
  readonly acceptedBySource: Readonly<Partial<Record<Source, number>>>;
  readonly refusals: readonly Refusals[];
  /** The asset that all accepted events are of; null if there are several. */
  readonly assetId: string | null;
  /** What others are to hear of the accepted events, one by one; empty where nobody is. */
  readonly told: readonly string[];
  readonly records: readonly SourceRecord[];
}

/** How many reports of a source were refused for a reason. */
interface Refusals {
  readonly source: Source | null;
  readonly reason: string;
  count: number;
}

/** Counts what becomes of the reports of a body, one after the other. */
export class Tally {
  #count = 0;
  #accepted = 0;
  #assetId: string | null = null;
  readonly #answers: string[] = [];
  readonly #refused: ReportAnswer[] = [];
  readonly #acceptedBySource: Partial<Record<Source, number>> = {};
  readonly #refusals = new Map<string, Refusals>();
  readonly #told: string[] = [];

  /** @param tell what others are to hear of an accepted event; null: nothing */
  constructor(private readonly tell: ((event: ReportedEvent) => string) | null) {}

  accept(event: ReportedEvent): void {
    const { source, sourceEventId, assetId } = event;
    this.#assetId = this.#accepted === 0 || this.#assetId === assetId ? assetId : null;
    this.#accepted++;
    this.#acceptedBySource[source] = (this.#acceptedBySource[source] ?? 0) + 1;
    if (this.tell) this.#told.push(this.tell(event));
    const answer: ReportAnswer = { index: this.#count++, status: 'accepted', source, sourceEventId };
    this.#answers.push(JSON.stringify(answer));
  }

  refuse(source: Source | null, reason: string, detail: string): void {
    const kind = `${source}/${reason}`;
    const same = this.#refusals.get(kind);
    if (same) same.count++;
    else this.#refusals.set(kind, { source, reason, count: 1 });
    const index = this.#count++;
    if (this.#refused.length === LISTED_REFUSALS) return;
    const answer: ReportAnswer = { index, status: 'rejected', source, sourceEventId: null, reason, detail };
    this.#refused.push(answer);
    this.#answers.push(JSON.stringify(answer));
  }

  /** What has become of them, with the records that hold them. */
  assessment(records: readonly SourceRecord[]): Assessment {
    const refusals = [...this.#refusals.values()];
    const byReason = new Map<string, number>();
    for (const { reason, count } of refusals) byReason.set(reason, (byReason.get(reason) ?? 0) + count);
    return {
      accepted: this.#accepted,
      rejected: this.#count - this.#accepted,
      rejectedByReason: Object.fromEntries(byReason),
      refused: this.#refused,
      events: `[${this.#answers.join(',')}]`,
      acceptedBySource: this.#acceptedBySource,
      refusals,
      assetId: this.#assetId,
      told: this.#told,
      records,
    };
  }
}
