/**
 * The contract's linking, merging, confidence, restoration and status by enumeration of all pairs: slow, short, and
 * nothing like the operator. One key, one rule set; no commands.
 */
import type { PlacedEvent } from '../../operators/model/event.js';
import { outageIdOf } from '../../operators/model/identity.js';
import type { RuleSetInForce } from '../../operators/model/rules.js';
import { distanceMm } from '../../operators/model/sphere.js';
import { saysState } from '../../operators/model/state-report.js';
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

const DAY = 86_400_000;
const name = (event: PlacedEvent): string => `${event.source}/${event.sourceEventId}`;
const identity = ({ source, kind, assetId, sourceEventId }: PlacedEvent): string =>
  JSON.stringify([source, kind, assetId, sourceEventId]);
const reporter = ({ source, assetId, sourceEventId, reach }: PlacedEvent): string =>
  `${source}/${assetId ?? ` ${reach === 'point' ? sourceEventId : reach}`}`;
const unit = (event: PlacedEvent): string => event.customerId ?? reporter(event);
const isWide = ({ reach }: PlacedEvent): boolean => reach !== 'point';

/** An event that was neither a copy nor late, and its place on the log. */
interface Heard {
  readonly event: PlacedEvent;
  readonly t: number;
  readonly place: number;
  /** Of a wide restoration: members before it are not what it ended. */
  readonly from: number;
}

/** Whether a restoration says it of a unit: of its own, and of its reporter. */
const saysOf = (restoration: PlacedEvent, member: PlacedEvent): boolean =>
  unit(restoration) === unit(member) || (member.customerId === null && reporter(restoration) === reporter(member));

/** Whether two reports are of one reporter: then the later on the log has the last word at one time. */
const ofOne = (a: PlacedEvent, b: PlacedEvent): boolean =>
  reporter(a) === reporter(b) || (isWide(a) && isWide(b) && a.source === b.source);

