import { NO_SLOTS, type Slots } from './returns.js';
import type { Report } from './report.js';
import { CUSTOMERS } from './tree.js';

/** What an explanation sums up: plain lists of small numbers, which are made and thrown away faster than typed ones. */
export interface Sums {
  /** Reporters. */
  reporters: number;
  /** Reporting meters, then ONUs, by phase. */
  readonly reporting: number[];
  /** Customers of them, by phase. */
  readonly customers: number[];
  /** Returns of customers who did not report, by phase. */
  readonly claimed: number[];
  /** Meters, ONUs and customers that it took out, by phase. */
  readonly lost: number[];
  /** Reporters who are back. */
  returned: number;
  returnedMeters: number;
  returnedOnus: number;
  /** Reports whose clock or line was off. */
  satellites: number;
}

export function noSums(): Sums {
  return {
    reporters: 0,
    reporting: [0, 0, 0, 0, 0, 0, 0, 0],
    customers: [0, 0, 0, 0],
    claimed: [0, 0, 0, 0],
    lost: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    returned: 0,
    returnedMeters: 0,
    returnedOnus: 0,
    satellites: 0,
  };
}

/** Adds who reported, and who of them is back. */
export function addReporters(to: Sums, { sums }: Explanation): void {
  for (let i = 0; i < 8; i++) to.reporting[i]! += sums.reporting[i]!;
  for (let phase = 0; phase < 4; phase++) to.customers[phase]! += sums.customers[phase]!;
  to.reporters += sums.reporters;
  to.returned += sums.returned;
  to.returnedMeters += sums.returnedMeters;
  to.returnedOnus += sums.returnedOnus;
  to.satellites += sums.satellites;
}

/** What stands of an explanation when it is made. */
type Made = Pick<Explanation, 'node' | 'phases' | 't' | 'sums' | 'reports' | 'parts' | 'returns'>;

/**
 * (n, M, T): a node opened for some phases at a time. What it sums up does not change, so that 10 000 reports of one recloser
 * are one item above it. One class for customers' onsets, trips and what is made of them: all have one shape.
 */
export class Explanation {
  readonly node: number;
  /** M, as bits. */
  readonly phases: number;
  /** T, epoch ms. */
  readonly t: number;
  readonly sums: Sums;
  /** What reported at this very node: a customer's reports of one onset, the trips of a device. */
  readonly reports: readonly Report[];
  /** What it is made of; null for onsets and trips. */
  readonly parts: readonly Explanation[] | null;
  readonly returns: Slots;
  /** A trip that nothing has taken up yet: a claim that waits. */
  readonly isTrip: boolean;
  /** There was a trip of its node. */
  hasTrip: boolean;
  /** An operator said so. */
  isConfirmed = false;
  /** Log odds against noise; without what returns say. */
  gain = 0;
  gainAlone = 0;
  /** What its satellites cost. */
  timeCost = 0;
  /** Half of it had supply again. */
  end = 0;
  /** By how much it beats its parts; Infinity: it is made of none. */
  margin = Infinity;
  /** By how much it beats the best other set of phases, and which that is. */
  rival = Infinity;
  rivalPhases = 0;
  /** What it claimed itself, and by slot with what its parts did. */
  ownClaims: Slots = NO_SLOTS;
  claims: Slots = NO_SLOTS;
  /** What was tried with it further up is what it was when its confidence was found. */
  isJudged = false;
  /** Of one by an earlier tree its customers, as nodes of this tree; null: all below its node. */
  only: ReadonlySet<number> | null = null;
  /** The explanation further up of which it is a part. */
  takenBy: Explanation | null = null;
  /** The earliest member on the log; null if it has none. */
  readonly anchor: Report | null;
  /** How many events are in it. */
  readonly memberCount: number;

  constructor({ node, phases, t, sums, reports, parts, returns }: Made, isTrip = false) {
    this.node = node;
    this.phases = phases;
    this.t = t;
    this.sums = sums;
    this.reports = reports;
    this.parts = parts;
    this.returns = returns;
    this.isTrip = isTrip;
    this.hasTrip = isTrip;
    this.anchor = anchorOf(reports, parts);
    this.memberCount = memberCountOf(reports, parts);
  }

  get reporters(): number {
    return this.sums.reporters;
  }

  /** Customers whom it took out. */
  get customersLost(): number {
    let sum = 0;
    for (let phase = 0; phase < 4; phase++) sum += this.sums.lost[CUSTOMERS + phase]!;
    return sum;
  }

  /** Reports, of meters and ONUs. */
  get reportCount(): number {
    let sum = 0;
    for (let i = 0; i < 8; i++) sum += this.sums.reporting[i]!;
    return sum;
  }
}

function anchorOf(reports: readonly Report[], parts: readonly Explanation[] | null): Report | null {
  let anchor: Report | null = null;
  for (const report of reports)
    if (report.source !== null && (anchor === null || report.order < anchor.order)) anchor = report;
  for (const part of parts ?? [])
    if (part.anchor !== null && (anchor === null || part.anchor.order < anchor.order)) anchor = part.anchor;
  return anchor;
}

function memberCountOf(reports: readonly Report[], parts: readonly Explanation[] | null): number {
  let count = 0;
  for (const { source } of reports) if (source !== null) count++;
  for (const part of parts ?? []) count += part.memberCount;
  return count;
}

/** In earlier episodes, and by earlier trees, those are out whose explanation has a report from so many of them. */
const BELIEVED_SHARE = 0.1;

/** Is it believed later on that its customers were out? */
export function isBelieved({ isTrip, reporters, customersLost }: Explanation): boolean {
  return !isTrip && reporters >= BELIEVED_SHARE * customersLost;
}

/** The same without what it is made of: who was out, of a node, until when. */
export function ghostOf(explanation: Explanation, node = explanation.node): Explanation {
  const { phases, t, sums, returns, end } = explanation;
  const ghost = new Explanation({ node, phases, t, sums, reports: [], parts: null, returns });
  ghost.end = end;
  return ghost;
}

/** In time, then of nodes, then of reporters. */
export function byOrder(a: Explanation, b: Explanation): number {
  return a.t - b.t || a.node - b.node || a.sums.reporters - b.sums.reporters;
}

/** The phases in which somebody reported, as bits. */
export function phasesOfReporters({ sums: { customers } }: Explanation): number {
  return (customers[0] ? 1 : 0) | (customers[1] ? 2 : 0) | (customers[2] ? 4 : 0) | (customers[3] ? 8 : 0);
}

/** The customers' onsets of which an explanation is made. */
export function* onsetsOf(explanation: Explanation): Generator<Explanation> {
  if (explanation.parts === null) {
    if (!explanation.isTrip) yield explanation;
    return;
  }
  for (const part of explanation.parts) yield* onsetsOf(part);
}

/** Every report in an explanation; operators' words are among them. */
export function* reportsOf(explanation: Explanation): Generator<Report> {
  yield* explanation.reports;
  for (const part of explanation.parts ?? []) yield* reportsOf(part);
}
