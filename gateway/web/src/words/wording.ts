import { bySource, rowOf, SOURCES } from '../../../../operators/model/source.js';
import type { OutageRecord, Severity, Source, Status } from '../api/outages.js';

export const STATUS_WORDS: Record<Status, string> = {
  detected: 'Detected',
  confirmed: 'Confirmed',
  in_progress: 'Crew on it',
  partially_restored: 'Partly restored',
  restored: 'Restored',
  closed: 'Closed',
  cancelled: 'Cancelled',
  merged: 'Merged',
};

export const SEVERITY_WORDS: Record<Severity, string> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
};

export const SOURCE_WORDS: Readonly<Record<Source, string>> = bySource((_, { words }) => words.name);

/** What a flag of an outage or an event means; a flag not listed stands for itself. */
export const FLAG_WORDS: ReadonlyMap<string, string> = new Map([
  ['clockSuspect', 'device clock not plausible; time of receipt used'],
  ['contradictsRegistry', 'its ids contradict the network; the network was followed'],
  ['coordinatesIgnored', 'its coordinates lie too far off; those of the network used'],
  ['placedByCoordinates', 'placed by its coordinates'],
  ['placedByHand', 'placed by hand'],
  ['reachIgnored', 'reach ignored'],
  ['receiptAhead', 'said to be received in the future; time of arrival used'],
  ['receiptLost', 'said to be received over a year before; time of arrival used'],
  ['reopened', 'reopened after it was closed'],
  ['unverified', 'restored without word from all'],
]);

/** Enough of an id to tell outages apart on one page. */
export function shortId(outageId: string): string {
  return outageId.slice(0, 8);
}

/** `96 %`; 100 % only for certainty, never by rounding. */
export function percent(share: number): string {
  return `${Math.floor(Math.round(share * 1e4) / 100)} %`;
}

const NUMBER = new Intl.NumberFormat('en-GB', { useGrouping: 'always' });

/** `12,480`. */
export function count(n: number): string {
  return NUMBER.format(n);
}

/** `1 customer`, `12 customers`. */
export function counted(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** Who reported, in words: `2 SCADA, 41 meters, 1 call`. */
export function reportersText(reporters: OutageRecord['reporters']): string {
  const words = SOURCES.filter((source) => reporters[source] > 0).map((source) => {
    const { one, many } = rowOf(source).words;
    return `${count(reporters[source])} ${reporters[source] === 1 ? one : many}`;
  });
  return words.join(', ') || 'none';
}
