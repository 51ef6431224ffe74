/** The thread of {@link Assessor}: a large body does not hold up the small ones. */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { GatewayError } from '../errors.js';
import { assess } from './assess.js';
import type { Assessment, ReceivedBody } from './assessment.js';
import type { Verdict } from './assessor.js';

/** How long one body is worked on until another gets its turn. */
const BUSY_MS = 10;

// A refused report is an error that nobody looks at the stack of, and to gather it takes most of the time.
Error.stackTraceLimit = 0;

/** What is larger is read one after the other: what is made of such a body takes many times its bytes. */
const IN_TURNS_BYTES = 64 * 1024;

const port = parentPort!;
let largeBefore: Promise<void> = Promise.resolve();

port.on('message', ({ n, body }: { n: number; body: ReceivedBody }) => {
  if (body.bytes.byteLength <= IN_TURNS_BYTES) void answer(n, body);
  else largeBefore = largeBefore.then(() => answer(n, body));
});

async function answer(n: number, body: ReceivedBody): Promise<void> {
  const verdict = await verdictOf(n, body);
  port.postMessage(verdict, buffersOf(verdict));
}

async function verdictOf(n: number, body: ReceivedBody): Promise<Verdict> {
  try {
    return { n, assessment: await inTurns(body) };
  } catch (error) {
    if (error instanceof GatewayError) return { n, refusal: { code: error.code, words: error.words } };
    return { n, failure: error };
  }
}

async function inTurns(body: ReceivedBody): Promise<Assessment> {
  const assessing = assess(body);
  let busySince = performance.now();
  for (let steps = 1; ; steps++) {
    const { done, value } = assessing.next();
    if (done) return value;
    if (steps % 16 !== 0 || performance.now() - busySince < BUSY_MS) continue;
    await turnOfTheLoop();
    busySince = performance.now();
  }
}

/** The bytes of records change hands; nothing of them is needed here any more. */
function buffersOf(verdict: Verdict): ArrayBuffer[] {
  if (!('assessment' in verdict)) return [];
  return verdict.assessment.records.map(({ value }) => value.buffer as ArrayBuffer);
}
