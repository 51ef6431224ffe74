import { GatewayError } from '../errors.js';

interface Waiting {
  readonly bytes: number;
  readonly give: () => void;
  readonly timer: NodeJS.Timeout;
}

/** Lets only so many bytes of bodies be worked on at a time; who does not fit waits, in the order of coming. */
export class BodyBudget {
  #used = 0;
  readonly #waiting: Waiting[] = [];

  /**
   * @param totalBytes what may be worked on at a time; a larger body is worked on alone
   * @param patienceMs how long a body may wait
   */
  constructor(
    private readonly totalBytes: number,
    private readonly patienceMs: number,
  ) {}

  /**
   * Resolves when there is room for a body, with what gives the room back.
   * @throws GatewayError OMS_BUSY if there was none in time
   */
  async take(bytes: number): Promise<() => void> {
    if (this.#waiting.length === 0 && this.#fits(bytes)) this.#used += bytes;
    else await this.#wait(bytes);
    let taken = true;
    return () => {
      if (taken) this.#giveBack(bytes);
      taken = false;
    };
  }

  /** Bytes of the bodies that are worked on. */
  get usedBytes(): number {
    return this.#used;
  }

  #fits(bytes: number): boolean {
    return this.#used === 0 || this.#used + bytes <= this.totalBytes;
  }

  #wait(bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new GatewayError('OMS_BUSY', [`${this.patienceMs / 1000} s`]));
        this.#next();
      }, this.patienceMs);
      const waiting: Waiting = { bytes, give: resolve, timer };
      this.#waiting.push(waiting);
    });
  }

  #giveBack(bytes: number): void {
    this.#used -= bytes;
    this.#next();
  }

  #next(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#used += next.bytes;
      clearTimeout(next.timer);
      next.give();
    }
  }
}
