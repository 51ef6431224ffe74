import { isForKey } from '../model/event.js';
import { outageIdOf } from '../model/identity.js';
import type { LateReason } from '../model/rejections.js';
import { formatTime } from '../model/time.js';
import type { Cause, CauseReason, Order } from './finding.js';
import type { Group } from './groups.js';
import { durationText, shortId } from './sentence.js';
import {
  byLog,
  identityOf,
  memberKey,
  nameOf,
  type KeyEntries,
  type LogPlace,
  type StoredCommand,
  type StoredEvent,
} from './stored-entry.js';

/** So many entries that were taken out of their order are named; more would tell nothing new. */
const TAKEN_AFTER_SHOWN = 10;

/** What the stream did with an event that is in none of its outages. */
export interface StreamOutcome {
  readonly what: LateReason | 'duplicate' | 'setAside';
  /** `behindWatermark`: how far its feeder had come, epoch ms; else null. */
  readonly watermark: number | null;
  /** `setAside`: the error; else null. */
  readonly detail: string | null;
  readonly log: LogPlace;
}

/** What is known of the entries of one key and of what both engines made of them. */
export interface Testimony {
  readonly substationId: string;
  readonly feederId: string;
  readonly entries: KeyEntries;
  /** By {@link memberKey}: the outage that each member joined, by both. */
  readonly joinedStream: ReadonlyMap<string, string>;
  readonly joinedReplay: ReadonlyMap<string, string>;
  /** By {@link nameOf}, as the stream keeps them: events that are members in the replay alone. */
  readonly streamOutcomes: ReadonlyMap<string, readonly StreamOutcome[]>;
  /** By {@link identityOf}: what the replay made of events that are members in the stream alone. */
  readonly replayOutcomes: ReadonlyMap<string, string>;
}

/** What made a group of outages differ, the most telling first; empty if nothing of what is stored explains it. */
export function causesOf(group: Group, order: Order, testimony: Testimony): Cause[] {
  if (order === 'log') return partingOf(group, testimony);
  const left = [...leftOutByStream(group, testimony), ...leftOutByReplay(group, testimony)];
  return left.length > 0 ? left : takenAfter(group, testimony);
}

/** Events that are members in the replay alone: why the stream did not correlate them. */
function leftOutByStream({ added }: Group, testimony: Testimony): Cause[] {
  return added
    .flatMap((member) => {
      const event = testimony.entries.eventOf(member);
      return event ? eventCause(event, ...whyLeftOut(event, testimony)) : [];
    })
    .sort((a, b) => (b.byMs ?? 0) - (a.byMs ?? 0));
}

function whyLeftOut(event: StoredEvent, testimony: Testimony): readonly [CauseReason, number | null, string] {
  const outcome = outcomeOf(event, testimony);
  switch (outcome?.what) {
    case 'receivedTooLate': {
      const byMs = event.receivedAt - event.t;
      return ['receivedTooLate', byMs, `came ${durationText(byMs)} late`];
    }
    case 'behindWatermark': {
      const byMs = outcome.watermark! - event.t;
      return ['behindWatermark', byMs, `came to the log when its feeder had got ${durationText(byMs)} further`];
    }
    case 'duplicate':
      return ['takenForCopy', null, 'was taken for a copy of an event that had been heard'];
    case 'setAside':
      return ['setAside', null, `was set aside by the stream (${outcome.detail})`];
    // Restorations alone are old news, and they are members of nothing.
    case 'oldNews':
    case undefined:
      return ['noOutcome', null, 'left no trace in what the stream stored'];
  }
}

/** What the stream did with an event; of several copies, with the one that the replay took, else with the first. */
function outcomeOf(event: StoredEvent, { streamOutcomes }: Testimony): StreamOutcome | undefined {
  const outcomes = streamOutcomes.get(nameOf(event)) ?? [];
  return outcomes.find((outcome) => byLog(outcome, event) === 0) ?? outcomes[0];
}

/** Events that are members in the stream alone: the replay, in the order of events, had no use for them. */
function leftOutByReplay({ removed }: Group, testimony: Testimony): Cause[] {
  return removed.flatMap((member) => {
    const event = testimony.entries.eventOf(member);
    const outcome = testimony.replayOutcomes.get(identityOf(member)) ?? 'not taken';
    return event ? eventCause(event, 'takenForCopy', null, `is ${replayWords(outcome)} in the replay`) : [];
  });
}

