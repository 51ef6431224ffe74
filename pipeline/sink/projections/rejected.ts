import { TableRows, type TableColumns } from '../../../connections/postgres/table-rows.js';
import { REPORT_COLUMNS, type Projection, type ReportPosition } from './projection.js';

/** What could not be taken. */
export interface RejectedRow {
  readonly position: ReportPosition;
  /** A word, for counting. */
  readonly reason: string;
  /** A sentence, for people. */
  readonly detail: string;
  /** Null: it is none of a source. */
  readonly source: string | null;
  /** ISO 8601, or epoch ms. */
  readonly receivedAt: string | number;
  /** The beginning of what it was. */
  readonly raw: string;
}

const COLUMNS: TableColumns<RejectedRow> = {
  ...REPORT_COLUMNS,
  reason: ['text', ({ reason }) => reason],
  detail: ['text', ({ detail }) => detail],
  source: ['text', ({ source }) => source],
  received_at: ['timestamptz', ({ receivedAt }) => receivedAt],
  raw: ['text', ({ raw }) => raw],
};

/** oms.rejected: reports, records and commands that could not be taken. */
export class Rejected extends TableRows<RejectedRow> implements Projection {
  constructor() {
    super('oms.rejected', COLUMNS);
  }
}
