import {
  keyText,
  type AmendCommand,
  type Key,
  type Command,
  type OutageCommand,
  type PlacedEvent,
} from '../model/event.js';
import { contentIdOf, memberKeyOf, outageIdOf } from '../model/identity.js';
import { isOldNews, timeOf } from '../model/time.js';
import type { ComparedMember, ComparedOutage, Finding } from './finding.js';
import { pairUp } from './groups.js';
import { identityOf, memberKey, nameOf } from './stored-entry.js';

/**
 * From findings to commands: what, put on the log, makes the outages of the stream those of the replay. Pure: the same
 * finding gives the same commands under the same ids, so that a repair that is published twice changes nothing more.
 */

/** What of the stored log a repair of one finding goes by. */
export interface RepairBasis {
  /** The raw event of a member; null: it is past its retention. */
  eventOf(member: ComparedMember): PlacedEvent | null;
  /** Of the units of these events: the first restoration since each. */
  restorationsFor(events: readonly PlacedEvent[]): readonly PlacedEvent[];
  /** The event that opened an outage of the stream, by its {@link memberKey}; null: nobody knows. */
  openerOf(outageId: string): string | null;
  /** Whether there is an outage of that id, or was one. */
  isTaken(outageId: string): boolean;
  /** Whether the stream may have let an outage go: it takes no corrections then. */
  hasLeft(outage: ComparedOutage): boolean;
  /** What people and policies decided about the stream's outages of the finding, in the order of the log. */
  readonly decisions: readonly OutageCommand[];
}

/** Who repairs. */
export interface Repairer {
  readonly author: string;
  /** Null: what the finding says. */
  readonly reason: string | null;
  /** When (epoch ms). */
  readonly at: number;
}

/** What mends a finding. */
export interface Repair extends Key {
  readonly findingId: string;
  /** To be put on the log of the key, in this order; empty where there is nothing that mends it. */
  readonly entries: readonly Command[];
  /** A sentence that says what is not mended, and why; null: it will be as the replay has it. */
  readonly unmended: string | null;
}

/** Members that one command tells: well below what a record may hold. */
export const MEMBERS_PER_AMEND = 2000;

/** What mends a finding of a reconciliation in event-time order. */
export function repairOf(finding: Finding, basis: RepairBasis, repairer: Repairer): Repair {
  const { findingId, substationId, feederId } = finding;
  const as = (entries: readonly Command[], unmended: string | null): Repair => {
    return { findingId, substationId, feederId, entries, unmended };
  };
  const objection = objectionTo(finding, basis);
  if (objection !== null) return as([], objection);
  const mending = new Mending(finding, basis, repairer);
  return as(mending.entries(), mending.unmended);
}

/** Why nothing can be done about a finding. */
function objectionTo({ stream, replay }: Finding, basis: RepairBasis): string | null {
  if (replay.length === 0) {
    return `No correction says that an outage never was: cancel ${namesOf(stream)} by hand if nobody was out.`;
  }
  const cancelled = stream.filter(({ status }) => status === 'cancelled');
  if (cancelled.length > 0) {
    return `${namesOf(cancelled)} was cancelled, and takes no corrections: what somebody decided stays.`;
  }
  const settled = stream.filter((outage) => basis.hasLeft(outage));
  // An outage that is to be rejected must not have lost to it what another has: one that only gains may be tried.
  if (settled.length > 0 && replay.length > 1) {
    return `${namesOf(settled)} was settled so long ago that the stream may have let it go: it takes no corrections then.`;
  }
  const gone = replay.flatMap(({ members }) => members).filter((member) => basis.eventOf(member) === null);
  if (gone.length > 0) {
    return `The raw event ${nameOf(gone[0]!)} is past its retention, so nobody can tell the stream of it.`;
  }
  return null;
}

/** An outage that is settled leaves the state of the stream, the standard rule set's retention and window behind. */
const DECIDED_MS = 390 * 60_000;
const RESTORED_MS = 7 * 86_400_000;
/** By how much a feeder may have got on until the repair arrives. */
const MARGIN_MS = 60 * 60_000;

/**
 * Whether the stream may have let an outage go.
 * @param watermark how far its key has come, epoch ms
 * @param decidedAt when it was last decided on, epoch ms; -Infinity: never
 */
export function mayHaveLeft(
  { status, lastEventAt, restoredAt }: ComparedOutage,
  watermark: number,
  decidedAt: number,
): boolean {
  const backAt = restoredAt === null ? -Infinity : Date.parse(restoredAt);
  if (status === 'closed')
    return Math.max(Date.parse(lastEventAt), backAt, decidedAt) < watermark + MARGIN_MS - DECIDED_MS;
  return status === 'restored' && backAt < watermark + MARGIN_MS - RESTORED_MS;
}

function namesOf(outages: readonly ComparedOutage[]): string {
  return `Outage ${outages.map(({ outageId }) => outageId).join(', ')}`;
}

