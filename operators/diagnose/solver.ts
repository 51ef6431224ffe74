import { byOrder, ghostOf, type Explanation } from './explanation.js';
import { HeadSolver, homeOf, type Head } from './head.js';
import { isSameList, isSameSolution, solveNode, type NodeSolution } from './node.js';
import { solveCustomer, type CustomerReports, type CustomerSolution } from './onset.js';
import type { Pool } from './returns.js';
import { insertByTime, type Report } from './report.js';
import type { Scene } from './score.js';
import { Switching } from './switching.js';
import { EPISODE_MS, SETTLE_MS } from './terms.js';
import type { DeviceTree } from './tree.js';
import { Wakes } from './wakes.js';

/** A close says something of returns from so long before it. */
const BEFORE_CLOSE_MS = 5000;

const NO_REPORTS: readonly Report[] = [];
const NO_ITEMS: readonly Explanation[] = [];

/**
 * The explanations of what was reported below one tree. It is told of reports, trips and closes, and solves what they touch:
 * leaves first, and no further up than something changed.
 */
export class Solver implements Scene {
  readonly switching: Switching;
  watermark = -Infinity;
  wake = Infinity;
  /** What reached the head; as of the last {@link solve}. */
  head: Head = { items: [], homes: new Map() };
  readonly #reports: (CustomerReports | undefined)[];
  readonly #customers: (CustomerSolution | undefined)[];
  readonly #nodes: (NodeSolution | undefined)[];
  readonly #inherited = new Map<number, Explanation[]>();
  /** Who was out by what is forgotten, by the nodes that looked at it. */
  readonly #ghosts = new Map<number, Explanation[]>();
  #standing: readonly Explanation[] = [];
  readonly #headSolver: HeadSolver;
  /** Which places of the tree's row something was heard of since those were last looked at who call from there. */
  readonly isStirred: Uint8Array;
  /** Nodes to be solved, by their depth. */
  readonly #dirty: number[][];
  readonly #isDirty: Uint8Array;
  /** Nodes of which nothing holds any more. */
  readonly #isVoid: Uint8Array;
  readonly #wakes = new Wakes();
  /** When each node is due, at the earliest. */
  readonly #dueAt: Float64Array;

  constructor(readonly tree: DeviceTree) {
    this.switching = new Switching(tree);
    this.#headSolver = new HeadSolver(tree);
    this.#reports = new Array<CustomerReports | undefined>(tree.size).fill(undefined);
    this.#customers = new Array<CustomerSolution | undefined>(tree.size).fill(undefined);
    this.#nodes = new Array<NodeSolution | undefined>(tree.size).fill(undefined);
    this.#dirty = Array.from({ length: tree.deepest + 1 }, () => []);
    this.isStirred = new Uint8Array(tree.customerAt.length);
    this.#isDirty = new Uint8Array(tree.size);
    this.#isVoid = new Uint8Array(tree.size);
    this.#dueAt = new Float64Array(tree.size).fill(Infinity);
  }

  /** Takes in what a customer's meter or ONU reported. */
  addReport(customer: number, report: Report): void {
    let reports = this.#reports[customer];
    if (!reports) this.#reports[customer] = reports = { outages: [], returns: [] };
    insertByTime(report.isOutage ? reports.outages : reports.returns, report);
    this.#touch(customer);
  }

  /** Takes in a trip or close of a device, or an operator's word that it opened. */
  addSwitching(node: number, report: Report): void {
    this.switching.add(node, report);
    if (report.isOutage) this.#touch(node);
    else this.#void(node);
    const { t } = report;
    const isTouched = report.isOutage
      ? ({ outages }: CustomerReports) => isSomeWithin(outages, t - EPISODE_MS, t + EPISODE_MS)
      : ({ returns }: CustomerReports) => isSomeWithin(returns, t - BEFORE_CLOSE_MS, t + SETTLE_MS);
    for (let place = this.tree.first[node]!; place < this.tree.end[node]!; place++) {
      const customer = this.tree.customerAt[place]!;
      const reports = this.#reports[customer];
      // All above may look at whether an onset lies at a trip: they are to see another one.
      if (reports && isTouched(reports)) this.#void(customer);
    }
  }

