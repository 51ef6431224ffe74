import { TableRows, type TableColumns } from '../../../connections/postgres/table-rows.js';
import type { readUnplacedRecord } from '../../../operators/model/set-aside-reading.js';
import { REPORT_COLUMNS, type Projection } from './projection.js';

type Row = ReturnType<typeof readUnplacedRecord>;

const COLUMNS: TableColumns<Row> = {
  ...REPORT_COLUMNS,
  source: ['text', ({ event }) => event.source],
  source_event_id: ['text', ({ event }) => event.sourceEventId],
  reason: ['text', ({ reason }) => reason],
  detail: ['text', ({ detail }) => detail],
  received_at: ['timestamptz', ({ event }) => event.receivedAt],
  event: ['jsonb', ({ event }) => event],
};

/** oms.unplaced: events that the network has no place for. */
export class Unplaced extends TableRows<Row> implements Projection {
  constructor() {
    super('oms.unplaced', COLUMNS);
  }
}
