import type { ClientBase } from 'pg';
import type { FindingKind } from '../../../operators/reconcile/finding.js';

/** A finding of one run, as another run is compared with it. */
export interface OneSidedFinding {
  readonly findingId: string;
  readonly kind: FindingKind;
  readonly sentence: string;
}

/** What two runs found. */
export interface RunComparison {
  /** How many findings both have: the same outages, members and changes. */
  readonly both: number;
  readonly onlyFirst: readonly OneSidedFinding[];
  readonly onlySecond: readonly OneSidedFinding[];
}

/** Compares what two runs found, by what the findings say. */
export async function compareRuns(client: ClientBase, first: number, second: number): Promise<RunComparison> {
  const { rows } = await client.query<{ both: number }>(
    `select count(*)::integer as both
     from reconcile.findings a
     join reconcile.findings b using (finding_id)
     where a.run_id = $1 and b.run_id = $2`,
    [first, second],
  );
  const only = async (run: number, other: number): Promise<OneSidedFinding[]> =>
    (
      await client.query<OneSidedFinding>(
        `select finding_id as "findingId", kind, sentence
         from reconcile.findings f
         where run_id = $1 and not exists (select from reconcile.findings o where o.run_id = $2 and o.finding_id = f.finding_id)
         order by finding_no`,
        [run, other],
      )
    ).rows;
  return { both: rows[0]!.both, onlyFirst: await only(first, second), onlySecond: await only(second, first) };
}
