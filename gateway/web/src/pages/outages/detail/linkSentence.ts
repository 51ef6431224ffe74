import { eventName, type Member, type OutageRecord } from '../../../api/outages.js';
import { rowOf } from '../../../../../../operators/model/source.js';
import { words } from '../../../words/words.js';

type Linked = Pick<Member, 'kind' | 'source' | 'sourceEventId' | 'assetId' | 't' | 'reach' | 'link' | 'amended'>;

/** Why a member belongs to its outage, in words a dispatcher can check: `42 m and 3 s from kaifa/K-12`. */
export function linkSentence(member: Linked, openedBy: OutageRecord['openedBy']): string {
  const { kind, reach, link } = member;
  if (kind === 'restoration') return words.link.supplyBack[reach];
  if (link === null) {
    const opened = openingSentence(member, openedBy);
    return reach === 'point' ? opened : words.link.andGathers[reach](opened);
  }
  const partner = eventName(link.source, link.sourceEventId);
  const span = words.format.span(link.dtMs);
  if (reach !== 'point') return words.link.gathers[reach](span, partner);
  // Only some sources speak for a feeder: of others a link without a distance is one of somebody who is still out.
  if (link.distanceM === null)
    return rowOf(link.source).speaksWide ? words.link.gathered(span, partner) : words.link.stillOut(span, partner);
  return words.link.near(link.distanceM, span, partner);
}

function openingSentence(member: Linked, openedBy: OutageRecord['openedBy']): string {
  const { source, sourceEventId, assetId, t, amended } = member;
  // Older records do not name asset and time.
  const isSame = assetId === (openedBy.assetId ?? assetId) && t === (openedBy.t ?? t);
  if (source === openedBy.source && sourceEventId === openedBy.sourceEventId && isSame) return words.link.opened;
  return amended ? words.link.takenIn : words.link.openedMerged;
}
