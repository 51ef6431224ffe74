import { keyText, type Key } from '../model/event.js';
import type { LogPosition } from '../model/outcome.js';
import { Diagnosis, type DiagnosisOptions, type FaultOutcome } from './diagnosis.js';
import type { DiagnosisEntry } from './fault-command.js';
import type { FaultRecord } from './fault-record.js';
import { DeviceTree } from './tree.js';

/** The keys of one partition of the log. */
export class Diagnoser {
  readonly #keys = new Map<string, Diagnosis>();

  /**
   * @param trees the device tree of each key, by its text; a key without one has the source alone
   */
  constructor(
    private readonly trees: ReadonlyMap<string, DeviceTree>,
    private readonly options: DiagnosisOptions = {},
  ) {}

  /** Takes in one log record: entries of one key, in order. */
  apply(key: Key, entries: readonly DiagnosisEntry[], log: LogPosition): FaultOutcome {
    return this.of(key).take(entries, log);
  }

  /** The diagnosis of a key. */
  of(key: Key): Diagnosis {
    const text = keyText(key);
    let diagnosis = this.#keys.get(text);
    if (!diagnosis) {
      const tree = this.trees.get(text) ?? withoutElements(key.feederId);
      this.#keys.set(text, (diagnosis = new Diagnosis(key, tree, this.options)));
    }
    return diagnosis;
  }

  /** All faults of all keys as they are, by onset. */
  faults(log: LogPosition): FaultRecord[] {
    const faults = [...this.#keys.values()].flatMap((diagnosis) => diagnosis.faults(log));
    return faults.sort((a, b) =>
      a.onsetAt === b.onsetAt ? (a.faultId < b.faultId ? -1 : 1) : a.onsetAt < b.onsetAt ? -1 : 1,
    );
  }
}

function withoutElements(feederId: string): DeviceTree {
  return new DeviceTree({ feederId, devices: [], transformers: [], customers: [] });
}
