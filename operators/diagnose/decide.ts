import type { FaultCommand, FaultRefusal, FaultVerdict } from './fault-command.js';
import type { Fault } from './fault.js';
import type { Publication } from './publication.js';

/** Carries an operator's word to the opening of a node, at the onset of a fault. */
type Say = (fault: Fault, node: number, isConfirmed: boolean) => void;

/** Carries out a command on a fault: on its successor, if it was superseded. Returns the answer to it. */
export function decide(command: FaultCommand, publication: Publication, say: Say): FaultVerdict {
  const { commandId, faultId, device } = command;
  const found = publication.find(faultId);
  const refused = (code: FaultRefusal, detail: string): FaultVerdict => ({
    commandId,
    faultId,
    appliedTo: found?.faultId ?? null,
    verdict: 'refused',
    changed: false,
    code,
    detail,
  });
  if (!found) return refused('unknownFault', `There is no fault ${faultId}, or it was over long ago: check the id.`);
  const { fault } = found;
  const { tree, switching } = fault.solver;
  const node = device === null ? fault.node : tree.nodeOf(device);
  if (node === undefined)
    return refused('unknownDevice', `The feeder ${tree.feederId} has no device ${device ?? ''}: check its id.`);
  const isConfirmed = command.command === 'confirmFault';
  const wasSo = isConfirmed
    ? fault.node === node && fault.explanation?.isConfirmed === true
    : switching.isCancelled(node, fault.t);
  if (!wasSo) say(fault, node, isConfirmed);
  return {
    commandId,
    faultId,
    appliedTo: found.faultId,
    verdict: 'applied',
    changed: !wasSo,
    code: null,
    detail: null,
  };
}
