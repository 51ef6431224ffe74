/** What became of a history, counted in events; of a row that is no event, in rows. */
export interface Summary {
  /** Events that were read: the sum of the rest. */
  read: number;
  /** Events of assets that the network knows, or near to it. */
  taken: number;
  /** Copies of an event of the same history: left out. */
  duplicates: number;
  /** Events that the network has no place for: published with the others, and kept as unplaced. */
  unplaced: number;
  /** Events before `from` or after `to`: left out. */
  outside: number;
  /** What cannot be understood, by reason: left out. */
  rejected: Record<string, number>;
  /** Times that clocks showed twice, or never; absent if there were none. */
  remarks?: number;
  /** The first and last time of what was taken or is unplaced, ISO 8601; null if there is none. */
  firstAt: string | null;
  lastAt: string | null;
}

export function emptySummary(): Summary {
  return { read: 0, taken: 0, duplicates: 0, unplaced: 0, outside: 0, rejected: {}, firstAt: null, lastAt: null };
}

/** All that was rejected, for whatever reason. */
export function rejectedOf({ rejected }: Summary): number {
  return Object.values(rejected).reduce((sum, count) => sum + count, 0);
}

/** The summary as lines for people. */
export function summaryLines(summary: Summary): string[] {
  const { read, taken, duplicates, unplaced, outside, rejected, remarks, firstAt, lastAt } = summary;
  return [
    `read: ${read}`,
    `  taken: ${taken}`,
    `  duplicates: ${duplicates}`,
    `  unplaced: ${unplaced}`,
    ...(outside > 0 ? [`  outside the range: ${outside}`] : []),
    `  rejected: ${rejectedOf(summary)}`,
    ...Object.entries(rejected).map(([reason, count]) => `    ${reason}: ${count}`),
    ...(remarks === undefined ? [] : [`remarks: ${remarks}`]),
    ...(firstAt === null ? [] : [`from ${firstAt} to ${lastAt}`]),
  ];
}
