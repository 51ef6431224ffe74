import type { PoolClient } from 'pg';
import { TableRows, type TableColumns } from '../../../connections/postgres/table-rows.js';
import type { Evidence } from '../../../operators/model/outcome-reading.js';
import { LOG_COLUMNS, type OfLog, type Projection } from './projection.js';

interface Row extends OfLog {
  readonly evidence: Evidence;
  readonly change: Evidence['timeline'][number];
  /** Counts the changes of the record of evidence. */
  readonly seq: number;
}

const COLUMNS: TableColumns<Row> = {
  outage_id: ['uuid', ({ evidence }) => evidence.outageId],
  at: ['timestamptz', ({ change }) => change.at],
  what: ['text', ({ change }) => change.what],
  from_value: ['text', ({ change }) => change.from],
  to_value: ['text', ({ change }) => change.to],
  by: ['text', ({ change }) => change.by],
  cause: ['text', ({ change }) => change.cause],
  reason: ['text', ({ change }) => change.reason],
  ...LOG_COLUMNS,
  seq: ['integer', ({ seq }) => seq],
};

/** oms.timeline: what changed about an outage, when and by whom. */
export class Timeline implements Projection {
  readonly #rows = new TableRows('oms.timeline', COLUMNS);
  readonly #opened: { readonly outageId: string; readonly offset: number; readonly logIndex: number }[] = [];

  add(evidence: Evidence): void {
    const { outageId, log } = evidence;
    evidence.timeline.forEach((change, seq) => {
      const { logIndex } = change;
      this.#rows.add({ evidence, change, log, logIndex, seq });
      if (change.what === 'opened' && outageId !== null) this.#opened.push({ outageId, offset: log.offset, logIndex });
    });
  }

  async write(client: PoolClient): Promise<void> {
    await this.#rows.write(client);
    if (this.#opened.length === 0) return;
    // An outage that opens under the id of one settled long ago begins with nothing of it.
    await client.query(
      `select oms.open_anew(o.id, o.log_offset, o.log_index)
       from unnest($1::uuid[], $2::bigint[], $3::integer[]) with ordinality as o (id, log_offset, log_index, nth)
       order by nth`,
      [
        this.#opened.map(({ outageId }) => outageId),
        this.#opened.map(({ offset }) => offset),
        this.#opened.map(({ logIndex }) => logIndex),
      ],
    );
  }
}
