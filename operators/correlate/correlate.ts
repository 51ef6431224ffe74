import { keyText, type Key, type LogEntry } from '../model/event.js';
import { Room } from './columns/columns.js';
import { Fold } from './fold.js';
import { KeyState } from './key-state.js';
import type { LogPosition, Outcome } from '../model/outcome.js';
import { decodeKeyState, encodeKeyState } from './snapshot/snapshot.js';
import { OperatorError } from '../model/errors.js';

/** The keys of one partition of the log. */
export class Correlator {
  readonly #keys = new Map<string, Fold>();
  readonly #room = new Room();

  /** Takes in one log record: entries of one key, in order. */
  apply(key: Key, entries: readonly LogEntry[], log: LogPosition): Outcome {
    const text = keyText(key);
    let fold = this.#keys.get(text);
    if (!fold) this.#keys.set(text, (fold = new Fold(new KeyState(key, this.#room))));
    return fold.apply(entries, log);
  }

  /**
   * How much it holds: keys, their outages (one that merged is none), and events to which another may still link; and the
   * latest of their watermarks (epoch seconds), if there is one.
   */
  holdings(): Readonly<Record<'keys' | 'outages' | 'windowEvents', number>> & { readonly watermarkS?: number } {
    let outages = 0;
    let windowEvents = 0;
    let watermark = -Infinity;
    for (const { state } of this.#keys.values()) {
      for (const { mergedInto } of state.outages.values()) if (mergedInto === null) outages++;
      for (const { extent } of state.index.owners) windowEvents += extent.size;
      watermark = Math.max(watermark, state.watermark);
    }
    const time = Number.isFinite(watermark) ? { watermarkS: watermark / 1000 } : {};
    return { keys: this.#keys.size, outages, windowEvents, ...time };
  }

  /** The state of a key as bytes. */
  encode(key: string): Uint8Array | null {
    const fold = this.#keys.get(key);
    return fold ? encodeKeyState(fold.state) : null;
  }

  /** Puts back the state of a key; null: as if nothing had come of it. Throws if the bytes are of another version, or of another key. */
  restore(key: string, bytes: Uint8Array | null): void {
    if (bytes === null) {
      this.#keys.delete(key);
      return;
    }
    const state = decodeKeyState(bytes, this.#room);
    if (keyText(state.key) !== key)
      throw new OperatorError('OMS_SNAPSHOT_OF_OTHER_KEY', `the snapshot of ${key} is one of ${keyText(state.key)}`);
    this.#keys.set(key, new Fold(state));
  }
}
