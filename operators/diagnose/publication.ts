import type { Key } from '../model/event.js';
import { faultIdOf } from '../model/identity.js';
import type { LogPosition } from '../model/outcome.js';
import type { Attaching } from './attach.js';
import { judge, type Judgement } from './confidence.js';
import { damped, isDue, SETTLED_AFTER_MS } from './damping.js';
import { memberOf, type Answers } from './evidence.js';
import { reportsOf, type Explanation } from './explanation.js';
import type { Fault } from './fault.js';
import type { FaultMember, FaultRecord } from './fault-record.js';
import { findingOf } from './finding.js';
import { isSameList } from './node.js';
import { byTime, type Report } from './report.js';
import type { Solver } from './solver.js';
import { settledAt } from './still-out.js';

/** A record of a fault with more members carries their number. */
const MOST_MEMBERS = 1000;

/** A member by which a fault is known, and the tree by which it is explained. */
interface Anchor {
  readonly report: Report;
  readonly solver: Solver;
}

/** What a record was made of: nothing of it changed, so neither did the record. */
interface Basis {
  readonly explanation: Explanation | null;
  readonly strays: readonly Explanation[];
  readonly attached: readonly Report[];
  readonly backAt: number;
  readonly node: number;
  readonly judgement: Judgement;
  /** Which of the times has come at which W changes what is shown. */
  readonly stage: number;
  readonly answers: number;
}

/** A fault that was published. */
interface Published {
  readonly faultId: string;
  readonly anchor: Anchor;
  record: FaultRecord | null;
  basis: Basis | null;
  fault: Fault;
}

/** Which faults of a key were published, under which ids, and what was shown of them. */
export class Publication {
  /** In the order in which they were first published. */
  readonly #published = new Map<string, Published>();
  /** The last record of each that was superseded. */
  readonly #ended = new Map<string, FaultRecord>();

  constructor(private readonly key: Key) {}

  /** A fault by its id, or its successor's; undefined: there never was one, or it is long over. */
  find(faultId: string): { readonly faultId: string; readonly fault: Fault } | undefined {
    let id = faultId;
    for (let ended = this.#ended.get(id); ended && !this.#published.has(id); ended = this.#ended.get(id))
      id = ended.supersededBy!;
    return this.#published.get(id);
  }

  /**
   * Takes in what the key's faults are now: gives each its id, and says what changed of what is shown.
   * @param watermark the key's, epoch ms
   * @param answers what meters said that were asked
   * @returns a record for each fault that is shown otherwise than before
   */
  update(
    faults: readonly Fault[],
    attaching: Attaching,
    watermark: number,
    answers: Answers,
    log: LogPosition,
  ): FaultRecord[] {
    const records: FaultRecord[] = [];
    const owners = new Map<Fault, Published>();
    for (const published of this.#published.values()) {
      const fault = faultOf(published.anchor, attaching);
      const owner = fault && owners.get(fault);
      if (!fault) this.#published.delete(published.faultId);
      else if (owner) records.push(this.#supersede(published, owner.faultId, log));
      else {
        owners.set(fault, published);
        published.fault = fault;
      }
    }
    for (const fault of faults) {
      const published = owners.get(fault) ?? this.#begin(fault, watermark);
      const record = published && this.#show(published, watermark, answers, log);
      if (record) records.push(record);
    }
    return records;
  }

  #supersede({ faultId, record }: Published, supersededBy: string, log: LogPosition): FaultRecord {
    this.#published.delete(faultId);
    const last = record!;
    const ended: FaultRecord = {
      ...last,
      status: 'superseded',
      supersededBy,
      members: [],
      revision: last.revision + 1,
      log,
    };
    this.#ended.set(faultId, ended);
    return ended;
  }

  #begin(fault: Fault, watermark: number): Published | null {
    const report = anchorOf(fault);
    if (report === null || !isDue(fault, watermark)) return null;
    const faultId = idOf(this.key, report);
    // Parted again from what had superseded it, it goes on.
    const record = this.#ended.get(faultId) ?? null;
    this.#ended.delete(faultId);
    const anchor = { report, solver: fault.solver };
    const published: Published = { faultId, anchor, record, basis: null, fault };
    this.#published.set(faultId, published);
    return published;
  }

