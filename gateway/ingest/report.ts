import Type from 'typebox';

/** An id as sources write it: a text, or a number. */
export const Id = Type.Unsafe<string | number>({ type: ['string', 'number'], description: 'text or number' });

export const LatLng = Type.Object({
  lat: Type.Number({ minimum: -90, maximum: 90 }),
  lng: Type.Number({ minimum: -180, maximum: 180 }),
});

/** A time as a text; whether it is one is seen when it is read. */
export const Time = Type.String({ minLength: 1, description: 'ISO 8601' });

/** `T`, absent or null. */
export function optional<T extends Type.TSchema>(schema: T) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

/** A report, or a list of them, of which each is judged by itself. */
function oneOrMany<T extends Type.TSchema>(report: T) {
  return Type.Unsafe<Type.Static<T> | object[]>({
    if: { type: 'array' },
    then: { items: { type: 'object' }, minItems: 1 },
    else: report,
  });
}

const Alarm = Type.Object(
  {
    eventType: Type.String({ minLength: 1, examples: ['BreakerTrip'] }),
    substationId: Id,
    feederId: Id,
    mainStationId: Id,
    alarmType: Type.String({ minLength: 1, examples: ['De-energized', 'Energized'] }),
    timestamp: Time,
    voltage: Type.Unsafe<number | string>({ type: ['number', 'string'], description: 'volts' }),
    severity: optional(Type.String()),
    reason: optional(Type.String()),
    coordinates: optional(LatLng),
    deviceId: optional(Id),
  },
  { additionalProperties: true },
);

const Alert = Type.Object(
  {
    type: Type.String({ minLength: 1, examples: ['ONU_LastGaspAlert', 'ONU_PowerRestored'] }),
    onuId: Id,
    timestamp: Time,
    eventId: optional(Id),
    onuSerial: optional(Type.String()),
    location: optional(LatLng),
    associatedMeters: optional(Type.Array(Type.Unknown())),
    nmsType: optional(Type.String()),
    alarmData: optional(Type.Object({}, { additionalProperties: true })),
  },
  { additionalProperties: true },
);

const Call = Type.Object(
  {
    ticketId: Id,
    timestamp: Time,
    customer: Type.Object(
      { phone: optional(Id), meterNumber: optional(Id), address: optional(Type.String()), location: optional(LatLng) },
      { additionalProperties: true },
    ),
    notes: optional(Type.String()),
  },
  { additionalProperties: true },
);

/** What the sources that speak JSON send. */
export const REPORTS = { scada: oneOrMany(Alarm), onu: oneOrMany(Alert), call_center: oneOrMany(Call) } as const;

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
