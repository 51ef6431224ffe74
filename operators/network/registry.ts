import { getBoundsOfDistance } from 'geolib';
import RBush from 'rbush';
import type { Static } from 'typebox';
import { keyText, type Key, type Reach } from '../model/event.js';
import type { Immutable } from '../model/immutable.js';
import type { AssetKind } from '../model/source-table.js';
import { bySource, rowOf, SOURCES, type Source } from '../model/source.js';
import type { Customer, Device, DistributionPoint, Feeder, FormerKey, Network, Substation } from './network.js';
import type { NetworkRecordSchema } from './network-schema.js';
import { distanceMm } from '../model/sphere.js';

/** One element of the network as it travels on `oms.network`, keyed by `kind/id`; null takes it away. */
export type NetworkElement = Immutable<Static<typeof NetworkRecordSchema>>;

export type NetworkKind = NetworkElement['kind'];

/** What the registry knows of an asset. */
export interface Asset {
  readonly key: Key;
  readonly lat: number;
  readonly lon: number;
  readonly dpId: string | null;
  readonly customerId: string | null;
  /** How far a report of it speaks; null: it may speak as far as the event says. */
  readonly reach: Reach | null;
  /** The keys it had before, the earliest first; absent if it was not moved of late. See `keyAt` and `keysBefore`. */
  readonly former?: readonly EarlierKey[];
}

/** A key that was in force until an import (epoch ms), from that time on no more. */
interface EarlierKey {
  readonly key: Key;
  readonly untilMs: number;
}

/** For how long before a restoration the keys of its asset matter: an outage may still be open there. */
export const FORMER_KEYS_MS = 7 * 86_400_000;

const NEVER_MOVED: readonly EarlierKey[] = [];
const NO_KEYS: readonly Key[] = [];

/**
 * The key of an asset that was in force at a time: the new one from the time of the import on that moved it. What lies before
 * all that is remembered has the earliest that is.
 * @param t epoch ms
 */
export function keyAt({ key, former = NEVER_MOVED }: Asset, t: number): Key {
  return former.find(({ untilMs }) => t < untilMs)?.key ?? key;
}

/**
 * The other keys that an asset had at any time of the 7 days before `t` (epoch ms), the earliest first. Where it was moved there
 * and back, that of `t` is not among them.
 */
export function keysBefore(asset: Asset, t: number): readonly Key[] {
  const { former } = asset;
  if (former === undefined) return NO_KEYS;
  const keys = new Map<string, Key>();
  let sinceMs = -Infinity;
  for (const { key, untilMs } of former) {
    if (sinceMs < t && untilMs > t - FORMER_KEYS_MS) keys.set(keyText(key), key);
    sinceMs = untilMs;
  }
  keys.delete(keyText(keyAt(asset, t)));
  return [...keys.values()];
}

interface PointBox {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly point: DistributionPoint;
}

/** geolib's earth is larger than the contract's: its bounds of a distance need a little more. */
const BOUNDS_SLACK = 1.002;

/** The network in memory: asset -> key, distribution point, customer, coordinates. Takes updates while running. */
export class Registry {
  readonly #substations = new Map<string, Substation>();
  readonly #feeders = new Map<string, Feeder>();
  /** One object a feeder: what is placed on it refers to it. */
  readonly #keys = new Map<string, Key>();
  readonly #feedersOf = new Map<string, Set<string>>();
  /** Those that another substation fed of late. */
  readonly #movedFeeders = new Set<string>();
  readonly #devices = new Map<string, Device>();
  readonly #points = new Map<string, DistributionPoint>();
  readonly #pointBoxes = new Map<string, PointBox>();
  readonly #pointIndex = new RBush<PointBox>();
  readonly #customers = new Map<string, Customer>();
  readonly #customerOfMeter = new Map<string, string>();
  readonly #customerOfOnu = new Map<string, string>();
  readonly #meterOfOnu = new Map<string, string>();
  readonly #customersOfPoint = new Map<string, number>();

  /** A registry of a whole network. */
  static of(network: Network): Registry {
    const registry = new Registry();
    for (const [id, element] of elementsOf(network)) registry.apply(id, element);
    return registry;
  }

  /** Feeders known. */
  get size(): number {
    return this.#feeders.size;
  }

