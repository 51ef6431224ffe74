import type { ReportedEvent } from '../model/event.js';
import { idAt, isFields, locationAt, Refusal, timeAt, wordAt, type Fields, type Reading } from './fields.js';

/** Reads a trouble call: a customer without supply. A meter number that nobody knows leaves the call unplaced. */
export function readCallCenter(body: Fields, { receivedAt, zone }: Reading): ReportedEvent {
  const sourceEventId = idAt(body, 'ticketId');
  if (sourceEventId === null) throw new Refusal('missingField', 'A trouble call needs ticketId.');
  const { customer } = body;
  if (!isFields(customer)) throw new Refusal('missingField', 'A trouble call needs customer.');
  return {
    source: 'call_center',
    kind: 'outage',
    type: wordAt(body, 'type') ?? 'trouble_call',
    sourceEventId,
    assetId: idAt(customer, 'meterNumber'),
    otherAssetIds: [],
    occurredAt: timeAt(body, 'timestamp', zone, receivedAt),
    receivedAt,
    ...locationAt(customer, 'location'),
    substationId: null,
    feederId: null,
    dpId: null,
    reach: null,
  };
}
