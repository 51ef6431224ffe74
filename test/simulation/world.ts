import { seededRandom, type Random } from '../../simulator/random.js';

/** How a step of a transaction may go wrong, and how likely. */
export interface Chances {
  /** The process dies before the call has an effect, or after it, before it hears of it. */
  readonly crash: number;
  /** The process stops for longer than its group waits, and goes on then. */
  readonly freeze: number;
  /** The broker cannot be asked for a moment: the call may be made again. */
  readonly retriable: number;
  /** The call has its effect, but the answer is lost. */
  readonly lostAnswer: number;
  /** The transaction must be given up. */
  readonly abort: number;
  /** The group begins its next generation, and the client has not heard of it yet. */
  readonly generation: number;
  /** Kafka says that a group has committed nothing, when a member asks. */
  readonly unknownOffsets: number;
}

export const CALM: Chances = {
  crash: 0,
  freeze: 0,
  retriable: 0,
  lostAnswer: 0,
  abort: 0,
  generation: 0,
  unknownOffsets: 0,
};

/** A process of the simulation: it dies by never being answered again. */
export class SimulatedProcess {
  alive = true;
  frozenUntilMs = 0;
  /** Called when it dies. */
  onDeath: () => void = () => undefined;

  constructor(readonly name: string) {}
}

interface Call {
  readonly process: SimulatedProcess | null;
  /** Whether it can be answered now. */
  readonly ready: () => boolean;
  readonly answer: () => void;
}

const STEP_MS = 60;
const FROZEN_MS = 9000;
/** Without an end in sight after so many steps, something waits for ever. */
const MOST_STEPS = 200_000;

/**
 * Time and chance. Every call of a process to its broker waits until the world picks it, one at a time, from a seed: all
 * orders in which processes may get on are possible, and each comes again with its seed.
 */
export class World {
  readonly random: Random;
  nowMs = Date.UTC(2026, 9, 4);
  chances: Chances = CALM;
  /** What happened, by kind. */
  readonly done: Record<string, number> = {};
  #calls: Call[] = [];
  #steps = 0;

  constructor(readonly seed: number) {
    this.random = seededRandom(seed);
  }

  /** Counts something that was done to the system. */
  note(kind: string): void {
    this.done[kind] = (this.done[kind] ?? 0) + 1;
  }

  /**
   * A call of a process, or of nobody in it (null): `effect` happens when the world picks it, once `ready` says that it
   * can. Returns what it gives; never, if the process dies meanwhile.
   */
  call<T>(process: SimulatedProcess | null, effect: () => T, ready: () => boolean = () => true): Promise<T> {
    return new Promise((resolve, reject) => {
      const answer = (): void => {
        try {
          const value = effect();
          // Whoever dies of the call never hears of it.
          if (process?.alive !== false) resolve(value);
        } catch (error) {
          reject(error as Error);
        }
      };
      if (process?.alive !== false) this.#calls.push({ process, ready, answer });
    });
  }

  /** Lets a call through after a while. */
  wait(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    return this.call(
      null,
      () => undefined,
      () => this.nowMs >= untilMs,
    );
  }

  kill(process: SimulatedProcess): void {
    process.alive = false;
    this.#calls = this.#calls.filter((call) => call.process !== process);
    process.onDeath();
  }

  freeze(process: SimulatedProcess): void {
    process.frozenUntilMs = this.nowMs + FROZEN_MS * (0.2 + this.random.next());
  }

  /** Answers calls, one after the other, until `done` says that it is over. Throws if that never comes. */
  async run(done: () => boolean): Promise<void> {
    while (!done()) {
      if (++this.#steps > MOST_STEPS) throw new Error(`seed ${this.seed}: no end after ${MOST_STEPS} steps`);
      this.nowMs += STEP_MS * this.random.next();
      this.#answerOne();
      // Whatever follows from the answer happens before the next one.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #answerOne(): void {
    const able: number[] = [];
    this.#calls.forEach(({ process, ready }, i) => {
      if ((process === null || process.frozenUntilMs <= this.nowMs) && ready()) able.push(i);
    });
    if (able.length === 0) {
      this.nowMs += 30 * STEP_MS;
      return;
    }
    const [call] = this.#calls.splice(this.random.pick(able), 1);
    call!.answer();
  }
}
