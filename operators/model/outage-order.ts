import type { OutageRecord } from './outage.js';

/**
 * Which of two records of one outage came later: positive if `a` did, 0 if they are the same. The revision alone does not
 * tell: an outage that opens anew (docs/contract.md, 5.4) counts from 1 again.
 */
export function compareRecords(
  a: Pick<OutageRecord, 'log' | 'revision'>,
  b: Pick<OutageRecord, 'log' | 'revision'>,
): number {
  return a.log.offset - b.log.offset || a.revision - b.revision;
}