  /** Takes in an operator's word that a node did not open at `t`. */
  cancel(node: number, t: number): void {
    this.switching.cancel(node, t);
    this.#void(node);
  }

  /** Sets which explanations by an earlier tree still stand: each with the node of this tree in whose place it is. */
  inherit(standing: readonly (readonly [node: number, explanation: Explanation])[]): void {
    const explanations = standing.map(([, explanation]) => explanation);
    if (isSameList(explanations, this.#standing)) return;
    this.#standing = explanations;
    const touched = new Set(this.#inherited.keys());
    this.#inherited.clear();
    for (const [node, explanation] of standing) {
      for (let above = node; above >= 0; above = this.tree.up[above]!) {
        const list = this.#inherited.get(above);
        if (list) list.push(explanation);
        else this.#inherited.set(above, [explanation]);
        touched.add(above);
      }
    }
    for (const node of touched) if (this.#nodes[node]) this.#void(node);
  }

  /** Keeps of an explanation that is forgotten who was out by it, for all nodes that looked at it. */
  addGhost(explanation: Explanation): void {
    const ghost = ghostOf(explanation);
    const until = explanation.takenBy?.node ?? -1;
    for (let node = explanation.node; node !== until && node >= 0; node = this.tree.up[node]!) {
      const ghosts = this.#ghosts.get(node);
      if (ghosts) insertInOrder(ghosts, ghost);
      else this.#ghosts.set(node, [ghost]);
    }
  }

  /** Forgets those who had supply again before a time. */
  forgetGhosts(t: number): void {
    for (const [node, ghosts] of this.#ghosts) {
      const kept = ghosts.filter(({ end }) => end > t);
      if (kept.length > 0) this.#ghosts.set(node, kept);
      else this.#ghosts.delete(node);
    }
  }

  #outBefore(node: number): readonly Explanation[] {
    const ghosts = this.#ghosts.get(node);
    const inherited = this.#inherited.get(node);
    return ghosts && inherited ? [...ghosts, ...inherited] : (ghosts ?? inherited ?? NO_ITEMS);
  }

  #touch(node: number): void {
    if (this.#isDirty[node] !== 0) return;
    this.#isDirty[node] = 1;
    this.#dirty[this.tree.depth[node]!]!.push(node);
  }

  #void(node: number): void {
    this.#isVoid[node] = 1;
    this.#touch(node);
  }

  /** Solves what was touched, and what W settles now. Returns how many nodes that were. */
  solve(): number {
    this.#wakes.due(this.watermark, (node) => {
      this.#dueAt[node] = Infinity;
      this.#touch(node);
    });
    let solved = 0;
    for (let depth = this.tree.deepest; depth >= 0; depth--) {
      const nodes = this.#dirty[depth]!;
      for (const node of nodes) {
        const isChanged = this.tree.kinds[node] === 'customer' ? this.#solveCustomer(node) : this.#solveNode(node);
        this.#isDirty[node] = 0;
        this.#isVoid[node] = 0;
        solved++;
        if (isChanged && depth > 0) this.#touch(this.tree.up[node]!);
      }
      nodes.length = 0;
    }
    if (solved > 0) this.head = this.#headSolver.solve(this.#nodes[this.tree.source]?.items ?? NO_ITEMS);
    return solved;
  }

