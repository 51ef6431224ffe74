import { act, createElement, Fragment, Profiler, type ReactNode } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { outageRecord } from '../../api/outageRecord.fixture.js';
import type { FeedSnapshot } from '../../feed/feed.js';
import { drawInSmallDocument } from '../../parts/smallDocument.fixture.js';

const NOW = Date.UTC(2026, 9, 4, 3);
const MIN = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

it('a second that passes draws the clock anew, and nothing that does not tell seconds', async () => {
  const { draw, text, remove } = await drawInSmallDocument();
  const { Header } = await import('../../parts/header/Header.js');
  const { OutageList } = await import('./OutageList.js');
  const { Facts } = await import('./detail/Facts.js');
  const outages = [7, 4].map((minutes, at) => ({
    record: outageRecord({
      outageId: `${at}0000000-0000-5000-8000-000000000000`,
      firstDetectedAt: new Date(NOW - minutes * MIN - 30_000).toISOString(),
    }),
    arrivedAt: null,
    restoredSeenAt: null,
  }));
  const feed: FeedSnapshot = { outages, connection: { state: 'live', since: NOW }, asOf: NOW, failure: null };
  const drawn = { header: 0, list: 0, facts: 0 };
  const counted = (name: keyof typeof drawn, content: ReactNode): ReactNode =>
    createElement(Profiler, { id: name, onRender: () => void drawn[name]++ }, content);
  const nothing = (): void => undefined;
  await draw(
    createElement(
      Fragment,
      null,
      counted(
        'header',
        createElement(Header, { feed, views: [], current: 'outages', theme: 'dark', onTheme: nothing }),
      ),
      counted('list', createElement(OutageList, { outages, selectedId: null, emptyText: '', onSelect: nothing })),
      counted('facts', createElement(Facts, { outage: outages[0]!.record, feederName: null })),
    ),
  );
  expect(text()).toContain('7 min');
  Object.assign(drawn, { header: 0, list: 0, facts: 0 });

  await act(() => vi.advanceTimersByTimeAsync(10_000));
  expect(drawn).toEqual({ header: 10, list: 0, facts: 0 });

  await act(() => vi.advanceTimersByTimeAsync(20_000));
  expect(text()).toContain('8 min');
  expect(drawn.list).toBe(1);
  expect(drawn.facts).toBe(1);
  await remove();
  expect(vi.getTimerCount()).toBe(0);
});
