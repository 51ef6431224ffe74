import { onsetsOf } from './explanation.js';
import type { Fault } from './fault.js';
import type { FaultEvidence, FaultMember, Told } from './fault-record.js';
import type { Report } from './report.js';
import { COUNTS, METERS, ONUS } from './tree.js';

/** The meters that answered *on*, by their customer, and when, epoch ms. */
export type Answers = ReadonlyMap<string, readonly number[]>;

/** What speaks for a fault, counted. */
export function evidenceOf(fault: Fault, answers: Answers): FaultEvidence {
  const { explanation, solver, attached } = fault;
  const calls = attached.filter(({ report }) => report.speaker === 'customer').length;
  if (explanation === null) {
    const nothing: Told = { reporting: 0, silent: 0, returned: 0 };
    return { meter: nothing, onu: nothing, calls, claimedReturns: 0, trips: [], closes: [], satellites: 0 };
  }
  const { sums, reports, node, t } = explanation;
  const ofKind = (from: number): [reporting: number, lost: number] => {
    let reporting = 0;
    let lost = 0;
    for (let phase = 0; phase < 4; phase++) {
      reporting += sums.reporting[from + phase]!;
      lost += sums.lost[from + phase]!;
    }
    return [reporting, lost];
  };
  const [meters, lostMeters] = ofKind(METERS);
  const [onus, lostOnus] = ofKind(ONUS);
  const supplied = answers.size > 0 ? suppliedMeters(fault, answers) : NOBODY;
  return {
    meter: {
      reporting: meters,
      silent: Math.max(0, lostMeters - meters - supplied.silent),
      returned: sums.returnedMeters + supplied.reporting + supplied.silent,
    },
    onu: { reporting: onus, silent: Math.max(0, lostOnus - onus), returned: sums.returnedOnus },
    calls,
    claimedReturns: sums.claimed.reduce((sum, count) => sum + count, 0),
    trips: reports.filter((report) => report.source !== null).map(memberOf),
    closes: solver.switching.closesBetween(node, t, fault.backAt).map(memberOf),
    satellites: sums.satellites,
  };
}

interface Supplied {
  /** Of those that had reported, and are not known to be back otherwise. */
  reporting: number;
  silent: number;
}
const NOBODY: Supplied = { reporting: 0, silent: 0 };

/** The meters below a fault that answered after its onset: they are supplied. */
function suppliedMeters(fault: Fault, answers: Answers): Supplied {
  const supplied: Supplied = { reporting: 0, silent: 0 };
  const { tree } = fault.solver;
  const reporters = new Map<number, boolean>();
  for (const { node, returns } of onsetsOf(fault.explanation!)) reporters.set(node, returns.length > 0);
  for (const [customerId, times] of answers) {
    const customer = tree.customer(customerId);
    if (customer === undefined || !tree.isInside(customer, fault.node)) continue;
    if (!((fault.phases >> tree.phase[customer]!) & 1)) continue;
    if (!times.some((t) => t > fault.t && t <= fault.backAt)) continue;
    const isBack = reporters.get(customer);
    if (isBack === undefined) supplied.silent += tree.counts[customer * COUNTS + METERS + tree.phase[customer]!]!;
    else if (!isBack) supplied.reporting++;
  }
  return supplied;
}

/** A report as a member of a fault. Only events are members. */
export function memberOf({ source, sourceEventId, assetId, t }: Report): FaultMember {
  return { source: source!, sourceEventId, assetId, t };
}
