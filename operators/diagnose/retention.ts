import { isBelieved, onsetsOf, type Explanation } from './explanation.js';
import type { Fault } from './fault.js';
import { openingOf } from './onset.js';
import { eachSlot, slotOf } from './returns.js';
import type { Report } from './report.js';
import type { Solver } from './solver.js';
import { EPISODE_MS, HOLD_MS, SETTLE_MS, SLOT_MS } from './terms.js';

/** Calls of one transformer within an hour are one fault: what is older takes no more of them. */
const CALLS_TOGETHER_MS = 60 * 60_000;

/**
 * A stretch of time in which something was reported every minute. No explanation reaches beyond it: what lies in it is forgotten
 * as a whole, and what is kept stays what it is.
 */
interface Stretch {
  readonly from: number;
  to: number;
  /** When all that has a name in it was over, epoch ms; Infinity: something is not. */
  overAt: number;
  isGone: boolean;
}

/**
 * Forgets what is over and so old that nothing after the horizon looks at it: what began six hours before it. An open fault keeps
 * its reporters, and what lies in one stretch with them. Of what is forgotten stays who was out, for what is kept.
 * @param faults the key's, as they are
 * @param horizon epoch ms
 * @returns the calls and suspect clocks that are forgotten
 */
export function forget(solvers: readonly Solver[], faults: readonly Fault[], horizon: number): ReadonlySet<Report> {
  const stretches = new Stretches(solvers);
  for (const { explanation, backAt, isNamed } of faults)
    if (explanation !== null && isNamed) stretches.holdUntil(explanation.t, backAt + SETTLE_MS);
  const keptFrom = stretches.letGo(horizon);
  const isGone = (t: number): boolean => stretches.isGone(t);
  const gone = faults.filter(({ explanation }) => explanation !== null && isGone(explanation.t));
  const loose = [...gone, ...faults.filter((fault) => isOverCalls(fault, horizon))].flatMap(({ attached }) =>
    attached.map(({ report }) => report),
  );
  for (const solver of solvers) {
    solver.forgetGhosts(keptFrom);
    for (const part of gone.filter((fault) => fault.solver === solver).flatMap(({ parts }) => parts))
      eachWithin(part, (one) => leaveGhost(solver, one, keptFrom));
    const returned = returnsIn(solver, gone, isGone);
    for (const [customer, { returns }] of [...solver.customers()]) {
      const dropped = groupsOf(returns).filter(
        ([{ t }]) => t < keptFrom - SLOT_MS || returned.get(customer)?.has(slotOf(t)),
      );
      const droppedReturns = new Set(dropped.flat());
      solver.keepReports(customer, (report) =>
        report.isOutage ? !isGone(openingOf(report)) : !droppedReturns.has(report),
      );
    }
    solver.forgetTrips(isGone);
    solver.switching.forgetBefore(keptFrom - SETTLE_MS);
  }
  return new Set(loose);
}

/** Leaves of an explanation who was out by it, if somebody was when something came that is kept. */
function leaveGhost(solver: Solver, explanation: Explanation, keptFrom: number): void {
  if (explanation.end > keptFrom && isBelieved(explanation)) solver.addGhost(explanation);
}

function isOverCalls({ explanation, attached }: Fault, horizon: number): boolean {
  return explanation === null && attached.every(({ report }) => report.t < horizon - CALLS_TOGETHER_MS);
}

function eachWithin(explanation: Explanation, each: (one: Explanation) => void): void {
  each(explanation);
  for (const part of explanation.parts ?? []) eachWithin(part, each);
}

/** The slots of the returns that go with what is gone, by customer: those of its reporters, and those that it claimed. */
function returnsIn(solver: Solver, gone: readonly Fault[], isGone: (t: number) => boolean): Map<number, Set<number>> {
  const { tree } = solver;
  const returned = new Map<number, Set<number>>();
  const add = (customer: number, slot: number): void => {
    const slots = returned.get(customer);
    if (slots) slots.add(slot);
    else returned.set(customer, new Set([slot]));
  };
  for (const fault of gone) {
    if (fault.solver !== solver) continue;
    for (const part of fault.parts) {
      for (const { node, returns } of onsetsOf(part)) eachSlot(returns, (slot) => add(node, slot));
      eachWithin(part, ({ node, phases, ownClaims }) =>
        eachSlot(ownClaims, (slot) => {
          for (let place = tree.first[node]!; place < tree.end[node]!; place++) {
            const customer = tree.customerAt[place]!;
            if (!((phases >> tree.phase[customer]!) & 1)) continue;
            const ofKept = solver.onsetsOf(customer).some((onset) => !isGone(onset.t) && onset.returns[0] === slot);
            if (!ofKept) add(customer, slot);
          }
        }),
      );
    }
  }
  return returned;
}

/** A customer's restorations, those together that are one return. */
function groupsOf(restorations: readonly Report[]): [Report, ...Report[]][] {
  const groups: [Report, ...Report[]][] = [];
  for (const restoration of restorations) {
    const group = groups.at(-1);
    if (group && restoration.t - group[0].t <= SETTLE_MS) group.push(restoration);
    else groups.push([restoration]);
  }
  return groups;
}

/** The stretches of a key, in order of time. */
class Stretches {
  readonly #stretches: Stretch[] = [];

  constructor(solvers: readonly Solver[]) {
    const times: number[] = [];
    for (const solver of solvers) {
      for (const [, { outages }] of solver.customers()) for (const report of outages) times.push(openingOf(report));
      for (const [, { t }] of solver.switching.trips()) times.push(t);
    }
    times.sort((a, b) => a - b);
    for (const t of times) {
      const last = this.#stretches.at(-1);
      if (last && t - last.to <= EPISODE_MS) last.to = t;
      else this.#stretches.push({ from: t, to: t, overAt: t, isGone: false });
    }
  }

  /** The stretch of what lies at `t`. */
  #at(t: number): Stretch | undefined {
    const all = this.#stretches;
    let low = 0;
    let high = all.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (all[middle]!.from <= t) low = middle;
      else high = middle - 1;
    }
    const found = all[low];
    return found && t >= found.from && t <= found.to ? found : undefined;
  }

  /** Something in the stretch at `t` is not over before another time. */
  holdUntil(t: number, overAt: number): void {
    const stretch = this.#at(t);
    if (stretch) stretch.overAt = Math.max(stretch.overAt, overAt);
  }

  /** Lets go what is over, and began six hours before a horizon. Returns the time from which on things are kept. */
  letGo(horizon: number): number {
    let keptFrom = horizon - HOLD_MS;
    for (const stretch of this.#stretches) {
      stretch.isGone = stretch.to < horizon - HOLD_MS && stretch.overAt < horizon;
      if (!stretch.isGone) keptFrom = Math.min(keptFrom, stretch.from);
    }
    return keptFrom;
  }

  isGone(t: number): boolean {
    return this.#at(t)?.isGone ?? false;
  }
}
