import type { Named } from '../operators/model/identity.js';
import {
  ANY_TEXT,
  COUNT,
  listOf,
  nullable,
  objectOf,
  OFFSET,
  optional,
  readFields,
  TEXT,
  type Checked,
} from '../operators/model/record-shape.js';
import type { TopicNames } from '../connections/topics.js';
import type { FollowedRecord } from './follower.js';
import type { PublishedAt } from './publisher.js';

/** What became of an event. */
export type Answer =
  | { readonly status: 'correlated' | 'restored'; readonly outageId: string }
  | { readonly status: 'no_outage' | 'duplicate' }
  | { readonly status: 'late'; readonly reason: string }
  | { readonly status: 'unplaced' | 'rejected'; readonly reason: string; readonly detail: string };

/** The place of a source record, by which a rejected one is known. */
export interface SourcePosition extends PublishedAt {
  readonly topic: string;
}

/** Somebody who waits for what becomes of an event. */
export interface Waiter {
  /** Resolves to null when the time is over. */
  readonly answer: Promise<Answer | null>;
  /** Says where the event was published. */
  publishedAt(position: SourcePosition): void;
  /** Gives up waiting. */
  leave(): void;
}

interface Pending {
  readonly identity: string;
  position: SourcePosition | null;
  resolve(answer: Answer | null): void;
}

/** What an answer is made of: no more of a record is looked at. */
const IDENTIFIED = objectOf({ source: TEXT, sourceEventId: TEXT, assetId: optional(nullable(TEXT)) }, 'an event');
const EVENTS = listOf(IDENTIFIED);
const EVIDENCE = {
  outageId: nullable(TEXT),
  members: EVENTS,
  restorations: EVENTS,
  duplicates: EVENTS,
  withoutEffect: EVENTS,
};
const LATE = { reason: TEXT, event: IDENTIFIED };
const UNPLACED = { ...LATE, detail: ANY_TEXT };
const REJECTED = {
  reason: TEXT,
  detail: ANY_TEXT,
  position: objectOf({ topic: TEXT, partition: COUNT, offset: OFFSET }, 'a place on a topic'),
};

interface Identified {
  readonly source: string;
  readonly sourceEventId: string;
  readonly assetId?: string | null;
}

const MAX_WAITERS = 10_000;

/** Tells those who wait for it what the stream made of their event. */
export class Answers {
  readonly #byIdentity = new Map<string, Set<Pending>>();
  #count = 0;

  constructor(private readonly topics: TopicNames) {}

  /**
   * Waits for what becomes of an event, to be called before it is published.
   * @returns null if too many are waiting already
   */
  wait(event: Named, timeoutMs: number): Waiter | null {
    if (this.#count >= MAX_WAITERS) return null;
    let pending!: Pending;
    const answer = new Promise<Answer | null>((resolve) => {
      const timer = setTimeout(() => pending.resolve(null), timeoutMs);
      pending = {
        identity: identityOf(event),
        position: null,
        resolve: (value) => {
          clearTimeout(timer);
          this.#remove(pending);
          resolve(value);
        },
      };
    });
    const waiting = this.#byIdentity.get(pending.identity) ?? new Set();
    this.#byIdentity.set(pending.identity, waiting.add(pending));
    this.#count++;
    return {
      answer,
      publishedAt: (position) => (pending.position = position),
      leave: () => pending.resolve(null),
    };
  }

  /**
   * Takes in a record of evidence, late, unplaced or rejected. In a storm nobody waits: then nothing is even parsed.
   * @throws Error if it is none
   */
  hear({ topic, value }: Pick<FollowedRecord, 'topic' | 'value'>): void {
    if (this.#count === 0 || value === null) return;
    const { evidence, late, unplaced, rejected } = this.topics;
    if (topic === evidence) this.#hearEvidence(readFields('The record', value, EVIDENCE));
    else if (topic === late) this.#hearLate(readFields('The record', value, LATE));
    else if (topic === unplaced) this.#hearUnplaced(readFields('The record', value, UNPLACED));
    else if (topic === rejected) this.#hearRejected(readFields('The record', value, REJECTED));
  }

  #hearEvidence({ outageId, members, restorations, withoutEffect, duplicates }: Checked<typeof EVIDENCE>): void {
    if (outageId !== null) {
      for (const event of members) this.#tell(event, { status: 'correlated', outageId });
      for (const event of restorations) this.#tell(event, { status: 'restored', outageId });
    }
    for (const event of withoutEffect) this.#tell(event, { status: 'no_outage' });
    for (const event of duplicates) this.#tell(event, { status: 'duplicate' });
  }

  #hearLate({ reason, event }: Checked<typeof LATE>): void {
    this.#tell(event, { status: 'late', reason });
  }

  #hearUnplaced({ reason, detail, event }: Checked<typeof UNPLACED>): void {
    this.#tell(event, { status: 'unplaced', reason, detail });
  }

  /** What was rejected may have no identity: it is known by its place. */
  #hearRejected({ reason, detail, position }: Checked<typeof REJECTED>): void {
    for (const pending of [...this.#byIdentity.values()].flatMap((waiting) => [...waiting])) {
      const at = pending.position;
      if (at?.topic === position.topic && at.partition === position.partition && at.offset === position.offset) {
        pending.resolve({ status: 'rejected', reason, detail });
      }
    }
  }

  #tell(event: Identified, answer: Answer): void {
    for (const pending of [...(this.#byIdentity.get(identityOf(event)) ?? [])]) pending.resolve(answer);
  }

  #remove(pending: Pending): void {
    const waiting = this.#byIdentity.get(pending.identity);
    if (!waiting?.delete(pending)) return;
    this.#count--;
    if (waiting.size === 0) this.#byIdentity.delete(pending.identity);
  }
}

function identityOf({ source, assetId = null, sourceEventId }: Identified): string {
  return JSON.stringify([source, assetId, sourceEventId]);
}
