import type { Key, PlacedEvent } from '../model/event.js';
import type { Flag } from '../model/flags.js';
import { outageIdOf } from '../model/identity.js';
import { RuleTimeline } from '../model/rules.js';
import { unitVector } from '../model/sphere.js';
import { saysState } from '../model/state-report.js';
import { formatTime, isClockSuspect } from '../model/time.js';
import type { OutageRecord } from '../model/outage.js';
import { Cells } from './linking/cells.js';
import { NONE, type Room } from './columns/columns.js';
import type { Draft } from './outage/draft.js';
import { Entries } from './outage/entries.js';
import type { Joining } from './outage/joining.js';
import { LinkIndex } from './linking/link-index.js';
import { Identities, Members, type LinkEvent } from './linking/members.js';
import { FIRST_MEANING } from './meaning.js';
import { OutageState, type OutageBody } from './outage/outage-state.js';
import { FIRST, OUT_ENTRIES, OWN_UNIT, Reporters } from './outage/reporters.js';
import { Reports } from './reports/reports.js';

/** How often, in the key's own time, what can have no more effect is looked for. */
const SWEEP_MS = 45 * 60_000;

/** A restoration that is older than this when it is told is old news: nothing changes a restored outage for longer. */
const SETTLED_MS = 7 * 86_400_000;

/** Meters tell of a trip by their own clocks: so much earlier than the breaker they may say that it took them with it. */
const WITH_THE_FEEDER_MS = 5 * 60_000;