  /** Takes in one element under its id (`kind/id`), or takes it away (null). It is taken as it is: see `readNetworkElement`. */
  apply(id: string, change: NetworkElement | null): void {
    for (const source of SOURCES) if (this.#assets[source].size > 0) this.#assets[source].clear();
    const slash = id.indexOf('/');
    const kind = id.slice(0, slash) as NetworkKind;
    this.#remove(kind, id.slice(slash + 1));
    if (change) this.#add(change);
  }

  #add({ kind, element }: NetworkElement): void {
    switch (kind) {
      case 'substation':
        this.#substations.set(element.substationId, element);
        break;
      case 'feeder': {
        this.#feeders.set(element.feederId, element);
        this.#keys.set(element.feederId, { substationId: element.substationId, feederId: element.feederId });
        const feeders = this.#feedersOf.get(element.substationId) ?? new Set();
        this.#feedersOf.set(element.substationId, feeders.add(element.feederId));
        if (element.formerKeys) this.#movedFeeders.add(element.feederId);
        break;
      }
      case 'device':
        this.#devices.set(element.deviceId, element);
        break;
      case 'distribution_point': {
        const { lat, lon } = element;
        const box = { minX: lon, minY: lat, maxX: lon, maxY: lat, point: element };
        this.#points.set(element.dpId, element);
        this.#pointBoxes.set(element.dpId, box);
        this.#pointIndex.insert(box);
        break;
      }
      case 'customer':
        this.#customers.set(element.customerId, element);
        if (element.meterId !== null) this.#customerOfMeter.set(element.meterId, element.customerId);
        if (element.onuId !== null) this.#customerOfOnu.set(element.onuId, element.customerId);
        this.#countCustomers(element.dpId, 1);
        break;
      case 'onu':
        this.#meterOfOnu.set(element.onuId, element.meterId);
        break;
    }
  }

