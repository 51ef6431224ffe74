import RBush from 'rbush';
import { Correlator } from '../operators/correlate/correlate.js';
import type { Key, PlacedEvent } from '../operators/model/event.js';
import { GIVEN_RULE_SETS } from '../operators/model/rules.js';
import { distanceMm } from '../operators/model/sphere.js';
import { seededRandom } from '../simulator/random.js';
import { inTurns, Meter, type Figure, type Taken } from './figures.js';

/** No sweep falls into the half hour from here on: one comes every 45 minutes of a key's time, and would be the cost of few events. */
const START = Date.UTC(2026, 9, 4, 9, 50);
const STORM_MS = 30 * 60_000;
const ENTRIES_PER_RECORD = 50;
const RECORDS_AT_ONCE = 20;

interface Shape {
  readonly feeders: number;
  readonly metersPerFeeder: number;
  readonly eventsPerFeeder: number;
}

interface Batch {
  readonly key: Key;
  readonly entries: PlacedEvent[];
}

/**
 * A storm in which all meters of a feeder lie in a square of 2 km: thousands within one radius. Feeders report side by
 * side, as the log would have them; events are made just before they are used, as the log's decoder would. Nothing is kept
 * of the meters: neither memory nor the garbage collector's time is to be the generator's.
 */
export function* denseStorm({ feeders, metersPerFeeder, eventsPerFeeder }: Shape): Generator<readonly Batch[]> {
  const random = seededRandom(1);
  const record = (f: number, from: number): Batch => {
    const entries = Array.from({ length: ENTRIES_PER_RECORD }, (_, n) => {
      const meter = Math.floor(random.next() * metersPerFeeder);
      const place = f * metersPerFeeder + meter;
      const occurredAt = START + Math.floor(((from + n) / eventsPerFeeder) * STORM_MS + random.next() * 5000);
      const id = `K${f}-${from + n}`;
      const lat = 31 + f / 100 + scattered(2 * place) * 0.018;
      const lon = 35.93 + scattered(2 * place + 1) * 0.021;
      return lastGasp(id, `M${f}-${meter}`, `C${f}-${meter}`, occurredAt, lat, lon);
    });
    return { key: { substationId: `SS${f % 20}`, feederId: `F${f}` }, entries };
  };
  for (let i = 0; i < eventsPerFeeder; i += ENTRIES_PER_RECORD) {
    // One measurement for many records: the clocks themselves cost a microsecond.
    for (let f = 0; f < feeders; f += RECORDS_AT_ONCE) {
      yield Array.from({ length: Math.min(RECORDS_AT_ONCE, feeders - f) }, (_, n) => record(f + n, i));
    }
  }
}

/** A number in [0, 1) for a whole number, always the same. */
function scattered(n: number): number {
  let mixed = Math.imul(n ^ (n >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

function lastGasp(
  sourceEventId: string,
  assetId: string,
  customerId: string,
  occurredAt: number,
  lat: number,
  lon: number,
): PlacedEvent {
  return {
    source: 'kaifa',
    kind: 'outage',
    type: 'last_gasp',
    sourceEventId,
    assetId,
    occurredAt,
    receivedAt: occurredAt + 5000,
    lat,
    lon,
    dpId: null,
    reach: 'point',
    customerId,
    feederCustomers: 0,
    flags: [],
  };
}

function correlate(shape: Shape): Taken {
  const correlator = new Correlator();
  const meter = new Meter();
  let offset = 0;
  for (const batches of denseStorm(shape)) {
    meter.count(batches.length * ENTRIES_PER_RECORD, () => {
      for (const { key, entries } of batches) correlator.apply(key, entries, { partition: 0, offset: offset++ });
    });
  }
  return meter.taken;
}

function flattened(shape: Shape): Batch[] {
  return [...denseStorm(shape)].flat();
}

type Box = { minX: number; minY: number; maxX: number; maxY: number; event: PlacedEvent; group: { id: number } };

/** Joining by looking at every neighbour that a plain R-tree gives: what one would write first. */
function plainRbush(shape: Shape): Taken {
  const { windowMs, radiusM } = GIVEN_RULE_SETS.standard;
  const degrees = radiusM / 111_000;
  const trees = new Map<string, RBush<Box>>();
  const meter = new Meter();
  let groups = 0;
  const join = (tree: RBush<Box>, event: PlacedEvent): void => {
    const { lat, lon } = event;
    const near = tree
      .search({ minX: lon - 1.2 * degrees, minY: lat - degrees, maxX: lon + 1.2 * degrees, maxY: lat + degrees })
      .filter(({ event: other }) => isLinked(event, other, windowMs, radiusM));
    tree.insert({ minX: lon, maxX: lon, minY: lat, maxY: lat, event, group: near[0]?.group ?? { id: groups++ } });
  };
  for (const { key, entries } of flattened(shape)) {
    const tree = trees.get(key.feederId) ?? new RBush<Box>();
    trees.set(key.feederId, tree);
    meter.count(entries.length, () => entries.forEach((event) => join(tree, event)));
  }
  return meter.taken;
}

function isLinked(a: PlacedEvent, b: PlacedEvent, windowMs: number, radiusM: number): boolean {
  return Math.abs(a.occurredAt - b.occurredAt) <= windowMs && distanceMm(a.lat, a.lon, b.lat, b.lon) <= radiusM * 1000;
}

/** Joining by looking at every earlier event of the key. */
function allPairs(shape: Shape): Taken {
  const { windowMs, radiusM } = GIVEN_RULE_SETS.standard;
  const byKey = new Map<string, PlacedEvent[]>();
  const meter = new Meter();
  for (const { key, entries } of flattened(shape)) {
    const known = byKey.get(key.feederId) ?? [];
    byKey.set(key.feederId, known);
    meter.count(entries.length, () => {
      for (const event of entries) {
        known.filter((other) => isLinked(event, other, windowMs, radiusM));
        known.push(event);
      }
    });
  }
  return meter.taken;
}

/** The correlate operator alone on a dense storm, on one ten times as dense, and against what one would write first. */
export function benchCorrelate(): Figure[] {
  const dense = { feeders: 200, metersPerFeeder: 5000, eventsPerFeeder: 2000 };
  const denser = { feeders: 20, metersPerFeeder: 50_000, eventsPerFeeder: 20_000 };
  const few = { feeders: 4, metersPerFeeder: 5000, eventsPerFeeder: 2000 };
  return inTurns(5, {
    'correlate, dense storm (200 feeders x 5 000 meters, 400 k events)': () => correlate(dense),
    'correlate, ten times the density (20 x 50 000, 400 k events)': () => correlate(denser),
    'correlate, 4 feeders of the dense storm (8 k events)': () => correlate(few),
    'plain rbush.search per event, the same 8 k events': () => plainRbush(few),
    'all pairs, the same 8 k events': () => allPairs(few),
  });
}
