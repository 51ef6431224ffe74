import { keyText, type Key, type PlacedEvent, type Reach, type ReportedEvent } from '../model/event.js';
import { keyAt, keysBefore, type Asset, type Registry } from '../network/registry.js';
import type { EventFlag } from '../model/flags.js';
import type { UnplacedReason } from '../model/rejections.js';
import { bySource, type Source } from '../model/source.js';
import { distanceMm } from '../model/sphere.js';
import { timeOf } from '../model/time.js';

/** How far a place without a known id may be from the distribution point that it is taken for. */
const NEAREST_M = 500;

/** How far an event's own coordinates may be from what the registry says. */
const OWN_COORDINATES_M = 5000;

/** An event on the log of a key. */
export interface Placement {
  readonly key: Key;
  readonly event: PlacedEvent;
}

/** Why an event could not be placed. */
export interface Unplaced {
  readonly reason: UnplacedReason;
  readonly detail: string;
}

/** What the registry found, and by what: an id of the event or its coordinates. */
interface Found {
  readonly spot: Asset;
  readonly by: 'asset' | 'feeder' | 'substation' | 'coordinates';
  /** Which asset reports. */
  readonly assetId: string | null;
}

/**
 * Places an event: by the ids in it (asset, distribution point, feeder), else by the nearest distribution point within
 * 500 m of its coordinates. The registry beats what the event says of itself, with a flag. What an import has moved is known
 * under the key in force at the event's time.
 * @returns a placement for its key, for reach substation one for every feeder of the substation; of a restoration one besides
 * for every key of the week before, where an outage may still be open; or why there is none
 */
export function place(event: ReportedEvent, registry: Registry): Placement[] | Unplaced {
  const found = spotOf(event, registry);
  if (!found) return unplaced(event);
  const { spot } = found;
  const reach = reachOf(event, found);
  const t = timeOf(event);
  const flags = flagsOf(event, found, keyAt(spot, t), reach);
  const own = ownCoordinates(event, spot);
  if ((event.lat !== null && event.lon !== null && !own) || event.coordinatesIgnored) flags.push('coordinatesIgnored');
  const placementOn = (key: Key): Placement => ({
    key,
    event: {
      source: event.source,
      kind: event.kind,
      type: event.type,
      sourceEventId: event.sourceEventId,
      assetId: found.assetId,
      occurredAt: event.occurredAt,
      receivedAt: event.receivedAt,
      lat: own?.lat ?? spot.lat,
      lon: own?.lon ?? spot.lon,
      dpId: spot.dpId,
      reach,
      customerId: spot.customerId,
      feederCustomers: reach === 'point' ? 0 : registry.customersOfFeeder(key.feederId),
      flags,
    },
  });
  return keysOf(event, spot, reach, t, registry).map(placementOn);
}

/** The keys on whose logs an event at `t` (epoch ms) goes. */
function keysOf({ kind }: ReportedEvent, spot: Asset, reach: Reach, t: number, registry: Registry): readonly Key[] {
  const keys = reach === 'substation' ? registry.keysOf(spot.key.substationId, t) : [keyAt(spot, t)];
  if (kind === 'outage') return keys;
  const before = [...keysBefore(spot, t)];
  if (reach !== 'point') {
    for (const { feederId } of keys) before.push(...keysBefore(registry.feeder(feederId)!, t));
  }
  if (before.length === 0) return keys;
  return [...new Map([...keys, ...before].map((key) => [keyText(key), key])).values()];
}

function spotOf(event: ReportedEvent, registry: Registry): Found | null {
  const asset = assetOf(event, registry);
  if (asset) return asset;
  const { lat, lon, assetId } = event;
  const point = event.dpId === null ? null : registry.point(event.dpId);
  if (point) return { spot: point, by: 'asset', assetId };
  const feeder = event.feederId === null ? null : registry.feeder(event.feederId);
  if (feeder) return { spot: feeder, by: 'feeder', assetId };
  const substation = substationSpot(event, registry);
  if (substation) return { spot: substation, by: 'substation', assetId };
  const nearest = lat === null || lon === null ? null : registry.nearestPoint(lat, lon, NEAREST_M);
  return nearest && { spot: nearest, by: 'coordinates', assetId };
}

