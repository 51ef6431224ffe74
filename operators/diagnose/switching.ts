import { Explanation, noSums } from './explanation.js';
import { NO_SLOTS } from './returns.js';
import { insertByTime, type Report } from './report.js';
import { SETTLE_MS } from './terms.js';
import { COUNTS, type DeviceTree } from './tree.js';

/** Trips of one device so close are one. */
const ONE_TRIP_MS = 3000;
/** So near a trip an onset lies at it. */
const AT_TRIP_MS = 7000;
/** A close accounts for returns from so long before it. */
const BEFORE_CLOSE_MS = 5000;

/** An operator's word that an opening was none. */
interface Cancelled {
  readonly node: number;
  readonly t: number;
}
const CANCEL_REACH_MS = 15_000;

/** What SCADA and operators said of the devices of a tree: trips, closes, and openings that were none. */
export class Switching {
  readonly #trips = new Map<number, Report[]>();
  readonly #closes = new Map<number, Report[]>();
  readonly #made = new Map<number, readonly Explanation[]>();
  readonly #cancelled: Cancelled[] = [];

  constructor(private readonly tree: DeviceTree) {}

  /** Takes in a trip or a close of a device, or an operator's word that it opened. */
  add(node: number, report: Report): void {
    const kept = report.isOutage ? this.#trips : this.#closes;
    let list = kept.get(node);
    if (!list) kept.set(node, (list = []));
    insertByTime(list, report);
    // Trips are made anew with a close as well: what was made of them knew no such close.
    this.#made.delete(node);
  }

  /** An operator says that a node did not open at `t`. */
  cancel(node: number, t: number): void {
    this.#cancelled.push({ node, t });
  }

  isCancelled(node: number, t: number): boolean {
    return this.#cancelled.some((one) => one.node === node && Math.abs(one.t - t) <= CANCEL_REACH_MS);
  }

  /** The trips of a node as explanations that wait for reporters; those within 3 s are one. */
  tripsOf(node: number): readonly Explanation[] {
    const trips = this.#trips.get(node);
    if (!trips) return [];
    let made = this.#made.get(node);
    if (!made) this.#made.set(node, (made = this.#explained(node, trips)));
    return made;
  }

  #explained(node: number, trips: readonly Report[]): Explanation[] {
    const groups: Report[][] = [];
    for (const trip of trips) {
      const group = groups.at(-1);
      if (group && trip.t - group[0]!.t < ONE_TRIP_MS) group.push(trip);
      else groups.push([trip]);
    }
    return groups.map((reports) => {
      const { t } = reports[0]!;
      const phases = this.tree.phases[node]!;
      const lost = Array.from(this.tree.counts.subarray(node * COUNTS, (node + 1) * COUNTS));
      const made = { node, phases, t, sums: { ...noSums(), lost }, reports, parts: null, returns: NO_SLOTS };
      const explanation = new Explanation(made, true);
      explanation.isConfirmed = reports.some(({ speaker }) => speaker === 'operator');
      explanation.end = t;
      return explanation;
    });
  }

  /** The time of the trip above a node at which `t` lies: the lowest device's; null: there is none. */
  tripAt(node: number, t: number): number | null {
    if (this.#trips.size === 0) return null;
    for (let above = this.tree.up[node]!; above >= 0; above = this.tree.up[above]!)
      for (const trip of this.#trips.get(above) ?? []) if (Math.abs(trip.t - t) <= AT_TRIP_MS) return trip.t;
    return null;
  }

  /** The time of the close above a node that accounts for a return at `t`: the lowest device's; null: none does. */
  closeFor(node: number, t: number): number | null {
    if (this.#closes.size === 0) return null;
    for (let above = this.tree.up[node]!; above >= 0; above = this.tree.up[above]!)
      for (const close of this.#closes.get(above) ?? [])
        if (t >= close.t - BEFORE_CLOSE_MS && t <= close.t + SETTLE_MS) return close.t;
    return null;
  }

  /** The first close of a node after `t`. */
  closeAfter(node: number, t: number): number | null {
    for (const close of this.#closes.get(node) ?? []) if (close.t > t) return close.t;
    return null;
  }

  /** The closes of a node after one time, up to another. */
  closesBetween(node: number, from: number, to: number): Report[] {
    return (this.#closes.get(node) ?? []).filter(({ t }) => t > from && t <= to);
  }

  /** Every trip, with its node. */
  *trips(): Generator<readonly [node: number, trip: Report]> {
    for (const [node, trips] of this.#trips) for (const trip of trips) yield [node, trip];
  }

  /** Forgets the trips in a span of time; returns the nodes that had some. */
  forgetTrips(isForgotten: (t: number) => boolean): number[] {
    const nodes: number[] = [];
    for (const [node, trips] of this.#trips) {
      const kept = trips.filter(({ t }) => !isForgotten(t));
      if (kept.length === trips.length) continue;
      nodes.push(node);
      this.#made.delete(node);
      if (kept.length > 0) this.#trips.set(node, kept);
      else this.#trips.delete(node);
    }
    return nodes;
  }

  /** Forgets closes and cancelled openings before a time. */
  forgetBefore(t: number): void {
    for (const [node, closes] of this.#closes) {
      const kept = closes.filter((close) => close.t >= t);
      if (kept.length > 0) this.#closes.set(node, kept);
      else this.#closes.delete(node);
    }
    const kept = this.#cancelled.filter((one) => one.t >= t);
    this.#cancelled.splice(0, this.#cancelled.length, ...kept);
  }
}
