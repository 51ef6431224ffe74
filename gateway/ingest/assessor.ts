import { Worker } from 'node:worker_threads';
import type { HttpErrorCode } from '../../connections/http-errors.js';
import { GatewayError } from '../errors.js';
import { assess } from './assess.js';
import type { Assessment, ReceivedBody } from './assessment.js';
import { OmsError } from '../../connections/errors.js';

/** What the thread answers, by the number of the body. */
export type Verdict =
  | { readonly n: number; readonly assessment: Assessment }
  | { readonly n: number; readonly refusal: { readonly code: HttpErrorCode; readonly words: readonly string[] } }
  | { readonly n: number; readonly failure: unknown };

interface Waiting {
  resolve(assessment: Assessment): void;
  reject(error: unknown): void;
}

/** What takes a few ms is done at once; to hand it to a thread takes longer than to read it. */
const AT_ONCE_BYTES = 16 * 1024;
/** Of the thread, MB: what it takes at most to read 1 MB of the smallest events, with room to spare. */
const LIMITS = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 24 };
/** The program of the thread. Run from source, as by tests, it has to be translated there. */
const PROGRAM = new URL('./assess-worker.js', import.meta.url);
const TRANSLATED = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import('${PROGRAM.href.replace(/\.js$/, '.ts')}');
})`;
const IS_SOURCE = import.meta.url.endsWith('.ts');

/** Reads bodies: small ones at once, large ones in a thread of its own, so that the others do not wait for them. */
export class Assessor {
  #thread: Worker | null = null;
  #n = 0;
  readonly #waiting = new Map<number, Waiting>();

  /**
   * Says what the stream will make of a body. Its bytes belong to the assessor from now on.
   * @throws GatewayError if the body as a whole cannot be read
   */
  async assess(body: ReceivedBody): Promise<Assessment> {
    if (body.bytes.byteLength > AT_ONCE_BYTES) return this.#inThread(body);
    const assessing = assess(body);
    for (;;) {
      const { done, value } = assessing.next();
      if (done) return value;
    }
  }

  /** Ends the thread; what it was working on is refused. */
  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #inThread(body: ReceivedBody): Promise<Assessment> {
    const thread = (this.#thread ??= this.#start());
    const n = this.#n++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(n, { resolve, reject });
      thread.postMessage({ n, body }, [body.bytes.buffer as ArrayBuffer]);
    });
  }

  #start(): Worker {
    const thread = new Worker(IS_SOURCE ? TRANSLATED : PROGRAM, { eval: IS_SOURCE, resourceLimits: LIMITS });
    thread.unref();
    let ended: unknown = new OmsError('OMS_THREAD_ENDED', 'The thread that reads bodies has ended.');
    thread.on('message', (verdict: Verdict) => this.#settle(verdict));
    thread.on('error', (error) => (ended = error));
    thread.on('exit', () => {
      this.#thread = null;
      for (const { reject } of this.#waiting.values()) reject(ended);
      this.#waiting.clear();
    });
    return thread;
  }

  #settle(verdict: Verdict): void {
    const waiting = this.#waiting.get(verdict.n);
    this.#waiting.delete(verdict.n);
    if ('assessment' in verdict) waiting?.resolve(verdict.assessment);
    else if ('refusal' in verdict) waiting?.reject(new GatewayError(verdict.refusal.code, verdict.refusal.words));
    else waiting?.reject(verdict.failure);
  }
}
