import { pack, unpack } from 'msgpackr';
import { parseKey, keyText, SOURCES, type Source } from '../event.js';
import type { RuleSet } from '../rules.js';
import { unitVector } from '../sphere.js';
import type { Body } from './body.js';
import { Cell } from './extent.js';
import { KeyState } from './key-state.js';
import { OutageState } from './outage-state.js';
import type { Entry, Reporter, Unit } from './reporters.js';

/**
 * The state of a key as bytes. A restored state must go on exactly as the one it was taken from would have, so what has
 * an order (outages, cells, entries of a unit) keeps it. Objects that refer to each other do so by their position here.
 */
const VERSION = 1;

interface PackedExtent {
  wide: { t: number[]; source: Source[]; sourceEventId: string[] };
  cells: { number: number; t: number[]; source: Source[]; sourceEventId: string[]; lat: number[]; lon: number[] }[];
}

type Scalars = Pick<Body, (typeof BODY_SCALARS)[number]>;

interface PackedBody {
  scalars: Scalars;
  reporters: Record<Source, number>;
  weights: { weight: number; count: number }[];
  entries: { lastT: number; backAt: number | null; weight: number }[];
  wides: { unit: number; lastT: number; backAt: number | null }[];
  extent: PackedExtent;
  box: [number, number, number, number] | null;
  indexed: boolean;
}

interface PackedOutage {
  outageId: string;
  openedBy: OutageState['openedBy'];
  scalars: Pick<OutageState, (typeof OUTAGE_SCALARS)[number]>;
  flags: string[];
  crew: string[];
  acknowledgedBy: string[];
  /** Absent from snapshots of before there were amends. */
  amended?: string[];
  /** Null: it shares the body of the outage that it merged into. */
  body: PackedBody | null;
}

interface PackedKey {
  version: number;
  key: string;
  rules: { validFrom: number; ruleSet: RuleSet }[];
  scalars: Pick<KeyState, (typeof KEY_SCALARS)[number]>;
  origin: { lat: number; lon: number } | null;
  seen: Record<Source, [ids: string[], times: number[]]>;
  commandsSeen: [string, number][];
  feederRestorations: number[];
  units: { customerId: string | null; restorations: number[] | null; entries: number[] }[];
  reporters: { source: Source; key: string; ownUnit: number | null; entries: number[] }[];
  outages: PackedOutage[];
}

const KEY_SCALARS = ['watermark', 'memoryFrom', 'indexFrom', 'sweptAt'] as const;

const OUTAGE_SCALARS = [
  'status',
  'mergedInto',
  'absorbed',
  'cancelled',
  'closed',
  'decidedAt',
  'confirmed',
  'etr',
  'incident',
  'epitaph',
  'revision',
  'log',
] as const;

const BODY_SCALARS = [
  'events',
  'firstDetectedAt',
  'lastEventAt',
  'assetsAffected',
  'assetsOut',
  'unitsAffected',
  'unitsOut',
  'customersAffected',
  'customersOut',
  'feederCustomers',
  'confirmThreshold',
  'sumLat',
  'sumLon',
  'minLat',
  'maxLat',
  'minLon',
  'maxLon',
  'latestBackAt',
] as const;

function pick<T, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;
}

/** Encodes the state of a key. */
export function encodeKeyState(state: KeyState): Uint8Array {
  const { reporters: known } = state;
  const reporters = SOURCES.flatMap((source) => [...known.bySource[source].values()]);
  const units = [...known.customers.values(), ...reporters.flatMap(({ ownUnit }) => (ownUnit ? [ownUnit] : []))];
  const unitAt = new Map(units.map((unit, i) => [unit, i]));
  const entries = [...state.outages.values()].flatMap((outage) =>
    outage.mergedInto === null ? outage.body.entries : [],
  );
  const entryAt = new Map(entries.map((entry, i) => [entry, i]));
  const positionsOf = (first: Entry | null, next: 'nextOfUnit' | 'nextOfReporter'): number[] => {
    const positions: number[] = [];
    for (let entry = first; entry !== null; entry = entry[next]) positions.push(entryAt.get(entry)!);
    return positions;
  };
  const packed: PackedKey = {
    version: VERSION,
    key: keyText(state.key),
    rules: state.rules.dated.slice(1).map(({ validFrom, ruleSet }) => ({ validFrom, ruleSet })),
    scalars: pick(state, KEY_SCALARS),
    origin: state.index.origin && { lat: state.index.origin.lat, lon: state.index.origin.lon },
    seen: Object.fromEntries(
      SOURCES.map((source) => [source, [[...state.seen[source].keys()], [...state.seen[source].values()]]]),
    ) as PackedKey['seen'],
    commandsSeen: [...state.commandsSeen],
    feederRestorations: known.feederRestorations,
    units: units.map(({ customerId, restorations, first }) => ({
      customerId,
      restorations,
      entries: positionsOf(first, 'nextOfUnit'),
    })),
    reporters: reporters.map(({ source, key, ownUnit, first }) => ({
      source,
      key,
      ownUnit: ownUnit && unitAt.get(ownUnit)!,
      entries: positionsOf(first, 'nextOfReporter'),
    })),
    outages: [...state.outages.values()].map((outage) => ({
      outageId: outage.outageId,
      openedBy: outage.openedBy,
      scalars: pick(outage, OUTAGE_SCALARS),
      flags: [...outage.flags],
      crew: [...outage.crew],
      acknowledgedBy: [...outage.acknowledgedBy],
      amended: [...outage.amended],
      body: outage.mergedInto === null ? packBody(outage.body, unitAt, state) : null,
    })),
  };
  return pack(packed);
}

