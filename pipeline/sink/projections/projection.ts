import type { PoolClient } from 'pg';
import type { TableColumns } from '../../../connections/postgres/table-rows.js';
import type { LogPosition } from '../../../operators/model/outcome.js';

/** A table of the database, as it follows from what the sink reads: it takes things in, and writes what they come to. */
export interface Projection {
  /**
   * Nothing comes any more: makes the rows that need all of it.
   * @throws OmsError if a row cannot be made
   */
  end?(): void;
  /** Writes all of it, within the caller's transaction. It may be done again, where a transaction was undone. */
  write(client: PoolClient): Promise<void>;
}

/** An entry of a record of the log. */
export interface OfLog {
  readonly log: LogPosition;
  /** Counts the entries of the record; of evidence nobody has looked at it yet. */
  readonly logIndex: unknown;
}

/** Where an entry stands on the log. */
export const LOG_COLUMNS: TableColumns<OfLog> = {
  log_partition: ['integer', ({ log }) => log.partition],
  log_offset: ['bigint', ({ log }) => log.offset],
  log_index: ['integer', ({ logIndex }) => logIndex],
};

/** Where a report stands on its topic. */
export interface ReportPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Counts the reports of a record. */
  readonly index: number;
}

export const REPORT_COLUMNS: TableColumns<{ readonly position: ReportPosition }> = {
  topic: ['text', ({ position }) => position.topic],
  partition: ['integer', ({ position }) => position.partition],
  offset: ['bigint', ({ position }) => position.offset],
  index: ['integer', ({ position }) => position.index],
};
