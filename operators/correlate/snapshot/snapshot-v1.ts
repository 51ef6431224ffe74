import { parseKey } from '../../model/event.js';
import { SOURCES, type Source } from '../../model/source.js';
import type { RuleSet } from '../../model/rules.js';
import { unitVector } from '../../model/sphere.js';
import { EVERYWHERE } from '../linking/cells.js';
import type { Room } from '../columns/columns.js';
import { KeyState } from '../key-state.js';
import { OutageState, type OutageBody } from '../outage/outage-state.js';

/** The first version of the state of a key as bytes: objects that refer to each other by their position. */

interface PackedColumn {
  t: number[];
  source: Source[];
  sourceEventId: string[];
}

interface PackedBody {
  scalars: Omit<Partial<OutageBody>, 'latestBackAt'> & { latestBackAt: number | null };
  reporters: Record<Source, number>;
  weights: { weight: number; count: number }[];
  entries: { lastT: number; backAt: number | null; weight: number }[];
  wides: { unit: number; lastT: number; backAt: number | null }[];
  extent: { wide: PackedColumn; cells: (PackedColumn & { number: number; lat: number[]; lon: number[] })[] };
  box: [number, number, number, number] | null;
  indexed: boolean;
}

export interface PackedKeyV1 {
  version: 1;
  key: string;
  rules: { validFrom: number; ruleSet: RuleSet }[];
  scalars: Partial<KeyState>;
  origin: { lat: number; lon: number } | null;
  seen: Record<Source, [ids: string[], times: number[]]>;
  commandsSeen: [string, number][];
  feederRestorations: number[];
  units: { customerId: string | null; restorations: number[] | null; entries: number[] }[];
  /** The key of one without an asset is its event's id behind a NUL. */
  reporters: { source: Source; key: string; ownUnit: number | null; entries: number[] }[];
  outages: {
    outageId: string;
    openedBy: OutageState['openedBy'];
    scalars: Partial<OutageState>;
    flags: string[];
    crew: string[];
    acknowledgedBy: string[];
    /** Absent from snapshots of before there were amends. */
    amended?: string[];
    body: PackedBody | null;
  }[];
}

/** Decodes the state of a key that version 1 has packed. */
export function decodeVersion1(packed: PackedKeyV1, room: Room): KeyState {
  const state = new KeyState(parseKey(packed.key), room);
  const { identities, reporters, entries } = state;
  for (const { validFrom, ruleSet } of packed.rules) state.rules.add(ruleSet, validFrom);
  Object.assign(state, packed.scalars);
  state.index.origin = packed.origin;
  for (const source of SOURCES) {
    const [ids, times] = packed.seen[source];
    ids.forEach((sourceEventId, i) => {
      const identity = identities.of({ source, sourceEventId });
      identities.seenAt[identity] = times[i]!;
    });
  }
  for (const [id, t] of packed.commandsSeen) state.commandsSeen.set(id, t);
  reporters.feederRestorations.push(...packed.feederRestorations);
  reporters.memoryFrom = state.memoryFrom;

  const numbers = numbersOf(packed, state);
  const reporterAt: number[] = [];
  const unitAt: number[] = [];
  packed.reporters.forEach((one, i) => one.entries.forEach((at) => (reporterAt[at] = numbers.reporters[i]!)));
  packed.units.forEach((one, i) => one.entries.forEach((at) => (unitAt[at] = numbers.units[i]!)));
  let made = 0;
  for (const { outageId, openedBy, scalars, flags, crew, acknowledgedBy, amended = [], body } of packed.outages) {
    const outage = new OutageState(outageId, openedBy, entries, state.cells);
    Object.assign(outage, scalars);
    for (const flag of flags) outage.flags.add(flag);
    for (const name of crew) outage.crew.add(name);
    for (const name of acknowledgedBy) outage.acknowledgedBy.add(name);
    for (const identity of amended) outage.amended.add(identity);
    state.outages.set(outageId, outage);
    if (!body) continue;
    for (const { lastT, backAt, weight } of body.entries) {
      const entry = entries.make(reporterAt[made]!, unitAt[made]!, lastT, backAt ?? NaN, weight);
      made++;
      outage.body.put(entry);
    }
    fill(outage.body, body, numbers.units, state);
  }
  state.shareBodies();
  return state;
}

/** The numbers of reporters and units, by their positions. */
function numbersOf(packed: PackedKeyV1, { reporters }: KeyState): { reporters: number[]; units: number[] } {
  const units: number[] = [];
  const reporterNumbers = packed.reporters.map(({ source, key, ownUnit }) => {
    const own = key.startsWith('\0');
    const event = { source, assetId: own ? null : key, sourceEventId: own ? key.slice(1) : '', customerId: null };
    if (ownUnit !== null) units[ownUnit] = reporters.unitOf(event);
    return reporters.reporterOf(event);
  });
  packed.units.forEach(({ customerId, restorations }, i) => {
    if (customerId !== null) {
      units[i] = reporters.unitOf({ source: 'kaifa', assetId: null, sourceEventId: '', customerId });
    }
    for (const t of restorations ?? []) reporters.rememberUnit(units[i]!, t);
  });
  return { reporters: reporterNumbers, units };
}

function fill(body: OutageBody, packed: PackedBody, units: readonly number[], state: KeyState): void {
  const { members, identities } = state;
  const { latestBackAt, ...scalars } = packed.scalars;
  Object.assign(body, scalars, { latestBackAt: latestBackAt ?? NaN });
  Object.assign(body.reporters, packed.reporters);
  body.weights = packed.weights;
  body.wides = packed.wides.map(({ unit, lastT, backAt }) => ({ unit: units[unit]!, lastT, backAt: backAt ?? NaN }));
  body.noteWides();
  const add = (column: PackedColumn, i: number, lat: number, lon: number): number => {
    const at = { x: 0, y: 0, z: 0 };
    unitVector(lat, lon, at);
    const identity = identities.of({ source: column.source[i]!, sourceEventId: column.sourceEventId[i]! });
    return members.add({ t: column.t[i]!, lat, lon, ...at, identity });
  };
  const { wide, cells } = packed.extent;
  wide.t.forEach((_, i) => body.extent.put(EVERYWHERE, add(wide, i, 0, 0)));
  for (const column of cells) {
    column.t.forEach((_, i) => body.extent.put(column.number, add(column, i, column.lat[i]!, column.lon[i]!)));
  }
  if (packed.indexed) state.index.restore(body, packed.box);
}
