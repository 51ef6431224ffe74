import { rounded, type Candidate } from './confidence.js';
import { onsetsOf } from './explanation.js';
import type { Fault } from './fault.js';
import type { DeviceTree } from './tree.js';

const MOST_CANDIDATES = 5;
const MOST_GROUPS = 3;
const METERS_EACH = 3;
/** A supplied meter answers, one without supply does not: but for lines that fail, and those that are asked by mistake. */
const SUPPLIED_ANSWERS = 0.95;
const DEAD_ANSWERS = 0.01;

/** What an answer, or none, would say of the device: the best one then, and its posterior. */
interface Expected {
  readonly device: string;
  readonly posterior: number;
}

/** Meters that are worth the same, as they lie below the same candidates. */
export interface Ping {
  readonly meters: readonly string[];
  readonly customers: readonly string[];
  /** What to learn from one of them, bits. */
  readonly bits: number;
  readonly ifAnswered: Expected;
  readonly ifSilent: Expected;
}

/**
 * Whom to ask: silent meters, by what their answer is expected to tell of the device. = the mutual information of device and
 * answer: `H(p) - P(answer) H(p|answer) - P(silence) H(p|silence)` (Cover, Thomas: Elements of Information Theory, 2.4).
 */
export function pingsOf(fault: Fault, rivals: readonly Candidate[]): Ping[] {
  const { explanation, solver, phases } = fault;
  if (explanation === null) return [];
  const { tree } = solver;
  const others = rivals.filter((one) => one.phases === null && !tree.isSame(one.node, fault.node));
  const candidates = [{ node: fault.node, logOdds: 0 }, ...others].slice(0, MOST_CANDIDATES);
  const prior = shares(candidates.map(({ logOdds }) => Math.exp(logOdds)));
  const nodes = candidates.map(({ node }) => node);
  const groups = silentGroups(tree, nodes, phases, reportersOf(fault));
  return [...groups]
    .map(([below, customers]) => pingOf(tree, nodes, prior, below, customers))
    .sort((a, b) => b.bits - a.bits)
    .slice(0, MOST_GROUPS);
}

/** Everybody who reported. */
function reportersOf(fault: Fault): ReadonlySet<number> {
  const reporters = new Set<number>();
  for (const part of fault.parts) for (const { node } of onsetsOf(part)) reporters.add(node);
  return reporters;
}

/** Customers with a silent meter by the candidates below which they are, a bit for each; three each. */
function silentGroups(
  tree: DeviceTree,
  nodes: readonly number[],
  phases: number,
  reporters: ReadonlySet<number>,
): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  const widest = nodes.reduce((most, node) => (tree.width(node) > tree.width(most) ? node : most), nodes[0]!);
  for (let place = tree.first[widest]!; place < tree.end[widest]!; place++) {
    const customer = tree.customerAt[place]!;
    if (tree.hasMeter[customer] === 0 || reporters.has(customer) || !((phases >> tree.phase[customer]!) & 1)) continue;
    let below = 0;
    nodes.forEach((node, i) => {
      if (tree.isInside(customer, node)) below |= 1 << i;
    });
    const group = groups.get(below);
    if (!group) groups.set(below, [customer]);
    else if (group.length < METERS_EACH) group.push(customer);
  }
  return groups;
}

function pingOf(
  tree: DeviceTree,
  nodes: readonly number[],
  prior: readonly number[],
  below: number,
  customers: readonly number[],
): Ping {
  const isDead = (i: number): boolean => ((below >> i) & 1) === 1;
  const answered = prior.map((p, i) => p * (isDead(i) ? DEAD_ANSWERS : SUPPLIED_ANSWERS));
  const silent = prior.map((p, i) => p * (1 - (isDead(i) ? DEAD_ANSWERS : SUPPLIED_ANSWERS)));
  const ifAnswered = shares(answered);
  const ifSilent = shares(silent);
  const left = sum(answered) * entropy(ifAnswered) + sum(silent) * entropy(ifSilent);
  const best = (posterior: readonly number[]): Expected => {
    const most = Math.max(...posterior);
    return { device: tree.ids[nodes[posterior.indexOf(most)]!]!, posterior: rounded(most) };
  };
  return {
    meters: customers.map((customer) => tree.meterOf(customer)!),
    customers: customers.map((customer) => tree.ids[customer]!),
    bits: rounded(entropy(prior) - left),
    ifAnswered: best(ifAnswered),
    ifSilent: best(ifSilent),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function shares(values: readonly number[]): number[] {
  const all = sum(values);
  return values.map((value) => value / all);
}

/** In bits. */
function entropy(posterior: readonly number[]): number {
  return -sum(posterior.map((p) => (p > 0 ? p * Math.log2(p) : 0)));
}
