import type { OutageRecord, Severity, Status } from '../../api/outages.js';
import type { OpenOutage } from '../../feed/openOutages.js';

export const SORT_KEYS = ['severity', 'customersOut', 'newest'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface ListFilter {
  /** Words, all of which must be found in ids, feeder, substation or crew; case does not matter. */
  readonly text: string;
  /** Empty: all. */
  readonly feederId: string;
  readonly status: Status | '';
}

export const NO_FILTER: ListFilter = { text: '', feederId: '', status: '' };

const SEVERITY_RANK: Record<Severity, number> = { critical: 3, high: 2, medium: 1, low: 0 };

type Comparison = (a: OutageRecord, b: OutageRecord) => number;
// ISO 8601 in UTC with milliseconds: the order of the texts is the order of the times.
const newest: Comparison = (a, b) => descending(a.firstDetectedAt, b.firstDetectedAt);
const severity: Comparison = (a, b) => SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity];
const customersOut: Comparison = (a, b) => b.customersOut - a.customersOut;
const identity: Comparison = (a, b) => -descending(a.outageId, b.outageId);

/** Ties are broken down to the id, so that an order never flickers. */
const ORDERS: Record<SortKey, readonly Comparison[]> = {
  severity: [severity, customersOut, newest, identity],
  customersOut: [customersOut, severity, newest, identity],
  newest: [newest, severity, identity],
};

function descending(a: string, b: string): number {
  return a < b ? 1 : a > b ? -1 : 0;
}

/** The outages that pass the filter, in order; restored ones last, since nothing is to be done about them. */
export function listed(outages: readonly OpenOutage[], filter: ListFilter, sort: SortKey): OpenOutage[] {
  const order = ORDERS[sort];
  return outages
    .filter(({ record }) => passes(record, filter))
    .sort((a, b) => {
      const byRestored = Number(a.restoredSeenAt !== null) - Number(b.restoredSeenAt !== null);
      if (byRestored !== 0) return byRestored;
      for (const compare of order) {
        const result = compare(a.record, b.record);
        if (result !== 0) return result;
      }
      return 0;
    });
}

function passes(record: OutageRecord, { text, feederId, status }: ListFilter): boolean {
  if (feederId !== '' && record.feederId !== feederId) return false;
  if (status !== '' && record.status !== status) return false;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const haystack = [record.outageId, record.feederId, record.substationId, record.severity, ...record.crew]
    .join(' ')
    .toLowerCase();
  return words.every((word) => haystack.includes(word));
}

/**
 * Keeps rows where the hand expects them: outages of `before` (ids as last shown) stay in that order, newcomers follow
 * at the end in theirs.
 */
export function inHeldOrder(sorted: readonly OpenOutage[], before: readonly string[]): OpenOutage[] {
  const place = new Map(before.map((outageId, index) => [outageId, index]));
  const placeOf = ({ record }: OpenOutage): number => place.get(record.outageId) ?? before.length;
  return [...sorted].sort((a, b) => placeOf(a) - placeOf(b));
}

/** The feeders of the outages, by name, for the filter. */
export function feedersOf(outages: readonly OpenOutage[]): string[] {
  return [...new Set(outages.map(({ record }) => record.feederId))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
}