/** Restorations and commands that stand on the log behind outage events of the group which happened later, or before. */
function takenAfter(group: Group, { entries }: Testimony): Cause[] {
  const members = [...group.stream, ...group.replay].flatMap((outage) => outage.members);
  const events = [...new Set(members.flatMap((member) => entries.eventOf(member) ?? []))];
  const units = new Set(events.map(({ unit }) => unit));
  const openers = new Set(events.map(memberKey));
  const causes: Cause[] = [];
  for (const restoration of entries.restorations) {
    if (restoration.reach === 'point' && !units.has(restoration.unit)) continue;
    const other = latest(events.filter((event) => byLog(event, restoration) < 0 && event.t > restoration.t));
    if (other)
      causes.push(eventCause(restoration, 'takenAfter', other.t - restoration.t, afterWords(other, restoration.t)));
  }
  for (const command of entries.commands) {
    if (command.openedBy ? !openers.has(memberKey(command.openedBy)) : !isForKey(command.command)) continue;
    const before = latest(events.filter((event) => byLog(event, command) < 0 && event.t > command.t));
    if (before) causes.push(commandCause(command, before.t - command.t, afterWords(before, command.t)));
    for (const event of events) {
      if (byLog(event, command) < 0 || event.t >= command.t) continue;
      const byMs = command.t - event.t;
      const says = `was taken after the command ${command.command} of ${command.author}, decided ${durationText(byMs)} later`;
      causes.push(eventCause(event, 'takenAfter', byMs, says));
    }
  }
  return causes.sort((a, b) => b.byMs! - a.byMs!).slice(0, TAKEN_AFTER_SHOWN);
}

function latest(events: readonly StoredEvent[]): StoredEvent | null {
  return events.reduce<StoredEvent | null>((last, event) => (last === null || event.t > last.t ? event : last), null);
}

function afterWords(other: StoredEvent, t: number): string {
  return `was taken after ${nameOf(other)}, which happened ${durationText(other.t - t)} later`;
}

/** In log order: the first event on the log of which the engines made different things. */
function partingOf({ stream, replay }: Group, testimony: Testimony): Cause[] {
  const members = new Map(
    [...stream, ...replay].flatMap((outage) => outage.members).map((member) => [memberKey(member), member]),
  );
  const parted = [...members].flatMap(([key, member]) => {
    const event = testimony.entries.eventOf(member);
    const by = [testimony.joinedStream.get(key), testimony.joinedReplay.get(key)] as const;
    return event && by[0] !== by[1] ? { event, by } : [];
  });
  parted.sort((a, b) => byLog(a.event, b.event));
  const first = parted[0];
  if (!first) return [];
  const { event, by } = first;
  const didStream =
    by[0] === undefined ? streamWords(outcomeOf(event, testimony)) : joiningWords(event, by[0], testimony);
  const replayOutcome = testimony.replayOutcomes.get(identityOf(event)) ?? 'not taken';
  const didReplay = by[1] === undefined ? `is ${replayWords(replayOutcome)}` : joiningWords(event, by[1], testimony);
  const says = `is where they part: in the stream it ${didStream}, in the replay it ${didReplay}`;
  return [eventCause(event, 'parted', null, says)];
}

function joiningWords(event: StoredEvent, outageId: string, key: Testimony): string {
  const opened = outageIdOf(key, event, event.t) === outageId;
  return `${opened ? 'opened' : 'joined'} outage ${shortId(outageId)}`;
}

function streamWords(outcome: StreamOutcome | undefined): string {
  switch (outcome?.what) {
    case 'receivedTooLate':
    case 'behindWatermark':
    case 'oldNews':
      return `is late (${outcome.what})`;
    case 'duplicate':
      return 'is a copy';
    case 'setAside':
      return `was set aside (${outcome.detail})`;
    case undefined:
      return 'left no trace';
  }
}

/** What the second engine calls its outcomes, as people say it. */
function replayWords(outcome: string): string {
  return outcome === 'duplicate' || outcome === 'member' ? 'a copy' : outcome;
}

function eventCause(event: StoredEvent, reason: CauseReason, byMs: number | null, says: string): Cause {
  const { source, sourceEventId, kind, t, receivedAt, log } = event;
  return {
    name: nameOf(event),
    event: { source, sourceEventId, kind },
    commandId: null,
    t: formatTime(t),
    receivedAt: formatTime(receivedAt),
    reason,
    byMs,
    says,
    log,
  };
}

function commandCause({ command, commandId, t, log }: StoredCommand, byMs: number, says: string): Cause {
  return {
    name: `${command} ${commandId}`,
    event: null,
    commandId,
    t: formatTime(t),
    receivedAt: null,
    reason: 'takenAfter',
    byMs,
    says,
    log,
  };
}
