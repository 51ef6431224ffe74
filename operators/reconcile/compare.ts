import { contentIdOf } from '../model/identity.js';
import {
  FIELD_KINDS,
  FINDING_KINDS,
  type Cause,
  type Change,
  type ChangedField,
  type ComparedOutage,
  type Figure,
  type Finding,
  type FindingKind,
  type Order,
} from './finding.js';
import { groupByMembers, type Group } from './groups.js';
import { sentenceOf } from './sentence.js';
import { memberKey } from './stored-entry.js';

const FIELDS = Object.keys(FIELD_KINDS) as readonly ChangedField[];

/** The causes of what differs in a group; the most telling first. */
export type CausesOf = (group: Group) => readonly Cause[];

/**
 * Compares the outages of one key by their members.
 * @param stream outages that live, as the stream stored them
 * @param replay outages that live, as the replay has them
 * @returns a finding for each group of outages that differs, by when it began; groups that agree are passed over
 */
export function findings(
  stream: readonly ComparedOutage[],
  replay: readonly ComparedOutage[],
  order: Order,
  causesOf: CausesOf,
): Finding[] {
  return groupByMembers(stream, replay).flatMap((group) => findingOf(group, order, causesOf) ?? []);
}

/** The finding that a group is; null if stream and replay agree. */
export function findingOf(group: Group, order: Order, causesOf: CausesOf): Finding | null {
  const { stream, replay, added, removed } = group;
  const changes = stream.length === 1 && replay.length === 1 ? changesOf(stream[0]!, replay[0]!, order) : [];
  const kind = kindOf(group, changes);
  if (kind === null) return null;
  const { substationId, feederId } = (stream[0] ?? replay[0])!;
  const found = { substationId, feederId, kind, stream, replay, added, removed, changes, causes: causesOf(group) };
  return {
    findingId: idOf(found),
    ...found,
    sentence: sentenceOf(found),
    customerMinutes: figureOf(found, ({ customerMinutes }) => customerMinutes),
    customersInterrupted: figureOf(found, ({ customersInterrupted }) => customersInterrupted),
  };
}

function kindOf({ stream, replay, added, removed }: Group, changes: readonly Change[]): FindingKind | null {
  if (stream.length === 0) return 'missing';
  if (replay.length === 0) return 'extra';
  if (stream.length > 1 && replay.length > 1) return 'regrouped';
  if (stream.length > 1) return 'merged';
  if (replay.length > 1) return 'split';
  if (added.length + removed.length > 0) return 'members';
  const kinds = new Set<FindingKind>(changes.map(({ field }) => FIELD_KINDS[field]));
  return FINDING_KINDS.find((kind) => kinds.has(kind)) ?? null;
}

function changesOf(stream: ComparedOutage, replay: ComparedOutage, order: Order): Change[] {
  return FIELDS.flatMap((field) => {
    // In event-time order another event may open the outage, and so on: the record is another, the outage is not.
    if (order === 'event-time' && FIELD_KINDS[field] === 'record') return [];
    const change = { field, stream: plain(stream[field]), replay: plain(replay[field]) };
    return change.stream === change.replay ? [] : [change];
  });
}

/** A list as a text: crews and flags have an order that means nothing. */
function plain(value: string | number | null | readonly string[]): string | number | null {
  return typeof value === 'object' && value !== null ? [...value].sort().join(', ') : value;
}

function figureOf(
  { stream, replay }: Pick<Group, 'stream' | 'replay'>,
  of: (outage: ComparedOutage) => number,
): Figure {
  const sum = (outages: readonly ComparedOutage[]): number => rounded(outages.reduce((all, one) => all + of(one), 0));
  const figure = { stream: sum(stream), replay: sum(replay) };
  return { ...figure, change: rounded(figure.replay - figure.stream) };
}

/** To the thousandth: sums of minutes that are whole milliseconds, without the dust of their addition. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function idOf({
  kind,
  stream,
  replay,
  changes,
}: Omit<Finding, 'findingId' | 'sentence' | 'customerMinutes' | 'customersInterrupted'>): string {
  const outage = ({ outageId, members }: ComparedOutage) => ({ outageId, members: members.map(memberKey).sort() });
  return contentIdOf({ kind, stream: stream.map(outage), replay: replay.map(outage), changes });
}
