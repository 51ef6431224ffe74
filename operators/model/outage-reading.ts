import { bySource, SOURCES } from './source.js';
import type { OutageRecord } from './outage.js';
import { STATUSES } from './status.js';
import { SEVERITIES } from './words.js';
import {
  between,
  BOOLEAN,
  COUNT,
  FROM_1,
  ISO_TIME,
  listOf,
  nullable,
  objectOf,
  OFFSET,
  oneOf,
  optional,
  readFields,
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
  openedBy: objectOf(
    { source: SOURCE, sourceEventId: TEXT, assetId: optional(nullable(TEXT)), t: optional(ISO_TIME) },
    'an event by its names',
  ),
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
  revision: FROM_1,
  log: objectOf({ partition: COUNT, offset: OFFSET }, 'a place on the log'),
};

/**
 * Reads the value of a record of `oms.outages`.
 * @throws Error if it is no outage record, with what is wrong
 */
export function readOutageRecord(value: Uint8Array): OutageRecord {
  return withAllSources(readFields('An outage record', value, OUTAGE));
}

const NOBODY = bySource(() => 0);

/** As it may stand anywhere: one from before there was a source does not name it. */
type OlderRecord = Omit<OutageRecord, 'reporters'> & { readonly reporters: Partial<OutageRecord['reporters']> };

/** A record with a count for every source: one from before there was a source has nobody of it. */
export function withAllSources(record: OlderRecord): OutageRecord {
  return namesAllSources(record) ? record : { ...record, reporters: { ...NOBODY, ...record.reporters } };
}

function namesAllSources(record: OlderRecord): record is OutageRecord {
  return SOURCES.every((source) => source in record.reporters);
}
