import { bySource, type Source } from '../../operators/model/source.js';
import { formatTime } from '../../operators/model/time.js';
import type { CanonicalEvent } from './canonical-event.js';
import type { Report } from './reports.js';

/** A report that is received, under the id that its source gave it. */
export interface Arrival {
  readonly report: Report;
  readonly sourceEventId: string;
  /** Epoch ms. */
  readonly receivedMs: number;
}

/** The first letter of their ids: that of their name. */
const ID_LETTERS: Readonly<Record<Source, string>> = bySource((source) => source.charAt(0).toUpperCase());

/** Reports in the order in which they are received, numbered in it; a doubled one comes twice under one id. */
export function inOrderOfArrival(reports: readonly Report[]): Arrival[] {
  const received: { readonly report: Report; readonly receivedMs: number }[] = [];
  for (const report of reports) {
    received.push({ report, receivedMs: Math.round(report.receivedMs) });
    if (report.againMs !== null) received.push({ report, receivedMs: Math.round(report.againMs) });
  }
  received.sort((a, b) => a.receivedMs - b.receivedMs);
  const ids = new Map<Report, string>();
  const counts = bySource(() => 0);
  return received.map(({ report, receivedMs }) => {
    const { source } = report.event;
    const sourceEventId = ids.get(report) ?? `${ID_LETTERS[source]}-${++counts[source]}`;
    ids.set(report, sourceEventId);
    return { report, sourceEventId, receivedMs };
  });
}

/** What stands on a line of an event file of an arrival. */
export function eventOf({ report, sourceEventId, receivedMs }: Arrival): CanonicalEvent {
  const { source, kind, type, assetId, ...rest } = report.event;
  const occurredAt = formatTime(Math.round(report.occurredMs));
  return { source, kind, type, sourceEventId, assetId, occurredAt, receivedAt: formatTime(receivedMs), ...rest };
}
