import type { OutageRecord } from '../../../../operators/model/outage.js';
import type { Source } from '../../../../operators/model/source.js';
import { OPEN_STATUSES } from '../../../../operators/model/status.js';
import type { Link, Member, TimelineEntry } from '../../../oms/outage-story.js';
import { getJson } from './request.js';

export type { Kind, Reach } from '../../../../operators/model/event.js';
export type { OutageRecord, Severity } from '../../../../operators/model/outage.js';
export type { Source };
export { isOpen, OPEN_STATUSES, type Status } from '../../../../operators/model/status.js';
export type { Link, Member, TimelineEntry } from '../../../oms/outage-story.js';

export interface OutageDetail {
  readonly outage: OutageRecord;
  readonly members: readonly Member[];
  readonly timeline: readonly TimelineEntry[];
}

interface OutagePage {
  readonly outages: readonly OutageRecord[];
  readonly nextCursor: string | null;
}

/** Enough of an id to tell outages apart on one page. */
export function shortId(outageId: string): string {
  return outageId.slice(0, 8);
}

/** An event's identity as it is written everywhere: `kaifa/K-12`. */
export function eventName(source: Source, sourceEventId: string): string {
  return `${source}/${sourceEventId}`;
}

/** An event for sets and maps: ids are numbered per asset. Records of before do not name that. */
export function memberKeyOf({
  source,
  sourceEventId,
  assetId = null,
}: Pick<Link, 'source' | 'sourceEventId' | 'assetId'>): string {
  return JSON.stringify([source, assetId, sourceEventId]);
}

/** All open outages, page by page, newest report first. */
export async function* openOutagePages(signal: AbortSignal): AsyncGenerator<readonly OutageRecord[]> {
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ status: OPEN_STATUSES.join(','), limit: '100' });
    if (cursor !== null) query.set('cursor', cursor);
    const page: OutagePage = await getJson(`/api/oms/outages?${query}`, signal);
    yield page.outages;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** The outage, open or not, that was heard of last; null when there is none. */
export async function fetchLatestOutage(signal: AbortSignal): Promise<OutageRecord | null> {
  const page: OutagePage = await getJson('/api/oms/outages?limit=1', signal);
  return page.outages[0] ?? null;
}

export function fetchOutage(outageId: string, signal: AbortSignal): Promise<OutageDetail> {
  return getJson(`/api/oms/outages/${encodeURIComponent(outageId)}`, signal);
}
