/** What is wrong with the history or its mapping as a whole, in one sentence; a single bad row is a reject instead. */
export class WrongInput extends Error {
  override name = 'WrongInput';
}
