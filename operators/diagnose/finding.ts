import type { Key } from '../model/event.js';
import { incidentIdOf } from '../model/identity.js';
import { formatTime } from '../model/time.js';
import { equivalentOf, judge, rounded, type Judgement } from './confidence.js';
import { evidenceOf, type Answers } from './evidence.js';
import type { Fault } from './fault.js';
import type { CandidateRecord, FaultFlag, FaultStatus, Finding, PartlyOut } from './fault-record.js';
import { pingsOf } from './ping.js';
import { stillOut } from './still-out.js';
import { phaseLetters, type DeviceTree } from './tree.js';

/**
 * What is found of a fault.
 * @param watermark the key's, epoch ms
 * @param answers what meters said that were asked
 */
export function findingOf(
  key: Key,
  fault: Fault,
  watermark: number,
  answers: Answers,
  judgement = judge(fault),
): Finding {
  const { solver, node, phases, t, explanation } = fault;
  const { tree } = solver;
  const partly = partlyOutOf(fault, watermark);
  const affected = explanation ? explanation.customersLost : callersOf(fault);
  const isBack = fault.backAt < Infinity;
  const returned = explanation ? explanation.sums.returned + sumOf(explanation.sums.claimed) : 0;
  const out = isBack ? 0 : Math.max(0, affected - returned);
  return {
    substationId: key.substationId,
    feederId: key.feederId,
    device: tree.ids[node]!,
    deviceType: tree.kinds[node]!,
    equivalent: explanation ? equivalentOf(tree, node).map((other) => tree.ids[other]!) : [],
    phases: phaseLetters(phases),
    onsetAt: formatTime(t),
    status: statusOf(isBack, returned),
    customersAffected: affected,
    customersOut: out,
    confidence: judgement.confidence,
    candidates: candidatesOf(tree, fault, judgement),
    evidence: evidenceOf(fault, answers),
    restoredAt: isBack ? formatTime(fault.backAt) : null,
    steps: fault.steps.map(({ from, to, customers }) => ({ from: formatTime(from), to: formatTime(to), customers })),
    momentary: fault.isMomentary,
    partlyOut: partly,
    incidentId: incidentOf(fault, key.substationId),
    flags: flagsOf(fault, partly),
    ping: isBack ? [] : pingsOf(fault, judgement.candidates),
  };
}

function statusOf(isBack: boolean, returned: number): FaultStatus {
  if (isBack) return 'restored';
  return returned > 0 ? 'partially_restored' : 'open';
}

function flagsOf(fault: Fault, partly: PartlyOut | null): FaultFlag[] {
  const { explanation } = fault;
  const flags: FaultFlag[] = [];
  if (explanation === null) flags.push('callsOnly');
  else if (explanation.gain <= 0) flags.push(explanation.hasTrip ? 'unconfirmed' : 'unexplained');
  if (fault.isMomentary) flags.push('momentary');
  if (fault.strays.length > 0) flags.push('registryDoubt');
  if (partly) flags.push('partlyOut');
  return flags;
}

function partlyOutOf(fault: Fault, watermark: number): PartlyOut | null {
  const node = stillOut(fault, watermark);
  if (node === null) return null;
  const { tree } = fault.solver;
  return { device: tree.ids[node]!, deviceType: tree.kinds[node]!, customers: tree.width(node) };
}

/** What else it could be; what has the same customers is no other. */
function candidatesOf(tree: DeviceTree, fault: Fault, { candidates }: Judgement): CandidateRecord[] {
  return candidates
    .filter(({ node, phases }) => phases !== null || !tree.isSame(node, fault.node))
    .map(({ node, phases, logOdds }) => ({
      device: tree.ids[node]!,
      phases: phaseLetters(phases ?? tree.phases[node]!),
      logOdds: rounded(logOdds),
    }));
}

function callersOf({ attached }: Fault): number {
  return new Set(attached.map(({ customerId }) => customerId)).size;
}

/** The incident of a fault that the trip of a substation brought: the first of its wide trips names it. */
function incidentOf({ explanation, solver, node }: Fault, substationId: string): string | null {
  if (explanation === null || node !== solver.tree.source) return null;
  for (const { source, sourceEventId, assetId, t, isWide } of explanation.reports)
    if (isWide && source !== null) return incidentIdOf(substationId, { source, assetId, sourceEventId }, t);
  return null;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
