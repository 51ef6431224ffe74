import type { Network } from '../../../operators/network/network.js';
import { TABLES, type Table } from './tables.js';

/** What an import would do to one kind of record: ids in the order of their files. */
export interface ListDiff {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** How many stay as they are. */
  readonly unchanged: number;
}

/** The difference of two networks, list by list. */
export type NetworkDiff = { readonly [List in keyof Network]: ListDiff };

/**
 * Compares two networks by the ids of their records; order does not count.
 * @param before the network that is there
 * @param after the one that would replace it
 */
export function diffNetworks(before: Network, after: Network): NetworkDiff {
  return {
    substations: diffLists(TABLES.substations, before.substations, after.substations),
    feeders: diffLists(TABLES.feeders, before.feeders, after.feeders),
    devices: diffLists(TABLES.devices, before.devices, after.devices),
    sections: diffLists(TABLES.sections, before.sections, after.sections),
    distributionPoints: diffLists(TABLES.distributionPoints, before.distributionPoints, after.distributionPoints),
    customers: diffLists(TABLES.customers, before.customers, after.customers),
  };
}

function diffLists<T>(table: Table<T>, before: readonly T[], after: readonly T[]): ListDiff {
  const gone = new Map(before.map((record) => [table.idOf(record), record]));
  const added: string[] = [];
  const changed: string[] = [];
  let unchanged = 0;
  for (const record of after) {
    const id = table.idOf(record);
    const old = gone.get(id);
    gone.delete(id);
    if (!old) added.push(id);
    else if (sameCells(table, old, record)) unchanged++;
    else changed.push(id);
  }
  return { added, changed, removed: [...gone.keys()], unchanged };
}

function sameCells<T>(table: Table<T>, a: T, b: T): boolean {
  const others = table.cellsOf(b);
  return table.cellsOf(a).every((cell, index) => cell === others[index]);
}

/** What the records of each list are called. */
const WORDS: { readonly [List in keyof Network]: string } = {
  substations: 'substations',
  feeders: 'feeders',
  devices: 'devices',
  sections: 'sections',
  distributionPoints: 'distribution points',
  customers: 'customers',
};
const IDS_SHOWN = 10;

/** How many records an import would take away. */
export function countRemoved(diff: NetworkDiff): number {
  return Object.values(diff).reduce((sum, { removed }: ListDiff) => sum + removed.length, 0);
}

/** What an import would take away, a line for each kind of record with the first of their ids. */
export function removedLines(diff: NetworkDiff): string[] {
  return (Object.keys(WORDS) as (keyof Network)[]).flatMap((list) => {
    const { removed } = diff[list];
    if (removed.length === 0) return [];
    const more = removed.length > IDS_SHOWN ? `, and ${removed.length - IDS_SHOWN} more` : '';
    return [`${WORDS[list]} that vanish: ${removed.length} (${removed.slice(0, IDS_SHOWN).join(', ')}${more})`];
  });
}
