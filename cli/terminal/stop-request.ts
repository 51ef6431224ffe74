import { OmsError } from '../../connections/errors.js';

/** Ctrl-C and SIGTERM: the batch at hand is brought to its end, and the command ends with a sentence. */
export class StopRequest {
  #asked = false;

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (this.#asked = true));
  }

  /** @throws Error if it was asked to stop */
  check(sentence: string): void {
    if (this.#asked) throw new OmsError('OMS_INTERRUPTED', `Stopped: ${sentence}`);
  }
}
