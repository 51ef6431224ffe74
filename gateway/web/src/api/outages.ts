import type { Kind, Reach, Source } from '../../../../operators/event.js';
import type { OutageRecord, Status } from '../../../../operators/outage.js';
import { getJson } from './request.js';

export type { Kind, Reach, Source } from '../../../../operators/event.js';
export type { OutageRecord, Severity, Status } from '../../../../operators/outage.js';

export const OPEN_STATUSES = ['detected', 'confirmed', 'in_progress', 'partially_restored'] as const satisfies Status[];

/** Why an event belongs to its outage: the member it links to. */
export interface Link {
  readonly source: Source;
  readonly sourceEventId: string;
  /** Null: linked by reach, whatever the distance. */
  readonly distanceM: number | null;
  /** How long after that member it happened; negative: before. */
  readonly dtMs: number;
}

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
  readonly flags: readonly string[];
  /** Null: it opened the outage, or one that merged into it, or a correction took it in. */
  readonly link: Link | null;
  readonly amended: boolean;
  readonly log: LogPosition;
}

export interface TimelineEntry {
  readonly at: string;
  readonly what: string;
  readonly from?: string | null;
  readonly to?: string | null;
  /** `stream`, or the author of a command. */
  readonly by: string | null;
  /** The event (`source/sourceEventId`) or the command that caused it. */
  readonly cause: string | null;
  readonly reason: string | null;
  readonly log: LogPosition;
}

interface LogPosition {
  readonly partition: number;
  readonly offset: number;
}

export interface OutageDetail {
  readonly outage: OutageRecord;
  readonly members: readonly Member[];
  readonly timeline: readonly TimelineEntry[];
}

interface OutagePage {
  readonly outages: readonly OutageRecord[];
  readonly nextCursor: string | null;
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
