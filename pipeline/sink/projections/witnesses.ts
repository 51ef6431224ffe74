import type { PoolClient } from 'pg';
import { TableRows, type TableColumns } from '../../../connections/postgres/table-rows.js';
import type { Evidence } from '../../../operators/model/outcome-reading.js';
import type { Projection } from './projection.js';

interface Row {
  readonly evidence: Evidence;
  readonly outageId: string | null;
  readonly what: 'restoration' | 'duplicate' | 'without_effect';
  readonly witness: Evidence['restorations'][number];
}

const COLUMNS: TableColumns<Row> = {
  outage_id: ['uuid', ({ outageId }) => outageId],
  what: ['text', ({ what }) => what],
  substation_id: ['text', ({ evidence }) => evidence.substationId],
  feeder_id: ['text', ({ evidence }) => evidence.feederId],
  source: ['text', ({ witness }) => witness.source],
  source_event_id: ['text', ({ witness }) => witness.sourceEventId],
  log_partition: ['integer', ({ evidence }) => evidence.log.partition],
  log_offset: ['bigint', ({ evidence }) => evidence.log.offset],
  log_index: ['integer', ({ witness }) => witness.logIndex],
};

/** oms.witnesses: events that joined nothing, and what they were. */
export class Witnesses implements Projection {
  readonly #rows = new TableRows('oms.witnesses', COLUMNS);

  add(evidence: Evidence): void {
    const { outageId, restorations, duplicates, withoutEffect } = evidence;
    for (const witness of restorations) this.#rows.add({ evidence, outageId, what: 'restoration', witness });
    for (const witness of duplicates) this.#rows.add({ evidence, outageId: null, what: 'duplicate', witness });
    for (const witness of withoutEffect) this.#rows.add({ evidence, outageId: null, what: 'without_effect', witness });
  }

  write(client: PoolClient): Promise<void> {
    return this.#rows.write(client);
  }
}