/** The state of one key, and the steps by which it changes: fold.ts takes them. Times are epoch milliseconds. */
export class KeyState {
  readonly rules = new RuleTimeline();
  readonly identities: Identities;
  readonly members: Members;
  readonly cells: Cells;
  readonly reporters: Reporters;
  readonly reports: Reports;
  readonly entries: Entries<OutageBody>;
  readonly index = new LinkIndex<OutageBody>();
  readonly outages = new Map<string, OutageState>();
  /** Ids of commands taken, with the watermark at which they were. */
  readonly commandsSeen = new Map<string, number>();
  /** By which meaning of the contract its log is taken, see `MEANINGS`. */
  meaning = FIRST_MEANING;
  /** The greatest time of the key's events but for those with a suspect clock. */
  watermark = -Infinity;
  /** Identities and restorations before it are forgotten. */
  memoryFrom = -Infinity;
  /** Members before it are out of the index. */
  indexFrom = -Infinity;
  sweptAt = -Infinity;
  /** Reports on whole substations that joined: of two of one time the earlier on the log names the incident. */
  incidents = 0;
  /** Rows of the columns after they were last compacted. */
  #compactRows = 0;
  readonly #linkEvent: LinkEvent = {
    t: 0.5,
    lat: 0.5,
    lon: 0.5,
    x: 0.5,
    y: 0.5,
    z: 0.5,
    wide: false,
    identity: 0,
    source: 'kaifa',
    assetId: null,
    sourceEventId: '',
  };
  readonly #joining: { -readonly [Name in keyof Joining]: Joining[Name] } = {
    reporter: 0,
    unit: 0,
    identity: 0,
    t: 0.5,
    backAt: 0.5,
    weight: 0.5,
    wide: false,
    state: false,
  };

  /** @param room where its columns are kept: shared with other keys */
  constructor(
    readonly key: Key,
    room: Room,
  ) {
    this.identities = new Identities(room);
    this.members = new Members(this.identities, room);
    this.cells = new Cells(this.members, room);
    this.reporters = new Reporters(room);
    this.reports = new Reports(this.identities, this.reporters, room);
    this.entries = new Entries(this.reporters, room);
  }

  /** The record of an outage, as it is now. */
  record(outage: OutageState): OutageRecord {
    return outage.record(this.key, this.rules.at(outage.body.lastEventAt), this.index.origin!.lon);
  }

  /** Moves the watermark on; what can have no more effect is swept out, now and then. Returns whether it was. */
  advance(watermark: number): boolean {
    this.watermark = watermark;
    this.moveHorizons();
    const sweep = Math.floor(watermark / SWEEP_MS);
    if (sweep === this.sweptAt) return false;
    this.sweptAt = sweep;
    this.#sweep();
    return true;
  }

  /** The horizons only move on: a longer retention does not bring back what is gone. */
  moveHorizons(): void {
    const { maxRetentionMs, maxWindowMs } = this.rules;
    this.memoryFrom = Math.max(this.memoryFrom, this.watermark - maxRetentionMs);
    this.reports.moveTo(this.memoryFrom, this.watermark);
    this.indexFrom = Math.max(this.indexFrom, this.watermark - maxRetentionMs - maxWindowMs);
  }

  #sweep(): void {
    this.commandsSeen.forEach((t, id) => {
      if (t < this.memoryFrom) this.commandsSeen.delete(id);
    });
    this.index.evictBefore(this.indexFrom);
    for (const outage of this.outages.values()) {
      if (outage.mergedInto !== null || !this.#isSettled(outage)) continue;
      this.index.remove(outage.body);
      outage.body.forget();
      for (const id of [outage.outageId, ...outage.absorbed]) this.outages.delete(id);
    }
    this.#compact();
  }

  /** Takes what was swept out of the columns too, once they are half as long again as after the last time. */
  #compact(): void {
    if (this.#rows < 1.5 * this.#compactRows) return;
    const { bodies } = this;
    const needed = this.reports.keep();
    this.reports.renumber(this.entries.keep(bodies, this.indexFrom, needed));
    const used = bodies.flatMap(({ extent }) => [...extent.allCells()]);
    const cells = this.cells.keep(used);
    for (const { extent } of bodies) extent.renumber(cells);
    this.#compactIdentities();
    this.#compactRows = this.#rows;
  }

  #compactIdentities(): void {
    const { texts } = this.identities;
    const used = new Uint8Array(texts.size);
    this.members.markIdentities(used);
    this.entries.markIdentities(used);
    const numbers = texts.keep((identity) => used[identity] === 1 || this.reports.isKnown(identity));
    this.members.renumber(numbers);
    this.entries.renumberIdentities(numbers);
  }

  /** Gives outages that have merged the body of their survivor, when they were put back one by one. */
  shareBodies(): void {
    for (const outage of this.outages.values()) {
      let survivor = outage;
      while (survivor.mergedInto !== null) survivor = this.outages.get(survivor.mergedInto)!;
      outage.body = survivor.body;
    }
  }

  /** What its outages are made of. */
  get bodies(): OutageBody[] {
    return [...this.outages.values()].flatMap(({ mergedInto, body }) => (mergedInto === null ? [body] : []));
  }

  get #rows(): number {
    return this.identities.texts.size + this.members.size + this.entries.size + this.reports.size;
  }

  #isSettled({ body, closed, cancelled, decidedAt }: OutageState): boolean {
    const { restoredAt } = body;
    if (closed || cancelled) return Math.max(body.lastEventAt, restoredAt ?? -Infinity, decidedAt) < this.indexFrom;
    return restoredAt !== null && restoredAt < this.watermark - SETTLED_MS;
  }

  /** Makes an outage event a member of an outage, wherever it is; later events link to it if it is not too old. */
  admit(outage: OutageState, event: PlacedEvent, t: number): void {
    this.index.origin ??= { lat: event.lat, lon: event.lon };
    const identity = this.identities.of(event);
    const linkEvent = t >= this.indexFrom ? this.describe(event, identity, t) : null;
    const who = this.joining(event, identity, t);
    if (!this.reports.wasHeard(identity, t)) this.reports.addOutage(event, who);
    this.join(outage, event, who, linkEvent);
  }

  /** An outage event as it joins now: by whom, for whom, and when that was back since. One object serves all. */
  joining(event: PlacedEvent, identity: number, t: number): Joining {
    const joining = this.#joining;
    joining.reporter = this.reporters.reporterOf(event);
    joining.unit = this.reporters.unitOf(event);
    joining.identity = identity;
    joining.t = t;
    joining.weight = this.rules.at(t).weights[event.source];
    this.reports.noteBack(event, joining);
    joining.wide = event.reach !== 'point';
    joining.state = saysState(event);
    return joining;
  }

  /**
   * Makes an event a member.
   * @param who as {@link joining} gave it
   * @param linkEvent as it stands in the index; null: it is too old to be there
   * @returns whether the member is back already
   */
  join(outage: OutageState, event: PlacedEvent, who: Joining, linkEvent: LinkEvent | null): boolean {
    const { t, backAt } = who;
    outage.body.add(event, who, this.rules.at(t), this.index.origin!.lon);
    if (linkEvent) this.index.add(outage.body, linkEvent);
    if (isClockSuspect(event)) outage.flags.add('clockSuspect' satisfies Flag);
    if (event.flags.length > 0) for (const flag of event.flags) outage.flags.add(flag);
    if (event.reach === 'substation') {
      const { source, assetId, sourceEventId } = event;
      outage.noteIncident({ t, place: this.incidents++, source, assetId, sourceEventId });
    }
    return !Number.isNaN(backAt);
  }

  /** The event as linking sees it. One object serves all: a storm would make six boxed numbers for each event. */
  describe({ lat, lon, reach, source, assetId, sourceEventId }: PlacedEvent, identity: number, t: number): LinkEvent {
    const linkEvent = this.#linkEvent;
    linkEvent.t = t;
    linkEvent.lat = lat;
    linkEvent.lon = lon;
    linkEvent.wide = reach !== 'point';
    linkEvent.identity = identity;
    linkEvent.source = source;
    linkEvent.assetId = assetId;
    linkEvent.sourceEventId = sourceEventId;
    unitVector(lat, lon, linkEvent);
    return linkEvent;
  }

  /** Opens an outage. Null if an event of these names at this very time (epoch ms) has opened one before. */
  open(event: PlacedEvent, t: number, draft: Draft): OutageState | null {
    const outageId = outageIdOf(this.key, event, t);
    if (this.outages.has(outageId)) return null;
    const { source, assetId, sourceEventId } = event;
    const openedBy = { source, assetId, sourceEventId, t: formatTime(t) };
    const outage = new OutageState(outageId, openedBy, this.entries, this.cells);
    this.outages.set(outageId, outage);
    outage.revision = draft.lastRevisionOf(outageId);
    draft.timeline(outage, 'opened');
    return outage;
  }

  /** One outage becomes part of another: nothing of it is lost. */
  mergeInto(survivor: OutageState, other: OutageState, draft: Draft): void {
    draft.timeline(other, 'merged', survivor.outageId);
    draft.timeline(survivor, 'absorbed', other.outageId);
    other.epitaph = this.record(other);
    survivor.takeOver(other);
    this.#mergeBodies(survivor, other);
  }

  #mergeBodies(survivor: OutageState, other: OutageState): void {
    const [large, small] =
      survivor.body.events >= other.body.events ? [survivor.body, other.body] : [other.body, survivor.body];
    large.absorb(small);
    this.index.merge(large, small);
    large.outage = survivor;
    survivor.body = large;
    // Whoever holds the merged outage finds the survivor's body through it.
    other.body = large;
  }

  /** What a restoration at `t` (epoch ms) speaks for is back. Returns whether that concerns a member. */
  restore(event: PlacedEvent, identity: number, t: number, draft: Draft): boolean {
    const { reporters, reports } = this;
    const unit = reporters.unitOf(event);
    const teller = reporters.reporterOf(event);
    const counts = { t };
    if (event.reach !== 'point') {
      const from = this.#firstEndedBy(t) - WITH_THE_FEEDER_MS;
      reports.addWideRestoration(event, counts, identity, unit, teller, from);
      return this.#restoreFeeder(t, from, draft);
    }
    const isCustomer = event.customerId !== null;
    reports.addRestoration(event, counts, identity, unit, teller, isCustomer);
    const concerned = this.#restoreUnit(unit, t, draft);
    // Its reporter may have been a unit of its own, when no customer was known.
    const own = isCustomer ? reporters.texts.value(teller, OWN_UNIT) : NONE;
    return (own !== NONE && this.#restoreUnit(own, t, draft)) || concerned;
  }

  /** A command says that a unit is back at `t` (epoch ms). */
  decideBack(unit: number, t: number, draft: Draft): void {
    this.reports.addDecision(unit, t);
    this.#restoreUnit(unit, t, draft);
  }

  /** A unit is back at `t` (epoch ms). Returns whether that concerns a member. */
  #restoreUnit(unit: number, t: number, draft: Draft): boolean {
    const { entries, reporters } = this;
    let concerned = false;
    // What was back by then stays as it is: only what is out need be looked for.
    const { unitTexts } = reporters;
    let left = t >= reporters.latestBackOfUnit[unit]! ? unitTexts.value(unit, OUT_ENTRIES) : Infinity;
    for (let entry = unitTexts.value(unit, FIRST); entry !== NONE && left > 0; entry = entries.nextOfUnit(entry)) {
      const body = entries.bodyOf(entry);
      if (body === null) continue;
      if (entries.isOut(entry)) left--;
      if (!body.restore(entry, t, -Infinity)) continue;
      draft.touch(body.outage);
      concerned = true;
    }
    return concerned;
  }

  /** The earliest wide member that a wide restoration at `t` (epoch ms) ends; if it ends none, the beginning of time. */
  #firstEndedBy(t: number): number {
    let first = Infinity;
    for (const outage of this.outages.values())
      if (outage.mergedInto === null) first = Math.min(first, outage.body.firstWideOutUntil(t));
    return first === Infinity ? -Infinity : first;
  }

  /** All members since `from` are back at `t` (epoch ms). Returns whether that concerns one. */
  #restoreFeeder(t: number, from: number, draft: Draft): boolean {
    const { entries } = this;
    let concerned = false;
    for (const outage of this.outages.values()) {
      if (outage.mergedInto !== null) continue;
      for (let entry = outage.body.firstEntry; entry !== NONE; entry = entries.nextOfBody(entry)) {
        if (!outage.body.restore(entry, t, from)) continue;
        draft.touch(outage);
        concerned = true;
      }
    }
    return concerned;
  }

  /** The outage of an id, or the one that it merged into; null if there is none, or it was settled long ago. */
  living(outageId: string): OutageState | null {
    let outage = this.outages.get(outageId);
    while (outage?.mergedInto) outage = this.outages.get(outage.mergedInto);
    return outage ?? null;
  }
}
