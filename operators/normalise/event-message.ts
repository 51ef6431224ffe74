import { fieldsAt, isFields, Refusal, type Fields } from './fields.js';
import { parseXml } from './xml.js';

/** One EndDeviceEvent, and the header of the message it came in. */
export interface EndDeviceEvent {
  readonly event: Fields;
  readonly header: Fields;
}

interface Message {
  readonly header: Fields;
  readonly events: readonly unknown[];
}

/**
 * The events of a message of IEC 61968-100, in or out of a SOAP envelope: whatever its root is called, it has a Header and a
 * Payload with EndDeviceEvents in it.
 * @throws Refusal if it is not XML, not such a message, or hostile
 */
export function readEventMessage(xml: string): EndDeviceEvent[] {
  const message = messageIn(parseXml(xml));
  if (!message) throw new Refusal('wrongShape', 'The XML has no Payload with EndDeviceEvents in it.');
  const { header, events } = message;
  return events.map((event) => ({ event: isFields(event) ? event : {}, header }));
}

/** The first message below a node. The parser says how deep that may be. */
function messageIn(node: unknown): Message | null {
  if (Array.isArray(node)) return firstOf(node);
  if (!isFields(node)) return null;
  if (node.Payload !== undefined) {
    const events: unknown[] = [];
    gatherEvents(node.Payload, events);
    if (events.length > 0) return { header: fieldsAt(node, 'Header'), events };
  }
  return firstOf(Object.values(node));
}

function firstOf(nodes: readonly unknown[]): Message | null {
  for (const node of nodes) {
    const message = messageIn(node);
    if (message) return message;
  }
  return null;
}

/** The events below a node, through `EndDeviceEvents`, `anyType` and whatever else they are wrapped in. */
function gatherEvents(node: unknown, events: unknown[]): void {
  if (Array.isArray(node)) for (const element of node) gatherEvents(element, events);
  if (!isFields(node)) return;
  // The parser makes a list of it even where there is one.
  if (Array.isArray(node.EndDeviceEvent)) for (const event of node.EndDeviceEvent as unknown[]) events.push(event);
  else for (const child of Object.values(node)) gatherEvents(child, events);
}
