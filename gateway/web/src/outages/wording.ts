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

export const SOURCE_WORDS: Record<Source, string> = {
  scada: 'SCADA',
  kaifa: 'Meter',
  onu: 'ONU',
  call_center: 'Call',
};

/** What a flag of an outage or an event means; a flag not listed stands for itself. */
export const FLAG_WORDS: ReadonlyMap<string, string> = new Map([
  ['clockSuspect', 'device clock not plausible; time of receipt used'],
  ['contradictsRegistry', 'its ids contradict the network; the network was followed'],
  ['coordinatesIgnored', 'its coordinates lie too far off; those of the network used'],
  ['placedByCoordinates', 'placed by its coordinates'],
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
export function reportersText({ scada, kaifa, onu, call_center }: OutageRecord['reporters']): string {
  const words = [
    scada > 0 && `${count(scada)} SCADA`,
    kaifa > 0 && counted(kaifa, 'meter'),
    onu > 0 && counted(onu, 'ONU'),
    call_center > 0 && counted(call_center, 'call'),
  ];
  return words.filter((word) => word !== false).join(', ') || 'none';
}
