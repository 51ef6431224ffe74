import type { Key, PlacedEvent } from '../model/event.js';
import type { Flag } from '../model/flags.js';
import { outageIdOf } from '../model/identity.js';
import { RuleTimeline } from '../model/rules.js';
import { unitVector } from '../model/sphere.js';
import { isClockSuspect } from '../model/time.js';
import type { OutageRecord } from '../model/outage.js';
import { Cells } from './linking/cells.js';
import { NONE, type Room } from './columns/columns.js';
import type { Draft } from './outage/draft.js';
import { Entries } from './outage/entries.js';
import { LinkIndex } from './linking/link-index.js';
import { Identities, Members, type LinkEvent } from './linking/members.js';
import { FIRST_MEANING } from './meaning.js';
import { OutageState, type OutageBody } from './outage/outage-state.js';
import { FIRST, OUT_ENTRIES, Reporters } from './outage/reporters.js';

/** How often, in the key's own time, what can have no more effect is looked for. */
const SWEEP_MS = 45 * 60_000;

/** No event counts at a time earlier than this before it was received: nothing changes a restored outage for longer. */
const SETTLED_MS = 7 * 86_400_000;

/** The state of one key, and the steps by which it changes: fold.ts takes them. Times are epoch milliseconds. */
export class KeyState {
  readonly rules = new RuleTimeline();
  readonly identities: Identities;
  readonly members: Members;
  readonly cells: Cells;
  readonly reporters: Reporters;
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
    sourceEventId: '',
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
    this.reporters.memoryFrom = this.memoryFrom;
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
    this.entries.keep(bodies);
    const used = bodies.flatMap(({ extent }) => [...extent.allCells()]);
    const cells = this.cells.keep(used, (seenAt) => seenAt >= this.memoryFrom);
    for (const { extent } of bodies) extent.renumber(cells);
    this.#compactRows = this.#rows;
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
    return this.identities.texts.size + this.members.size + this.entries.size + this.reporters.restorations;
  }

  #isSettled({ body, closed, cancelled, decidedAt }: OutageState): boolean {
    const { restoredAt } = body;
    if (closed || cancelled) return Math.max(body.lastEventAt, restoredAt ?? -Infinity, decidedAt) < this.indexFrom;
    return restoredAt !== null && restoredAt < this.watermark - SETTLED_MS;
  }

  /** Makes an outage event a member of an outage, wherever it is; later events link to it if it is not too old. */
  admit(outage: OutageState, event: PlacedEvent, t: number): void {
    this.index.origin ??= { lat: event.lat, lon: event.lon };
    const linkEvent = t >= this.indexFrom ? this.describe(event, this.identities.of(event), t) : null;
    this.join(outage, event, t, linkEvent);
  }

  /**
   * Makes an event a member.
   * @param linkEvent as it stands in the index; null: it is too old to be there
   * @returns whether the member is back already
   */
  join(outage: OutageState, event: PlacedEvent, t: number, linkEvent: LinkEvent | null): boolean {
    const back = outage.body.add(event, t, this.rules.at(t), this.index.origin!.lon);
    if (linkEvent) this.index.add(outage.body, linkEvent);
    if (isClockSuspect(event)) outage.flags.add('clockSuspect' satisfies Flag);
    if (event.flags.length > 0) for (const flag of event.flags) outage.flags.add(flag);
    if (event.reach === 'substation')
      outage.noteIncident({ t, source: event.source, sourceEventId: event.sourceEventId });
    return back;
  }

  /** The event as linking sees it. One object serves all: a storm would make six boxed numbers for each event. */
  describe({ lat, lon, reach, source, sourceEventId }: PlacedEvent, identity: number, t: number): LinkEvent {
    const linkEvent = this.#linkEvent;
    linkEvent.t = t;
    linkEvent.lat = lat;
    linkEvent.lon = lon;
    linkEvent.wide = reach !== 'point';
    linkEvent.identity = identity;
    linkEvent.source = source;
    linkEvent.sourceEventId = sourceEventId;
    unitVector(lat, lon, linkEvent);
    return linkEvent;
  }

  /** Opens an outage. Null if the very event has opened one before: its identity was forgotten, what it did was not. */
  open(event: PlacedEvent, draft: Draft): OutageState | null {
    const { substationId, feederId } = this.key;
    const outageId = outageIdOf(substationId, feederId, event.source, event.sourceEventId);
    if (this.outages.has(outageId)) return null;
    const openedBy = { source: event.source, sourceEventId: event.sourceEventId };
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

  /** What a restoration at `t` speaks for is back. Returns whether that concerns a member. */
  restore(event: PlacedEvent, t: number, draft: Draft): boolean {
    if (event.reach !== 'point') return this.#restoreFeeder(t, draft);
    return this.restoreUnit(this.reporters.unitOf(event), t, draft);
  }

  /** A unit is back at `t` (epoch ms). Returns whether that concerns a member. */
  restoreUnit(unit: number, t: number, draft: Draft): boolean {
    const { entries, reporters } = this;
    if (!reporters.rememberUnit(unit, t)) return false;
    let concerned = false;
    // What was back by then stays as it is: only what is out need be looked for.
    const { unitTexts } = reporters;
    let left = t >= reporters.latestBackOfUnit[unit]! ? unitTexts.value(unit, OUT_ENTRIES) : Infinity;
    for (let entry = unitTexts.value(unit, FIRST); entry !== NONE && left > 0; entry = entries.nextOfUnit(entry)) {
      const body = entries.bodyOf(entry);
      if (body === null) continue;
      if (entries.isOut(entry)) left--;
      if (!body.restore(entry, t)) continue;
      draft.touch(body.outage);
      concerned = true;
    }
    return concerned;
  }

  #restoreFeeder(t: number, draft: Draft): boolean {
    const { entries } = this;
    if (!this.reporters.rememberFeeder(t)) return false;
    let concerned = false;
    for (const outage of this.outages.values()) {
      if (outage.mergedInto !== null) continue;
      for (let entry = outage.body.firstEntry; entry !== NONE; entry = entries.nextOfBody(entry)) {
        if (!outage.body.restore(entry, t)) continue;
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
