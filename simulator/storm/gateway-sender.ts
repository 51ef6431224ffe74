import { setTimeout as pause } from 'node:timers/promises';
import type { CanonicalEvent } from './canonical-event.js';
import { sourceShape, type SourceRequest } from './shapes.js';
import { OmsError } from '../../connections/errors.js';

const AT_ONCE = 16;
const LINES_PER_POST = 200;
const PAUSE_MS = 1000;
/** Longer than it takes to start a gateway again, by hand too. */
const PATIENCE_MS = 5 * 60_000;

/** A request whose body may be bytes. */
type SentRequest = Omit<SourceRequest, 'body'> & { readonly body: string | Uint8Array };

/** Answers by HTTP status, in events. */
export type Answers = Record<string, number>;

/** How a storm is sent. */
export interface SendingOptions {
  /** Is told when the gateway goes away, and when it is back. */
  readonly say?: (line: string) => void;
  /** How long a gateway that was there may be away, ms. */
  readonly patienceMs?: number;
  /** The request of an event in the shape of its source; left out: the one that keeps to the form. */
  readonly requestOf?: (event: CanonicalEvent) => SentRequest;
}

/**
 * Posts a storm to the gateway: source shapes one by one on their sources' routes, canonical events in NDJSON batches.
 * A gateway that says 503 is asked again when it says, one that does not answer, as while it is started again, every
 * second. What is sent a second time has the same ids, so it counts once.
 * @param before called before each event with the number of those before it: waits until it is due
 * @throws Error if the gateway cannot be reached from the beginning, or does not come back for some minutes
 */
export async function sendToGateway(
  url: string,
  events: readonly CanonicalEvent[],
  shape: 'canonical' | 'source',
  before: (event: CanonicalEvent, sent: number) => Promise<void>,
  { say = () => undefined, patienceMs = PATIENCE_MS, requestOf = sourceShape }: SendingOptions = {},
): Promise<Answers> {
  const answers: Answers = {};
  const line = new Line(url, say, patienceMs);
  const inFlight = new Set<Promise<void>>();
  let failure: Error | null = null;
  const post = async (request: SentRequest, count: number): Promise<void> => {
    while (inFlight.size >= AT_ONCE) await Promise.race(inFlight);
    if (failure) throw failure;
    const sending = line
      .send(request)
      .then((status) => {
        answers[status] = (answers[status] ?? 0) + count;
      })
      .catch((error: Error) => {
        failure ??= error;
      })
      .finally(() => inFlight.delete(sending));
    inFlight.add(sending);
  };
  let lines: CanonicalEvent[] = [];
  const postLines = async (): Promise<void> => {
    if (lines.length === 0) return;
    const batch = lines;
    lines = [];
    await post(batchOf(batch), batch.length);
  };
  for (const [sent, event] of events.entries()) {
    const startedAt = Date.now();
    await before(event, sent);
    if (shape === 'source') await post(withReceivedAt(requestOf(event), event), 1);
    else {
      lines.push(event);
      // What had to wait goes at once: nobody waits for a batch to fill.
      if (lines.length >= LINES_PER_POST || Date.now() > startedAt) await postLines();
    }
  }
  await postLines();
  await Promise.all(inFlight);
  if (failure) throw failure as Error;
  return answers;
}

function withReceivedAt(request: SentRequest, { receivedAt }: CanonicalEvent): SentRequest {
  // CloudEvents' HTTP binding: a collector in the field says when it took the event.
  return { ...request, headers: { ...request.headers, 'ce-time': receivedAt } };
}

function batchOf(events: readonly CanonicalEvent[]): SentRequest {
  return {
    source: events[0]!.source,
    path: '/api/oms/events',
    contentType: 'application/x-ndjson',
    headers: {},
    body: events.map((event) => JSON.stringify(event)).join('\n'),
  };
}

const BROKEN = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** The way to a gateway that may be away for a while. */
class Line {
  /** When it last answered, by the monotonic clock; null: it never has. */
  #answeredAt: number | null = null;
  #isAway = false;

  constructor(
    private readonly url: string,
    private readonly say: (line: string) => void,
    private readonly patienceMs: number,
  ) {}

  /** Sends until the gateway takes or refuses it; returns the status. */
  async send(request: SentRequest): Promise<number> {
    const since = Date.now();
    for (;;) {
      let response: Response;
      const askedAt = performance.now();
      try {
        response = await post(this.url, request);
      } catch (error) {
        this.#away(error as Error, askedAt);
        await pause(PAUSE_MS);
        continue;
      }
      this.#answered();
      const isPatient = Date.now() - since < this.patienceMs;
      if (response.status !== 503 || !isPatient) return response.status;
      await pause((Number(response.headers.get('retry-after')) || 1) * 1000);
    }
  }

  #answered(): void {
    this.#answeredAt = performance.now();
    if (this.#isAway) this.say(`The gateway at ${this.url} is back.`);
    this.#isAway = false;
  }

  /** @throws Error if it makes no sense to go on */
  #away(error: Error, askedAt: number): void {
    const { code = '', message } = (error.cause ?? error) as NodeJS.ErrnoException;
    const reason = message || code;
    // A connection that breaks was one: somebody was there.
    if (BROKEN.has(code)) this.#answeredAt ??= askedAt;
    if (this.#answeredAt === null) {
      throw new OmsError(
        'OMS_GATEWAY_AWAY',
        `The gateway at ${this.url} cannot be reached (${reason}): is it running?`,
      );
    }
    const awayMs = performance.now() - this.#answeredAt;
    if (awayMs >= this.patienceMs) {
      throw new OmsError(
        'OMS_GATEWAY_AWAY',
        `The gateway at ${this.url} has not answered for ${Math.round(awayMs / 1000)} s (${reason}): start it and send ` +
          'the storm again, what it has already counts once.',
      );
    }
    // It has answered what was asked later: that it was away is known.
    if (this.#answeredAt > askedAt) return;
    if (!this.#isAway) this.say(`The gateway at ${this.url} does not answer (${reason}): waiting for it.`);
    this.#isAway = true;
  }
}

async function post(url: string, { path, contentType, headers, body }: SentRequest): Promise<Response> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': contentType },
    body,
  });
  await response.arrayBuffer();
  return response;
}