export function bruteForce(
  log: readonly PlacedEvent[],
  rules: RuleSetInForce,
): { outages: BruteOutage[]; late: string[] } {
  const groups: Group[] = [];
  const heard: Heard[] = [];
  const late: string[] = [];
  const places = new Map<PlacedEvent, number>();
  let watermark = -Infinity;
  const linked = (a: PlacedEvent, b: PlacedEvent): boolean =>
    Math.abs(timeOf(a) - timeOf(b)) <= rules.windowMs &&
    (a.reach !== 'point' || b.reach !== 'point' || distanceMm(a.lat, a.lon, b.lat, b.lon) <= rules.radiusM * 1000);
  const backAt = (member: PlacedEvent): number => {
    const m = { t: timeOf(member), place: places.get(member)! };
    const counts = ({ event, t, place, from }: Heard): boolean =>
      event.kind === 'restoration' &&
      (isWide(event) ? m.t >= from : saysOf(event, member)) &&
      (t > m.t || (t === m.t && (place > m.place || !ofOne(event, member))));
    return Math.min(...heard.filter(counts).map(({ t }) => t));
  };
  /** A restoration at `t` ends the wide members from this one on, or none. */
  const firstEndedBy = (t: number): number =>
    Math.min(
      ...groups
        .flatMap(({ members }) => members)
        .filter((member) => isWide(member) && timeOf(member) <= t && backAt(member) >= t)
        .map(timeOf),
    );
  const isForgotten = ({ event, t }: Heard): boolean =>
    t < watermark - (isClockSuspect(event) ? 7 * DAY : rules.retentionMs) && t < watermark - rules.retentionMs;
  const isCopy = (event: PlacedEvent, place: number): boolean => {
    const e = { t: timeOf(event), place };
    const isBefore = (a: { t: number; place: number }, b: { t: number; place: number }): boolean =>
      a.t < b.t || (a.t === b.t && a.place < b.place);
    const isRemembered = ({ t }: Heard): boolean => t >= watermark - rules.retentionMs;
    return heard.some((p) => {
      if (identity(p.event) !== identity(event) || isForgotten(p)) return false;
      if (isClockSuspect(event) && p.event.occurredAt === event.occurredAt) return true;
      return !heard.some((x) => {
        const own = unit(x.event) === unit(event);
        const told = event.kind === 'outage' && saysOf(x.event, event) && isRemembered(x);
        if (x.event.kind === event.kind || !(isWide(x.event) || own || told)) return false;
        if (isBefore(e, p)) return isBefore(e, x) && isBefore(x, p) && isRemembered(x);
        const isKept = isRemembered(x) || isWide(x.event) || unit(p.event) === unit(event);
        return isBefore(p, x) && isBefore(x, e) && isKept;
      });
    });
  };
  const isStillOut = (member: PlacedEvent, t: number): boolean =>
    timeOf(member) <= t && t <= timeOf(member) + rules.retentionMs && backAt(member) > t;
  /** One says that somebody is out who was out by the other. */
  const linkedByState = (member: PlacedEvent, event: PlacedEvent): boolean => {
    const isOf = isWide(member) || unit(member) === unit(event);
    const isIn = isWide(event) || unit(member) === unit(event);
    return (
      (saysState(event) && isOf && isStillOut(member, timeOf(event))) ||
      (saysState(member) && isIn && isStillOut(event, timeOf(member)))
    );
  };
  const restoredAt = ({ members }: Group): number => Math.max(...members.map(backAt));
  const confidence = ({ members }: Group): number => {
    const weights = new Map(members.map((member) => [reporter(member), rules.weights[member.source]]));
    const silent = [...weights.values()].sort().reduce((product, weight) => product * (1 - weight), 1);
    return Math.round((1 - silent) * 10_000) / 10_000;
  };
  log.forEach((told, place) => {
    // The same object may stand on the log twice.
    const event = { ...told };
    places.set(event, place);
    if (isCopy(event, place)) return;
    const t = timeOf(event);
    const tooLate =
      event.kind === 'restoration'
        ? t < event.receivedAt - 7 * DAY
        : t < event.receivedAt - rules.windowMs - rules.latenessMs || t < watermark - rules.retentionMs;
    if (!isClockSuspect(event)) watermark = Math.max(watermark, t);
    // By the longest window: `standard` is in force where nobody said anything.
    const indexFrom = watermark - rules.retentionMs - Math.max(rules.windowMs, 30 * 60_000);
    if (tooLate) late.push(name(event));
    else if (event.kind === 'restoration') {
      const ended = isWide(event) ? firstEndedBy(t) : Infinity;
      // If it ended none, its trip was never told.
      heard.push({ event, t, place, from: ended === Infinity ? -Infinity : ended - 5 * 60_000 });
    } else {
      const open = groups.filter((group) => group.mergedInto === null && restoredAt(group) >= t);
      const found = open.filter(({ members }) =>
        members.some(
          (member) => linked(member, event) || (timeOf(member) >= indexFrom && linkedByState(member, event)),
        ),
      );
      const first = ({ members }: Group): number => Math.min(...members.map(timeOf));
      found.sort((a, b) => first(a) - first(b) || (a.id < b.id ? -1 : 1));
      const id = outageIdOf({ substationId: 'S', feederId: 'F' }, event, t);
      if (found.length === 0 && groups.some((group) => group.id === id)) return;
      heard.push({ event, t, place, from: -Infinity });
      const survivor = found[0] ?? { id, members: [], mergedInto: null, confirmed: false };
      if (found.length === 0) groups.push(survivor);
      for (const other of found.slice(1)) {
        survivor.members.push(...other.members.splice(0));
        other.mergedInto = survivor.id;
      }
      survivor.members.push(event);
      survivor.confirmed = confidence(survivor) >= rules.confirmThreshold || found.some((group) => group.confirmed);
    }
  });
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
    members: group.members.map(name).sort(),
  }));
  return { outages, late };
}
