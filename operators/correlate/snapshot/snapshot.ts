import { Packr } from 'msgpackr';
import { keyText, parseKey } from '../../model/event.js';
import { OBJECT } from '../../model/record-shape.js';
import type { Source } from '../../model/source.js';
import type { RuleSet } from '../../model/rules.js';
import { EVERYWHERE } from '../linking/cells.js';
import type { Room } from '../columns/columns.js';
import type { PackedEntries } from '../outage/entries.js';
import type { Extent } from '../linking/extent.js';
import { KeyState } from '../key-state.js';
import type { PackedMembers } from '../linking/members.js';
import { OutageState, type OutageBody } from '../outage/outage-state.js';
import { requireMeaning } from '../meaning.js';
import type { PackedReporters } from '../outage/reporters.js';
import type { PackedReports } from '../reports/reports.js';
import type { PackedTexts } from '../columns/text-table.js';
import { OperatorError } from '../../model/errors.js';

/**
 * The state of a key as bytes. A restored state must go on exactly as the one it was taken from would have, so what has
 * an order (outages, cells, entries of a unit) keeps it. Columns are written as they stand in memory: a storm changes every
 * key, and encoding them all must not cost the stream much.
 */
const VERSION = 5;

/** Takes columns of numbers as they are. */
const packr = new Packr({ moreTypes: true, useRecords: false });

interface PackedExtent {
  wide: Int32Array;
  /** By cell: its number, and how many of the rows are its. */
  cells: Int32Array;
  sizes: Int32Array;
  rows: Int32Array;
}

interface PackedBody {
  scalars: Pick<OutageBody, (typeof BODY_SCALARS)[number]>;
  reporters: Record<Source, number>;
  weights: { weight: number; count: number }[];
  wides: number[];
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
  amended: string[];
  /** Null: it shares the body of the outage that it merged into. */
  body: PackedBody | null;
}

interface PackedKey {
  version: typeof VERSION;
  key: string;
  rules: { validFrom: number; ruleSet: RuleSet }[];
  /** The longest of any rule set so far. */
  longest: Pick<RuleSet, 'retentionMs' | 'windowMs'>;
  scalars: Pick<KeyState, (typeof KEY_SCALARS)[number]>;
  origin: { lat: number; lon: number } | null;
  commandsSeen: [string, number][];
  identities: PackedTexts;
  members: PackedMembers;
  reporters: PackedReporters;
  reports: PackedReports;
  entries: PackedEntries;
  outages: PackedOutage[];
}

export const KEY_SCALARS = ['meaning', 'watermark', 'memoryFrom', 'indexFrom', 'sweptAt', 'incidents'] as const;

export const OUTAGE_SCALARS = [
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
  'number',
  'firstEntry',
  'lastEntry',
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
  const indexed = new Set(state.index.owners);
  const packed: PackedKey = {
    version: VERSION,
    key: keyText(state.key),
    rules: state.rules.dated.slice(1).map(({ validFrom, ruleSet }) => ({ validFrom, ruleSet })),
    longest: { retentionMs: state.rules.maxRetentionMs, windowMs: state.rules.maxWindowMs },
    scalars: pick(state, KEY_SCALARS),
    origin: state.index.origin && { lat: state.index.origin.lat, lon: state.index.origin.lon },
    commandsSeen: [...state.commandsSeen],
    identities: state.identities.texts.pack(),
    members: state.members.pack(),
    reporters: state.reporters.pack(),
    reports: state.reports.pack(),
    entries: state.entries.pack(),
    outages: [...state.outages.values()].map((outage) => ({
      outageId: outage.outageId,
      openedBy: outage.openedBy,
      scalars: pick(outage, OUTAGE_SCALARS),
      flags: [...outage.flags],
      crew: [...outage.crew],
      acknowledgedBy: [...outage.acknowledgedBy],
      amended: [...outage.amended],
      body: outage.mergedInto === null ? packBody(outage.body, indexed.has(outage.body), state) : null,
    })),
  };
  return packr.pack(packed);
}

