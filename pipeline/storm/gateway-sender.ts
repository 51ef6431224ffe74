import type { CanonicalEvent } from './canonical-event.js';
import { sourceShape, type SourceRequest } from './shapes.js';

const AT_ONCE = 16;
const LINES_PER_POST = 200;
const RETRIES = 60;

/** Answers by HTTP status, in events. */
export type Answers = Record<string, number>;

/**
 * Posts a storm to the gateway: source shapes one by one on their sources' routes, canonical events in NDJSON batches.
 * A gateway that says 503 is asked again when it says.
 * @param before called before each event with the number of those before it: waits until it is due
 * @throws Error if the gateway cannot be reached
 */
export async function sendToGateway(
  url: string,
  events: readonly CanonicalEvent[],
  shape: 'canonical' | 'source',
  before: (event: CanonicalEvent, sent: number) => Promise<void>,
): Promise<Answers> {
  const answers: Answers = {};
  const inFlight = new Set<Promise<void>>();
  let failure: Error | null = null;
  const post = async (request: SourceRequest, count: number): Promise<void> => {
    while (inFlight.size >= AT_ONCE) await Promise.race(inFlight);
    if (failure) throw failure;
    const sending = send(url, request)
      .then((status) => {
        answers[status] = (answers[status] ?? 0) + count;
      })
      .catch((error: Error) => {
        failure = new Error(`The gateway at ${url} cannot be reached (${error.message}): is it running?`);
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
    if (shape === 'source') await post(withReceivedAt(sourceShape(event), event), 1);
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

function withReceivedAt(request: SourceRequest, { receivedAt }: CanonicalEvent): SourceRequest {
  // CloudEvents' HTTP binding: a collector in the field says when it took the event.
  return { ...request, headers: { ...request.headers, 'ce-time': receivedAt } };
}

function batchOf(events: readonly CanonicalEvent[]): SourceRequest {
  return {
    source: events[0]!.source,
    path: '/api/oms/events',
    contentType: 'application/x-ndjson',
    headers: {},
    body: events.map((event) => JSON.stringify(event)).join('\n'),
  };
}

async function send(url: string, { path, contentType, headers, body }: SourceRequest): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': contentType },
      body,
    });
    await response.arrayBuffer();
    if (response.status !== 503 || attempt === RETRIES) return response.status;
    const seconds = Number(response.headers.get('retry-after')) || 1;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}
