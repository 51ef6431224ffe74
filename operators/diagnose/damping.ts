import { confidenceIn, equivalentOf, rounded, type Judgement } from './confidence.js';
import type { Fault } from './fault.js';
import type { CandidateRecord, Finding } from './fault-record.js';
import { phaseLetters } from './tree.js';

/** So long after the onset most reports are in: until then the shown device changes only for good reason. */
export const SETTLED_AFTER_MS = 200_000;
/** Log odds that are a good reason: three to one. */
const GOOD_REASON = 1.1;
/** A lone report is shown so long after it: a storm's first report is not ten faults. */
export const UNEXPLAINED_AFTER_MS = 30_000;

/** Has the time come to show a fault that was never shown? W in epoch ms. */
export function isDue({ explanation, t }: Fault, watermark: number): boolean {
  if (explanation === null || explanation.gain > 0 || explanation.hasTrip) return true;
  return watermark >= t + UNEXPLAINED_AFTER_MS;
}

/**
 * What is shown of a fault: what was found; but for some time with the device that is shown already, if what is found beats it
 * by little.
 * @param shown the device shown last; null: none yet
 */
export function damped(
  finding: Finding,
  fault: Fault,
  judgement: Judgement,
  watermark: number,
  shown: Pick<Finding, 'device' | 'phases'> | null,
): Finding {
  const { explanation, solver, node, t } = fault;
  if (shown === null || shown.device === finding.device || explanation === null) return finding;
  if (watermark >= t + SETTLED_AFTER_MS || explanation.isConfirmed) return finding;
  const { tree } = solver;
  const shownNode = tree.nodeOf(shown.device);
  if (shownNode === undefined) return finding;
  const candidate = tree.isSame(shownNode, node)
    ? { node: shownNode, phases: null, logOdds: 0 }
    : judgement.candidates.find((one) => one.node === shownNode && one.phases === null);
  if (!candidate || -candidate.logOdds > GOOD_REASON) return finding;
  return {
    ...finding,
    device: shown.device,
    deviceType: tree.kinds[shownNode]!,
    equivalent: equivalentOf(tree, shownNode).map((other) => tree.ids[other]!),
    phases: shown.phases,
    confidence: tree.isSame(shownNode, node)
      ? finding.confidence
      : confidenceIn(candidate, fault, judgement.candidates),
    candidates: against(finding, fault, candidate.logOdds, shown.device),
  };
}

/** The candidates against another device than the one that was found: that one is among them. */
function against(
  { candidates }: Finding,
  { solver, node, phases }: Fault,
  logOdds: number,
  shown: string,
): CandidateRecord[] {
  if (logOdds === 0) return [...candidates];
  const { tree } = solver;
  const found: CandidateRecord = { device: tree.ids[node]!, phases: phaseLetters(phases), logOdds: rounded(-logOdds) };
  const others = candidates
    .filter(({ device }) => device !== shown)
    .map((one) => ({ ...one, logOdds: rounded(one.logOdds - logOdds) }));
  return [found, ...others];
}