const NAMES_ONE_ASSET: Readonly<Record<Source, boolean>> = bySource((_, row) => row.namesOneAsset === true);

/** The first asset of the event that the registry knows. Where all ids are names of one asset, it goes by that name. */
function assetOf({ source, assetId, otherAssetIds }: ReportedEvent, registry: Registry): Found | null {
  const asset = assetId === null ? null : registry.asset(source, assetId);
  if (asset) return { spot: asset, by: 'asset', assetId };
  for (const other of otherAssetIds) {
    const known = registry.asset(source, other);
    if (known) return { spot: known, by: 'asset', assetId: NAMES_ONE_ASSET[source] ? other : assetId };
  }
  return null;
}

/** A report on a whole substation needs no feeder: it goes to all of them. */
function substationSpot({ reach, assetId, substationId }: ReportedEvent, registry: Registry): Asset | null {
  const named = [assetId, reach === 'substation' ? substationId : null].find(
    (id): id is string => id !== null && registry.substation(id) !== null,
  );
  const substation = named === undefined ? null : registry.substation(named);
  const key = substation && registry.keysOf(substation.substationId)[0];
  if (!substation || !key) return null;
  return {
    key,
    lat: substation.lat,
    lon: substation.lon,
    dpId: null,
    customerId: null,
    reach: 'substation',
  };
}

const SPEAKS_WIDE: Readonly<Record<Source, boolean>> = bySource((_, { speaksWide }) => speaksWide);

/**
 * How far the event speaks. Meters, ONUs, callers and switching devices below the feeder head are points, whatever the
 * event says; the head and what the registry does not know speak as far as the event says.
 */
function reachOf({ source, reach, assetId }: ReportedEvent, { spot, by }: Found): Reach {
  if (!SPEAKS_WIDE[source]) return 'point';
  if (by === 'substation') return 'substation';
  if (spot.reach === 'point') return 'point';
  if (reach !== null) return reach;
  // An alarm on a feeder that names no device is that of the feeder breaker.
  return spot.reach ?? (assetId === null ? 'feeder' : 'point');
}

function flagsOf(event: ReportedEvent, { spot, by }: Found, key: Key, reach: Reach): EventFlag[] {
  const flags: EventFlag[] = [];
  const contradicts =
    (event.feederId !== null && event.feederId !== key.feederId && by !== 'substation') ||
    (event.substationId !== null && event.substationId !== key.substationId) ||
    (event.dpId !== null && spot.dpId !== null && event.dpId !== spot.dpId);
  if (contradicts) flags.push('contradictsRegistry');
  if (by === 'coordinates') flags.push('placedByCoordinates');
  if (event.placedByHand) flags.push('placedByHand');
  if (event.reach !== null && event.reach !== reach) flags.push('reachIgnored');
  if (event.receiptFlag) flags.push(event.receiptFlag);
  return flags;
}

function ownCoordinates({ lat, lon }: ReportedEvent, spot: Asset): { lat: number; lon: number } | null {
  if (lat === null || lon === null) return null;
  if (lat === spot.lat && lon === spot.lon) return { lat, lon };
  return distanceMm(lat, lon, spot.lat, spot.lon) <= OWN_COORDINATES_M * 1000 ? { lat, lon } : null;
}

function unplaced(event: ReportedEvent): Unplaced {
  const ids = [
    ['asset', event.assetId],
    ['distribution point', event.dpId],
    ['feeder', event.feederId],
    ['substation', event.substationId],
  ].flatMap(([what, id]) => (id === null ? [] : [`${what} "${id}"`]));
  const where = event.lat === null || event.lon === null ? null : `${event.lat}, ${event.lon}`;
  if (where) {
    return {
      reason: 'outsideNetwork',
      detail: `No distribution point lies within ${NEAREST_M} m of ${where}${ids.length ? `, and the registry does not know ${ids.join(', ')}` : ''}.`,
    };
  }
  if (ids.length > 0) return { reason: 'unknownIds', detail: `The registry does not know ${ids.join(', ')}.` };
  return {
    reason: 'nothingToGoBy',
    detail: 'The event names no asset, distribution point or feeder and has no coordinates.',
  };
}
