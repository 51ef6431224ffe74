/** Who reports what happens in the field; the place of a source in this list is its number in columns and snapshots. */
export const SOURCES = ['scada', 'kaifa', 'onu', 'call_center'] as const;
export type Source = (typeof SOURCES)[number];
