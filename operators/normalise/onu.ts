import type { Kind, ReportedEvent } from '../model/event.js';
import { contentIdOf } from '../model/identity.js';
import { checkId, coordinatesAt, idAt, objectAt, quote, Refusal, timeAt, type Fields, type Reading } from './fields.js';

const KIND_OF: ReadonlyMap<unknown, Kind> = new Map([
  ['ONU_LastGaspAlert', 'outage'],
  ['ONU_PowerRestored', 'restoration'],
]);

/** Reads an ONU's alert. An ONU that the registry does not know is placed by its meters. */
export function readOnu(body: Fields, { receivedAt, naiveOffsetMin }: Reading): ReportedEvent {
  const assetId = idAt(body, 'onuId');
  if (assetId === null) throw new Refusal('missingField', 'An ONU event needs onuId.');
  const kind = KIND_OF.get(body.type);
  if (!kind) throw new Refusal('unknownCode', `type ${quote(body.type)} is none of ${[...KIND_OF.keys()].join(', ')}.`);
  return {
    source: 'onu',
    kind,
    type: String(body.type),
    sourceEventId: idAt(body, 'eventId') ?? contentIdOf(body),
    assetId,
    otherAssetIds: metersOf(body.associatedMeters ?? []),
    occurredAt: timeAt(body, 'timestamp', naiveOffsetMin),
    receivedAt,
    ...coordinatesAt(objectAt(body, 'location'), 'lat', 'lng'),
    substationId: null,
    feederId: null,
    dpId: null,
    reach: null,
  };
}

function metersOf(meters: unknown): string[] {
  if (!Array.isArray(meters)) throw new Refusal('wrongShape', 'associatedMeters is not a list.');
  return meters.map((meter, i) => {
    const id: unknown = meter !== null && typeof meter === 'object' ? ((meter as Fields).meterId ?? null) : meter;
    return checkId(id, `associatedMeters[${i}]`);
  });
}
