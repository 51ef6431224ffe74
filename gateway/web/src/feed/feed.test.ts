import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { compareRecords } from '../../../../operators/model/outage-order.js';
import { outageRecord } from '../api/outageRecord.fixture.js';
import { STATUSES } from '../../../../operators/model/status.js';
import { isOpen, type OutageRecord, type Status } from '../api/outages.js';
import { RequestFailed } from '../api/request.js';
import type { StreamListener, Surroundings } from './browser.js';
import { OutageFeed } from './feed.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A gateway that tells at once on its stream what happens, and whose lists lag behind, or do not come at all. */
class Gateway implements Surroundings {
  readonly outages = new Map<string, OutageRecord>();
  /** What lists are read from: it has each record a while later. */
  readonly database = new Map<string, OutageRecord>();
  listener: StreamListener | null = null;
  /** How the stream is: `cut` opens no more, `deaf` seems to stand and tells nothing. */
  stream: 'well' | 'deaf' | 'cut' = 'well';
  isDown = false;
  isHiddenNow = false;
  streamsOpen = 0;
  readonly #told: OutageRecord[] = [];
  #offset = 0;

  readonly listen = (listener: StreamListener): (() => void) => {
    this.streamsOpen++;
    this.listener = listener;
    if (this.stream === 'deaf') this.stream = 'well';
    setTimeout(() => {
      if (this.listener !== listener) return;
      if (this.stream === 'cut') listener.onError(true);
      else listener.onOpen();
    }, 20);
    return () => {
      this.streamsOpen--;
      if (this.listener === listener) this.listener = null;
    };
  };

  readonly pages = async function* (this: Gateway, signal: AbortSignal): AsyncGenerator<OutageRecord[]> {
    const found = [...this.database.values()].filter(({ status }) => isOpen(status));
    for (let at = 0; at === 0 || at < found.length; at += 2) {
      await this.#answer(signal);
      yield found.slice(at, at + 2);
    }
  }.bind(this);

  readonly latest = async (signal: AbortSignal): Promise<OutageRecord | null> => {
    await this.#answer(signal);
    return [...this.database.values()].sort(compareRecords).at(-1) ?? null;
  };

  readonly isHidden = (): boolean => this.isHiddenNow;
  readonly nextFrame = (paint: () => void): void => void setTimeout(paint, 16);

  async #answer(signal: AbortSignal): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 50));
    signal.throwIfAborted();
    if (this.isDown) throw new RequestFailed({ kind: 'unreachable' });
  }

  /** @param lagMs how long after it the database has it */
  change(outageId: string, status: Status, lagMs = 0): void {
    const revision = (this.outages.get(outageId)?.revision ?? 0) + 1;
    const record = outageRecord({ outageId, status, revision, log: { partition: 0, offset: ++this.#offset } });
    this.outages.set(outageId, record);
    this.#told.push(record);
    setTimeout(() => this.#store(record), lagMs);
    if (this.stream === 'well') this.listener?.onOutage(record);
  }

  #store(record: OutageRecord): void {
    const stored = this.database.get(record.outageId);
    if (!stored || compareRecords(stored, record) < 0) this.database.set(record.outageId, record);
  }

  /** Tells again what it told `back` records before, as a stream does that resumes. */
  repeat(back: number): void {
    const record = this.#told.at(-back);
    if (record && this.stream === 'well') this.listener?.onOutage(record);
  }

  break(how: 'resumes' | 'gone' | 'deaf'): void {
    const { listener } = this;
    if (how === 'deaf') this.stream = 'deaf';
    else {
      this.stream = how === 'gone' ? 'cut' : this.stream;
      listener?.onError(how === 'gone');
      if (how === 'resumes') setTimeout(() => this.listener === listener && listener?.onOpen(), 3_000);
    }
  }

  /** Requests and streams are answered. */
  heal(): void {
    this.isDown = false;
    if (this.stream === 'cut') this.stream = 'well';
  }
}

type Happening = (gateway: Gateway) => void;
const ID = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(ID, fc.constantFrom(...STATUSES), fc.constantFrom(0, 100, 5_000, 40_000)).map(
      ([id, status, lagMs]) =>
        (g: Gateway) =>
          g.change(id, status, lagMs),
    ),
  },
  fc.constantFrom<Happening[]>(
    (g) => (g.isDown = !g.isDown),
    (g) => (g.isHiddenNow = !g.isHiddenNow),
    (g) => g.break('resumes'),
    (g) => g.break('gone'),
    (g) => g.break('deaf'),
    (g) => g.heal(),
  ),
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 6 }).map((back) => (g: Gateway) => g.repeat(back)) },
);
const history = fc.array(fc.tuple(happening, fc.constantFrom(0, 30, 500, 4_000, 16_000, 70_000)), { maxLength: 40 });