/** An outage of the replay, and which of the stream's it is made of. */
interface Aim {
  readonly outage: ComparedOutage;
  /** Outages of the stream that go into it; the first stays. */
  readonly made: ComparedOutage[];
}

/** The commands that make the stream's outages of one finding those of the replay. */
class Mending {
  readonly #key: Key;
  readonly #aims: readonly Aim[];
  /** By member of the replay: the outage that has it. */
  readonly #aimOf = new Map<string, Aim>();
  /** By member of the stream: which of the replay's it is. */
  readonly #twinOf = new Map<string, string>();
  /** Members of the replay that stay in whatever outage they are. */
  readonly #staying = new Set<string>();
  /** Members of the replay that the stream's outages keep. */
  readonly #kept = new Set<string>();
  readonly #entries: Command[] = [];
  unmended: string | null = null;

  constructor(
    private readonly finding: Finding,
    private readonly basis: RepairBasis,
    private readonly repairer: Repairer,
  ) {
    this.#key = { substationId: finding.substationId, feederId: finding.feederId };
    this.#aims = finding.replay.map((outage) => ({ outage, made: [] }));
    for (const aim of this.#aims) for (const member of aim.outage.members) this.#aimOf.set(memberKey(member), aim);
    this.#findTwins();
    // By their begin: of several that become one the first detected stays, as when outages merge.
    for (const outage of finding.stream) this.#goalOf(outage)?.made.push(outage);
    for (const aim of this.#aims) this.#checkOpening(aim);
  }

  #findTwins(): void {
    const byIdentity = (outages: readonly ComparedOutage[]): Map<string, { readonly member: ComparedMember }[]> => {
      const members = new Map<string, { readonly member: ComparedMember }[]>();
      for (const member of outages.flatMap((outage) => outage.members)) {
        const identity = identityOf(member);
        members.set(identity, [...(members.get(identity) ?? []), { member }]);
      }
      return members;
    };
    const ofReplay = byIdentity(this.finding.replay);
    for (const [identity, places] of byIdentity(this.finding.stream)) {
      for (const [mine, its] of pairUp(places, ofReplay.get(identity) ?? []).pairs)
        this.#twinOf.set(memberKey(mine.member), memberKey(its.member));
    }
  }

  /** Which of the replay's a member of the stream is; itself if it is none. */
  #twin(member: ComparedMember): string {
    const key = memberKey(member);
    return this.#twinOf.get(key) ?? key;
  }

  /** What cannot be opened stays where it is: an event that is taken from one outage must have another. */
  #checkOpening({ outage, made }: Aim): void {
    if (made.length > 0 || this.#openerOf(outage)) return;
    for (const member of outage.members) {
      this.#aimOf.delete(memberKey(member));
      this.#staying.add(memberKey(member));
    }
    const first = nameOf(outage.members[0]!);
    this.unmended = `The outage of ${first} cannot be opened: each of its events has opened one that merged into another.`;
  }

