import { beatKey, readBeat, SILENT_AFTER_MS, type Beat, type StageBeat } from './beat.js';

/** A stage of a process, as it was last heard of. */
export interface Heard extends StageBeat {
  readonly slot: string;
  readonly host: string;
  readonly pid: number;
  readonly port: number | null;
  /** How long ago, by the clock of who listens, ms. */
  readonly heardAgoMs: number;
}

/** A process that is silent for so long is forgotten, ms, if another runs its stages. */
const FORGET_MS = 600_000;

/** Who is there, as heard on `oms.beats`. Its ages are of the listener's monotonic clock. */
export class Roster {
  readonly #last = new Map<string, { readonly beat: Beat; readonly atMs: number }>();

  /**
   * @param expected the stages that an installation needs
   * @param sinceMs since when it listens, by the same clock: until then nobody can have been heard of
   * @param now the monotonic clock, ms
   */
  constructor(
    private readonly expected: readonly string[],
    private readonly sinceMs = performance.now(),
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Takes in a record of `oms.beats`; a tombstone says nothing.
   * @throws Error if it is no beat
   */
  hear(value: Uint8Array | null): void {
    if (value === null) return;
    const beat = readBeat(value);
    const key = beatKey(beat);
    if (beat.isLeaving) this.#last.delete(key);
    else this.#last.set(key, { beat, atMs: this.now() });
  }

  /** Every stage of every process that was heard of and has not said that it leaves. */
  stages(): Heard[] {
    const now = this.now();
    for (const [key, { atMs }] of this.#last) if (now - atMs > FORGET_MS) this.#last.delete(key);
    return [...this.#last.values()].flatMap(({ beat: { slot, host, pid, port, stages }, atMs }) =>
      stages.map((stage) => ({ ...stage, slot, host, pid, port, heardAgoMs: Math.round(now - atMs) })),
    );
  }

  /** What is wrong with the stages, a sentence each. */
  complaints(): string[] {
    const all = this.stages();
    const complaints: string[] = [];
    for (const name of this.expected) {
      const heard = all.filter((stage) => stage.name === name);
      const alive = heard.filter(({ heardAgoMs }) => heardAgoMs <= SILENT_AFTER_MS);
      if (alive.length === 0) complaints.push(...this.#missing(name, heard));
      for (const stage of heard) {
        const isSilent = stage.heardAgoMs > SILENT_AFTER_MS;
        if (isSilent && alive.length > 0)
          complaints.push(`${name} (${whereIs(stage)}) has not been heard of for ${seconds(stage.heardAgoMs)}.`);
        if (!isSilent) complaints.push(...stage.complaints.map((one) => `${name} (${whereIs(stage)}): ${one}`));
      }
    }
    return complaints;
  }

  #missing(name: string, heard: readonly Heard[]): string[] {
    const [last] = [...heard].sort((a, b) => a.heardAgoMs - b.heardAgoMs);
    if (last)
      return [
        `${name} stands still: its last process (${whereIs(last)}) was heard of ${seconds(last.heardAgoMs)} ago.`,
      ];
    // Who has just begun to listen has not missed anybody yet.
    if (this.now() - this.sinceMs < SILENT_AFTER_MS) return [];
    return [`${name} is not running: start it with "oms pipeline --stages ${name}".`];
  }
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

function whereIs({ host, pid, slot }: Heard): string {
  return `process ${pid} on ${host}, slot ${slot}`;
}
