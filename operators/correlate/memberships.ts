import type { EvidenceRecord, Membership } from '../model/outcome.js';

/** Something that an entry of a log record did, and the order among what one entry did. */
interface Step {
  readonly logIndex: number;
  readonly phase: number;
  readonly take: () => void;
}

const OPENED = 0;
const RESTATED = 1;
const JOINED = 2;
const MERGED = 3;

/** Which member belongs to which outage, told by the evidence of a log in its order. */
export class Memberships<Member> {
  readonly #members = new Map<string, Member[]>();
  /** Outages that merged, and into which. */
  readonly #mergedInto = new Map<string, string>();

  /** @param memberOf what is kept of a member */
  constructor(private readonly memberOf: (membership: Membership) => Member) {}

  /** Takes in all that one log record did, entry by entry: its evidence stands in the order of outages. */
  take(evidence: readonly EvidenceRecord[]): void {
    const steps = evidence.flatMap((one) => [...this.#stepsOf(one)]);
    steps.sort((a, b) => a.logIndex - b.logIndex || a.phase - b.phase);
    for (const { take } of steps) take();
  }

  *#stepsOf({ outageId, members, timeline, restated }: EvidenceRecord): Generator<Step> {
    if (outageId === null) return;
    if (restated) {
      const forget = (): void => restated.outageIds.forEach((id) => this.#members.delete(id));
      yield { logIndex: restated.logIndex, phase: RESTATED, take: forget };
    }
    for (const { what, to, logIndex } of timeline) {
      if (what === 'opened') yield { logIndex, phase: OPENED, take: () => this.#open(outageId) };
      if (what === 'merged') yield { logIndex, phase: MERGED, take: () => this.#merge(outageId, to!) };
    }
    for (const member of members) {
      yield { logIndex: member.logIndex, phase: JOINED, take: () => this.#add(outageId, [this.memberOf(member)]) };
    }
  }

  /** What an outage of the same id had, settled long ago, is not the new one's; if that one merged, it has moved already. */
  #open(outageId: string): void {
    this.#members.delete(outageId);
    this.#mergedInto.delete(outageId);
  }

  #merge(outageId: string, survivorId: string): void {
    const moved = this.#members.get(outageId) ?? [];
    this.#members.delete(outageId);
    this.#mergedInto.set(outageId, survivorId);
    this.#add(survivorId, moved);
  }

  #add(outageId: string, members: readonly Member[]): void {
    let survivor = outageId;
    for (let next = this.#mergedInto.get(survivor); next !== undefined; next = this.#mergedInto.get(survivor)) {
      survivor = next;
    }
    const known = this.#members.get(survivor);
    if (!known) this.#members.set(survivor, [...members]);
    else for (const member of members) known.push(member);
  }

  /** The members of an outage, those of outages that merged into it among them. */
  of(outageId: string): readonly Member[] {
    return this.#members.get(outageId) ?? [];
  }
}
