import {
  isCommand,
  keyText,
  type Command,
  type LogEntry,
  type OutageCommand,
  type PlacedEvent,
} from '../model/event.js';
import type { Link, LogPosition, Outcome } from '../model/outcome.js';
import type { Flag } from '../model/flags.js';
import type { LateReason } from '../model/rejections.js';
import { isClockSuspect, isOldNews, timeOf } from '../model/time.js';
import { amend } from './amend.js';
import { AHEAD } from './columns/text-table.js';
import type { KeyState } from './key-state.js';
import { requireMeaning } from './meaning.js';
import type { Found } from './linking/link-index.js';
import { Draft } from './outage/draft.js';
import type { OutageBody, OutageState } from './outage/outage-state.js';
import { withStateLinks } from './state-links.js';

/**
 * The fold of one key's log: takes its entries into its state, one after the other. No clock, no I/O, no chance: the same
 * entries give the same outages. Times are epoch milliseconds.
 */
export class Fold {
  constructor(readonly state: KeyState) {}

  /**
   * Takes in the entries of one log record, in order.
   * @returns what is to be published: each outage that changed once, as it is after the last entry
   */
  apply(entries: readonly LogEntry[], log: LogPosition): Outcome {
    const draft = new Draft(this.state.key, log);
    for (const entry of entries) {
      // Before anything has changed: who does not know what the log means must not take half a record in.
      if (isCommand(entry) && entry.command === 'meaning')
        requireMeaning(entry.number, `The log of ${keyText(this.state.key)}`);
    }
    entries.forEach((entry, logIndex) => {
      if (logIndex % AHEAD === 0) this.#lookAhead(entries.slice(logIndex, logIndex + AHEAD));
      draft.begin(entry, logIndex, isCommand(entry) ? entry.at : timeOf(entry));
      if (isCommand(entry)) this.#command(entry, draft);
      else this.#event(entry, draft);
      draft.end();
    });
    return draft.outcome((outage) => this.state.record(outage));
  }

