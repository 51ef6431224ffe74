import { OmsError } from '../../../connections/errors.js';

/** What is wrong with the history or its mapping as a whole, in one sentence; a single bad row is a reject instead. */
export class WrongInput extends OmsError {
  override name = 'WrongInput';

  constructor(message: string) {
    super('OMS_BAD_HISTORY', message);
  }
}
