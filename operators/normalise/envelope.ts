import { parseFieldTime } from '../model/field-time.js';
import type { Source } from '../model/source.js';
import { isCanonical } from './canonical.js';
import { isFields, type Fields, type Reading } from './fields.js';

/** What stands inside an envelope, and when the envelope says it was received. */
export interface Opened {
  /** What was in it: an object, a list, or a text that is JSON, XML or a message in parts. */
  readonly body: unknown;
  readonly receivedAt: number | null;
}

/** What an envelope has beside what it holds; a body may have one of them too, and hardly one of these and none of its own. */
const BESIDE = ['processed_at', 'topic', 'source', 'timestamp', 'event_type', 'intake'] as const;

/** What a report in a source's own words has, and no envelope has beside what it holds. */
const OWN: Readonly<Partial<Record<Source, (body: Fields) => boolean>>> = {
  scada: (body) => 'eventType' in body || 'alarmType' in body,
  kaifa: (body) => 'message_type' in body || 'category' in body,
  onu: (body) => 'onuId' in body,
  call_center: (body) => 'ticketId' in body || 'customer' in body,
};

/**
 * Takes the body out of any of the envelopes in the field: `{event}`, `{event: {body: "<JSON>"}}`,
 * `{request: {body: "<text>"}}`, each with when it came and where it went.
 * @param value no canonical event
 * @returns null if it is none: the value is a body itself
 */
export function openEnvelope(source: Source, value: Fields, { receivedAt, zone }: Reading): Opened | null {
  // A report of its source is no envelope, whatever else it holds.
  if (OWN[source]?.(value)) return null;
  const body = isFields(value.event) ? bodyIn(source, value.event) : (textIn(value.event) ?? requestBodyOf(value));
  if (body === null || !isEnvelope(value)) return null;
  return { body, receivedAt: parseFieldTime(value.processed_at, zone, receivedAt) };
}

/** The event of an envelope, or the body that the event has in it. */
function bodyIn(source: Source, event: Fields): unknown {
  if (OWN[source]?.(event) || isCanonical(event)) return event;
  return (isFields(event.body) ? event.body : textIn(event.body)) ?? event;
}

/** What was posted, whatever it is: JSON that was parsed already, or a text. */
function requestBodyOf({ request }: Fields): unknown {
  if (!isFields(request)) return null;
  const { body } = request;
  return typeof body === 'object' || typeof body === 'string' ? body : null;
}

/** A text that may be a report; a word there is the name of an event. */
function textIn(event: unknown): string | null {
  return typeof event === 'string' && /^\s*(?:[[{<]|--)/.test(event) ? event : null;
}

/** One field alone says little: the body of another kind may have it. An envelope has others beside, or nothing at all. */
function isEnvelope(value: Fields): boolean {
  return (
    BESIDE.some((name) => name in value) || Object.keys(value).every((name) => name === 'event' || name === 'request')
  );
}
