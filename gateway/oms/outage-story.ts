import type * as outcome from '../../operators/model/outcome.js';
import type { Kind, Reach } from '../../operators/model/event.js';
import type { Source } from '../../operators/model/source.js';

/** What the API tells of an outage beside its record, and what the page reads. */

export type { Link } from '../../operators/model/outcome.js';

/** An event of an outage, with the raw facts of it and why it belongs to it. */
export interface Member {
  readonly source: Source;
  readonly sourceEventId: string;
  readonly kind: Kind;
  readonly type: string;
  readonly assetId: string | null;
  readonly customerId: string | null;
  readonly dpId: string | null;
  readonly reach: Reach;
  readonly t: string;
  readonly receivedAt: string;
  readonly lat: number | null;
  readonly lon: number | null;
  readonly flags: string[];
  /** Null: it opened the outage, or one that merged into it, or a correction took it in. */
  readonly link: outcome.Link | null;
  /** A correction took it in: nobody knows to what it links. */
  readonly amended: boolean;
  readonly log: outcome.LogPosition;
}

/** A change of an outage, with the place on the log that brought it. */
export interface TimelineEntry extends Omit<outcome.TimelineEntry, 'logIndex' | 'what'> {
  /** A word of TIMELINE; of a newer program, another. */
  readonly what: string;
  readonly log: outcome.LogPosition;
}