function packBody(body: Body, unitAt: ReadonlyMap<Unit, number>, state: KeyState): PackedBody {
  const { extent, box } = body;
  return {
    scalars: pick(body, BODY_SCALARS),
    reporters: body.reporters,
    weights: body.weights,
    entries: body.entries.map(({ lastT, backAt, weight }) => ({ lastT, backAt, weight })),
    wides: body.wides.map(({ unit, lastT, backAt }) => ({ unit: unitAt.get(unit)!, lastT, backAt })),
    extent: {
      wide: pick(extent.wide, ['t', 'source', 'sourceEventId']),
      cells: [...extent.cells].map((cell) => pick(cell, ['number', 't', 'source', 'sourceEventId', 'lat', 'lon'])),
    },
    box: box && [box.minX, box.minY, box.maxX, box.maxY],
    indexed: state.index.has(body),
  };
}

/**
 * Decodes the state of a key.
 * @throws Error if it is of a version that this program does not read
 */
export function decodeKeyState(bytes: Uint8Array): KeyState {
  const packed = unpack(bytes) as PackedKey;
  if (packed.version !== VERSION) {
    throw new Error(`A snapshot has version ${String(packed.version)}; this program reads version ${VERSION}.`);
  }
  const state = new KeyState(parseKey(packed.key));
  for (const { validFrom, ruleSet } of packed.rules) state.rules.add(ruleSet, validFrom);
  Object.assign(state, packed.scalars);
  state.index.origin = packed.origin;
  for (const source of SOURCES)
    packed.seen[source][0].forEach((id, i) => state.seen[source].set(id, packed.seen[source][1][i]!));
  for (const [id, t] of packed.commandsSeen) state.commandsSeen.set(id, t);
  state.reporters.feederRestorations.push(...packed.feederRestorations);
  state.reporters.memoryFrom = state.memoryFrom;

  const units = packed.units.map(({ customerId, restorations }): Unit => ({ customerId, restorations, first: null }));
  for (const unit of units) if (unit.customerId !== null) state.reporters.customers.set(unit.customerId, unit);
  const reporters = packed.reporters.map(({ source, key, ownUnit }): Reporter => {
    const reporter = { source, key, ownUnit: ownUnit === null ? null : units[ownUnit]!, first: null };
    state.reporters.bySource[source].set(key, reporter);
    return reporter;
  });
  const entries = unpackOutages(packed.outages, state, units);
  packed.units.forEach((unit, i) => {
    const own = unit.entries.map((at) => Object.assign(entries[at]!, { unit: units[i]! }));
    units[i]!.first = own[0] ?? null;
    own.forEach((entry, n) => (entry.nextOfUnit = own[n + 1] ?? null));
  });
  packed.reporters.forEach((reporter, i) => {
    const own = reporter.entries.map((at) => Object.assign(entries[at]!, { reporter: reporters[i]! }));
    reporters[i]!.first = own[0] ?? null;
    own.forEach((entry, n) => (entry.nextOfReporter = own[n + 1] ?? null));
  });
  return state;
}

/** An entry before its reporter and unit are known: they name it by its position. */
type OpenEntry = Omit<Entry, 'reporter' | 'unit'>;

/** Puts the outages into the state. Returns all entries, in the order in which they were packed. */
function unpackOutages(packed: readonly PackedOutage[], state: KeyState, units: readonly Unit[]): Entry[] {
  const entries: OpenEntry[] = [];
  for (const { outageId, openedBy, scalars, flags, crew, acknowledgedBy, amended = [], body } of packed) {
    const outage = new OutageState(outageId, openedBy);
    Object.assign(outage, scalars);
    for (const flag of flags) outage.flags.add(flag);
    for (const name of crew) outage.crew.add(name);
    for (const name of acknowledgedBy) outage.acknowledgedBy.add(name);
    for (const identity of amended) outage.amended.add(identity);
    state.outages.set(outageId, outage);
    if (body) entries.push(...unpackBody(body, outage, state, units));
  }
  for (const outage of state.outages.values()) {
    let survivor = outage;
    while (survivor.mergedInto !== null) survivor = state.outages.get(survivor.mergedInto)!;
    outage.body = survivor.body;
  }
  return entries as Entry[];
}

function unpackBody(packed: PackedBody, outage: OutageState, state: KeyState, units: readonly Unit[]): OpenEntry[] {
  const { body } = outage;
  Object.assign(body, packed.scalars);
  Object.assign(body.reporters, packed.reporters);
  body.weights = packed.weights;
  body.wides = packed.wides.map(({ unit, lastT, backAt }) => ({ unit: units[unit]!, lastT, backAt }));
  const { wide, cells } = packed.extent;
  wide.t.forEach((t, i) => body.extent.wide.add(t, wide.source[i]!, wide.sourceEventId[i]!));
  body.extent.restore(cells.map(unpackCell));
  if (packed.indexed) state.index.restore(body, packed.box);
  const entries = packed.entries.map((entry): OpenEntry => ({
    ...entry,
    body,
    nextOfReporter: null,
    nextOfUnit: null,
  }));
  body.entries = entries as Entry[];
  return entries;
}

function unpackCell({ number, t, source, sourceEventId, lat, lon }: PackedExtent['cells'][number]): Cell {
  const cell = new Cell(number);
  t.forEach((time, i) => {
    const at = { x: 0, y: 0, z: 0 };
    unitVector(lat[i]!, lon[i]!, at);
    cell.add({ t: time, source: source[i]!, sourceEventId: sourceEventId[i]!, lat: lat[i]!, lon: lon[i]!, ...at });
  });
  return cell;
}
