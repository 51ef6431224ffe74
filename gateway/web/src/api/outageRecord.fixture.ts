import { bySource } from '../../../../operators/model/source.js';
import type { OutageRecord } from './outages.js';

/** A record for tests: one meter's outage on S2-F1, but for `changes`. */
export function outageRecord(changes: Partial<OutageRecord> = {}): OutageRecord {
  return {
    outageId: '3f0c6c1e-0000-5000-8000-000000000000',
    substationId: 'S2',
    feederId: 'S2-F1',
    incidentId: null,
    status: 'confirmed',
    confidence: 0.8,
    severity: 'low',
    firstDetectedAt: '2026-10-04T01:00:00.000Z',
    lastEventAt: '2026-10-04T01:00:00.000Z',
    restoredAt: null,
    momentary: false,
    mergedInto: null,
    openedBy: { source: 'kaifa', sourceEventId: 'K-1' },
    reporters: { ...bySource(() => 0), kaifa: 1 },
    events: 1,
    assetsAffected: 1,
    assetsOut: 1,
    customersAffected: 1,
    customersOut: 1,
    center: { lat: 46.65, lon: -119.18 },
    bbox: { minLat: 46.65, minLon: -119.18, maxLat: 46.65, maxLon: -119.18 },
    flags: [],
    ruleSet: 'standard',
    crew: [],
    etr: null,
    acknowledgedBy: [],
    revision: 1,
    log: { partition: 0, offset: 0 },
    ...changes,
  };
}
