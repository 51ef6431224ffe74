import Type, { type Static } from 'typebox';
import { bySource, SOURCES, type Source } from './source.js';
import { STATUSES } from './status.js';

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

const Time = Type.String({ format: 'date-time', description: 'ISO 8601, UTC, milliseconds' });
const Point = Type.Object({ lat: Type.Number(), lon: Type.Number() }, { description: 'WGS 84 degrees' });
const MAX_INTEGER = 2 ** 31 - 1;
const Count = Type.Integer({ minimum: 0, maximum: MAX_INTEGER });
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** Whoever reads a record makes it whole: one from before there was a source does not name it. */
const Reporters = Type.Object(
  bySource(() => Type.Optional(Count)),
  { description: 'how many of each source; of one that is not named, none' },
);

/**
 * The value of a record of `oms.outages`, of the API, the database view and the page. Complete: the last record of an
 * outage is all one needs.
 */
export const OutageRecordSchema = Type.Object(
  {
    outageId: Type.String({ format: 'uuid' }),
    substationId: Type.String(),
    feederId: Type.String(),
    incidentId: nullable(Type.String({ format: 'uuid' })),
    status: Type.Enum([...STATUSES]),
    confidence: Type.Number({ minimum: 0, maximum: 1 }),
    severity: Type.Enum([...SEVERITIES]),
    firstDetectedAt: Time,
    lastEventAt: Time,
    restoredAt: nullable(Time),
    momentary: Type.Boolean(),
    mergedInto: nullable(Type.String({ format: 'uuid' })),
    openedBy: Type.Object({ source: Type.Enum([...SOURCES]), sourceEventId: Type.String() }),
    reporters: Type.Unsafe<Record<Source, number>>(Reporters),
    events: Count,
    assetsAffected: Count,
    assetsOut: Count,
    customersAffected: Count,
    customersOut: Count,
    center: nullable(Point),
    bbox: nullable(
      Type.Object({ minLat: Type.Number(), minLon: Type.Number(), maxLat: Type.Number(), maxLon: Type.Number() }),
    ),
    flags: Type.Array(Type.String()),
    ruleSet: Type.String(),
    crew: Type.Array(Type.String(), { description: 'crews on it; crews of merged outages go to the survivor' }),
    etr: nullable(Time),
    acknowledgedBy: Type.Array(Type.String()),
    revision: Type.Integer({
      minimum: 1,
      maximum: MAX_INTEGER,
      description: 'grows with every entry of the log that changed the outage; one that opens anew counts from 1',
    }),
    log: Type.Object(
      { partition: Count, offset: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) },
      { description: 'the log record that changed the outage last' },
    ),
  },
  { $id: 'OutageRecord', additionalProperties: false },
);
export type OutageRecord = Static<typeof OutageRecordSchema>;
