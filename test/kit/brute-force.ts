/**
 * The contract's linking, merging, confidence, restoration and status by enumeration of all pairs: slow, short, and
 * nothing like the operator. One key, one rule set; no commands.
 */
import type { PlacedEvent } from '../../operators/model/event.js';
import { outageIdOf } from '../../operators/model/identity.js';
import type { RuleSetInForce } from '../../operators/model/rules.js';
import { distanceMm } from '../../operators/model/sphere.js';
import { isClockSuspect, timeOf } from '../../operators/model/time.js';

interface Group {
  id: string;
  members: PlacedEvent[];
  mergedInto: string | null;
  confirmed: boolean;
}

export interface BruteOutage {
  outageId: string;
  status: string;
  confidence: number;
  restoredAt: number | null;
  members: string[];
}

const identity = (event: PlacedEvent): string => `${event.source}/${event.sourceEventId}`;
const reporter = (event: PlacedEvent): string => `${event.source}/${event.assetId ?? ` ${event.sourceEventId}`}`;
const unit = (event: PlacedEvent): string => event.customerId ?? reporter(event);

export function bruteForce(
  log: readonly PlacedEvent[],
  rules: RuleSetInForce,
): { outages: BruteOutage[]; late: string[] } {
  const groups: Group[] = [];
  const restorations: PlacedEvent[] = [];
  const seen = new Map<string, number>();
  const late: string[] = [];
  let watermark = -Infinity;
  const linked = (a: PlacedEvent, b: PlacedEvent): boolean =>
    Math.abs(timeOf(a) - timeOf(b)) <= rules.windowMs &&
    (a.reach !== 'point' || b.reach !== 'point' || distanceMm(a.lat, a.lon, b.lat, b.lon) <= rules.radiusM * 1000);
  const backAt = (member: PlacedEvent): number =>
    Math.min(
      ...restorations
        .filter((r) => (r.reach !== 'point' || unit(r) === unit(member)) && timeOf(r) >= timeOf(member))
        .map(timeOf),
    );
  const restoredAt = ({ members }: Group): number => Math.max(...members.map(backAt));
  const confidence = ({ members }: Group): number => {
    const weights = new Map(members.map((member) => [reporter(member), rules.weights[member.source]]));
    const silent = [...weights.values()].sort().reduce((product, weight) => product * (1 - weight), 1);
    return Math.round((1 - silent) * 10_000) / 10_000;
  };
  for (const event of log) {
    const seenAt = seen.get(identity(event));
    if (seenAt !== undefined && seenAt >= watermark - rules.retentionMs) continue;
    const t = timeOf(event);
    const tooLate = t < event.receivedAt - rules.windowMs - rules.latenessMs || t < watermark - rules.retentionMs;
    seen.set(identity(event), t);
    if (!isClockSuspect(event)) watermark = Math.max(watermark, t);
    if (event.kind === 'restoration') restorations.push(event);
    else if (tooLate) late.push(identity(event));
    else {
      const open = groups.filter((group) => group.mergedInto === null && restoredAt(group) >= t);
      const found = open.filter(({ members }) => members.some((member) => linked(member, event)));
      const first = ({ members }: Group): number => Math.min(...members.map(timeOf));
      found.sort((a, b) => first(a) - first(b) || (a.id < b.id ? -1 : 1));
      const id = outageIdOf('S', 'F', event.source, event.sourceEventId);
      if (found.length === 0 && groups.some((group) => group.id === id)) continue;
      const survivor = found[0] ?? { id, members: [], mergedInto: null, confirmed: false };
      if (found.length === 0) groups.push(survivor);
      for (const other of found.slice(1)) {
        survivor.members.push(...other.members.splice(0));
        other.mergedInto = survivor.id;
      }
      survivor.members.push(event);
      survivor.confirmed = confidence(survivor) >= rules.confirmThreshold || found.some((group) => group.confirmed);
    }
  }
  const status = (group: Group): string => {
    if (group.mergedInto !== null) return 'merged';
    const units = new Set(group.members.map(unit));
    const out = new Set(group.members.filter((member) => backAt(member) === Infinity).map(unit));
    return out.size === 0
      ? 'restored'
      : out.size < units.size
        ? 'partially_restored'
        : group.confirmed
          ? 'confirmed'
          : 'detected';
  };
  const outages = groups.map((group) => ({
    outageId: group.id,
    status: status(group),
    confidence: group.mergedInto === null ? confidence(group) : NaN,
    restoredAt: group.mergedInto !== null || restoredAt(group) === Infinity ? null : restoredAt(group),
    members: group.members.map(identity).sort(),
  }));
  return { outages, late };
}
