import { keyText, type Key, type LogEntry } from '../model/event.js';
import { Room } from './columns/columns.js';
import { KeyState } from './key-state.js';
import type { LogPosition, Outcome } from '../model/outcome.js';
import { decodeKeyState, encodeKeyState } from './snapshot/snapshot.js';

/** The keys of one partition of the log. */
export class Correlator {
  readonly #keys = new Map<string, KeyState>();
  readonly #room = new Room();

  /** Takes in one log record: entries of one key, in order. */
  apply(key: Key, entries: readonly LogEntry[], log: LogPosition): Outcome {
    const text = keyText(key);
    let state = this.#keys.get(text);
    if (!state) this.#keys.set(text, (state = new KeyState(key, this.#room)));
    return state.apply(entries, log);
  }

  /** The state of a key as bytes. */
  encode(key: string): Uint8Array | null {
    const state = this.#keys.get(key);
    return state ? encodeKeyState(state) : null;
  }

  /** Puts back the state of a key. Throws if the bytes are of another version, or of another key. */
  restore(key: string, bytes: Uint8Array): void {
    const state = decodeKeyState(bytes, this.#room);
    if (keyText(state.key) !== key) throw new Error(`the snapshot of ${key} is one of ${keyText(state.key)}`);
    this.#keys.set(key, state);
  }
}
