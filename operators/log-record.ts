import type { LogEntry } from './event.js';

/**
 * The value of a record of `oms.events`, the log: what one transaction produced for one key, in order. Published as
 * `docs/schemas/log-record.json`. Times are epoch ms.
 */
interface LogRecordV1 {
  readonly v: 1;
  readonly entries: readonly LogEntry[];
}

/** Encodes entries of one key as a log record. */
export function encodeLogRecord(entries: readonly LogEntry[]): string {
  return JSON.stringify({ v: 1, entries } satisfies LogRecordV1);
}

/**
 * Decodes a log record of any version so far.
 * @throws Error if it is none
 */
export function decodeLogRecord(value: Uint8Array | null): readonly LogEntry[] {
  if (value === null) throw new Error('A record of the log has no value.');
  const record = JSON.parse(new TextDecoder().decode(value)) as Partial<LogRecordV1>;
  if (record.v !== 1 || !Array.isArray(record.entries)) {
    throw new Error(`A record of the log has version ${String(record.v)}; this program reads version 1.`);
  }
  return record.entries;
}
