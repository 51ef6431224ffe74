import { compareRecords } from '../../../../operators/model/outage-order.js';
import { fetchLatestOutage, openOutagePages, type OutageRecord } from '../api/outages.js';
import { RequestFailed } from '../api/request.js';
import { DATABASE_LAG_MS, OpenOutages, type OpenOutage } from './openOutages.js';

/** Fastest pace of repainting: below what the eye takes for a lag. */
const PUBLISH_EVERY_MS = 150;
/** Thousands of outages take longer to sort and draw: 5 000 are repainted twice a second, so that clicks get through. */
const PUBLISH_MS_PER_OUTAGE = 0.1;
/** While nothing is painted (hidden tab) updates are only gathered, one record per outage. */
const PUBLISH_HIDDEN_MS = 2_000;
/** How often the list is fetched while the stream is down. */
const POLL_MS = 10_000;
const RETRY_MS = [2_000, 4_000, 8_000, 10_000];
/** The list is fetched when the stream has opened, or after this time without it. */
const STREAM_PATIENCE_MS = 3_000;
const PROBE_MS = 15_000;
const EXPIRE_MS = 5_000;

export interface Connection {
  readonly state: 'connecting' | 'live' | 'reconnecting';
  /** Since when, epoch ms. */
  readonly since: number;
}

export interface FeedSnapshot {
  readonly outages: readonly OpenOutage[];
  readonly connection: Connection;
  /** When the list was last known to be right, epoch ms, while the stream is down; null: it never was. */
  readonly asOf: number | null;
  /** Why the list could not be fetched, and when it is tried again, epoch ms. */
  readonly failure: { readonly message: string; readonly retryAt: number } | null;
}

/**
 * Keeps the open outages current: the list is fetched once the stream is open (so that nothing falls between the two)
 * and after every interruption; while the stream is down, it is fetched every ten seconds.
 */
export class OutageFeed {
  readonly #open = new OpenOutages();
  /** Heard and not yet taken; only the newest record of an outage, so a storm in a hidden tab stays small. */
  readonly #heard = new Map<string, OutageRecord>();
  readonly #listeners = new Set<() => void>();
  #snapshot: FeedSnapshot = { outages: [], connection: { state: 'connecting', since: 0 }, asOf: null, failure: null };
  #stream: EventSource | null = null;
  #loading: AbortController | null = null;
  #failures = 0;
  #messagesSinceProbe = 0;
  #probed: string | null = null;
  #publishedAt = 0;
  #publishing: number | undefined;
  #loadTimer: number | undefined;
  #streamTimer: number | undefined;
  #probeTimer: number | undefined;
  #expireTimer: number | undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): FeedSnapshot => this.#snapshot;

  start(): void {
    this.#change({ connection: { state: 'connecting', since: Date.now() } });
    this.#connect();
    this.#loadIn(STREAM_PATIENCE_MS);
    this.#probeTimer = window.setInterval(() => void this.#probe(), PROBE_MS);
    this.#expireTimer = window.setInterval(() => this.#open.expire(Date.now()) && this.#publish(), EXPIRE_MS);
  }

