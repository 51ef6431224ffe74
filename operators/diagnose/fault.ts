import type { Explanation } from './explanation.js';
import { eachSlot, slotOfShare, type Slots } from './returns.js';
import type { Report } from './report.js';
import type { Solver } from './solver.js';
import { SLOT_MS } from './terms.js';

/** It is back once so many of the returns are in, if so many of the reporters told of theirs. */
const BACK_SHARE = 0.9;
const TOLD_SHARE = 0.3;
/** Or so long after the close of a device that tripped. */
const AFTER_CLOSE_MS = 30_000;
/** From this share of the returns on, its customers are coming back. */
const FIRST_SHARE = 0.08;
/** Returns farther apart are steps of a restoration. */
const STEP_SLOTS = 30;
/** = IEEE 1366: a momentary interruption is over within 5 min. */
const MOMENTARY_MS = 5 * 60_000;

/** A call, or a report whose clock had lost its date: it sets no onset, and attaches to a fault. */
export interface LooseReport {
  readonly report: Report;
  readonly customerId: string;
}

/** Customers who came back together. Times in epoch ms. */
export interface Step {
  readonly from: number;
  to: number;
  customers: number;
}

/** A fault: what opened or failed, when, and who says so. */
export class Fault {
  /** Calls and suspect clocks that attach to it. */
  readonly attached: LooseReport[] = [];
  /** When the first of its customers were back, epoch ms; 0: none was. */
  readonly firstBackAt: number;
  /** When it was back; Infinity: it is not. */
  readonly backAt: number;
  /** Its place among the faults of the key, by time. */
  rank = 0;

  private constructor(
    /** The tree by which it is explained. */
    readonly solver: Solver,
    /** Null: only callers say so. */
    readonly explanation: Explanation | null,
    /** Those whose registry row is wrong. */
    readonly strays: readonly Explanation[],
    public node: number,
    public phases: number,
    readonly t: number,
  ) {
    this.backAt = explanation ? backAt(solver, explanation) : Infinity;
    const slot = explanation && slotOfShare(explanation.returns, FIRST_SHARE, true);
    this.firstBackAt = slot === null ? 0 : slot * SLOT_MS;
  }

  static of(solver: Solver, explanation: Explanation, strays: readonly Explanation[]): Fault {
    const { node, phases, t } = explanation;
    return new Fault(solver, explanation, strays, node, phases, t);
  }

  /** What only callers tell of: at the first of them. */
  static ofCallers(solver: Solver, customer: number, t: number): Fault {
    return new Fault(solver, null, [], customer, 1 << solver.tree.phase[customer]!, t);
  }

  /** All explanations of which it consists. */
  get parts(): readonly Explanation[] {
    return this.explanation ? [this.explanation, ...this.strays] : [];
  }

  get isNamed(): boolean {
    return this.explanation !== null && this.explanation.gain > 0;
  }

  get isMomentary(): boolean {
    return this.backAt - this.t <= MOMENTARY_MS;
  }

  get steps(): Step[] {
    return this.explanation ? stepsOf(this.explanation.returns, this.explanation.claims) : [];
  }
}

function backAt({ switching }: Solver, { node, t, returns, sums, hasTrip }: Explanation): number {
  const slot = sums.returned >= TOLD_SHARE * sums.reporters ? slotOfShare(returns, BACK_SHARE) : null;
  if (slot !== null) return (slot + 1) * SLOT_MS;
  const closedAt = hasTrip ? switching.closeAfter(node, t) : null;
  return closedAt === null ? Infinity : closedAt + AFTER_CLOSE_MS;
}

/**
 * The steps of a restoration: its reporters' returns, cut at gaps over 5 min; claimed returns count in the step that is nearest.
 */
export function stepsOf(returns: Slots, claims: Slots): Step[] {
  const steps: Step[] = [];
  eachSlot(returns, (slot, count) => {
    const last = steps.at(-1);
    if (last && slot - (last.to / SLOT_MS - 1) <= STEP_SLOTS) {
      last.to = (slot + 1) * SLOT_MS;
      last.customers += count;
    } else steps.push({ from: slot * SLOT_MS, to: (slot + 1) * SLOT_MS, customers: count });
  });
  eachSlot(claims, (slot, count) => {
    const t = slot * SLOT_MS;
    const away = ({ from, to }: Step): number => Math.max(from - t, t + SLOT_MS - to, 0);
    let nearest: Step | null = null;
    for (const step of steps) if (nearest === null || away(step) < away(nearest)) nearest = step;
    if (nearest) nearest.customers += count;
  });
  return steps;
}

/** In time, then of nodes, then of reporters. */
export function byOnset(a: Fault, b: Fault): number {
  return a.t - b.t || a.node - b.node || (a.explanation?.reporters ?? 0) - (b.explanation?.reporters ?? 0);
}
