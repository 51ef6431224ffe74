import type { ReportedEvent } from '../model/event.js';
import {
  coordinatesAt,
  idAt,
  isFields,
  objectAt,
  Refusal,
  timeAt,
  wordAt,
  type Fields,
  type Reading,
} from './fields.js';

/** Reads a trouble call: a customer without supply. A meter number that nobody knows leaves the call unplaced. */
export function readCallCenter(body: Fields, { receivedAt, naiveOffsetMin }: Reading): ReportedEvent {
  const sourceEventId = idAt(body, 'ticketId');
  if (sourceEventId === null) throw new Refusal('missingField', 'A trouble call needs ticketId.');
  if (!isFields(body.customer)) throw new Refusal('missingField', 'A trouble call needs customer.');
  const { customer } = body as { customer: Fields };
  return {
    source: 'call_center',
    kind: 'outage',
    type: wordAt(body, 'type') ?? 'trouble_call',
    sourceEventId,
    assetId: idAt(customer, 'meterNumber'),
    otherAssetIds: [],
    occurredAt: timeAt(body, 'timestamp', naiveOffsetMin),
    receivedAt,
    ...coordinatesAt(objectAt(customer, 'location'), 'lat', 'lng'),
    substationId: null,
    feederId: null,
    dpId: null,
    reach: null,
  };
}
