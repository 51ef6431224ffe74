import type { Kind, Reach, ReportedEvent } from '../model/event.js';
import { contentIdOf } from '../model/identity.js';
import { codeKey, GIVEN_CODES } from './code-table.js';
import { kindOf } from './event-words.js';
import { idAt, isAbsent, locationAt, quote, Refusal, timeAt, wordAt, type Fields, type Reading } from './fields.js';

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
export function readScada(body: Fields, reading: Reading): ReportedEvent {
  const { receivedAt, zone } = reading;
  const substationId = idAt(body, 'substationId');
  const feederId = idAt(body, 'feederId');
  const assetId = idAt(body, 'deviceId');
  const missing = REQUIRED.filter((name) => (body[name] ?? null) === null);
  if (missing.length > 0 || feederId === null) checkNeeded(body, { substationId, feederId, assetId });
  const type = wordAt(body, 'eventType') ?? '';
  return {
    source: 'scada',
    kind: kindOfAlarm(type, body, reading),
    type,
    sourceEventId: contentIdOf(body),
    assetId,
    otherAssetIds: [],
    occurredAt: timeAt(body, 'timestamp', zone, receivedAt),
    receivedAt,
    ...locationAt(body, 'coordinates'),
    substationId,
    feederId,
    dpId: null,
    reach: reachOf(type, assetId),
  };
}

/**
 * An alarm must say where it is and when; a device says where by itself, a feeder without its substation. Of the other fields
 * it needs the names, by which it is known to be one, whatever they hold.
 */
function checkNeeded(
  body: Fields,
  ids: { readonly substationId: string | null; readonly feederId: string | null; readonly assetId: string | null },
): void {
  const missing = REQUIRED.filter((name) => {
    if (name === 'timestamp') return isAbsent(body.timestamp);
    if (name === 'feederId') return ids.feederId === null && ids.assetId === null;
    if (name === 'substationId') return Object.values(ids).every((id) => id === null);
    return body[name] === undefined;
  });
  if (missing.length > 0) throw new Refusal('missingField', `A SCADA alarm needs ${missing.join(', ')}.`);
}

/** The alarm says whether the line has voltage; only where it says neither, the event's name decides. */
function kindOfAlarm(type: string, body: Fields, { codes = GIVEN_CODES }: Reading): Kind {
  const kind = kindOf(codes.scada, wordAt(body, 'alarmType') ?? '', type);
  if (!kind) {
    throw new Refusal(
      'unknownCode',
      `eventType ${quote(type)} with alarmType ${quote(body.alarmType)} is neither an outage nor a restoration.`,
    );
  }
  return kind;
}

/** A fuse is below the head; an alarm that names a feeder and no device is its breaker's; else the registry knows. */
function reachOf(type: string, assetId: string | null): Reach | null {
  if (codeKey(type) === 'fusetrip') return 'point';
  return assetId === null ? 'feeder' : null;
}
