import type { EvidenceRecord, Membership } from './outcome.js';

/** Which member belongs to which outage, told by the evidence of a log in its order. */
export class Memberships<Member> {
  readonly #members = new Map<string, Member[]>();
  /** Outages that merged, and into which. */
  readonly #mergedInto = new Map<string, string>();

  /** @param memberOf what is kept of a member */
  constructor(private readonly memberOf: (membership: Membership) => Member) {}

  /** Takes in what a log record did to an outage. */
  take({ outageId, members, timeline, restated }: EvidenceRecord): void {
    if (outageId === null) return;
    for (const id of restated?.outageIds ?? []) this.#members.delete(id);
    // What an outage of the same id had, settled long ago, is not the new one's; if that one merged, it has moved already.
    if (timeline.some(({ what }) => what === 'opened')) {
      this.#members.delete(outageId);
      this.#mergedInto.delete(outageId);
    }
    this.#add(outageId, members.map(this.memberOf));
    const merged = timeline.find(({ what }) => what === 'merged');
    if (!merged) return;
    const moved = this.#members.get(outageId) ?? [];
    this.#members.delete(outageId);
    this.#mergedInto.set(outageId, merged.to!);
    this.#add(merged.to!, moved);
  }

  /** The members of an outage, those of outages that merged into it among them. */
  of(outageId: string): readonly Member[] {
    return this.#members.get(outageId) ?? [];
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
}
