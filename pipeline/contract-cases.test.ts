import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readNetwork } from './jobs/network/read.js';
import { OfflineRun, type OutageWithMembers } from './offline/offline.js';

interface ExpectedOutage {
  outageId: string;
  members: string[];
  assets: string[];
  confidence?: number;
}

interface ContractCase {
  name: string;
  events: object[];
  expect: { outages: ExpectedOutage[]; late: string[]; unplaced: string[]; duplicates: number };
}

const folder = new URL('../data/contract-cases/', import.meta.url);
const { cases } = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as { cases: ContractCase[] };
const network = await readNetwork(new URL('network', folder).pathname);

/** Who was out from when to when is said by the cases, and not by an outage with its members: that is held elsewhere. */
const NOT_COMPARED = 'interruptions';

/** The fields of an outage that a case speaks of. */
function spokenOf(outage: OutageWithMembers, expected: ExpectedOutage): object {
  const members = outage.members.map(({ source, sourceEventId }) => `${source}/${sourceEventId}`);
  const assets = outage.members.map(({ assetId }) => assetId ?? '').sort();
  const all = { ...outage, members, assets };
  return Object.fromEntries(Object.keys(expected).map((name) => [name, all[name as keyof typeof all]]));
}

describe('the contract cases', () => {
  it.each(cases)('$name', ({ events, expect: expected }) => {
    const run = new OfflineRun({ network, takenInAt: 0 });
    for (const event of events) run.line(JSON.stringify(event));
    const outages = run.finish().sort((a, b) => (a.outageId < b.outageId ? -1 : 1));
    expect(outages.map(({ outageId }) => outageId)).toEqual(expected.outages.map(({ outageId }) => outageId));
    outages.forEach((outage, i) => {
      const { [NOT_COMPARED]: _, ...others } = expected.outages[i] as ExpectedOutage & { [NOT_COMPARED]?: unknown };
      expect(spokenOf(outage, others)).toEqual(others);
    });
    const idsOf = (records: unknown[]): string[] =>
      (records as { event: { sourceEventId: string } }[]).map(({ event }) => event.sourceEventId);
    expect(idsOf(run.late)).toEqual(expected.late);
    expect(idsOf(run.unplaced)).toEqual(expected.unplaced);
    expect(run.counts.duplicates).toBe(expected.duplicates);
  });
});
