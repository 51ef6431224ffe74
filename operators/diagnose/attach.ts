import type { Explanation } from './explanation.js';
import { byOnset, Fault, type LooseReport } from './fault.js';
import { isSameList } from './node.js';
import type { Report } from './report.js';
import type { Solver } from './solver.js';
import { HOLD_MS } from './terms.js';
import { COUNTS, METERS, type DeviceTree } from './tree.js';

/** A call may come so long before the onset, and so long after the customer was back. */
const BEFORE_ONSET_MS = 30_000;
const AFTER_END_MS = 60_000;
/** A customer's return under a fault counts from so long after its onset, and so long before its first ones. */
const RETURN_AFTER_MS = 3000;
const BEFORE_FIRST_MS = 30_000;
/** Who is back so shortly before another onset may have been told late: still out, as far as that goes. */
const STILL_OUT_MS = 90_000;
/** A smaller fault is believed with reports from this share of its meters. */
const BELIEVED_SHARE = 0.1;
/** Calls from one transformer within this of each other are one fault. */
const TOGETHER_MS = 60 * 60_000;

const NO_STRAYS: readonly Explanation[] = [];

/** The faults of a key and what attaches to them: calls, and reports whose clock had lost its date. */
export class Attaching {
  readonly #faults: readonly Fault[];
  readonly #ofHead = new Map<Explanation, Fault>();
  readonly #ofLoose = new Map<Report, Fault>();
  #before: Attaching | null;
  readonly #atNode = new Map<Solver, Map<number, Fault[]>>();

  /**
   * @param solvers by the trees that the key had, the present one last
   * @param before what was found last: faults that are what they were, and what attaches to them, stay
   */
  constructor(
    private readonly solvers: readonly Solver[],
    before: Attaching | null,
  ) {
    this.#before = before;
    const faults = solvers.flatMap((solver) => this.#faultsOf(solver));
    faults.sort(byOnset);
    faults.forEach((fault, rank) => this.#enter(fault, rank));
    this.#faults = faults;
    if (before) {
      for (const fault of before.#faults) if (!this.#isKept(fault)) stir(fault);
      for (const fault of faults) if (!before.#isKept(fault)) stir(fault);
    }
  }

  #isKept(fault: Fault): boolean {
    return this.#ofHead.get(fault.explanation!) === fault;
  }

  /** The faults at the head of a tree, strays with those to whom they belong. */
  #faultsOf(solver: Solver): Fault[] {
    const { items, homes } = solver.head;
    const strays = new Map<Explanation, Explanation[]>();
    for (const stray of homes.keys()) {
      const home = solver.headOf(stray);
      const list = strays.get(home);
      if (list) list.push(stray);
      else strays.set(home, [stray]);
    }
    return items
      .filter((item) => !homes.has(item))
      .map((item) => {
        const own = strays.get(item) ?? NO_STRAYS;
        const old = this.#before?.faultOf(item);
        if (!old || !isSameList(old.strays, own)) return Fault.of(solver, item, own);
        old.attached.length = 0;
        return old;
      });
  }

  #enter(fault: Fault, rank: number): void {
    fault.rank = rank;
    if (fault.explanation) this.#ofHead.set(fault.explanation, fault);
    let atNode = this.#atNode.get(fault.solver);
    if (!atNode) this.#atNode.set(fault.solver, (atNode = new Map()));
    const there = atNode.get(fault.node);
    if (there) there.push(fault);
    else atNode.set(fault.node, [fault]);
  }

  /** The fault of an explanation at the head. */
  faultOf(head: Explanation): Fault | undefined {
    return this.#ofHead.get(head);
  }

  /**
   * Attaches reports, in order of time, each to one fault.
   * @returns all faults by their onset, those that only callers tell of behind them
   */
  attach(loose: readonly LooseReport[]): Fault[] {
    const left: LooseReport[] = [];
    for (const one of loose) {
      const known = this.#isStirred(one) ? undefined : this.#before?.attachedTo(one.report);
      // Those that attached to nothing are gathered anew.
      const fault = known ? known.explanation && known : this.#find(one);
      if (fault) this.#attachTo(fault, one);
      else left.push(one);
    }
    for (const { isStirred } of this.solvers) isStirred.fill(0);
    // Who came before goes, and with it who came before that.
    this.#before = null;
    return [...this.#faults, ...this.#ofCallers(left)];
  }

  #find(one: LooseReport): Fault | null {
    return this.#ofHolder(one, true) ?? this.#ofExtent(one) ?? this.#ofHolder(one, false);
  }

  /** Has anything changed that concerns the customer? */
  #isStirred({ customerId }: LooseReport): boolean {
    return this.solvers.some(({ tree, isStirred }) => {
      const customer = tree.customer(customerId);
      return customer !== undefined && isStirred[tree.first[customer]!] !== 0;
    });
  }

