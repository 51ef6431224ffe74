import type { Member, OutageRecord, Reach, Source } from '../../../api/outages.js';
import { spanText } from '../../../words/times.js';

const GATHERS: Record<Exclude<Reach, 'point'>, string> = {
  feeder: 'feeder breaker: gathers the whole feeder',
  substation: 'substation: gathers every feeder of it',
};

/** Why a member belongs to its outage, in words a dispatcher can check: `42 m and 3 s from kaifa/K-12`. */
export function linkSentence(
  {
    kind,
    source,
    sourceEventId,
    reach,
    link,
    amended,
  }: Pick<Member, 'kind' | 'source' | 'sourceEventId' | 'reach' | 'link' | 'amended'>,
  openedBy: OutageRecord['openedBy'],
): string {
  if (kind === 'restoration') {
    return reach === 'point' ? 'Reports supply back' : `Reports supply back for the whole ${reach}`;
  }
  const gathers = reach === 'point' ? null : GATHERS[reach];
  if (link === null) {
    const opened =
      source === openedBy.source && sourceEventId === openedBy.sourceEventId
        ? 'Opened the outage'
        : amended
          ? 'Taken in by a correction'
          : 'Opened an outage that merged into this one';
    return gathers === null ? opened : `${opened}; ${gathers}`;
  }
  const partner = eventName(link.source, link.sourceEventId);
  const span = spanText(link.dtMs);
  if (gathers !== null) return sentenceCase(`${gathers} within the time window, ${span} from ${partner}`);
  if (link.distanceM === null) return `Gathered by ${partner}, which speaks for the whole feeder, ${span} apart`;
  return `${distanceText(link.distanceM)} and ${span} from ${partner}`;
}

/** An event's identity as it is written everywhere: `kaifa/K-12`. */
export function eventName(source: Source, sourceEventId: string): string {
  return `${source}/${sourceEventId}`;
}

/** `0.4 m`, `42 m`, `1.2 km`. */
export function distanceText(meters: number): string {
  if (meters === 0) return 'Same place';
  if (meters < 9.95) return `${meters.toFixed(1)} m`;
  return meters < 1_000 ? `${Math.round(meters)} m` : `${(meters / 1_000).toFixed(2)} km`;
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
