import type { OrderedEvent } from './event-order.js';

const RECEIPT = /"receivedAt":"[^"]*",?/;
// Quotes inside a text are written otherwise.
const RESTORATION = '"kind":"restoration"';

/**
 * Tells exact copies in a history that is in order: events of one time that say the same, but for when they were received,
 * and nothing of the other kind between them. All others are for the engines to tell: sources use their ids again.
 */
export class Copies {
  /** The time at hand, epoch ms; how many events it has had, and which of either kind was the last. */
  #t = NaN;
  #count = 0;
  #lastOutage = 0;
  #lastRestoration = 0;
  /** By what they say: where events of this time stood. */
  readonly #heard = new Map<string, number>();

  /** Is an event a copy of one before? From now on it has been here. */
  isCopy({ t, line }: Pick<OrderedEvent, 't' | 'line'>): boolean {
    if (t !== this.#t) {
      this.#t = t;
      this.#count = this.#lastOutage = this.#lastRestoration = 0;
      this.#heard.clear();
    }
    const said = line.replace(RECEIPT, '');
    const isRestoration = line.includes(RESTORATION);
    const before = this.#heard.get(said);
    if (before !== undefined && (isRestoration ? this.#lastOutage : this.#lastRestoration) < before) return true;
    this.#count++;
    if (isRestoration) this.#lastRestoration = this.#count;
    else this.#lastOutage = this.#count;
    this.#heard.set(said, this.#count);
    return false;
  }
}
