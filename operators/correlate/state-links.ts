import { NONE } from './columns/columns.js';
import type { KeyState } from './key-state.js';
import type { Found } from './linking/link-index.js';
import type { Joining } from './outage/joining.js';
import type { OutageBody } from './outage/outage-state.js';
import { FIRST } from './outage/reporters.js';

/**
 * Adds to the outages to which an event links by time and place those to which it links as one that says a state: who calls
 * again, or answers *off*, is still out by the same outage. Whichever of the two comes first to the log.
 * @param found one for each outage
 */
export function withStateLinks(
  state: KeyState,
  joining: Joining,
  found: readonly Found<OutageBody>[],
): readonly Found<OutageBody>[] {
  // Few events say a state, or hear of one that was said: for all others nothing is made.
  if (!joining.state && !mayHearOfState(state, joining)) return found;
  return [...found, ...new StateSearch(state, joining, new Set(found.map(({ owner }) => owner))).found()];
}

/** Whether there are members that say a state of what an event is about. */
function mayHearOfState({ entries, reporters }: KeyState, { wide, unit }: Joining): boolean {
  if (entries.states.length === 0) return false;
  if (wide) return true;
  let entry = reporters.unitTexts.value(unit, FIRST);
  while (entry !== NONE && !entries.saysState(entry)) entry = entries.nextOfUnit(entry);
  return entry !== NONE;
}

class StateSearch {
  readonly #found: Found<OutageBody>[] = [];

  /** @param known outages that were found otherwise */
  constructor(
    private readonly state: KeyState,
    private readonly joining: Joining,
    private readonly known: Set<OutageBody>,
  ) {}

  found(): readonly Found<OutageBody>[] {
    const { entries, index } = this.state;
    const { state, wide } = this.joining;
    for (const entry of this.#ofUnit()) {
      if ((state && this.#isStillOut(entry)) || (entries.saysState(entry) && this.#saysStillOut(entry)))
        this.#add(entry);
    }
    if (state) {
      for (const { wides } of index.wideOwners)
        for (const entry of wides) if (this.#isStillOut(entry)) this.#add(entry);
    }
    if (wide) for (const entry of entries.states) if (this.#saysStillOut(entry)) this.#add(entry);
    return this.#found;
  }

  *#ofUnit(): Generator<number> {
    const { entries, reporters } = this.state;
    let entry = reporters.unitTexts.value(this.joining.unit, FIRST);
    for (; entry !== NONE; entry = entries.nextOfUnit(entry)) yield entry;
  }

  /** Whether a member is out when the event says so, within the retention. */
  #isStillOut(entry: number): boolean {
    const { entries, rules, indexFrom } = this.state;
    const { t } = this.joining;
    const at = entries.t(entry);
    return at <= t && at >= indexFrom && t - at <= rules.at(t).retentionMs && !(entries.backAt(entry) <= t);
  }

  /** Whether a member says, within the retention, that the event is still out then. */
  #saysStillOut(entry: number): boolean {
    const { entries, rules, indexFrom } = this.state;
    const { t, backAt } = this.joining;
    const at = entries.t(entry);
    return at >= t && at >= indexFrom && at - t <= rules.at(at).retentionMs && !(backAt <= at);
  }

  #add(entry: number): void {
    const { entries, identities } = this.state;
    const { t } = this.joining;
    const body = entries.bodyOf(entry);
    if (body === null || this.known.has(body) || !body.isOpenAt(t)) return;
    this.known.add(body);
    const link = { ...identities.named(entries.identity(entry)), distanceM: null, dtMs: t - entries.t(entry) };
    this.#found.push({ owner: body, link });
  }
}