/** Sees to it that no record gives way to an older one. */
function watch(feed: OutageFeed): void {
  const newest = new Map<string, OutageRecord>();
  feed.subscribe(() => {
    for (const { record } of feed.snapshot().outages) {
      const before = newest.get(record.outageId);
      if (before) expect(compareRecords(record, before), `the order of ${record.outageId}`).toBeGreaterThanOrEqual(0);
      newest.set(record.outageId, record);
    }
  });
}

it('has every open outage as it is, once the gateway answers, and never shows an older record after a newer', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (happenings) => {
      vi.clearAllTimers();
      const gateway = new Gateway();
      const feed = new OutageFeed(gateway);
      watch(feed);
      feed.start();
      for (const [happens, ms] of happenings) {
        happens(gateway);
        await vi.advanceTimersByTimeAsync(ms);
        expect(gateway.streamsOpen).toBeLessThanOrEqual(1);
      }
      gateway.heal();
      // Time for a probe; then the next change shows a stream that has become deaf.
      await vi.advanceTimersByTimeAsync(35_000);
      gateway.change('f', 'detected');
      await vi.advanceTimersByTimeAsync(240_000);
      const { outages, connection, failure } = feed.snapshot();
      expect({ state: connection.state, failure }).toEqual({ state: 'live', failure: null });
      const shown = outages.map(({ record }) => record).sort((a, b) => (a.outageId < b.outageId ? -1 : 1));
      const open = [...gateway.outages.values()].filter(({ status }) => isOpen(status));
      expect(shown).toEqual(open.sort((a, b) => (a.outageId < b.outageId ? -1 : 1)));

      feed.stop();
      await vi.advanceTimersByTimeAsync(100);
      expect([gateway.streamsOpen, vi.getTimerCount()]).toEqual([0, 0]);
    }),
    { numRuns: 150 },
  );
});

it('tells a hidden page seldom, and a page in sight with the next frame', async () => {
  const gateway = new Gateway();
  const feed = new OutageFeed(gateway);
  feed.start();
  await vi.advanceTimersByTimeAsync(1_000);
  let told = 0;
  feed.subscribe(() => told++);
  const storm = async (): Promise<number> => {
    told = 0;
    for (let at = 0; at < 40; at++) {
      gateway.change('a', 'detected');
      await vi.advanceTimersByTimeAsync(50);
    }
    return told;
  };
  expect(await storm()).toBeGreaterThan(8);
  gateway.isHiddenNow = true;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await storm()).toBeLessThanOrEqual(2);
  feed.stop();
});

it('shows the newer of two records that come between two frames, in whichever order', async () => {
  const gateway = new Gateway();
  const feed = new OutageFeed(gateway);
  feed.start();
  await vi.advanceTimersByTimeAsync(1_000);
  gateway.change('a', 'detected');
  gateway.change('a', 'confirmed');
  gateway.repeat(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(feed.snapshot().outages.map(({ record }) => record.status)).toEqual(['confirmed']);
  feed.stop();
});
