import Type from 'typebox';

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

const LatLng = Type.Object({
  lat: Type.Number({ minimum: -90, maximum: 90 }),
  lng: Type.Number({ minimum: -180, maximum: 180 }),
});

/** `T`, absent or null. */
export function optional<T extends Type.TSchema>(schema: T) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

const open = { additionalProperties: true };

/** What the sources that speak JSON send, with ids and times of some form. */
function reportsOf<I extends Type.TSchema, T extends Type.TSchema>(id: I, time: T) {
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
  return { scada, onu, call_center };
}

/** What a body must be: a report, or a list of objects, of which each is judged by itself. */
function checked(report: object): object {
  return { if: { type: 'array' }, then: { items: { type: 'object' }, minItems: 1 }, else: report };
}

/** A body as it is described: a report, or a list with one at least. */
export function oneOrMany(report: object): object {
  return { anyOf: [report, { type: 'array', items: { type: 'object' }, contains: report }] };
}

function each<In extends object>(reports: In, make: (report: object) => object): Readonly<Record<keyof In, object>> {
  return Object.fromEntries(Object.entries(reports).map(([name, report]) => [name, make(report as object)])) as Record<
    keyof In,
    object
  >;
}

/** By source, what its bodies are checked by; ids and times are looked at when they are read. */
export const CHECKED = each(reportsOf(Id, Type.String({ minLength: 1 })), checked);
/** A source that has a route of its own, for its own words; all have the one of canonical events. */
export type RoutedSource = keyof typeof CHECKED | 'kaifa';
/** By source, what is said of its bodies. */
export const DESCRIBED = each(reportsOf(DescribedId, DescribedTime), oneOrMany);

/** So many refused reports of a request are answered for one by one; the others are counted. */
export const LISTED_REFUSALS = 100;

const ReportAnswerSchema = Type.Object({
  index: Type.Integer(),
  status: Type.Enum(['accepted', 'rejected']),
  source: Type.Union([Type.String(), Type.Null()]),
  sourceEventId: Type.Union([Type.String(), Type.Null()]),
  reason: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
});

/** What became of one report of a request. */
export type ReportAnswer = Type.Static<typeof ReportAnswerSchema>;

const Counts = {
  accepted: Type.Integer({ minimum: 0 }),
  rejected: Type.Integer({ minimum: 0 }),
  rejectedByReason: Type.Record(Type.String(), Type.Integer({ minimum: 1 }), {
    description: 'how many were refused for each reason, those that are not listed among them',
  }),
  events: Type.Array(ReportAnswerSchema, {
    description: `each report that was accepted and the first ${LISTED_REFUSALS} that were refused, in their order`,
  }),
};

/** What was taken of a list of canonical events. */
export const CountsSchema = Type.Object(Counts);

/** What was taken of a source's request. */
export const TakenSchema = Type.Object({
  status: Type.Literal('accepted'),
  receivedAt: Type.String({ format: 'date-time' }),
  ...Counts,
});
