import Type from 'typebox';
import { Count, Identity, LogPosition, nullable, Share, Text, Time, Uuid } from './schema-parts.js';
import { bySource, type Source } from './source.js';
import { STATUSES } from './status.js';
import { SEVERITIES } from './words.js';

const Point = Type.Object({ lat: Type.Number(), lon: Type.Number() }, { description: 'WGS 84 degrees' });

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
    outageId: Uuid,
    substationId: Type.String(),
    feederId: Type.String(),
    incidentId: nullable(Uuid),
    status: Type.Enum([...STATUSES]),
    confidence: Share,
    severity: Type.Enum([...SEVERITIES]),
    firstDetectedAt: Time,
    lastEventAt: Time,
    restoredAt: nullable(Time),
    momentary: Type.Boolean(),
    mergedInto: nullable(Uuid),
    openedBy: Type.Object({
      ...Identity,
      assetId: Type.Optional(nullable(Text)),
      t: Type.Optional(
        Type.With(Time, { description: 'the time that counts; missing, as the asset, in older records' }),
      ),
    }),
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
      maximum: 2 ** 31 - 1,
      description: 'grows with every entry of the log that changed the outage; one that opens anew counts from 1',
    }),
    log: Type.With(LogPosition, { description: 'the log record that changed the outage last' }),
  },
  { $id: 'OutageRecord', additionalProperties: false },
);
