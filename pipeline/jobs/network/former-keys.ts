import { keyText, type Key } from '../../../operators/model/event.js';
import { formatTime } from '../../../operators/model/time.js';
import type { FormerKey, Network } from '../../../operators/network/network.js';
import { FORMER_KEYS_MS } from '../../../operators/network/registry.js';

/** A restoration is taken when it is 7 days old, and asks for the keys of the 7 days before. */
const KEPT_MS = 2 * FORMER_KEYS_MS;

/** What hangs on a feeder, or is one. */
interface Movable {
  readonly formerKeys?: readonly FormerKey[];
}

/**
 * A network whose elements remember the keys that they had: those that the present network remembers, and that from which the
 * import takes them. What an import does not have is forgotten with its keys.
 * @param before the network that is there
 * @param after the one that replaces it
 * @param movedAtMs the time of the import, epoch ms
 */
export function withFormerKeys(before: Network, after: Network, movedAtMs: number): Network {
  const [was, is] = [keysIn(before), keysIn(after)];
  const movedAt = formatTime(movedAtMs);
  const remembered = <T extends Movable>(
    kind: keyof Keys,
    earlier: readonly T[],
    later: readonly T[],
    idOf: (one: T) => string,
  ): T[] => {
    const known = new Map(earlier.map((one) => [idOf(one), one.formerKeys ?? []]));
    return later.map((one) => {
      const id = idOf(one);
      const kept = (known.get(id) ?? []).filter((former) => Date.parse(former.movedAt) > movedAtMs - KEPT_MS);
      const [from, to] = [was[kind].get(id), is[kind].get(id)];
      const left = from && to && keyText(from) !== keyText(to) ? [{ ...from, movedAt }] : [];
      return kept.length + left.length === 0 ? one : { ...one, formerKeys: [...kept, ...left] };
    });
  };
  return {
    ...after,
    feeders: remembered('feeders', before.feeders, after.feeders, ({ feederId }) => feederId),
    devices: remembered('devices', before.devices, after.devices, ({ deviceId }) => deviceId),
    distributionPoints: remembered('points', before.distributionPoints, after.distributionPoints, ({ dpId }) => dpId),
    customers: remembered('customers', before.customers, after.customers, ({ customerId }) => customerId),
  };
}

/** The keys of what hangs on feeders, by its id. */
interface Keys {
  readonly feeders: ReadonlyMap<string, Key>;
  readonly devices: ReadonlyMap<string, Key>;
  readonly points: ReadonlyMap<string, Key>;
  readonly customers: ReadonlyMap<string, Key>;
}

function keysIn(network: Network): Keys {
  const feeders = new Map(
    network.feeders.map(({ substationId, feederId }) => [feederId, { substationId, feederId }] as const),
  );
  const points = keyed(
    network.distributionPoints,
    ({ dpId }) => dpId,
    ({ feederId }) => feeders.get(feederId),
  );
  return {
    feeders,
    devices: keyed(
      network.devices,
      ({ deviceId }) => deviceId,
      ({ feederId }) => feeders.get(feederId),
    ),
    points,
    customers: keyed(
      network.customers,
      ({ customerId }) => customerId,
      ({ dpId }) => points.get(dpId),
    ),
  };
}

function keyed<T>(
  elements: readonly T[],
  idOf: (element: T) => string,
  keyOf: (element: T) => Key | undefined,
): Map<string, Key> {
  const keys = new Map<string, Key>();
  for (const element of elements) {
    const key = keyOf(element);
    if (key) keys.set(idOf(element), key);
  }
  return keys;
}