  stop(): void {
    this.#stream?.close();
    this.#loading?.abort();
    for (const timer of [this.#publishing, this.#loadTimer, this.#streamTimer]) window.clearTimeout(timer);
    for (const timer of [this.#probeTimer, this.#expireTimer]) window.clearInterval(timer);
    this.#publishing = undefined;
  }

  #connect(): void {
    this.#stream?.close();
    const stream = (this.#stream = new EventSource('/api/oms/stream'));
    stream.addEventListener('open', () => {
      this.#change({ connection: { state: 'live', since: Date.now() } });
      void this.#load();
    });
    stream.addEventListener('error', () => {
      this.#interrupted();
      // The browser resumes a broken stream itself, but gives up when an answer is not a stream (a proxy's 502).
      if (stream.readyState === EventSource.CLOSED) this.#connectIn(this.#retryMs());
    });
    stream.addEventListener('outage', (message: MessageEvent<string>) => {
      this.#messagesSinceProbe++;
      const record = JSON.parse(message.data) as OutageRecord;
      const known = this.#heard.get(record.outageId);
      if (!known || compareRecords(known, record) < 0) this.#heard.set(record.outageId, record);
      this.#publishSoon();
    });
  }

  #connectIn(ms: number): void {
    window.clearTimeout(this.#streamTimer);
    this.#streamTimer = window.setTimeout(() => this.#connect(), ms);
  }

  #interrupted(): void {
    const { connection, asOf } = this.#snapshot;
    if (connection.state === 'reconnecting') return;
    const wasLive = connection.state === 'live';
    this.#change({
      connection: { state: 'reconnecting', since: wasLive ? Date.now() : connection.since },
      asOf: wasLive ? Date.now() : asOf,
    });
    this.#loadIn(this.#retryMs());
  }

  async #load(): Promise<void> {
    window.clearTimeout(this.#loadTimer);
    this.#loading?.abort();
    const loading = (this.#loading = new AbortController());
    const mark = this.#open.mark();
    try {
      for await (const page of openOutagePages(loading.signal)) {
        for (const record of page) this.#open.read(record, Date.now());
        this.#publish();
      }
      this.#takeHeard();
      const unsettled = this.#open.dropUnlisted(mark, Date.now());
      this.#failures = 0;
      this.#change({ asOf: Date.now(), failure: null });
      if (this.#snapshot.connection.state !== 'live') this.#loadIn(POLL_MS);
      else if (unsettled > 0) this.#loadIn(DATABASE_LAG_MS);
    } catch (error) {
      if (loading.signal.aborted) return;
      const retryMs = this.#retryMs();
      this.#failures++;
      const message = error instanceof RequestFailed ? error.message : 'The list of outages could not be read';
      this.#change({ failure: { message, retryAt: Date.now() + retryMs } });
      this.#loadIn(retryMs);
    }
  }

  #loadIn(ms: number): void {
    window.clearTimeout(this.#loadTimer);
    this.#loadTimer = window.setTimeout(() => void this.#load(), ms);
  }

  #retryMs(): number {
    return RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)]!;
  }

  /**
   * A stream can die without the browser noticing (a proxy or a laptop that slept). So the list is asked now and then
   * for its newest outage: when it has moved on and the stream said nothing meanwhile, the stream is opened anew.
   */
  async #probe(): Promise<void> {
    if (this.#snapshot.connection.state !== 'live') return;
    const silent = this.#messagesSinceProbe === 0;
    const before = this.#probed;
    this.#messagesSinceProbe = 0;
    try {
      const latest = await fetchLatestOutage(AbortSignal.timeout(PROBE_MS - 1_000));
      this.#probed = latest && `${latest.outageId} ${latest.log.offset} ${latest.revision}`;
      if (before === null || before === this.#probed || !silent || this.#messagesSinceProbe > 0) return;
    } catch {
      // Unreachable, while the stream seems to stand.
    }
    this.#probed = null;
    this.#interrupted();
    this.#connect();
  }

  /** Publishes with the next painted frame, at most at the pace above. */
  #publishSoon(): void {
    if (this.#publishing !== undefined) return;
    const pace = Math.max(PUBLISH_EVERY_MS, this.#snapshot.outages.length * PUBLISH_MS_PER_OUTAGE);
    const wait = this.#publishedAt + (document.hidden ? PUBLISH_HIDDEN_MS : pace) - Date.now();
    this.#publishing = window.setTimeout(
      () => {
        if (document.hidden) this.#publish();
        else requestAnimationFrame(() => this.#publish());
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
    this.#change({});
  }

  #change(changes: Partial<FeedSnapshot>): void {
    window.clearTimeout(this.#publishing);
    this.#publishing = undefined;
    this.#publishedAt = Date.now();
    this.#takeHeard();
    this.#snapshot = { ...this.#snapshot, ...changes, outages: this.#open.all() };
    for (const listener of this.#listeners) listener();
  }
}
