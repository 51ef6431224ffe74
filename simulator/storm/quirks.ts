/**
 * A storm as field systems send it that were generated, configured and patched by many hands: what they say is odd in form, and
 * means what the plain storm means. Between the events come bodies that mean nothing.
 */
import type { ReportRejection } from '../../operators/model/rejections.js';
import { seededRandom } from '../random.js';
import type { CanonicalEvent } from './canonical-event.js';
import { JSON_QUIRKS, oddJson } from './quirks-json.js';
import { strayBeside } from './quirks-strays.js';
import { oddXml, XML_QUIRKS } from './quirks-xml.js';
import { sourceShape, type SourceRequest } from './shapes.js';

/** A request of a field system with a body of bytes. */
export interface FieldRequest extends Omit<SourceRequest, 'body'> {
  readonly body: Uint8Array;
  /** What is odd about it. */
  readonly quirks: readonly string[];
  /** Why it has to be refused; null: it is the event. */
  readonly refusedFor: ReportRejection | null;
}

/** All that may be odd about an event. */
export const QUIRKS: readonly string[] = [...new Set([...JSON_QUIRKS, ...XML_QUIRKS])];

const ODD = 0.7;
const KAIFA_IN_JSON = 0.3;
const STRAYS = 0.03;

/** The event as its own system sends it when it keeps to the form. */
export function plainRequest(event: CanonicalEvent): FieldRequest {
  const request = sourceShape(event);
  return { ...request, body: Buffer.from(request.body), quirks: [], refusedFor: null };
}

/**
 * The event as its own system sends it, mostly with something odd about it. A copy of the event is the same, but for when it says
 * that it was sent: the sender repeats what it has.
 * @param seed a whole number: the same one gives the same oddities
 */
export function oddRequest(event: CanonicalEvent, seed: number): FieldRequest {
  const random = seededRandom(seed, streamOf(event, 0));
  const plain = plainRequest(event);
  if (!random.chance(ODD)) return plain;
  if (event.source === 'kaifa' && !random.chance(KAIFA_IN_JSON)) return { ...plain, ...oddXml(event, random) };
  return hasWords(event) ? { ...plain, ...oddJson(event, random) } : plain;
}

/** The whole storm with what is odd about it, and bodies that mean nothing in between. */
export function* oddStorm(
  events: readonly CanonicalEvent[],
  seed: number,
): Generator<{ readonly event: CanonicalEvent; readonly request: FieldRequest }> {
  for (const [n, event] of events.entries()) {
    yield { event, request: oddRequest(event, seed) };
    const random = seededRandom(seed, streamOf(event, n + 1));
    const stray = random.chance(STRAYS) ? strayBeside(event, random) : null;
    if (stray) yield { event, request: { ...plainRequest(event), ...stray } };
  }
}

/** A source without words of its own sends canonical events, which are ours to write. */
function hasWords(event: CanonicalEvent): boolean {
  return plainRequest(event).path !== '/api/oms/events';
}

/** A row of draws for an event, whenever it comes. */
function streamOf({ sourceEventId }: CanonicalEvent, n: number): number {
  let hash = n;
  for (let i = 0; i < sourceEventId.length; i++) hash = (Math.imul(hash, 31) + sourceEventId.charCodeAt(i)) | 0;
  return hash;
}
