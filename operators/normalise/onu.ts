import type { ReportedEvent } from '../model/event.js';
import { contentIdOf } from '../model/identity.js';
import { GIVEN_CODES } from './code-table.js';
import { kindOf } from './event-words.js';
import {
  goodIds,
  idAt,
  isFields,
  locationAt,
  quote,
  Refusal,
  timeAt,
  wordAt,
  type Fields,
  type Reading,
} from './fields.js';

/** Reads an ONU's alert. An ONU that the registry does not know is placed by its meters. */
export function readOnu(body: Fields, { receivedAt, zone, codes = GIVEN_CODES }: Reading): ReportedEvent {
  const assetId = idAt(body, 'onuId');
  if (assetId === null) throw new Refusal('missingField', 'An ONU event needs onuId.');
  const type = wordAt(body, 'type') ?? '';
  const kind = kindOf(codes.onu, type);
  if (!kind) throw new Refusal('unknownCode', `type ${quote(body.type)} is neither an outage nor a restoration.`);
  return {
    source: 'onu',
    kind,
    type,
    sourceEventId: idAt(body, 'eventId') ?? contentIdOf(body),
    assetId,
    otherAssetIds: metersOf(body.associatedMeters ?? []),
    occurredAt: timeAt(body, 'timestamp', zone, receivedAt),
    receivedAt,
    ...locationAt(body, 'location'),
    substationId: null,
    feederId: null,
    dpId: null,
    reach: null,
  };
}

/** The meters of a list, or the one that stands there: ids, or objects that have one. */
function metersOf(meters: unknown): string[] {
  const list: unknown[] = Array.isArray(meters) ? meters : [meters];
  return goodIds(
    list.map((meter) => (isFields(meter) ? meter.meterId : meter)),
    'associatedMeters',
  );
}
