import { compareRecords } from '../../../../operators/model/outage-order.js';
import type { OutageRecord } from '../api/outages.js';
import { failureOf } from '../api/request.js';
import type { Surroundings } from './browser.js';
import { CLOSED, isLive, PROBE_MS, step, type Effect, type FeedEvent, type FeedState, type Timer } from './machine.js';
import { OpenOutages, type OpenOutage } from './openOutages.js';

/** Fastest pace of repainting: below what the eye takes for a lag. */
const PUBLISH_EVERY_MS = 150;
/** Thousands of outages take longer to sort and draw: 5 000 are repainted twice a second, so that clicks get through. */
const PUBLISH_MS_PER_OUTAGE = 0.1;
/** While nothing is painted (hidden tab) updates are only gathered, one record per outage. */
const PUBLISH_HIDDEN_MS = 2_000;

export interface Connection {
  readonly state: 'connecting' | 'live' | 'reconnecting';
  /** Since when, epoch ms. */
  readonly since: number;
}

/** What people see of the feed; what the machine knows besides is its own. */
export interface FeedSnapshot extends Pick<FeedState, 'asOf' | 'failure'> {
  readonly outages: readonly OpenOutage[];
  readonly connection: Connection;
}

/** Keeps the open outages current: does what the machine says (machine.ts), and tells it what came of it. */
export class OutageFeed {
  readonly #open = new OpenOutages();
  /** Heard and not yet taken; only the newest record of an outage, so a storm in a hidden tab stays small. */
  readonly #heard = new Map<string, OutageRecord>();
  readonly #listeners = new Set<() => void>();
  readonly #timers = new Map<Timer, ReturnType<typeof setTimeout>>();
  #state = CLOSED;
  #snapshot: FeedSnapshot = snapshotOf(CLOSED, []);
  #close: (() => void) | null = null;
  #reading: AbortController | null = null;
  #probing: AbortController | null = null;
  #publishing: ReturnType<typeof setTimeout> | undefined;
  #publishedAt = 0;

  constructor(private readonly surroundings: Surroundings) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): FeedSnapshot => this.#snapshot;

  start(): void {
    this.#tell({ type: 'start' });
  }

  stop(): void {
    clearTimeout(this.#publishing);
    this.#publishing = undefined;
    this.#tell({ type: 'stop' });
  }

  #tell(event: FeedEvent): void {
    const before = this.#state;
    const [state, effects] = step(before, event, Date.now());
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    const isSeen =
      event.type === 'listed' ||
      before.since !== state.since ||
      before.asOf !== state.asOf ||
      before.failure !== state.failure ||
      connectionOf(before) !== connectionOf(state);
    if (isSeen && state.stream !== 'closed') this.#publish();
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'open':
        return this.#listen(effect.number);
      case 'close':
        this.#close?.();
        this.#close = null;
        return;
      case 'read':
        return void this.#read(effect.number);
      case 'abortRead':
        return this.#reading?.abort();
      case 'probe':
        return void this.#probe(effect.number);
      case 'abortProbe':
        return this.#probing?.abort();
      case 'expire':
        if (this.#open.expire(Date.now())) this.#publish();
        return;
      case 'set':
        clearTimeout(this.#timers.get(effect.timer));
        this.#timers.set(
          effect.timer,
          setTimeout(() => this.#tell({ type: 'due', timer: effect.timer }), effect.ms),
        );
        return;
      case 'cancel':
        return clearTimeout(this.#timers.get(effect.timer));
    }
  }

  #listen(source: number): void {
    this.#close = this.surroundings.listen({
      onOpen: () => this.#tell({ type: 'opened', source }),
      onError: (gone) => this.#tell({ type: 'broken', source, gone }),
      onOutage: (record) => {
        const known = this.#heard.get(record.outageId);
        if (!known || compareRecords(known, record) < 0) this.#heard.set(record.outageId, record);
        this.#tell({ type: 'heard', source });
        this.#publishSoon();
      },
    });
  }

  async #read(reading: number): Promise<void> {
    this.#reading?.abort();
    const { signal } = (this.#reading = new AbortController());
    const mark = this.#open.mark();
    try {
      for await (const page of this.surroundings.pages(signal)) {
        if (signal.aborted) return;
        for (const record of page) this.#open.read(record, Date.now());
        this.#publish();
      }
      if (signal.aborted) return;
      this.#takeHeard();
      this.#tell({ type: 'listed', reading, unsettled: this.#open.dropUnlisted(mark, Date.now()) });
    } catch (error) {
      if (!signal.aborted) this.#tell({ type: 'listFailed', reading, why: failureOf(error) });
    }
  }

  async #probe(probing: number): Promise<void> {
    this.#probing?.abort();
    const leaving = (this.#probing = new AbortController());
    // It has ended before the next one is due.
    const tooLate = setTimeout(() => leaving.abort(), PROBE_MS - 1_000);
    try {
      const latest = await this.surroundings.latest(leaving.signal);
      const newest = latest === null ? '' : `${latest.outageId} ${latest.log.offset} ${latest.revision}`;
      this.#tell({ type: 'probed', probing, newest });
    } catch {
      this.#tell({ type: 'probeFailed', probing });
    } finally {
      clearTimeout(tooLate);
    }
  }

  /** Publishes with the next painted frame, at most at the pace above. */
  #publishSoon(): void {
    if (this.#publishing !== undefined || this.#state.stream === 'closed') return;
    const { isHidden, nextFrame } = this.surroundings;
    const pace = Math.max(PUBLISH_EVERY_MS, this.#snapshot.outages.length * PUBLISH_MS_PER_OUTAGE);
    const wait = this.#publishedAt + (isHidden() ? PUBLISH_HIDDEN_MS : pace) - Date.now();
    this.#publishing = setTimeout(
      () => {
        if (isHidden()) this.#publish();
        else nextFrame(() => this.#publish());
      },
      Math.max(0, wait),
    );
  }

  #takeHeard(): void {
    const now = Date.now();
    for (const record of this.#heard.values()) this.#open.hear(record, now);
    this.#heard.clear();
  }

  #publish(): void {
    clearTimeout(this.#publishing);
    this.#publishing = undefined;
    this.#publishedAt = Date.now();
    this.#takeHeard();
    this.#snapshot = snapshotOf(this.#state, this.#open.all());
    for (const listener of this.#listeners) listener();
  }
}

function snapshotOf(state: FeedState, outages: readonly OpenOutage[]): FeedSnapshot {
  const { since, asOf, failure } = state;
  return { outages, connection: { state: connectionOf(state), since }, asOf, failure };
}

function connectionOf(state: FeedState): Connection['state'] {
  if (isLive(state)) return 'live';
  return state.stream === 'closed' || state.stream === 'connecting' ? 'connecting' : 'reconnecting';
}
