import { bySource, SOURCES } from './source.js';
import { SEVERITIES, type OutageRecord } from './outage.js';
import { STATUSES } from './status.js';
import {
  between,
  BOOLEAN,
  checkFields,
  COUNT,
  ISO_TIME,
  jsonOf,
  listOf,
  nullable,
  objectOf,
  OFFSET,
  oneOf,
  optional,
  TEXT,
  UUID,
} from './record-shape.js';

const NUMBER = between(-Number.MAX_VALUE, Number.MAX_VALUE, 'a number');
const SOURCE = oneOf(SOURCES);

const OUTAGE = {
  outageId: UUID,
  substationId: TEXT,
  feederId: TEXT,
  incidentId: nullable(UUID),
  status: oneOf(STATUSES),
  confidence: between(0, 1),
  severity: oneOf(SEVERITIES),
  firstDetectedAt: ISO_TIME,
  lastEventAt: ISO_TIME,
  restoredAt: nullable(ISO_TIME),
  momentary: BOOLEAN,
  mergedInto: nullable(UUID),
  openedBy: objectOf({ source: SOURCE, sourceEventId: TEXT }, 'the identity of an event'),
  reporters: objectOf(
    bySource(() => optional(COUNT)),
    'a count for each source that it names',
  ),
  events: COUNT,
  assetsAffected: COUNT,
  assetsOut: COUNT,
  customersAffected: COUNT,
  customersOut: COUNT,
  center: nullable(objectOf({ lat: NUMBER, lon: NUMBER }, 'a point')),
  bbox: nullable(objectOf({ minLat: NUMBER, minLon: NUMBER, maxLat: NUMBER, maxLon: NUMBER }, 'a box')),
  flags: listOf(TEXT),
  ruleSet: TEXT,
  crew: listOf(TEXT),
  etr: nullable(ISO_TIME),
  acknowledgedBy: listOf(TEXT),
  revision: { is: (value: unknown) => COUNT.is(value) && value !== 0, name: 'a count from 1' },
  log: objectOf({ partition: COUNT, offset: OFFSET }, 'a place on the log'),
};

/**
 * Reads the value of a record of `oms.outages`.
 * @throws Error if it is no outage record, with what is wrong
 */
export function readOutageRecord(value: Uint8Array): OutageRecord {
  const record = jsonOf('An outage record', value);
  checkFields('An outage record', record, OUTAGE);
  return withAllSources(record as unknown as OutageRecord);
}

const NOBODY = bySource(() => 0);

/** A record with a count for every source: one from before there was a source has nobody of it. */
export function withAllSources(record: OutageRecord): OutageRecord {
  if (SOURCES.every((source) => source in record.reporters)) return record;
  return { ...record, reporters: { ...NOBODY, ...record.reporters } };
}