function packBody(body: OutageBody, indexed: boolean, state: KeyState): PackedBody {
  const { extent, box } = body;
  return {
    scalars: pick(body, BODY_SCALARS),
    reporters: body.reporters,
    weights: body.weights,
    wides: body.wides,
    extent: packExtent(extent, state),
    box: box && [box.minX, box.minY, box.maxX, box.maxY],
    indexed,
  };
}

function packExtent(extent: Extent, { cells }: KeyState): PackedExtent {
  const all = [...extent.pointCells()];
  const rows = all.map((cell) => cells.rows(cell));
  return {
    wide: Int32Array.from(extent.wideRows),
    cells: Int32Array.from(all, (cell) => cells.number(cell)),
    sizes: Int32Array.from(rows, ({ length }) => length),
    rows: Int32Array.from(rows.flat()),
  };
}

/**
 * Decodes the state of a key.
 * @throws Error if it is of another version; its state is in the log, too
 * @throws UnknownMeaning if it is of a meaning that this program does not know
 */
export function decodeKeyState(bytes: Uint8Array, room: Room): KeyState {
  const packed: unknown = packr.unpack(bytes);
  if (!isOfThisVersion(packed))
    throw new OperatorError(
      'OMS_UNKNOWN_VERSION',
      `A snapshot has version ${String(OBJECT.is(packed) ? packed.version : undefined)}; this program reads version ${VERSION}.`,
    );
  requireMeaning(packed.scalars.meaning, `A snapshot of ${packed.key}`);
  return unpackKey(packed, room);
}

/**
 * Whether a state is of the version of this program. It is then all that this says, as a sum over its bytes has shown that they
 * are those which were written (streams/snapshots.ts): to look at each number of it would take longer than to read it.
 */
function isOfThisVersion(packed: unknown): packed is PackedKey {
  return OBJECT.is(packed) && packed.version === VERSION;
}

function unpackKey(packed: PackedKey, room: Room): KeyState {
  const state = new KeyState(parseKey(packed.key), room);
  for (const { validFrom, ruleSet } of packed.rules) state.rules.add(ruleSet, validFrom);
  state.rules.heed(packed.longest);
  Object.assign(state, packed.scalars);
  state.index.origin = packed.origin;
  for (const [id, t] of packed.commandsSeen) state.commandsSeen.set(id, t);
  state.identities.texts.unpack(packed.identities);
  state.members.unpack(packed.members);
  state.reporters.unpack(packed.reporters);
  state.reports.unpack(packed.reports);
  state.reports.moveTo(state.memoryFrom, state.watermark);
  state.entries.unpack(packed.entries);
  for (const { outageId, openedBy, scalars, flags, crew, acknowledgedBy, amended, body } of packed.outages) {
    const outage = new OutageState(outageId, openedBy, state.entries, state.cells);
    Object.assign(outage, scalars);
    for (const flag of flags) outage.flags.add(flag);
    for (const name of crew) outage.crew.add(name);
    for (const name of acknowledgedBy) outage.acknowledgedBy.add(name);
    for (const identity of amended) outage.amended.add(identity);
    state.outages.set(outageId, outage);
    if (body) unpackBody(body, outage.body, state);
  }
  state.shareBodies();
  state.entries.list(state.bodies);
  return state;
}

function unpackBody(packed: PackedBody, body: OutageBody, state: KeyState): void {
  Object.assign(body, packed.scalars);
  state.entries.ownAgain(body, packed.scalars.number);
  Object.assign(body.reporters, packed.reporters);
  body.weights = packed.weights;
  body.wides = packed.wides;
  const { wide, cells, sizes, rows } = packed.extent;
  for (const row of wide) body.extent.put(EVERYWHERE, row);
  let at = 0;
  cells.forEach((number, i) => {
    for (const end = at + sizes[i]!; at < end; at++) body.extent.put(number, rows[at]!);
  });
  if (packed.indexed) state.index.restore(body, packed.box);
}