  /**
   * In a large storm every event looks at places of memory that are in no cache, and waits for each of them. Here they are
   * looked at for many events together. Nothing depends on it but time.
   */
  #lookAhead(entries: readonly LogEntry[]): void {
    const events = entries.filter((entry): entry is PlacedEvent => !isCommand(entry));
    this.state.identities.lookAhead(events);
    this.state.reporters.lookAhead(events);
  }

  #event(event: PlacedEvent, draft: Draft): void {
    let identity = this.state.identities.of(event);
    const t = timeOf(event);
    if (this.#isCopy(event, identity, t)) {
      draft.duplicate(event);
      return;
    }
    const late = this.#lateReason(event, t);
    if (late) draft.late(event, late, this.state.watermark);
    // A sweep gives new numbers.
    if (t > this.state.watermark && !isClockSuspect(event) && this.state.advance(t))
      identity = this.state.identities.of(event);
    if (late) return;
    if (event.kind === 'outage') this.#outage(event, identity, t, draft);
    else this.#restoration(event, identity, t, draft);
  }

  #isCopy(event: PlacedEvent, identity: number, t: number): boolean {
    const { reporters, reports } = this.state;
    // Nearly all are heard of for the first time.
    if (!reports.isKnown(identity)) return false;
    return reports.isCopy(event, identity, reporters.unitOf(event), reporters.reporterOf(event), t);
  }

  #lateReason(event: PlacedEvent, t: number): LateReason | null {
    if (event.kind === 'restoration') return isOldNews(t, event.receivedAt) ? 'oldNews' : null;
    const rules = this.state.rules.at(t);
    if (t < event.receivedAt - rules.windowMs - rules.latenessMs) return 'receivedTooLate';
    return t < this.state.watermark - rules.retentionMs ? 'behindWatermark' : null;
  }

  #outage(event: PlacedEvent, identity: number, t: number, draft: Draft): void {
    this.state.index.origin ??= { lat: event.lat, lon: event.lon };
    const linkEvent = this.state.describe(event, identity, t);
    const joining = this.state.joining(event, identity, t);
    const probes = this.state.index.probes(t, this.state.rules, this.state.indexFrom);
    const found = withStateLinks(this.state, joining, this.state.index.find(linkEvent, probes));
    const wasClosed = isSomeClosed(found);
    const outage = found.length === 0 ? this.state.open(event, t, draft) : this.#merge(found, draft);
    if (outage === null) {
      draft.duplicate(event);
      return;
    }
    this.state.reports.addOutage(event, joining);
    const back = this.state.join(outage, event, joining, linkEvent);
    outage.closed &&= back;
    if (wasClosed && !outage.closed) {
      outage.flags.add('reopened' satisfies Flag);
      draft.timeline(outage, 'reopened');
    }
    draft.member(outage, event, linkOf(found));
  }

  /** The survivor of the outages to which an event links: the earliest first report, ties by smaller id. */
  #merge(found: readonly Found<OutageBody>[], draft: Draft): OutageState {
    if (found.length === 1) return found[0]!.owner.outage;
    const outages = found
      .map(({ owner }) => owner.outage)
      .sort((a, b) => a.body.firstDetectedAt - b.body.firstDetectedAt || (a.outageId < b.outageId ? -1 : 1));
    const [survivor, ...others] = outages as [OutageState, ...OutageState[]];
    for (const other of others) this.state.mergeInto(survivor, other, draft);
    return survivor;
  }

  #restoration(event: PlacedEvent, identity: number, t: number, draft: Draft): void {
    if (this.state.restore(event, identity, t, draft)) draft.restoration(event);
    else draft.withoutEffect(event);
  }

  #command(command: Command, draft: Draft): void {
    const seenAt = this.state.commandsSeen.get(command.commandId);
    if (seenAt !== undefined && seenAt >= this.state.memoryFrom) return;
    this.state.commandsSeen.set(command.commandId, Math.max(this.state.watermark, command.at));
    if (command.command === 'rules') {
      this.state.rules.add(command.ruleSet, command.validFrom);
      this.state.moveHorizons();
      return;
    }
    if (command.command === 'meaning') {
      this.state.meaning = command.number;
      return;
    }
    if (command.command === 'amend') {
      amend(this.state, command, draft);
      return;
    }
    const outage = this.state.living(command.outageId);
    if (!outage) {
      draft.reject(
        command,
        'unknownOutage',
        `No outage ${command.outageId} on ${keyText(this.state.key)}, or it was settled long ago: check the id.`,
      );
      return;
    }
    this.#decide(outage, command, draft);
  }

  #decide(outage: OutageState, command: OutageCommand, draft: Draft): void {
    outage.decide(command);
    if (outage.cancelled) this.state.index.remove(outage.body);
    if (command.command === 'restore' || command.command === 'close') {
      for (const unit of outage.body.units) this.state.decideBack(unit, command.at, draft);
    }
    const to = command.command === 'crew' ? (command.crew ?? null) : null;
    draft.timeline(outage, command.leaves ? 'crewLeft' : command.command, to);
  }
}

function isSomeClosed(found: readonly Found<OutageBody>[]): boolean {
  for (let i = 0; i < found.length; i++) if (found[i]!.owner.outage.closed) return true;
  return false;
}

/** Of several links one tells why: the first by identity, so that it does not depend on the order of the search. */
function linkOf(found: readonly Found<OutageBody>[]): Link | null {
  if (found.length === 1) return found[0]!.link;
  let best: Link | null = null;
  for (const { link } of found) {
    if (best === null || compareNames(link, best) < 0) best = link;
  }
  return best;
}

function compareNames(a: Link, b: Link): number {
  return (
    compare(a.source, b.source) ||
    compare(a.sourceEventId, b.sourceEventId) ||
    compare(a.assetId ?? '', b.assetId ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
