import type { ComparedMember, ComparedOutage } from './finding.js';
import { identityOf } from './stored-entry.js';

/** Outages that have members in common, directly or through others of the group. */
export interface Group {
  readonly stream: readonly ComparedOutage[];
  readonly replay: readonly ComparedOutage[];
  /** Members of the replay that the stream does not have, and the reverse. */
  readonly added: readonly ComparedMember[];
  readonly removed: readonly ComparedMember[];
}

/** A member and the outage that has it. */
interface Place {
  readonly member: ComparedMember;
  readonly outage: Node;
}

/** An outage, and the next one up the tree of those known to belong together. */
interface Node {
  readonly outage: ComparedOutage;
  parent: Node | null;
}

/**
 * Groups outages of one key by their members; their ids say nothing.
 * @returns every outage once; groups and the outages in them by `firstDetectedAt`
 */
export function groupByMembers(stream: readonly ComparedOutage[], replay: readonly ComparedOutage[]): Group[] {
  const streamNodes = stream.map(nodeOf);
  const replayNodes = replay.map(nodeOf);
  const ofStream = placesOf(streamNodes);
  const ofReplay = placesOf(replayNodes);
  const added: Place[] = [];
  const removed: Place[] = [];
  for (const [identity, places] of ofReplay) {
    const { pairs, left, right } = pairUp(ofStream.get(identity) ?? [], places);
    for (const [a, b] of pairs) unite(a.outage, b.outage);
    removed.push(...left);
    added.push(...right);
  }
  for (const [identity, places] of ofStream) if (!ofReplay.has(identity)) removed.push(...places);
  const groups = new Map<Node, { [K in keyof Group]: Group[K][number][] }>();
  const groupOf = (node: Node) => {
    const root = rootOf(node);
    let group = groups.get(root);
    if (!group) groups.set(root, (group = { stream: [], replay: [], added: [], removed: [] }));
    return group;
  };
  for (const node of streamNodes) groupOf(node).stream.push(node.outage);
  for (const node of replayNodes) groupOf(node).replay.push(node.outage);
  for (const { member, outage } of added) groupOf(outage).added.push(member);
  for (const { member, outage } of removed) groupOf(outage).removed.push(member);
  return [...groups.values()]
    .map((group) => ({
      stream: group.stream.sort(byBegin),
      replay: group.replay.sort(byBegin),
      added: group.added.sort(byTime),
      removed: group.removed.sort(byTime),
    }))
    .sort((a, b) => compareTexts(beginOf(a), beginOf(b)) || compareTexts(firstIdOf(a), firstIdOf(b)));
}

/** When the first outage of a group began, whichever engine says so. */
export function beginOf({ stream, replay }: Pick<Group, 'stream' | 'replay'>): string {
  return [...stream, ...replay].reduce((first, { firstDetectedAt: at }) => (at < first ? at : first), '9');
}

const firstIdOf = ({ stream, replay }: Pick<Group, 'stream' | 'replay'>): string => [...stream, ...replay][0]!.outageId;

const nodeOf = (outage: ComparedOutage): Node => ({ outage, parent: null });

function placesOf(nodes: readonly Node[]): Map<string, Place[]> {
  const places = new Map<string, Place[]>();
  for (const outage of nodes) {
    for (const member of outage.outage.members) {
      const identity = identityOf(member);
      const known = places.get(identity);
      if (known) known.push({ member, outage });
      else places.set(identity, [{ member, outage }]);
    }
  }
  return places;
}

/**
 * Which of the stream's members of one identity is which of the replay's. A source may use an id again: those of the same
 * time are the same, the others by their order.
 */
export function pairUp<P extends { readonly member: ComparedMember }>(stream: readonly P[], replay: readonly P[]) {
  const pairs: (readonly [P, P])[] = [];
  const left = [...stream].sort((a, b) => byTime(a.member, b.member));
  const right = [...replay].sort((a, b) => byTime(a.member, b.member));
  for (let i = left.length - 1; i >= 0; i--) {
    const same = right.findIndex(({ member }) => member.t === left[i]!.member.t);
    if (same === -1) continue;
    pairs.push([left[i]!, right[same]!]);
    left.splice(i, 1);
    right.splice(same, 1);
  }
  while (left.length > 0 && right.length > 0) pairs.push([left.shift()!, right.shift()!]);
  return { pairs, left, right };
}

function rootOf(node: Node): Node {
  let root = node;
  while (root.parent) root = root.parent;
  // What was passed points at the root from now on, so that long chains stay short.
  for (let at = node; at.parent;) {
    const next: Node = at.parent;
    at.parent = root;
    at = next;
  }
  root.parent = null;
  return root;
}

function unite(a: Node, b: Node): void {
  const root = rootOf(a);
  const other = rootOf(b);
  if (root !== other) other.parent = root;
}

function byBegin(a: ComparedOutage, b: ComparedOutage): number {
  return compareTexts(a.firstDetectedAt, b.firstDetectedAt) || compareTexts(a.outageId, b.outageId);
}

/** The order in which members are told: that of a database would change with its plans. */
export function byTime(a: ComparedMember, b: ComparedMember): number {
  return (
    compareTexts(a.t, b.t) ||
    compareTexts(a.source, b.source) ||
    compareTexts(a.sourceEventId, b.sourceEventId) ||
    compareTexts(a.assetId ?? '', b.assetId ?? '')
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
