import RBush from 'rbush';
import { Correlator } from '../operators/correlate/correlate.js';
import type { Key, PlacedEvent } from '../operators/event.js';
import { GIVEN_RULE_SETS } from '../operators/rules.js';
import { chordSquared, distanceMm } from '../operators/sphere.js';
import { seededRandom } from '../pipeline/network/random.js';
import { inTurns, type Figure } from './figures.js';

const START = Date.UTC(2026, 9, 4, 10);
const STORM_MS = 30 * 60_000;
const ENTRIES_PER_RECORD = 50;

interface Shape {
  readonly feeders: number;
  readonly metersPerFeeder: number;
  readonly eventsPerFeeder: number;
}

interface Batch {
  readonly key: Key;
  readonly entries: PlacedEvent[];
}

/** A storm in which all meters of a feeder lie in a square of 2 km: thousands within one radius. */
function denseStorm({ feeders, metersPerFeeder, eventsPerFeeder }: Shape): Batch[] {
  const random = seededRandom(1);
  const batches: Batch[] = [];
  for (let f = 0; f < feeders; f++) {
    const key = { substationId: `SS${f % 20}`, feederId: `F${f}` };
    const lat = 31 + f / 100;
    const meters = Array.from({ length: metersPerFeeder }, (_, m) => ({
      id: `M${f}-${m}`,
      customerId: `C${f}-${m}`,
      lat: lat + random.next() * 0.018,
      lon: 35.93 + random.next() * 0.021,
    }));
    const events = Array.from({ length: eventsPerFeeder }, (_, i): PlacedEvent => {
      const meter = meters[Math.floor(random.next() * metersPerFeeder)]!;
      const occurredAt = START + Math.floor((i / eventsPerFeeder) * STORM_MS + random.next() * 5000);
      return {
        source: 'kaifa',
        kind: 'outage',
        type: 'last_gasp',
        sourceEventId: `K${f}-${i}`,
        assetId: meter.id,
        occurredAt,
        receivedAt: occurredAt + 5000,
        lat: meter.lat,
        lon: meter.lon,
        dpId: null,
        reach: 'point',
        customerId: meter.customerId,
        feederCustomers: 0,
        flags: [],
      };
    });
    for (let i = 0; i < events.length; i += ENTRIES_PER_RECORD) {
      batches.push({ key, entries: events.slice(i, i + ENTRIES_PER_RECORD) });
    }
  }
  // Feeders report side by side, as the log would have them.
  return batches.sort((a, b) => a.entries[0]!.occurredAt - b.entries[0]!.occurredAt);
}

function correlate(storm: readonly Batch[]): number {
  const correlator = new Correlator();
  storm.forEach(({ key, entries }, offset) => correlator.apply(key, entries, { partition: 0, offset }));
  return storm.length * ENTRIES_PER_RECORD;
}

/** Joining by looking at every neighbour that a plain R-tree gives: what one would write first. */
function plainRbush(storm: readonly Batch[]): number {
  const { windowMs, radiusM } = GIVEN_RULE_SETS.standard;
  const trees = new Map<
    string,
    RBush<{ minX: number; minY: number; maxX: number; maxY: number; event: PlacedEvent; group: { id: number } }>
  >();
  let groups = 0;
  let events = 0;
  const degrees = radiusM / 111_000;
  for (const { key, entries } of storm) {
    let tree = trees.get(key.feederId);
    if (!tree) trees.set(key.feederId, (tree = new RBush()));
    for (const event of entries) {
      events++;
      const { lat, lon } = event;
      const near = tree
        .search({ minX: lon - 1.2 * degrees, minY: lat - degrees, maxX: lon + 1.2 * degrees, maxY: lat + degrees })
        .filter(
          (other) =>
            Math.abs(other.event.occurredAt - event.occurredAt) <= windowMs &&
            distanceMm(lat, lon, other.event.lat, other.event.lon) <= radiusM * 1000,
        );
      tree.insert({ minX: lon, maxX: lon, minY: lat, maxY: lat, event, group: near[0]?.group ?? { id: groups++ } });
    }
  }
  return events;
}

/** Joining by looking at every earlier event of the key. */
function allPairs(storm: readonly Batch[]): number {
  const { windowMs, radiusM } = GIVEN_RULE_SETS.standard;
  const byKey = new Map<string, PlacedEvent[]>();
  let events = 0;
  let links = chordSquared(0);
  for (const { key, entries } of storm) {
    const known = byKey.get(key.feederId) ?? [];
    byKey.set(key.feederId, known);
    for (const event of entries) {
      events++;
      for (const other of known) {
        const near = Math.abs(other.occurredAt - event.occurredAt) <= windowMs;
        if (near && distanceMm(event.lat, event.lon, other.lat, other.lon) <= radiusM * 1000) links++;
      }
      known.push(event);
    }
  }
  return links >= 0 ? events : 0;
}

/** The correlate operator alone on a dense storm, on one ten times as dense, and against what one would write first. */
export function benchCorrelate(): Figure[] {
  const dense = denseStorm({ feeders: 200, metersPerFeeder: 5000, eventsPerFeeder: 2000 });
  const denser = denseStorm({ feeders: 20, metersPerFeeder: 50_000, eventsPerFeeder: 20_000 });
  const few = denseStorm({ feeders: 4, metersPerFeeder: 5000, eventsPerFeeder: 2000 });
  return inTurns(5, {
    'correlate, dense storm (200 feeders x 5 000 meters, 400 k events)': () => correlate(dense),
    'correlate, ten times the density (20 x 50 000, 400 k events)': () => correlate(denser),
    'plain rbush.search per event (4 feeders, 8 k events)': () => plainRbush(few),
    'all pairs (4 feeders, 8 k events)': () => allPairs(few),
    'correlate on the same 8 k events': () => correlate(few),
  });
}
