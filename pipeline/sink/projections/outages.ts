import type { PoolClient } from 'pg';
import type { Point } from '../../../connections/postgres/copy.js';
import { TableRows, type TableColumns } from '../../../connections/postgres/table-rows.js';
import { compareRecords } from '../../../operators/model/outage-order.js';
import type { OutageRecord } from '../../../operators/model/outage.js';
import type { Projection } from './projection.js';

const COLUMNS: TableColumns<OutageRecord> = {
  outage_id: ['uuid', (outage) => outage.outageId],
  substation_id: ['text', (outage) => outage.substationId],
  feeder_id: ['text', (outage) => outage.feederId],
  incident_id: ['uuid', (outage) => outage.incidentId],
  status: ['text', (outage) => outage.status],
  confidence: ['fraction', (outage) => outage.confidence],
  severity: ['text', (outage) => outage.severity],
  first_detected_at: ['timestamptz', (outage) => outage.firstDetectedAt],
  last_event_at: ['timestamptz', (outage) => outage.lastEventAt],
  restored_at: ['timestamptz', (outage) => outage.restoredAt],
  momentary: ['boolean', (outage) => outage.momentary],
  merged_into: ['uuid', (outage) => outage.mergedInto],
  events: ['integer', (outage) => outage.events],
  assets_affected: ['integer', (outage) => outage.assetsAffected],
  assets_out: ['integer', (outage) => outage.assetsOut],
  customers_affected: ['integer', (outage) => outage.customersAffected],
  customers_out: ['integer', (outage) => outage.customersOut],
  revision: ['integer', (outage) => outage.revision],
  log_partition: ['integer', (outage) => outage.log.partition],
  log_offset: ['bigint', (outage) => outage.log.offset],
  record: ['jsonb', (outage) => outage],
  geom: ['geometry', (outage) => outage.center],
  bbox: ['geometry', (outage) => boxOf(outage)],
};

const STAGED = 'staged_outages';
const NAMES = Object.keys(COLUMNS).join(', ');
const REPLACE = `insert into oms.outages (${NAMES}) select ${NAMES} from ${STAGED} order by outage_id
  on conflict (outage_id) do update set ${Object.keys(COLUMNS)
    .map((name) => `${name} = excluded.${name}`)
    .join(', ')}
  where (excluded.log_offset, excluded.revision) >= (oms.outages.log_offset, oms.outages.revision)`;

/** oms.outages: the last record of each outage. */
export class Outages implements Projection {
  readonly #last = new Map<string, OutageRecord>();
  readonly #rows = new TableRows(STAGED, COLUMNS);

  add(outage: OutageRecord): void {
    const known = this.#last.get(outage.outageId);
    if (!known || compareRecords(known, outage) <= 0) this.#last.set(outage.outageId, outage);
  }

  end(): void {
    // In the order of their ids, so that two sinks never wait for each other in a circle.
    for (const outage of [...this.#last.values()].sort((a, b) => (a.outageId < b.outageId ? -1 : 1)))
      this.#rows.add(outage);
  }

  /** They are replaced by their later records: through a staging table, in one statement. */
  async write(client: PoolClient): Promise<void> {
    if (this.#rows.size === 0) return;
    await client.query(`create temporary table if not exists ${STAGED} (like oms.outages) on commit delete rows`);
    await this.#rows.write(client);
    await client.query(REPLACE);
  }
}

/** A box across the date line cannot be drawn as one polygon: it has none. */
function boxOf({ bbox }: OutageRecord): { readonly ring: readonly Point[] } | null {
  if (!bbox || bbox.minLon > bbox.maxLon) return null;
  const { minLat, minLon, maxLat, maxLon } = bbox;
  const first = { lat: minLat, lon: minLon };
  return {
    ring: [first, { lat: minLat, lon: maxLon }, { lat: maxLat, lon: maxLon }, { lat: maxLat, lon: minLon }, first],
  };
}
