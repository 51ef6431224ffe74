import { SOURCE_TABLE, type SourceRow } from './source-table.js';

export type Source = keyof typeof SOURCE_TABLE;

const ROWS: Readonly<Record<Source, SourceRow>> = SOURCE_TABLE;

/** Who reports what happens in the field, in the order of their table. */
export const SOURCES = Object.keys(ROWS) as readonly Source[];

/** What the table says of a source. */
export function rowOf(source: Source): SourceRow {
  return ROWS[source];
}

/** Something for each source. */
export function bySource<T>(valueOf: (source: Source, row: SourceRow) => T): Record<Source, T> {
  return Object.fromEntries(SOURCES.map((source) => [source, valueOf(source, ROWS[source])])) as Record<Source, T>;
}

/** The number of each source, as it stands in columns. */
export const SOURCE_NUMBERS: Readonly<Record<Source, number>> = bySource((_, { number }) => number);

const BY_NUMBER: readonly Source[] = SOURCES.reduce<Source[]>((list, source) => {
  list[SOURCE_NUMBERS[source]] = source;
  return list;
}, []);

/** The source of a number. */
export function sourceOfNumber(number: number): Source {
  return BY_NUMBER[number]!;
}
