import { TableRows, type TableColumns } from '../../../connections/postgres/table-rows.js';
import type { readLateRecord } from '../../../operators/model/outcome-reading.js';
import { LOG_COLUMNS, type Projection } from './projection.js';

type Row = ReturnType<typeof readLateRecord>;

const COLUMNS: TableColumns<Row> = {
  ...LOG_COLUMNS,
  substation_id: ['text', (late) => late.substationId],
  feeder_id: ['text', (late) => late.feederId],
  source: ['text', (late) => late.event.source],
  source_event_id: ['text', (late) => late.event.sourceEventId],
  reason: ['text', (late) => late.reason],
  t: ['timestamptz', (late) => late.t],
  watermark: ['timestamptz', (late) => late.watermark],
  event: ['jsonb', (late) => late.event],
};

/** oms.late: events that came too late. */
export class Late extends TableRows<Row> implements Projection {
  constructor() {
    super('oms.late', COLUMNS);
  }
}
