import type { Kind, Reach, ReportedEvent } from '../model/event.js';
import { contentIdOf } from '../model/identity.js';
import { coordinatesAt, idAt, objectAt, quote, Refusal, timeAt, wordAt, type Fields, type Reading } from './fields.js';

const KIND_OF_ALARM: ReadonlyMap<unknown, Kind> = new Map([
  ['De-energized', 'outage'],
  ['Energized', 'restoration'],
]);

const KIND_OF_EVENT: ReadonlyMap<string, Kind> = new Map([
  ['MV_AlarmLossOfVoltage', 'outage'],
  ['MV_AlarmRestoration', 'restoration'],
  ['BreakerTrip', 'outage'],
  ['BreakerClose', 'restoration'],
  ['FuseTrip', 'outage'],
]);

const REQUIRED = [
  'eventType',
  'substationId',
  'feederId',
  'mainStationId',
  'alarmType',
  'timestamp',
  'voltage',
] as const;

/** Reads a SCADA alarm. It has no event id: a copy sent twice has the same content and so the same id. */
export function readScada(body: Fields, { receivedAt, naiveOffsetMin }: Reading): ReportedEvent {
  const missing = REQUIRED.filter((name) => (body[name] ?? null) === null);
  if (missing.length > 0) throw new Refusal('missingField', `A SCADA alarm needs ${missing.join(', ')}.`);
  const type = wordAt(body, 'eventType') ?? '';
  const assetId = idAt(body, 'deviceId');
  return {
    source: 'scada',
    kind: kindOf(type, body.alarmType),
    type,
    sourceEventId: contentIdOf(body),
    assetId,
    otherAssetIds: [],
    occurredAt: timeAt(body, 'timestamp', naiveOffsetMin),
    receivedAt,
    ...coordinatesAt(objectAt(body, 'coordinates'), 'lat', 'lng'),
    substationId: idAt(body, 'substationId'),
    feederId: idAt(body, 'feederId'),
    dpId: null,
    reach: reachOf(type, assetId),
  };
}

/** The alarm says whether the line has voltage; only where it says neither, the event's name decides. */
function kindOf(type: string, alarmType: unknown): Kind {
  const kind = KIND_OF_ALARM.get(alarmType) ?? KIND_OF_EVENT.get(type);
  if (!kind) {
    throw new Refusal(
      'unknownCode',
      `eventType ${quote(type)} with alarmType ${quote(alarmType)} is neither an outage nor a restoration.`,
    );
  }
  return kind;
}

/** A fuse is below the head; an alarm that names a feeder and no device is its breaker's; else the registry knows. */
function reachOf(type: string, assetId: string | null): Reach | null {
  if (type === 'FuseTrip') return 'point';
  return assetId === null ? 'feeder' : null;
}
