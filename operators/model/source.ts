/** What an id may be of: the kinds of asset that report. */
export type AssetKind = 'device' | 'meter' | 'onu' | 'customer';

interface SourceRow {
  /** Its number in columns and snapshots: below 60, fixed for ever, and never given to another. */
  readonly number: number;
  /** The topic on which its reports come, without the prefix of the installation. */
  readonly topic: string;
  /** What one of its reporters is worth in the given rule sets, 0 to 1. */
  readonly weight: number;
  /** Which kinds of asset it speaks of, most likely first: so its ids are looked up. */
  readonly lookedUp: readonly AssetKind[];
  /** What people call it, one of its reporters, and several. */
  readonly words: { readonly name: string; readonly one: string; readonly many: string };
}

/** Who reports what happens in the field: all that is said of a source for itself. */
export const SOURCE_TABLE = {
  scada: {
    number: 0,
    topic: 'scada-outage-topic',
    weight: 1,
    lookedUp: ['device', 'meter', 'onu', 'customer'],
    words: { name: 'SCADA', one: 'SCADA', many: 'SCADA' },
  },
  kaifa: {
    number: 1,
    topic: 'hes-kaifa-outage-topic',
    weight: 0.8,
    lookedUp: ['meter', 'customer', 'onu', 'device'],
    words: { name: 'Meter', one: 'meter', many: 'meters' },
  },
  onu: {
    number: 2,
    topic: 'onu-events-topic',
    weight: 0.6,
    lookedUp: ['onu', 'meter', 'customer', 'device'],
    words: { name: 'ONU', one: 'ONU', many: 'ONUs' },
  },
  call_center: {
    number: 3,
    topic: 'call_center_upstream_topic',
    weight: 0.4,
    lookedUp: ['customer', 'meter', 'onu', 'device'],
    words: { name: 'Call', one: 'call', many: 'calls' },
  },
} as const satisfies Record<string, SourceRow>;

export type Source = keyof typeof SOURCE_TABLE;

export const SOURCES = Object.keys(SOURCE_TABLE) as readonly Source[];

/** Something for each source. */
export function bySource<T>(valueOf: (source: Source, row: SourceRow) => T): Record<Source, T> {
  return Object.fromEntries(SOURCES.map((source) => [source, valueOf(source, SOURCE_TABLE[source])])) as Record<
    Source,
    T
  >;
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
