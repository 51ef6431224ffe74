import Type from 'typebox';
import { DescribedId, DescribedTime, oneOrMany, reportsOf } from '../../operators/normalise/report-schema.js';

/** What a body must be: a report, or a list of objects, of which each is judged by itself. */
function checked(report: object): object {
  return { if: { type: 'array' }, then: { items: { type: 'object' }, minItems: 1 }, else: report };
}

function each<In extends object>(reports: In, make: (report: object) => object): Readonly<Record<keyof In, object>> {
  return Object.fromEntries(Object.entries(reports).map(([name, report]) => [name, make(report as object)])) as Record<
    keyof In,
    object
  >;
}

const Place = {
  properties: {
    lat: { minimum: -90, maximum: 90 },
    lng: { minimum: -180, maximum: 180 },
    lon: { minimum: -180, maximum: 180 },
  },
};

/** By source, what its bodies are checked by: what makes it one. All else is looked at when it is read, which asks for less. */
export const CHECKED = each(
  {
    scada: {
      type: 'object',
      required: ['eventType', 'mainStationId', 'alarmType', 'timestamp', 'voltage'],
      properties: { coordinates: Place },
    },
    kaifa: { type: 'object', required: ['message_type', 'timestamp'], properties: { location: Place } },
    onu: { type: 'object', required: ['type', 'onuId', 'timestamp'], properties: { location: Place } },
    call_center: {
      type: 'object',
      required: ['ticketId', 'timestamp', 'customer'],
      properties: { customer: { type: 'object', properties: { location: Place } } },
    },
  },
  checked,
);
/** A source that has a route of its own, for its own words; all have the one of canonical events. */
export type RoutedSource = keyof typeof CHECKED;
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
