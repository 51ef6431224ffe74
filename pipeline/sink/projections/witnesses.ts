import type { PoolClient } from 'pg';
import { TableRows, type TableColumns } from '../../../connections/postgres/table-rows.js';
import type { Evidence } from '../../../operators/model/outcome-reading.js';
import { LOG_COLUMNS, type OfLog, type Projection } from './projection.js';

interface Row extends OfLog {
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
  ...LOG_COLUMNS,
};

/** oms.witnesses: events that joined nothing, and what they were. */
export class Witnesses implements Projection {
  readonly #rows = new TableRows('oms.witnesses', COLUMNS);

  add(evidence: Evidence): void {
    const { log, outageId, restorations, duplicates, withoutEffect } = evidence;
    const add = (what: Row['what'], of: string | null, witness: Row['witness']): void =>
      this.#rows.add({ evidence, outageId: of, what, witness, log, logIndex: witness.logIndex });
    for (const witness of restorations) add('restoration', outageId, witness);
    for (const witness of duplicates) add('duplicate', null, witness);
    for (const witness of withoutEffect) add('without_effect', null, witness);
  }

  write(client: PoolClient): Promise<void> {
    return this.#rows.write(client);
  }
}
