import type { Explanation } from './explanation.js';
import type { Fault } from './fault.js';
import type { DeviceTree } from './tree.js';

/**
 * The logistic's argument by the log odds of the device named: measured on storms whose truth is known, since models overrate
 * themselves. Linear between, constant beyond.
 */
const CALIBRATION = [
  [-4, -3.1],
  [-2.5, -2.4],
  [0, -1],
  [0.6, 0.7],
  [2, 1.1],
  [5, 2.2],
  [8, 4],
  [12, 4.8],
] as const;

/** What one, two or more callers are worth. */
const CALLERS = [0.03, 0.3, 0.6] as const;

/** A rival so much worse is not listed. */
const LEAST_ODDS = -20;
/** What is as good as certain to be better counts no more than this. */
const MOST_ODDS = 20;
/** The odds of all rivals together, where there are none. */
const NO_RIVALS = 1e-9;

/** What else it could be. */
export interface Candidate {
  readonly node: number;
  /** M, if the node is the fault's own and opened for other phases. */
  readonly phases: number | null;
  /** Log odds against what is named. */
  readonly logOdds: number;
}

export interface Judgement {
  /** 0 to 1, four decimals. */
  readonly confidence: number;
  /** Best first. Those with the same customers as the fault's node are among them, and do not count against it. */
  readonly candidates: readonly Candidate[];
}

/** How sure a fault is, and what else it could be. */
export function judge(fault: Fault): Judgement {
  const { explanation } = fault;
  if (explanation === null) {
    const callers = new Set(fault.attached.map(({ customerId }) => customerId)).size;
    return { confidence: CALLERS[Math.min(callers, CALLERS.length) - 1] ?? 0, candidates: [] };
  }
  const candidates = candidatesOf(fault, explanation);
  const { tree } = fault.solver;
  const rivals = candidates.filter(({ node }) => !tree.isSame(node, fault.node));
  const confidence = explanation.isConfirmed ? 1 : confidenceFor(-explanation.gain, rivals);
  return { confidence: rounded(confidence), candidates };
}

/**
 * The confidence in a fault's device.
 * @param noise log odds of noise against it
 * @param rivals what else it could be
 */
function confidenceFor(noise: number, rivals: readonly Candidate[]): number {
  let odds = Math.exp(Math.min(MOST_ODDS, noise));
  for (const { logOdds } of rivals) odds += Math.exp(Math.min(MOST_ODDS, logOdds));
  return 1 / (1 + Math.exp(-calibrated(-Math.log(odds || NO_RIVALS))));
}

/**
 * The confidence in one of a fault's candidates, shown instead of its device.
 * @returns 0 to 1, four decimals
 */
export function confidenceIn(
  shown: Candidate,
  { explanation, solver: { tree } }: Fault,
  all: readonly Candidate[],
): number {
  if (explanation === null) return 0;
  const against = -shown.logOdds;
  const others = all
    .filter(({ node }) => !tree.isSame(node, shown.node) && !tree.isSame(node, explanation.node))
    .map((one) => ({ ...one, logOdds: one.logOdds + against }));
  const named = { node: explanation.node, phases: null, logOdds: against };
  return rounded(confidenceFor(against - explanation.gain, [named, ...others]));
}

/** The nodes it was merged from, the ancestors that rejected it, and its own for other phases. */
function candidatesOf({ solver }: Fault, explanation: Explanation): Candidate[] {
  const { tree } = solver;
  const candidates: Candidate[] = [];
  let part = explanation;
  for (let margin = 0; part.parts !== null && part.margin < Infinity;) {
    margin += part.margin;
    const largest = largestOf(part.parts);
    if (largest === null) break;
    candidates.push({ node: largest.node, phases: null, logOdds: -margin });
    part = largest;
  }
  for (let above = tree.up[explanation.node]!; above >= 0; above = tree.up[above]!) {
    const margin = solver.rejection(above, explanation);
    if (margin !== undefined && margin > LEAST_ODDS) candidates.push({ node: above, phases: null, logOdds: margin });
  }
  if (explanation.rival < -LEAST_ODDS && explanation.parts !== null) {
    const { node, rivalPhases, rival } = explanation;
    candidates.push({ node, phases: rivalPhases, logOdds: -rival });
  }
  return candidates.sort((a, b) => b.logOdds - a.logOdds || a.node - b.node);
}

function largestOf(parts: readonly Explanation[]): Explanation | null {
  let largest: Explanation | null = null;
  for (const part of parts) if (largest === null || part.reporters > largest.reporters) largest = part;
  return largest;
}

/** Other names for a node: those above and below it that have the same customers. */
export function equivalentOf(tree: DeviceTree, node: number): number[] {
  const same: number[] = [];
  if (tree.width(node) === 0) return same;
  for (let at: number | undefined = tree.top[node]; at !== undefined;) {
    if (at !== node) same.push(at);
    at = [...tree.kids(at)].find((kid) => tree.isSame(kid, node));
  }
  return same;
}

export function calibrated(logOdds: number): number {
  const first = CALIBRATION[0];
  if (logOdds <= first[0]) return first[1];
  for (let i = 1; i < CALIBRATION.length; i++) {
    const [from, low] = CALIBRATION[i - 1]!;
    const [to, high] = CALIBRATION[i]!;
    if (logOdds <= to) return low + ((high - low) * (logOdds - from)) / (to - from);
  }
  return CALIBRATION[CALIBRATION.length - 1]![1];
}

/** To four decimals. */
export function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