  #show(published: Published, watermark: number, answers: Answers, log: LogPosition): FaultRecord | null {
    const { fault, faultId, anchor, record } = published;
    const judgement = judgementOf(fault, published.basis);
    const basis = basisOf(fault, judgement, watermark, answers);
    if (published.basis && isSameBasis(published.basis, basis)) return null;
    published.basis = basis;
    const found = findingOf(this.key, fault, watermark, answers, judgement);
    const shown = damped(found, fault, judgement, watermark, record);
    const count = fault.parts.reduce((sum, part) => sum + part.memberCount, fault.attached.length);
    const next: FaultRecord = {
      faultId,
      ...shown,
      anchor: memberOf(anchor.report),
      supersededBy: null,
      members: count > MOST_MEMBERS ? count : membersOf(fault),
      revision: (record?.revision ?? 0) + 1,
      log,
    };
    if (record && isSameRecord(record, next)) return null;
    published.record = next;
    return next;
  }

  /** Forgets which faults were superseded by others, of whom the anchor is older than `t`. */
  forgetBefore(t: number): void {
    for (const [faultId, { anchor }] of this.#ended) if (anchor.t < t) this.#ended.delete(faultId);
  }

  /** Every fault as it is, with all its members, whether it is shown yet or not. */
  all(
    faults: readonly Fault[],
    attaching: Attaching,
    watermark: number,
    answers: Answers,
    log: LogPosition,
  ): FaultRecord[] {
    const owners = new Map<Fault, Published>();
    for (const published of this.#published.values()) {
      const fault = faultOf(published.anchor, attaching);
      if (fault && !owners.has(fault)) owners.set(fault, published);
    }
    return faults.flatMap((fault) => {
      const report = anchorOf(fault);
      if (report === null) return [];
      const known = owners.get(fault);
      return {
        faultId: known?.faultId ?? idOf(this.key, report),
        ...findingOf(this.key, fault, watermark, answers),
        anchor: known?.record?.anchor ?? memberOf(report),
        supersededBy: null,
        members: membersOf(fault),
        revision: known?.record?.revision ?? 1,
        log: known?.record?.log ?? log,
      };
    });
  }
}

/** The fault that holds a member now; undefined: it is forgotten. */
function faultOf({ report, solver }: Anchor, attaching: Attaching): Fault | undefined {
  if (report.node < 0) return attaching.attachedTo(report);
  const head = solver.headOfReport(report.node, report);
  return head ? attaching.faultOf(head) : undefined;
}

/** The member earliest in the log; null: there is none, as only an operator says so. */
function anchorOf({ parts, attached }: Fault): Report | null {
  let anchor: Report | null = null;
  for (const part of parts) {
    if (part.anchor !== null && (anchor === null || part.anchor.order < anchor.order)) anchor = part.anchor;
  }
  for (const { report } of attached) if (anchor === null || report.order < anchor.order) anchor = report;
  return anchor;
}

function idOf({ substationId, feederId }: Key, report: Report): string {
  return faultIdOf(substationId, feederId, memberOf(report));
}

/** The members of a fault, in order of time: reports, trips, and what attaches. */
export function membersOf({ parts, attached }: Fault): FaultMember[] {
  const reports = parts.flatMap((part) => [...reportsOf(part)]).filter(({ source }) => source !== null);
  return [...reports, ...attached.map(({ report }) => report)].sort(byTime).map(memberOf);
}

/** How sure a fault is: as it was, if nothing was tried anew with its explanation. */
function judgementOf(fault: Fault, basis: Basis | null): Judgement {
  const { explanation } = fault;
  if (explanation !== null && basis?.explanation === explanation && explanation.isJudged) return basis.judgement;
  if (explanation !== null) explanation.isJudged = true;
  return judge(fault);
}

function basisOf(fault: Fault, judgement: Judgement, watermark: number, answers: Answers): Basis {
  const { explanation, strays, attached, backAt, node, t } = fault;
  const returns = explanation?.returns ?? [];
  const isPast = (time: number): number => (watermark >= time ? 1 : 0);
  return {
    explanation,
    strays,
    attached: attached.map(({ report }) => report),
    backAt,
    node,
    judgement,
    stage: isPast(t + SETTLED_AFTER_MS) + (returns.length > 0 ? 2 * isPast(settledAt(returns)) : 0),
    answers: [...answers.values()].reduce((sum, times) => sum + times.length, 0),
  };
}

function isSameBasis(a: Basis, b: Basis): boolean {
  return (
    a.explanation === b.explanation &&
    a.backAt === b.backAt &&
    a.node === b.node &&
    a.stage === b.stage &&
    a.answers === b.answers &&
    isSameList(a.strays, b.strays) &&
    isSameList(a.attached, b.attached) &&
    isSameJudgement(a.judgement, b.judgement)
  );
}

function isSameJudgement(a: Judgement, b: Judgement): boolean {
  if (a === b) return true;
  const { candidates } = b;
  return (
    a.confidence === b.confidence &&
    a.candidates.length === candidates.length &&
    a.candidates.every(({ node, logOdds }, i) => node === candidates[i]!.node && logOdds === candidates[i]!.logOdds)
  );
}

/** Say two records the same, whenever it was said? */
function isSameRecord(a: FaultRecord, b: FaultRecord): boolean {
  if (!areSameMembers(a.members, b.members)) return false;
  const rest = ({ revision: _, log: __, members: ___, ...shown }: FaultRecord): string => JSON.stringify(shown);
  return rest(a) === rest(b);
}

function areSameMembers(a: FaultRecord['members'], b: FaultRecord['members']): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return (
    a.length === b.length &&
    a.every(({ source, sourceEventId }, i) => source === b[i]!.source && sourceEventId === b[i]!.sourceEventId)
  );
}
