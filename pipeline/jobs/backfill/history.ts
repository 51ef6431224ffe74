import type { Fields } from '../../../operators/normalise/fields.js';

/** One row of a history. */
export interface Row {
  /** Line of a file or row of a table, from 1. */
  readonly at: number;
  /** Its cells by column, or a line of NDJSON as it stands there. */
  readonly value: Fields | string;
  /** What is wrong with its form; then `value` is what was there. */
  readonly problem?: string;
}

/** A file or table that holds history. */
export interface History {
  /** As people named it. */
  readonly name: string;
  /** What `at` of a row counts. */
  readonly unit: 'line' | 'row';
  /** Names of its columns; null where each row has its own. */
  readonly columns: readonly string[] | null;
  /** Text that is the same for the same content, and another for any other. */
  readonly digest: string;
  rows(): AsyncIterable<Row>;
  /** Gives back what it holds; may be called again. */
  close(): Promise<void>;
}
