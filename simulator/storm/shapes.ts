/**
 * Events as the field systems send them: to the routes and in the shapes that a utility's producers use today. What a
 * shape cannot say (when it is received, how far it reaches) is left to the receiver.
 */
import type { Source } from '../../operators/model/source.js';
import type { CanonicalEvent } from './canonical-event.js';
import { eventMessage, METER_CODES } from './kaifa-message.js';
import { OmsError } from '../../connections/errors.js';

/** One HTTP request of a field system: POST `body` to `path`. */
export interface SourceRequest {
  readonly source: Source;
  readonly path: string;
  readonly contentType: string;
  /** Headers beside the content type. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The fields of a body in JSON. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** Nominal voltage of a feeder in the field's alarms. */
const LINE_VOLTS = 33_000;

/**
 * An event as its own system would send it. SCADA gives it no id: the receiver makes one of the content.
 * @throws if a SCADA event names no substation and feeder, which SCADA always does
 */
export function sourceShape(event: CanonicalEvent): SourceRequest {
  switch (event.source) {
    case 'scada':
      return json(event.source, '/scada-mock-generator', { 'X-SCADA-Source': 'SCADA' }, jsonFields(event));
    case 'kaifa':
      return kaifaBatch([event]);
    case 'onu':
      return json(event.source, '/onu-event', {}, jsonFields(event));
    case 'call_center':
      return json(event.source, '/trouble-call/intake', {}, jsonFields(event));
    default:
      // A source without words of its own speaks in our form.
      return json(event.source, '/api/oms/events', {}, event);
  }
}

/**
 * The fields of an event in the words of its source, in JSON; of a meter in the form that has one.
 * @throws as {@link sourceShape}
 */
export function jsonFields(event: CanonicalEvent): JsonFields {
  switch (event.source) {
    case 'scada':
      return scadaAlarm(event);
    case 'kaifa':
      return meterEvent(event);
    case 'onu':
      return onuAlarm(event);
    case 'call_center':
      return troubleCall(event);
    default:
      return { ...event };
  }
}

/**
 * Many meter events in one EventMessage, as a head-end system sends what it has collected.
 * @throws if there is none, or one of another source
 */
export function kaifaBatch(events: readonly CanonicalEvent[]): SourceRequest {
  const [first] = events;
  if (!first) throw new OmsError('OMS_BAD_STORM', 'A Kaifa message needs at least one event; give some.');
  const stranger = events.find((event) => event.source !== 'kaifa');
  if (stranger) {
    throw new OmsError(
      'OMS_BAD_STORM',
      `Event ${stranger.sourceEventId} is from ${stranger.source}; a Kaifa message holds Kaifa's alone.`,
    );
  }
  const messageId = `MSG-${first.sourceEventId}`;
  return {
    source: 'kaifa',
    path: '/kaifa',
    contentType: 'text/xml; charset=utf-8',
    headers: { 'X-Message-ID': messageId, SOAPAction: '""' },
    body: eventMessage(messageId, events),
  };
}

function scadaAlarm(event: CanonicalEvent): JsonFields {
  const { substationId, feederId } = event;
  if (substationId === undefined || feederId === undefined) {
    throw new OmsError(
      'OMS_BAD_STORM',
      `SCADA event ${event.sourceEventId} lacks substationId or feederId; SCADA always names both.`,
    );
  }
  const isOut = event.kind === 'outage';
  return {
    eventType: event.type,
    substationId,
    feederId,
    mainStationId: substationId,
    alarmType: isOut ? 'De-energized' : 'Energized',
    timestamp: event.occurredAt,
    voltage: isOut ? 0 : LINE_VOLTS,
    severity: isOut ? 'critical' : 'info',
    ...(isOut ? { reason: 'Protection Trip' } : {}),
    ...location('coordinates', event),
    deviceId: event.assetId,
  };
}

function meterEvent({ sourceEventId, occurredAt, kind, assetId }: CanonicalEvent): JsonFields {
  return {
    event_id: sourceEventId,
    timestamp: occurredAt,
    message_type: METER_CODES[kind],
    assets: { mrid: assetId },
  };
}

function onuAlarm(event: CanonicalEvent): JsonFields {
  return {
    eventId: event.sourceEventId,
    type: event.type,
    onuId: event.assetId,
    onuSerial: event.assetId,
    timestamp: event.occurredAt,
    ...location('location', event),
    nmsType: 'simulated',
    alarmData: { category: 'power', alarmType: event.kind === 'outage' ? 'dying-gasp' : 'power-restored' },
  };
}

function troubleCall(event: CanonicalEvent): JsonFields {
  const line = event.sourceEventId.replace(/\D/g, '').padStart(7, '0').slice(-7);
  return {
    ticketId: event.sourceEventId,
    timestamp: event.occurredAt,
    customer: {
      phone: `+96279${line}`,
      meterNumber: event.assetId,
      address: 'as in the customer record',
      ...location('location', event),
    },
    notes: 'No supply',
  };
}

/** Field systems write `lng`; what has no coordinates has no such member. */
function location(name: 'location' | 'coordinates', { lat, lon }: CanonicalEvent): object {
  return lat === undefined || lon === undefined ? {} : { [name]: { lat, lng: lon } };
}

function json(source: Source, path: string, headers: SourceRequest['headers'], body: object): SourceRequest {
  return { source, path, contentType: 'application/json', headers, body: JSON.stringify(body) };
}
