import { getBoundsOfDistance } from 'geolib';
import RBush from 'rbush';
import type { RuleSet, RuleTimeline } from '../../model/rules.js';
import { relativeLon, unitVector } from '../../model/sphere.js';
import type { Origin } from './cells.js';
import type { Extent } from './extent.js';
import type { LinkEvent } from './members.js';
import type { Link } from '../../model/outcome.js';
import { radiusOf, type Probe, type Radius } from './probe.js';

/**
 * geolib's earth is larger than ours (6 378 137 m), so its bounds of a distance are a little too tight: ask for more.
 * The R-tree only prunes; exactness is the extent's matter.
 */
const BOUNDS_SLACK = 1.002;

/** geolib is asked once for a band of latitudes, not for each event: it reads its coordinates as texts. */
const BANDS_PER_DEG = 10;

/** A little less than a degree of latitude has. */
const METRES_PER_DEG = 111_000;

/** How far a box reaches beyond its members (degrees), so that it need not grow with each of them. */
const BOX_SLACK_DEG = 0.01;

/** What owns an extent in the index: the body of one outage. */
export interface Indexed {
  readonly extent: Extent;
  box: IndexBox | null;
  /** No member is later (epoch ms). */
  readonly lastEventAt: number;
  /** Whether an event at `t` (epoch ms) may link to it. */
  isOpenAt(t: number): boolean;
}

interface Bounds {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

interface IndexBox extends Bounds {
  readonly owner: Indexed;
}

/** One outage to which an event links, and by which of its members. */
export interface Found<T> {
  readonly owner: T;
  readonly link: Link;
}

/** Finds, on one key, the outages to which an event links: an R-tree over their boxes, exact cells inside. */
export class LinkIndex<T extends Indexed> {
  readonly #tree = new RBush<IndexBox>();
  /** A list: mostly there is one, and a set would make an iterator for each event. */
  #owners: T[] = [];
  /** Those with a member of reach feeder or substation: candidates wherever the event is. */
  readonly #wideOwners = new Set<T>();
  readonly #radii = new Map<number, Radius>();
  readonly #spreads = new Map<number, Map<number, { readonly lat: number; readonly lon: number }>>();
  readonly #only: [Probe] = [{ fromT: 0.5, toT: 0.5, radius: radiusOf(0) }];
  #origin: (Origin & { lat: number; lon: number }) | null = null;

  /** The place from which the key measures longitudes and numbers cells (degrees); null before its first event. */
  get origin(): { readonly lat: number; readonly lon: number } | null {
    return this.#origin;
  }

  /** Sets the origin: done by the first event of the key, or by a snapshot. */
  set origin(at: { readonly lat: number; readonly lon: number } | null) {
    if (at === null) return;
    this.#origin = { lat: at.lat, lon: at.lon, x: 0, y: 0, z: 0 };
    unitVector(at.lat, at.lon, this.#origin);
  }

  /** Puts a member of `owner` into the index. */
  add(owner: T, event: LinkEvent): void {
    if (owner.extent.size === 0) this.#owners.push(owner);
    owner.extent.add(event, this.#origin!);
    if (event.wide) {
      this.#wideOwners.add(owner);
      return;
    }
    const lon = relativeLon(event.lon, this.#origin!.lon);
    const { box } = owner;
    if (box && lon >= box.minX && lon <= box.maxX && event.lat >= box.minY && event.lat <= box.maxY) return;
    this.#replaceBox(owner, {
      minX: Math.min(box?.minX ?? Infinity, lon - BOX_SLACK_DEG),
      minY: Math.min(box?.minY ?? Infinity, event.lat - BOX_SLACK_DEG),
      maxX: Math.max(box?.maxX ?? -Infinity, lon + BOX_SLACK_DEG),
      maxY: Math.max(box?.maxY ?? -Infinity, event.lat + BOX_SLACK_DEG),
    });
  }

  /** Moves the members of `from` to `into`. */
  merge(into: T, from: T): void {
    into.extent.absorb(from.extent);
    const a = into.box;
    const b = from.box;
    this.remove(from);
    // Both may be out of reach: an amend merges what no event links to any more.
    if (into.extent.size > 0) this.#own(into);
    if (!b) return;
    this.#replaceBox(into, {
      minX: Math.min(a?.minX ?? Infinity, b.minX),
      minY: Math.min(a?.minY ?? Infinity, b.minY),
      maxX: Math.max(a?.maxX ?? -Infinity, b.maxX),
      maxY: Math.max(a?.maxY ?? -Infinity, b.maxY),
    });
  }

  /** Takes an outage out of the index: nothing links to it any more. */
  remove(owner: T): void {
    this.#owners = this.#owners.filter((one) => one !== owner);
    this.#wideOwners.delete(owner);
    if (owner.box) this.#tree.remove(owner.box);
    owner.box = null;
  }

  /** Those with a member of reach feeder or substation in the index. */
  get wideOwners(): ReadonlySet<T> {
    return this.#wideOwners;
  }

  /** What has members in the index. */
  get owners(): readonly T[] {
    return this.#owners;
  }

  /** Puts an owner whose extent was filled by a snapshot back into the index, with the box it had. */
  restore(owner: T, box: readonly [number, number, number, number] | null): void {
    this.#own(owner);
    if (box) this.#replaceBox(owner, { minX: box[0], minY: box[1], maxX: box[2], maxY: box[3] });
  }

  #own(owner: T): void {
    if (!this.#owners.includes(owner)) this.#owners.push(owner);
    if (owner.extent.isWide) this.#wideOwners.add(owner);
  }