  #solveCustomer(customer: number): boolean {
    this.isStirred[this.tree.first[customer]!] = 1;
    const reports = this.#reports[customer] ?? { outages: [], returns: [] };
    const before = this.#customers[customer];
    const items = this.#isVoid[customer] !== 0 ? null : (before?.items ?? null);
    const solution = solveCustomer(this, customer, reports, items);
    this.#customers[customer] = solution;
    return !before || !isSameSolution(before, solution);
  }

  #solveNode(node: number): boolean {
    const lists: (readonly Explanation[])[] = [];
    const pools: Pool[] = [];
    for (const kid of this.tree.kids(node)) {
      const solution = this.#nodes[kid] ?? this.#customers[kid];
      if (!solution) continue;
      if (solution.items.length > 0) lists.push(solution.items);
      if (solution.pool.length > 0) pools.push(solution.pool);
    }
    const trips = this.switching.tripsOf(node);
    if (trips.length > 0) lists.push(trips);
    const before = this.#nodes[node];
    const solution = solveNode(this, {
      node,
      lists,
      pools,
      inherited: this.#outBefore(node),
      before: this.#isVoid[node] !== 0 ? null : (before ?? null),
    });
    this.#nodes[node] = solution;
    if (solution.wake < this.#dueAt[node]!) {
      this.#dueAt[node] = solution.wake;
      this.#wakes.push(solution.wake, node);
    }
    return !before || !isSameSolution(before, solution);
  }

  /** A customer's onsets. */
  onsetsOf(customer: number): readonly Explanation[] {
    return this.#customers[customer]?.items ?? NO_ITEMS;
  }

  /** A customer's restorations, in order of time. */
  returnsOf(customer: number): readonly Report[] {
    return this.#reports[customer]?.returns ?? NO_REPORTS;
  }

  /** The explanation at the head in which another one ended up. */
  headOf(explanation: Explanation): Explanation {
    let top = explanation;
    while (top.takenBy) top = top.takenBy;
    return homeOf(this.head, top);
  }

  /** The explanation at the head that a report of a node belongs to; null if it sets no onset and is no trip. */
  headOfReport(node: number, report: Report): Explanation | null {
    const items = this.tree.kinds[node] === 'customer' ? this.onsetsOf(node) : this.switching.tripsOf(node);
    const item = items.find(({ reports }) => reports.includes(report));
    return item ? this.headOf(item) : null;
  }

  /** By how much a node's opening would have been worse for an explanation than what it is; undefined: it was not tried. */
  rejection(node: number, explanation: Explanation): number | undefined {
    const episodes = this.#nodes[node]?.episodes ?? [];
    let low = 0;
    let high = episodes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (episodes[middle]!.items[0]!.t <= explanation.t) low = middle;
      else high = middle - 1;
    }
    return episodes[low]?.rejected.get(explanation);
  }

  /** Is anything left that may be explained? */
  get hasOutages(): boolean {
    for (const [, { outages }] of this.customers()) if (outages.length > 0) return true;
    return !this.switching.trips().next().done;
  }

  /** Every customer with reports. */
  *customers(): Generator<readonly [customer: number, reports: CustomerReports]> {
    for (const customer of this.tree.customerAt) {
      const reports = this.#reports[customer];
      if (reports) yield [customer, reports];
    }
  }

  /** Forgets reports of a customer, and solves it anew. */
  keepReports(customer: number, isKept: (report: Report) => boolean): void {
    const reports = this.#reports[customer];
    if (!reports) return;
    const outages = reports.outages.filter(isKept);
    const returns = reports.returns.filter(isKept);
    if (outages.length === reports.outages.length && returns.length === reports.returns.length) return;
    this.#reports[customer] = outages.length + returns.length > 0 ? { outages, returns } : undefined;
    this.#touch(customer);
  }

  /** Forgets trips in a span of time. */
  forgetTrips(isForgotten: (t: number) => boolean): void {
    for (const node of this.switching.forgetTrips(isForgotten)) this.#void(node);
  }
}

function insertInOrder(list: Explanation[], one: Explanation): void {
  let at = list.length;
  while (at > 0 && byOrder(list[at - 1]!, one) > 0) at--;
  list.splice(at, 0, one);
}

function isSomeWithin(reports: readonly Report[], from: number, to: number): boolean {
  return reports.some(({ t }) => t >= from && t <= to);
}