  #remove(kind: NetworkKind, id: string): void {
    switch (kind) {
      case 'substation':
        this.#substations.delete(id);
        break;
      case 'feeder': {
        const feeder = this.#feeders.get(id);
        if (feeder) this.#feedersOf.get(feeder.substationId)?.delete(id);
        this.#feeders.delete(id);
        this.#keys.delete(id);
        this.#movedFeeders.delete(id);
        break;
      }
      case 'device':
        this.#devices.delete(id);
        break;
      case 'distribution_point': {
        const box = this.#pointBoxes.get(id);
        if (box) this.#pointIndex.remove(box);
        this.#pointBoxes.delete(id);
        this.#points.delete(id);
        break;
      }
      case 'customer': {
        const customer = this.#customers.get(id);
        if (!customer) break;
        // A meter or ONU may be another customer's by now: then it stays theirs.
        if (customer.meterId !== null && this.#customerOfMeter.get(customer.meterId) === id) {
          this.#customerOfMeter.delete(customer.meterId);
        }
        if (customer.onuId !== null && this.#customerOfOnu.get(customer.onuId) === id) {
          this.#customerOfOnu.delete(customer.onuId);
        }
        this.#countCustomers(customer.dpId, -1);
        this.#customers.delete(id);
        break;
      }
      case 'onu':
        this.#meterOfOnu.delete(id);
        break;
    }
  }

  #countCustomers(dpId: string, by: 1 | -1): void {
    this.#customersOfPoint.set(dpId, (this.#customersOfPoint.get(dpId) ?? 0) + by);
    this.#customersOfFeeder.clear();
  }

  /** Customers by feeder; made when asked for and dropped when the network changes. */
  readonly #customersOfFeeder = new Map<string, number>();

  /** All customers of a feeder. */
  customersOfFeeder(feederId: string): number {
    if (this.#customersOfFeeder.size === 0) {
      for (const point of this.#points.values()) {
        const count =
          (this.#customersOfFeeder.get(point.feederId) ?? 0) + (this.#customersOfPoint.get(point.dpId) ?? 0);
        this.#customersOfFeeder.set(point.feederId, count);
      }
    }
    return this.#customersOfFeeder.get(feederId) ?? 0;
  }

  /** Assets that were asked for, by source: a storm asks again and again. Dropped when the network changes. */
  readonly #assets: Readonly<Record<Source, Map<string, Asset>>> = bySource(() => new Map());

  /** An asset by the id that an event of `source` carries; null if nobody knows it. */
  asset(source: Source, assetId: string): Asset | null {
    const known = this.#assets[source].get(assetId);
    if (known) return known;
    const asset = this.#find(source, assetId);
    if (asset) this.#assets[source].set(assetId, asset);
    return asset;
  }

  #find(source: Source, assetId: string): Asset | null {
    for (const kind of rowOf(source).lookedUp) {
      const asset = this.#lookUp(kind, assetId);
      if (asset) return asset;
    }
    return this.point(assetId) ?? this.feeder(assetId);
  }

  #lookUp(kind: AssetKind, id: string): Asset | null {
    switch (kind) {
      case 'device':
        return this.#device(id);
      case 'meter':
        return this.#customer(this.#customerOfMeter.get(id));
      case 'onu':
        return this.#customer(this.#customerOfOnu.get(id) ?? this.#customerOfMeter.get(this.#meterOfOnu.get(id) ?? ''));
      case 'customer':
        return this.#customer(id);
    }
  }

  #device(id: string): Asset | null {
    const device = this.#devices.get(id);
    const key = device && this.key(device.feederId);
    if (!device || !key) return null;
    // The head of the feeder speaks for all of it; whatever hangs below another device, for its own place.
    const head = device.upstreamDeviceId === null && (device.type === 'breaker' || device.type === 'recloser');
    const { lat, lon } = device;
    return moved({ key, lat, lon, dpId: null, customerId: null, reach: head ? 'feeder' : 'point' }, device.formerKeys);
  }

  #customer(id: string | undefined): Asset | null {
    const customer = id === undefined ? undefined : this.#customers.get(id);
    const point = customer && this.#points.get(customer.dpId);
    const key = point && this.key(point.feederId);
    if (!customer || !key) return null;
    const { customerId, dpId, lat, lon } = customer;
    return moved({ key, lat, lon, dpId, customerId, reach: 'point' }, customer.formerKeys);
  }

  /** A distribution point as an asset. */
  point(dpId: string): Asset | null {
    const point = this.#points.get(dpId);
    const key = point && this.key(point.feederId);
    if (!key) return null;
    return moved({ key, lat: point.lat, lon: point.lon, dpId, customerId: null, reach: 'point' }, point.formerKeys);
  }

  /** A feeder as an asset: its head. */
  feeder(feederId: string): Asset | null {
    const feeder = this.#feeders.get(feederId);
    const key = this.key(feederId);
    if (!feeder || !key) return null;
    const { lat, lon, formerKeys } = feeder;
    return moved({ key, lat, lon, dpId: null, customerId: null, reach: null }, formerKeys);
  }

  /** A substation; null if nobody knows it. */
  substation(substationId: string): Substation | null {
    return this.#substations.get(substationId) ?? null;
  }

  /** The key of a feeder; null if nobody knows it. */
  key(feederId: string): Key | null {
    return this.#keys.get(feederId) ?? null;
  }

  /**
   * The keys of all feeders of a substation, by feeder id.
   * @param t epoch ms: of those that it fed at that time; absent: of those that it feeds
   */
  keysOf(substationId: string, t?: number): Key[] {
    const ids = this.#feedersOf.get(substationId) ?? new Set<string>();
    if (t === undefined || this.#movedFeeders.size === 0) {
      return [...ids].sort().map((feederId) => this.#keys.get(feederId)!);
    }
    return [...new Set([...ids, ...this.#movedFeeders])]
      .sort()
      .map((feederId) => keyAt(this.feeder(feederId)!, t))
      .filter((key) => key.substationId === substationId);
  }

  /** All keys, sorted. */
  keys(): Key[] {
    return [...this.#feedersOf.keys()].sort().flatMap((substationId) => this.keysOf(substationId));
  }

  /** The distribution point nearest to a place (degrees), not farther than `radiusM`; ties by smaller id. */
  nearestPoint(lat: number, lon: number, radiusM: number): Asset | null {
    const [southWest, northEast] = getBoundsOfDistance({ latitude: lat, longitude: lon }, radiusM * BOUNDS_SLACK) as [
      { latitude: number; longitude: number },
      { latitude: number; longitude: number },
    ];
    let nearest: DistributionPoint | null = null;
    let nearestMm = radiusM * 1000;
    // Bounds that pass the date line come back wrapped: two boxes then.
    const spans =
      southWest.longitude <= northEast.longitude
        ? [[southWest.longitude, northEast.longitude]]
        : [
            [southWest.longitude, 180],
            [-180, northEast.longitude],
          ];
    for (const [minX, maxX] of spans as [number, number][]) {
      for (const { point } of this.#pointIndex.search({
        minX,
        minY: southWest.latitude,
        maxX,
        maxY: northEast.latitude,
      })) {
        const mm = distanceMm(lat, lon, point.lat, point.lon);
        if (mm < nearestMm || (mm === nearestMm && (nearest === null || point.dpId < nearest.dpId))) {
          nearest = point;
          nearestMm = mm;
        }
      }
    }
    return nearest && this.point(nearest.dpId);
  }
}

/** An asset with the keys that it had before; as it is where there are none. */
function moved(asset: Asset, formerKeys: readonly FormerKey[] | undefined): Asset {
  if (formerKeys === undefined || formerKeys.length === 0) return asset;
  const former = formerKeys.map(({ substationId, feederId, movedAt }) => {
    return { key: { substationId, feederId }, untilMs: Date.parse(movedAt) };
  });
  return { ...asset, former: former.sort((a, b) => a.untilMs - b.untilMs) };
}

/** A network as the elements that travel on `oms.network`, each with its id, what others refer to first. */
export function* elementsOf(network: Network): Generator<[id: string, element: NetworkElement]> {
  for (const element of network.substations)
    yield [`substation/${element.substationId}`, { kind: 'substation', element }];
  for (const element of network.feeders) yield [`feeder/${element.feederId}`, { kind: 'feeder', element }];
  for (const element of network.devices) yield [`device/${element.deviceId}`, { kind: 'device', element }];
  for (const element of network.distributionPoints) {
    yield [`distribution_point/${element.dpId}`, { kind: 'distribution_point', element }];
  }
  for (const element of network.customers) yield [`customer/${element.customerId}`, { kind: 'customer', element }];
}
