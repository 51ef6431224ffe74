import { keyText, type AmendCommand, type PlacedEvent } from '../model/event.js';
import { memberKeyOf, outageIdOf } from '../model/identity.js';
import type { Flag } from '../model/flags.js';
import type { CommandRejection } from '../model/rejections.js';
import { timeOf } from '../model/time.js';
import { Body } from './outage/body.js';
import { NONE } from './columns/columns.js';
import type { Draft } from './outage/draft.js';
import type { KeyState } from './key-state.js';
import type { OutageBody, OutageState } from './outage/outage-state.js';
import { FIRST } from './outage/reporters.js';

/**
 * Corrections: what reconciliation found is taken into an outage. All of a command holds or nothing does, so it is looked
 * through before anything is changed. See docs/contract.md, 11.3.
 */

/** An outage event that an amend takes in, and its place among the command's members, from 1. */
interface Taken {
  readonly event: PlacedEvent;
  readonly nth: number;
}

/** Why an amend is not carried out. */
interface Objection {
  readonly reason: CommandRejection;
  readonly detail: string;
}

/** What an amend comes to. */
interface Plan {
  /** Null: it is opened. */
  readonly outage: OutageState | null;
  readonly merging: readonly OutageState[];
  readonly taken: readonly Taken[];
  readonly restorations: readonly PlacedEvent[];
}

/** Carries out an amend, or rejects it; one that says nothing new changes nothing. */
export function amend(state: KeyState, command: AmendCommand, draft: Draft): void {
  const plan = planOf(state, command);
  if ('reason' in plan) {
    draft.reject(command, plan.reason, plan.detail);
    return;
  }
  const { merging, taken, restorations } = plan;
  if (merging.length + taken.length + restorations.length === 0) return;
  const outage = plan.outage ?? open(state, command, taken, draft);
  const before = outage.body.events;
  const wasClosed = [outage, ...merging].some(({ closed }) => closed);
  for (const other of merging) state.mergeInto(outage, other, draft);
  const known = command.whole ? restate(state, outage, draft) : [];
  for (const { event, nth } of taken) take(state, outage, event, nth, draft);
  tellAgain(state, outage.body, known);
  for (const event of restorations) {
    const t = timeOf(event);
    const identity = state.identities.of(event);
    // What is remembered has done all it can.
    if (t >= state.memoryFrom && state.reports.wasHeard(identity, t)) continue;
    if (state.restore(event, identity, t, draft)) draft.retold(outage, event);
  }
  outage.closed &&= outage.body.restoredAt !== null;
  if (wasClosed && !outage.closed) {
    outage.flags.add('reopened' satisfies Flag);
    draft.timeline(outage, 'reopened');
  }
  outage.decidedAt = Math.max(outage.decidedAt, command.at);
  draft.timeline(outage, 'amend', String(outage.body.events), String(before));
}

function planOf(state: KeyState, command: AmendCommand): Plan | Objection {
  const { outageId, members, whole } = command;
  const outage = state.living(outageId);
  const merging = new Set<OutageState>();
  for (const id of [outageId, ...command.absorbs]) {
    const named = state.living(id);
    if (named === null && (id !== outageId || whole)) return unknown(state, id);
    if (named?.cancelled) return { reason: 'cancelledOutage', detail: `Outage ${id} was cancelled: it takes no more.` };
    if (named !== null && named !== outage) merging.add(named);
  }
  const taken = takenOf(state, command, outage, merging);
  if (outage === null && !taken.some((one) => isOpener(state, one, outageId))) return unknown(state, outageId);
  if (whole && taken.length === 0) {
    return { reason: 'noMembers', detail: `Nothing would be left of outage ${outageId}: an outage has members.` };
  }
  return { outage, merging: [...merging], taken, restorations: members.filter(({ kind }) => kind === 'restoration') };
}

function unknown(state: KeyState, outageId: string): Objection {
  const detail = `No outage ${outageId} on ${keyText(state.key)}, or it was settled long ago: check the id.`;
  return { reason: 'unknownOutage', detail };
}

/**
 * The outage events that become members, each once: none that is a member elsewhere, and, unless all are stated anew,
 * none that is one here.
 */
function takenOf(
  state: KeyState,
  { members, whole }: AmendCommand,
  outage: OutageState | null,
  merging: ReadonlySet<OutageState>,
): Taken[] {
  const here = new Set<string>();
  const elsewhere = new Set<string>();
  for (const one of state.outages.values()) {
    if (one.mergedInto === null)
      addKnownMembers(one, state.indexFrom, one === outage || merging.has(one) ? here : elsewhere);
  }
  const told = new Set<string>();
  return members.flatMap((event, i) => {
    const member = memberOf(event);
    if (event.kind !== 'outage' || told.has(member)) return [];
    told.add(member);
    const isKnown = elsewhere.has(member) || (here.has(member) && !whole);
    return isKnown ? [] : [{ event, nth: i + 1 }];
  });
}

/**
 * The members of an outage as far as the state knows them: those in reach of linking, and those that amends took in.
 * All are looked up for each amend: amends are rare, and no event pays for them.
 */
function addKnownMembers({ amended, body }: OutageState, indexFrom: number, to: Set<string>): void {
  for (const member of amended) to.add(member);
  body.extent.eachFrom(indexFrom, (member) => to.add(member));
}

function isOpener({ key }: KeyState, { event }: Taken, outageId: string): boolean {
  return outageIdOf(key, event, timeOf(event)) === outageId;
}

function open(state: KeyState, { outageId }: AmendCommand, taken: readonly Taken[], draft: Draft): OutageState {
  const { event } = taken.find((one) => isOpener(state, one, outageId))!;
  return state.open(event, timeOf(event), draft)!;
}

/** A unit that was out at a time was back at another, epoch ms: so were its members in between. */
type Back = readonly [unit: number, outAt: number, backAt: number];

/**
 * Lets an outage begin anew, without members; what was decided about it stays.
 * @returns when its units were back: it must not forget what the memory of the key has forgotten
 */
function restate(state: KeyState, outage: OutageState, draft: Draft): Back[] {
  const { body } = outage;
  const { entries } = state;
  const known: Back[] = [];
  for (let entry = body.firstEntry; entry !== NONE; entry = entries.nextOfBody(entry)) {
    if (!entries.isOut(entry)) known.push([entries.unit(entry), entries.t(entry), entries.backAt(entry)]);
  }
  state.index.remove(body);
  body.forget();
  outage.body = new Body(outage, entries, state.cells);
  outage.amended.clear();
  outage.incident = null;
  // Whoever holds a merged outage finds the survivor's body through it.
  for (const id of outage.absorbed) state.outages.get(id)!.body = outage.body;
  draft.restate(outage);
  return known;
}

/** The units of a body were back at these times; nobody else is told. */
function tellAgain({ entries, reporters }: KeyState, body: OutageBody, known: readonly Back[]): void {
  for (const [unit, outAt, backAt] of known) {
    for (let entry = reporters.unitTexts.value(unit, FIRST); entry !== NONE; entry = entries.nextOfUnit(entry)) {
      if (entries.bodyOf(entry) === body) body.restore(entry, backAt, outAt);
    }
  }
}

function take(state: KeyState, outage: OutageState, event: PlacedEvent, nth: number, draft: Draft): void {
  const t = timeOf(event);
  outage.amended.add(memberOf(event));
  state.admit(outage, event, t);
  draft.amended(outage, event, t, nth);
}

function memberOf(event: PlacedEvent): string {
  return memberKeyOf(event, timeOf(event));
}
