import { parseTime } from '../model/time.js';
import { isFields, type Fields } from './fields.js';

/** What stands inside an envelope, and when the envelope says it was received. */
export interface Opened {
  /** An object, or the text of a body that was not JSON (SOAP). */
  readonly body: Fields | string;
  readonly receivedAt: number | null;
}

/**
 * Takes the body out of any of the envelopes in the field: `{event}`, `{event: {body: "<JSON>"}}`,
 * `{request: {body: "<text>"}}`; a body without an envelope stays as it is.
 */
export function openEnvelope(value: Fields): Opened {
  const receivedAt = parseTime(value.processed_at);
  if (isFields(value.event)) {
    const inner = value.event;
    return { body: typeof inner.body === 'string' ? textOrJson(inner.body) : inner, receivedAt };
  }
  if (typeof value.event === 'string') return { body: textOrJson(value.event), receivedAt };
  if (isFields(value.request) && typeof value.request.body === 'string') {
    return { body: textOrJson(value.request.body), receivedAt };
  }
  return { body: value, receivedAt: null };
}

function textOrJson(text: string): Fields | string {
  try {
    const parsed: unknown = JSON.parse(text);
    return isFields(parsed) ? parsed : text;
  } catch {
    return text;
  }
}