  #attachTo(fault: Fault, one: LooseReport): void {
    fault.attached.push(one);
    this.#ofLoose.set(one.report, fault);
  }

  /** The fault to which a report was attached. */
  attachedTo(report: Report): Fault | undefined {
    return this.#ofLoose.get(report);
  }

  /** The last fault that holds an onset of the customer which was not over. */
  #ofHolder({ report: { t }, customerId }: LooseReport, named: boolean): Fault | null {
    let holder: Fault | null = null;
    for (const solver of this.solvers) {
      const customer = solver.tree.customer(customerId);
      if (customer === undefined) continue;
      for (const onset of solver.onsetsOf(customer)) {
        if (onset.t - BEFORE_ONSET_MS > t || t - onset.t > HOLD_MS) continue;
        const fault = this.#ofHead.get(solver.headOf(onset));
        if (!fault || (named && !fault.isNamed) || t > endFor(fault, customer) + AFTER_END_MS) continue;
        if (holder === null || fault.rank >= holder.rank) holder = fault;
      }
    }
    return holder;
  }

  /** The fault under which the customer is out, though none of its devices said so. */
  #ofExtent({ report: { t }, customerId }: LooseReport): Fault | null {
    let under: Fault | null = null;
    for (const fault of this.#over(customerId)) {
      if (fault.t > t + BEFORE_ONSET_MS) break;
      if (t - fault.t > HOLD_MS) continue;
      if (under === null || replaces(fault, under, customerId)) under = fault;
    }
    if (under === null) return null;
    return t <= endFor(under, under.solver.tree.customer(customerId)!) + AFTER_END_MS ? under : null;
  }

  /** The faults above a customer that are for its phase, by onset. */
  #over(customerId: string): Fault[] {
    const over: Fault[] = [];
    for (const solver of this.solvers) {
      const { tree } = solver;
      const customer = tree.customer(customerId);
      const atNode = this.#atNode.get(solver);
      if (customer === undefined || !atNode) continue;
      const phase = tree.phase[customer]!;
      for (let node = customer; node >= 0; node = tree.up[node]!)
        for (const fault of atNode.get(node) ?? []) if ((fault.phases >> phase) & 1) over.push(fault);
    }
    return over.sort((a, b) => a.rank - b.rank);
  }

  /** One fault for a transformer while its calls come within an hour of each other: at the customer, if it is one. */
  #ofCallers(left: readonly LooseReport[]): Fault[] {
    const faults: Fault[] = [];
    const last = new Map<string, { readonly fault: Fault; t: number }>();
    for (const one of left) {
      const { t } = one.report;
      const solver = this.solvers.findLast(({ tree }) => tree.customer(one.customerId) !== undefined);
      if (!solver) continue;
      const { tree } = solver;
      const customer = tree.customer(one.customerId)!;
      const transformer = tree.up[customer]!;
      const id = tree.ids[transformer]!;
      let open = last.get(id);
      if (!open || t - open.t > TOGETHER_MS) {
        last.set(id, (open = { fault: Fault.ofCallers(solver, customer, t), t }));
        faults.push(open.fault);
      } else if (open.fault.node !== customer || open.fault.solver !== solver) {
        const { fault } = open;
        const own = fault.solver === solver ? transformer : fault.solver.tree.device(id);
        if (own !== undefined) {
          fault.node = own;
          fault.phases = fault.solver.tree.phases[own]!;
        }
      }
      open.t = t;
      this.#attachTo(open.fault, one);
    }
    return faults;
  }
}

/** Marks whom a fault concerns: those below it, and its reporters elsewhere. */
function stir({ solver: { tree, isStirred }, node, strays }: Fault): void {
  isStirred.fill(1, tree.first[node]!, tree.end[node]!);
  for (const stray of strays) isStirred.fill(1, tree.first[stray.node]!, tree.end[stray.node]!);
}

/** When a customer had supply again under a fault: its first return since that began to end, at most the fault's. Epoch ms. */
function endFor({ solver, t, firstBackAt, backAt }: Fault, customer: number): number {
  const from = Math.max(t + RETURN_AFTER_MS, firstBackAt - BEFORE_FIRST_MS);
  for (const back of solver.returnsOf(customer)) if (back.t >= from) return Math.min(backAt, back.t);
  return backAt;
}

/**
 * Is a customer out under a later fault rather than under one before it? Unless it was still out; but a strictly smaller one
 * below, with reports, is believed, and so is one with a reporter below, if of the one before nobody returned.
 */
function replaces(later: Fault, before: Fault, customerId: string): boolean {
  if (endFor(before, before.solver.tree.customer(customerId)!) - STILL_OUT_MS <= later.t) return true;
  const { tree } = later.solver;
  const node = later.solver === before.solver ? before.node : tree.nodeOf(before.solver.tree.ids[before.node]!);
  if (node === undefined) return false;
  const { reporting } = later.explanation!.sums;
  const phase = tree.phase[tree.customer(customerId)!]!;
  const reports = reporting[phase]! + reporting[4 + phase]!;
  const meters = tree.counts[later.node * COUNTS + METERS + phase]!;
  const isBelow = tree.isInside(later.node, node) && tree.width(later.node) < tree.width(node);
  if (isBelow && reports >= BELIEVED_SHARE * meters) return true;
  return before.explanation!.returns.length === 0 && speaksBelow(tree, later.explanation!, node);
}

/** Has an explanation a reporter below a node? */
function speaksBelow(tree: DeviceTree, explanation: Explanation, node: number): boolean {
  if (tree.isInside(explanation.node, node)) return explanation.reporters > 0;
  if (!tree.isInside(node, explanation.node) || explanation.parts === null) return false;
  return explanation.parts.some((part) => speaksBelow(tree, part, node));
}
