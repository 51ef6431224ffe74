import { agrees, WrongUse } from './talk.js';
import { OmsError } from '../../connections/errors.js';

/**
 * Asks before what cannot be undone.
 * @param question what would be done, as a question
 * @param yes whether it was agreed to on the command line
 * @param how what to add to the command line to agree
 * @throws WrongUse where there is no terminal to ask on; Error when the answer is not yes
 */
export async function requireConsent(question: string, yes: boolean, how = '--yes'): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new WrongUse(`Nothing was changed, since there is no terminal to ask on: add ${how} to agree.`);
  if (!(await agrees(question))) throw new OmsError('OMS_NOT_AGREED', 'Nothing was changed.');
}
