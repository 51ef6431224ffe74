import Type from 'typebox';
import { SOURCES, type Source } from '../model/source.js';
import { KINDS, REACHES } from '../model/words.js';

/** What sources send, as schemas: of what is read, the forms that producers should write. */

/** An id as sources write it: a text, or a number. */
export const Id = Type.Unsafe<string | number>({ type: ['string', 'number'], description: 'text or number' });

/** An id, as it is described: of the texts not all are ids. */
export const DescribedId = Type.Unsafe<string | number>({
  anyOf: [
    { type: 'number' },
    {
      type: 'string',
      minLength: 1,
      maxLength: 256,
      pattern: '^[^\\u0000-\\u001f\\u007f]*\\S[^\\u0000-\\u001f\\u007f]*(?!\\n)$',
    },
  ],
  description: 'text or number',
});

/** From the year 1000 on, and no zone is further away than 14 hours. */
export const DATE = '^(?!.*[+-](1[5-9]|2[0-9]):[0-9]{2}$)[1-9][0-9]{3}-';

/** A time, as it is described: it is read in more forms than these. */
export const DescribedTime = Type.String({
  format: 'date-time',
  pattern: DATE,
  description: 'ISO 8601; without a zone: of the configured one',
});

const Lat = Type.Number({ minimum: -90, maximum: 90 });
const Lon = Type.Number({ minimum: -180, maximum: 180 });
const LatLng = Type.Object({ lat: Lat, lng: Lon });
const LatLon = Type.Object({ lat: Lat, lon: Lon });

/** `T`, absent or null. */
export function optional<T extends Type.TSchema>(schema: T) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

const open = { additionalProperties: true };

/** An event in our own form, which may stand on the topic of any source. */
export const CanonicalEventSchema = Type.Object(
  {
    source: Type.Enum([...SOURCES]),
    kind: Type.Enum([...KINDS]),
    type: optional(Type.String()),
    sourceEventId: optional(DescribedId),
    assetId: optional(DescribedId),
    occurredAt: DescribedTime,
    receivedAt: optional(DescribedTime),
    lat: optional(Lat),
    lon: optional(Lon),
    feederId: optional(DescribedId),
    substationId: optional(DescribedId),
    dpId: optional(DescribedId),
    reach: optional(Type.Enum([...REACHES])),
  },
  {
    additionalProperties: true,
    description: 'a canonical event; lat and lon come together',
    anyOf: [
      { required: ['lat', 'lon'], properties: { lat: Lat, lon: Lon } },
      { properties: { lat: { type: 'null' }, lon: { type: 'null' } } },
    ],
  },
);

/** What the sources that speak JSON send, with ids and times of some form. */
export function reportsOf<I extends Type.TSchema, T extends Type.TSchema>(id: I, time: T) {
  const scada = Type.Object(
    {
      eventType: Type.String({ minLength: 1, examples: ['BreakerTrip'] }),
      substationId: id,
      feederId: id,
      mainStationId: Id,
      alarmType: Type.String({ minLength: 1, examples: ['De-energized', 'Energized'] }),
      timestamp: time,
      voltage: Type.Unsafe<number | string>({ type: ['number', 'string'], description: 'volts' }),
      severity: optional(Type.String()),
      reason: optional(Type.String()),
      coordinates: optional(LatLng),
      deviceId: optional(id),
    },
    open,
  );
  const onu = Type.Object(
    {
      type: Type.String({ minLength: 1, examples: ['ONU_LastGaspAlert', 'ONU_PowerRestored'] }),
      onuId: id,
      timestamp: time,
      eventId: optional(id),
      onuSerial: optional(Type.String()),
      location: optional(LatLng),
      associatedMeters: optional(Type.Array(Type.Unknown())),
      nmsType: optional(Type.String()),
      alarmData: optional(Type.Object({}, open)),
    },
    open,
  );
  const call_center = Type.Object(
    {
      ticketId: id,
      timestamp: time,
      customer: Type.Object(
        {
          phone: optional(Id),
          meterNumber: optional(id),
          address: optional(Type.String()),
          location: optional(LatLng),
        },
        open,
      ),
      notes: optional(Type.String()),
    },
    open,
  );
  const kaifa = Type.Object(
    {
      message_type: Type.String({ minLength: 1, examples: ['3.26.0.47'] }),
      timestamp: time,
      event_id: optional(id),
      assets: optional(Type.Object({ mrid: optional(id) }, open)),
      usage_point: optional(Type.Object({ mrid: optional(id) }, open)),
      location: optional(Type.Union([LatLng, LatLon])),
    },
    open,
  );
  return { scada, kaifa, onu, call_center } satisfies Partial<Record<Source, Type.TSchema>>;
}

/** A body as it is described: a report, or a list with one at least. */
export function oneOrMany(report: object): object {
  return { anyOf: [report, { type: 'array', items: { type: 'object' }, contains: report }] };
}