  /** Where an outage of the stream goes: with the event that opened it, as decisions about it do, else with the most. */
  #goalOf({ outageId, members }: ComparedOutage): Aim | null {
    const opener = this.basis.openerOf(outageId);
    const first = members.find((member) => memberKey(member) === opener);
    const own = first && this.#aimOf.get(this.#twin(first));
    if (own) return own;
    const counts = new Map<Aim, number>();
    for (const member of members) {
      const aim = this.#aimOf.get(this.#twin(member));
      if (aim) counts.set(aim, (counts.get(aim) ?? 0) + 1);
    }
    const [most] = [...counts].sort(([, a], [, b]) => b - a);
    return most?.[0] ?? null;
  }

  entries(): readonly Command[] {
    const sameMembers =
      this.finding.changes.length > 0 && this.finding.added.length + this.finding.removed.length === 0;
    const members = this.finding.replay.flatMap((outage) => outage.members);
    const events = members.flatMap((member) => this.basis.eventOf(member) ?? []);
    const restorations = this.basis.restorationsFor(events);
    this.#checkReturns(events, restorations);
    // What came too late to count says something of members that the stream has, too.
    const isNews = restorations.some((restoration) => isOldNews(timeOf(restoration), restoration.receivedAt));
    // First what leaves an outage leaves it: no event is moved that is a member elsewhere.
    for (const aim of this.#aims) for (const outage of aim.made) this.#keep(aim, outage, sameMembers || isNews);
    for (const aim of this.#aims) this.#fill(aim);
    return this.#entries;
  }

  /** States an outage of the stream whole, if it has what belongs elsewhere or adds up to something else. */
  #keep(aim: Aim, { outageId, members, status }: ComparedOutage, always: boolean): void {
    if (status !== 'detected' && aim.outage.status === 'detected')
      this.unmended = `Outage ${outageId} stays confirmed if it was: confirmed once, it stays so.`;
    const kept = members.filter((member) => {
      return this.#aimOf.get(this.#twin(member)) === aim || this.#staying.has(this.#twin(member));
    });
    for (const member of kept) this.#kept.add(this.#twin(member));
    if (kept.length === members.length && !always) return;
    this.#amend(outageId, kept, { whole: true });
    this.#decideAgain(aim, outageId, always ? kept : kept.slice(MEMBERS_PER_AMEND));
  }

  /** Gives an outage what it lacks; opens it if nothing of the stream goes into it. */
  #fill(aim: Aim): void {
    const { outage, made } = aim;
    const lacking = outage.members.filter((member) => {
      return this.#aimOf.get(memberKey(member)) === aim && !this.#kept.has(memberKey(member));
    });
    const absorbs = made.slice(1).map(({ outageId }) => outageId);
    if (lacking.length + absorbs.length === 0) return;
    const opener = made[0] ? null : this.#openerOf(outage)!;
    const outageId = made[0]?.outageId ?? this.#idOf(opener!);
    this.#amend(outageId, opener ? [opener, ...lacking.filter((member) => member !== opener)] : lacking, { absorbs });
    this.#decideAgain(aim, outageId, outage.members);
  }

  /** The event that opens an outage of the replay: its first that has not opened one of the stream's. */
  #openerOf({ members }: ComparedOutage): ComparedMember | undefined {
    return [...members]
      .sort((a, b) => (a.t === b.t ? (nameOf(a) < nameOf(b) ? -1 : 1) : a.t < b.t ? -1 : 1))
      .find((member) => !this.basis.isTaken(this.#idOf(member)));
  }

  #idOf(member: ComparedMember): string {
    return outageIdOf(this.#key, member, Date.parse(member.t));
  }

  /** Tells members and the restorations since; more than a command should hold, in several, of which the first is whole. */
  #amend(
    outageId: string,
    members: readonly ComparedMember[],
    { whole = false, absorbs = [] }: Partial<Pick<AmendCommand, 'whole' | 'absorbs'>>,
  ): void {
    for (let from = 0; from === 0 || from < members.length; from += MEMBERS_PER_AMEND) {
      const events = members
        .slice(from, from + MEMBERS_PER_AMEND)
        .flatMap((member) => this.basis.eventOf(member) ?? []);
      const restorations = this.basis.restorationsFor(events);
      this.#say({
        command: 'amend',
        outageId,
        members: [...events, ...restorations],
        whole: whole && from === 0,
        absorbs: from === 0 ? absorbs : [],
      });
    }
  }

  /** What restorations did, and would not do when they are told again. */
  #checkReturns(events: readonly PlacedEvent[], restorations: readonly PlacedEvent[]): void {
    const wide = restorations.find(({ reach }) => reach !== 'point');
    if (wide)
      this.unmended ??=
        `Whom ${nameOf(wide)}, of the whole feeder, brought back was settled when it was heard: ` +
        'where the replay has it otherwise, that stays.';
    const tied = restorations.find((restoration) =>
      events.some((event) => timeOf(event) === timeOf(restoration) && isOfOneReporter(event, restoration)),
    );
    if (tied) this.unmended ??= `Which of two reports of one time came first is not told again: see ${nameOf(tied)}.`;
  }

  /** What was decided about the outage as a whole is decided about those that it has now. */
  #decideAgain(aim: Aim, outageId: string, about: readonly ComparedMember[]): void {
    for (const decision of this.basis.decisions) {
      const opener = this.basis.openerOf(decision.outageId);
      if (opener === null || this.#aimOf.get(this.#twinOf.get(opener) ?? opener) !== aim) continue;
      if (!about.some(({ t }) => Date.parse(t) <= decision.at)) continue;
      const { command, at, flag } = decision;
      this.#say({ command, outageId, at, ...(flag === undefined ? {} : { flag }) });
    }
  }

  #say(
    said:
      | Omit<AmendCommand, 'commandId' | 'author' | 'reason' | 'at'>
      | Omit<OutageCommand, 'commandId' | 'author' | 'reason'>,
  ): void {
    const { author, reason, at } = this.repairer;
    const content =
      said.command === 'amend'
        ? { ...said, members: said.members.map((event) => `${event.kind} ${memberKeyOf(event, timeOf(event))}`) }
        : said;
    const commandId = contentIdOf({ ...content, key: keyText(this.#key), findingId: this.finding.findingId });
    this.#entries.push({ commandId, at, ...said, author, reason: reason ?? this.finding.sentence } as Command);
  }
}

/** Whether of two reports of one time the later on the log has the last word. */
function isOfOneReporter(a: PlacedEvent, b: PlacedEvent): boolean {
  if (a.source !== b.source) return false;
  return (a.assetId !== null && a.assetId === b.assetId) || (a.reach !== 'point' && b.reach !== 'point');
}