  #replaceBox(owner: T, bounds: Bounds): void {
    if (owner.box) this.#tree.remove(owner.box);
    owner.box = { ...bounds, owner };
    this.#tree.insert(owner.box);
  }

  /** Forgets members before `t` (epoch ms), and outages that have no others. */
  evictBefore(t: number): void {
    for (const owner of this.#owners) {
      owner.extent.evictBefore(t);
      if (owner.extent.size === 0) this.remove(owner);
      else if (!owner.extent.isWide) this.#wideOwners.delete(owner);
    }
  }

  /**
   * The outages that are open and have a member that links to `event`, each with that link.
   * @param probes the times and radii under which members link, from {@link probes}; there may be none
   */
  find(event: LinkEvent, probes: readonly Probe[]): readonly Found<T>[] {
    const first = probes[0];
    // All that it could link to may be forgotten: late is judged by a retention that has grown since.
    if (first === undefined) return [];
    let found: readonly Found<T>[] = [];
    const candidates = this.#candidates(event, probes);
    // The first probe reaches back farthest.
    const { fromT } = first;
    for (let i = 0; i < candidates.length; i++) {
      const owner = candidates[i]!;
      if (owner.lastEventAt < fromT || !owner.isOpenAt(event.t)) continue;
      const link = owner.extent.find(event, probes, this.#origin!);
      // Mostly one: a list that is pushed to gets room for sixteen.
      if (link) found = found.length === 0 ? [{ owner, link }] : [...found, { owner, link }];
    }
    return found;
  }

  /** Every outage that may link: all of them where space does not matter or there are few, else what the R-tree says. */
  #candidates(event: LinkEvent, probes: readonly Probe[]): readonly T[] {
    if (event.wide || this.#owners.length <= 2) return this.#owners;
    const candidates: T[] = [...this.#wideOwners];
    for (const box of this.#tree.search(this.#bounds(event, probes))) {
      if (!this.#wideOwners.has(box.owner as T)) candidates.push(box.owner as T);
    }
    return candidates;
  }

  #bounds(event: LinkEvent, probes: readonly Probe[]): Bounds {
    let radiusM = 0;
    for (const probe of probes) radiusM = Math.max(radiusM, probe.radius.radiusM);
    const lon = relativeLon(event.lon, this.#origin!.lon);
    const { lat, lon: spread } = this.#spread(event.lat, radiusM);
    // Bounds that pass the far side of the earth would wrap: there every longitude is asked.
    const whole = lon - spread < -180 || lon + spread > 180;
    return {
      minX: whole ? -180 : lon - spread,
      minY: event.lat - lat,
      maxX: whole ? 180 : lon + spread,
      maxY: event.lat + lat,
    };
  }

  /** How far a radius reaches (degrees) at a latitude: taken at the band's edge towards the pole, where it is widest. */
  #spread(lat: number, radiusM: number): { readonly lat: number; readonly lon: number } {
    const band = Math.min(90, Math.ceil(Math.abs(lat) * BANDS_PER_DEG) / BANDS_PER_DEG);
    const known = this.#spreads.get(radiusM)?.get(band);
    if (known) return known;
    const [, northEast] = getBoundsOfDistance({ latitude: band, longitude: 0 }, radiusM * BOUNDS_SLACK + 1) as [
      unknown,
      { latitude: number; longitude: number },
    ];
    // At the pole geolib cuts the latitude off: there the arc itself is as good.
    const spread = { lat: (radiusM * BOUNDS_SLACK + 1) / METRES_PER_DEG, lon: northEast.longitude };
    const bands = this.#spreads.get(radiusM) ?? new Map<number, typeof spread>();
    this.#spreads.set(radiusM, bands.set(band, spread));
    return spread;
  }

  /**
   * When and how near a member must be to link to an event at `t`: window and radius are those of the rule set in force
   * at the later of the two times.
   * @param notBefore members before it are gone (epoch ms)
   */
  probes(t: number, rules: RuleTimeline, notBefore: number): readonly Probe[] {
    const inForce = rules.at(t);
    if (rules.dated.length === 1) return this.#onlyProbe(t, inForce, notBefore);
    const probes: Probe[] = [];
    const add = (fromT: number, toT: number, radiusM: number): void => {
      const from = Math.max(fromT, notBefore);
      if (from <= toT) probes.push({ fromT: from, toT, radius: this.#radius(radiusM) });
    };
    const { dated } = rules;
    const next = dated.find(({ validFrom }) => validFrom > t)?.validFrom ?? Infinity;
    // Up to t, and on to where the next rule set starts, one rule set holds.
    add(t - inForce.windowMs, Math.min(t + inForce.windowMs, next - 1), inForce.radiusM);
    dated.forEach(({ validFrom, ruleSet }, i) => {
      const until = (dated[i + 1]?.validFrom ?? Infinity) - 1;
      if (validFrom > t) add(validFrom, Math.min(until, t + ruleSet.windowMs), ruleSet.radiusM);
    });
    return probes;
  }

  /** Mostly one rule set holds for all time: then one probe serves all events, and nothing is made for each. */
  #onlyProbe(t: number, { windowMs, radiusM }: RuleSet, notBefore: number): readonly Probe[] {
    const probe = this.#only[0]!;
    probe.fromT = Math.max(t - windowMs, notBefore);
    probe.toT = t + windowMs;
    if (probe.radius.radiusM !== radiusM) probe.radius = this.#radius(radiusM);
    return this.#only;
  }

  #radius(radiusM: number): Radius {
    let radius = this.#radii.get(radiusM);
    if (!radius) this.#radii.set(radiusM, (radius = radiusOf(radiusM)));
    return radius;
  }
}
