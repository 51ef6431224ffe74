import type { PoolClient } from 'pg';
import { TableRows, type TableColumns } from '../../../connections/postgres/table-rows.js';
import type { LogPosition, Restatement } from '../../../operators/model/outcome.js';
import type { Evidence } from '../../../operators/model/outcome-reading.js';
import { LOG_COLUMNS, type OfLog, type Projection } from './projection.js';

interface Row extends OfLog {
  readonly evidence: Evidence;
  readonly member: Evidence['members'][number];
}

const COLUMNS: TableColumns<Row> = {
  outage_id: ['uuid', ({ evidence }) => evidence.outageId],
  source: ['text', ({ member }) => member.source],
  source_event_id: ['text', ({ member }) => member.sourceEventId],
  asset_id: ['text', ({ member }) => member.assetId],
  t: ['timestamptz', ({ member }) => member.t],
  link_source: ['text', ({ member }) => member.link?.source],
  link_source_event_id: ['text', ({ member }) => member.link?.sourceEventId],
  link_asset_id: ['text', ({ member }) => member.link?.assetId],
  link_distance_m: ['double precision', ({ member }) => member.link?.distanceM],
  link_dt_ms: ['bigint', ({ member }) => member.link?.dtMs],
  ...LOG_COLUMNS,
  nth: ['integer', ({ member }) => member.nth ?? 0],
};

/** oms.members: which events belong to an outage, and why. */
export class Members implements Projection {
  readonly #rows = new TableRows('oms.members', COLUMNS);
  readonly #restated: (Restatement & LogPosition)[] = [];

  add(evidence: Evidence): void {
    const { log } = evidence;
    for (const member of evidence.members) this.#rows.add({ evidence, member, log, logIndex: member.logIndex });
    if (evidence.restated) this.#restated.push({ ...evidence.restated, ...evidence.log });
  }

  async write(client: PoolClient): Promise<void> {
    await this.#rows.write(client);
    // What an outage had before all its members were stated anew goes; a member that moved stands where it is now.
    for (const { outageIds, partition, offset, logIndex } of this.#restated) {
      await client.query(
        `delete from oms.members
         where outage_id = any ($1) and log_partition = $2 and (log_offset, log_index) < ($3::bigint, $4::integer)`,
        [outageIds, partition, offset, logIndex],
      );
    }
  }
}
