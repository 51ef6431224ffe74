/** Random feeders and what is reported of faults on them: for the tests that compare diagnosis with its reference. */
import type { PlacedEvent } from '../../operators/model/event.js';
import { EMPTY_NETWORK, type Customer, type Device, type Network } from '../../operators/network/network.js';
import { seededRandom, type Random } from '../../simulator/random.js';
import { Field, START } from './field.js';

const LETTERS = ['A', 'B', 'C'] as const;

/** A feeder of some 20 devices, 30 transformers and 120 customers; what has one phase has one all the way down. */
export function randomFeeder(seed: number): Network {
  const random = seededRandom(seed, 1);
  const devices: Device[] = [];
  const place = (): { lat: number; lon: number } => ({
    lat: Number((32 + random.next() / 50).toFixed(5)),
    lon: Number((36 + random.next() / 50).toFixed(5)),
  });
  const count = random.integer(3, 24);
  for (let i = 0; i < count; i++) {
    const above = i === 0 || random.chance(0.05) ? null : devices[random.integer(Math.max(0, i - 8), i - 1)]!;
    const type = i === 0 ? 'breaker' : random.pick(['recloser', 'switch', 'fuse', 'fuse', 'fuse'] as const);
    const isSingle = (above?.phases.length ?? 3) === 1;
    const own = type === 'fuse' && random.chance(0.5) ? random.pick(LETTERS) : 'ABC';
    devices.push({
      deviceId: `D${i}`,
      type,
      feederId: 'F',
      upstreamDeviceId: above?.deviceId ?? null,
      ...place(),
      phases: isSingle ? above!.phases : own,
      normallyOpen: i > 0 && random.chance(0.04),
    });
  }
  const distributionPoints = Array.from({ length: random.integer(4, 40) }, (_, i) => {
    const device = random.chance(0.03) ? undefined : random.pick(devices);
    const letters = random.chance(0.1) ? 'ABC' : random.pick(LETTERS);
    const phases = device && device.phases.length === 1 ? device.phases : letters;
    return { dpId: `T${i}`, feederId: 'F', deviceId: device?.deviceId ?? null, ...place(), kva: 25, phases };
  });
  const customers = distributionPoints.flatMap(({ dpId, lat, lon }, i): Customer[] =>
    Array.from({ length: random.integer(0, 8) }, (_, n) => ({
      customerId: `C${i}-${n}`,
      dpId,
      lat,
      lon,
      meterId: random.chance(0.97) ? `M${i}-${n}` : null,
      onuId: random.chance(0.4) ? `O${i}-${n}` : null,
      priority: null,
    })),
  );
  return {
    ...EMPTY_NETWORK,
    substations: [{ substationId: 'S', name: '', lat: 32, lon: 36, voltageKv: 33 }],
    feeders: [{ feederId: 'F', substationId: 'S', name: '', lat: 32, lon: 36 }],
    devices,
    distributionPoints,
    customers,
  };
}

/** What a storm over a feeder has. */
export interface StormOf {
  readonly seed: number;
  readonly faults: number;
  readonly hours: number;
}

/** The reports of a storm in their order of arrival: lost, late, by bad clocks, of momentaries, single poles and noise. */
export function randomStorm(network: Network, { seed, faults, hours }: StormOf): PlacedEvent[] {
  const random = seededRandom(seed, 2);
  const field = new Field(network);
  const below = customersBelow(network);
  const events: { readonly at: number; readonly event: PlacedEvent }[] = [];
  const add = (event: PlacedEvent): void => {
    events.push({ at: event.receivedAt + random.exponential(4000), event });
  };
  for (let i = 0; i < faults; i++) {
    const [node, customers] = random.pick(below);
    reportFault(field, random, node, customers, random.between(0, hours * 3600), add);
    if (random.chance(0.2)) {
      const [other, others] = random.pick(below);
      reportFault(field, random, other, others, random.between(0, hours * 3600), add);
    }
  }
  for (let i = 0; i < faults; i++) {
    const second = random.between(0, hours * 3600);
    const { customerId, meterId } = random.pick(network.customers);
    if (random.chance(0.3)) add(field.call(customerId, second));
    else if (meterId !== null)
      add(random.chance(0.7) ? field.meterOut(meterId, second) : field.meterBack(meterId, second));
  }
  events.sort((a, b) => a.at - b.at);
  return events.map(({ event }) => event);
}

/** What may open; null: it tells of no trip. */
interface Spot {
  readonly device: Device | null;
}

/** Every device, transformer and customer, with the customers below it. */
function customersBelow({ devices, distributionPoints, customers }: Network): [Spot, Customer[]][] {
  const closed = devices.filter(({ normallyOpen }) => !normallyOpen);
  const above = new Map(closed.map((device) => [device.deviceId, device.upstreamDeviceId]));
  const isBelow = (deviceId: string | null, top: string): boolean => {
    for (let at: string | null | undefined = deviceId; at; at = above.get(at)) if (at === top) return above.has(at);
    return false;
  };
  const pointsOf = new Map(distributionPoints.map(({ dpId, deviceId }) => [dpId, deviceId]));
  return [
    ...closed.map((device): [Spot, Customer[]] => [
      { device },
      customers.filter(({ dpId }) => isBelow(pointsOf.get(dpId) ?? null, device.deviceId)),
    ]),
    ...distributionPoints.map(({ dpId }): [Spot, Customer[]] => [
      { device: null },
      customers.filter((customer) => customer.dpId === dpId),
    ]),
    ...customers.filter((_, i) => i % 5 === 0).map((customer): [Spot, Customer[]] => [{ device: null }, [customer]]),
  ];
}

function reportFault(
  field: Field,
  random: Random,
  { device }: Spot,
  all: readonly Customer[],
  second: number,
  add: (event: PlacedEvent) => void,
): void {
  const isMomentary = random.chance(0.25);
  const backAfterS = isMomentary ? random.between(10, 120) : random.between(300, 5400);
  const meterRate = random.between(0.2, 0.9);
  const onuRate = random.between(0.4, 1);
  const returnRate = random.chance(0.2) ? 0 : random.between(0.7, 1);
  const share = device && device.phases.length > 1 && random.chance(0.15) ? 0.4 : 1;
  const isTold = device !== null && (device.type === 'breaker' || device.type === 'recloser') && random.chance(0.8);
  if (isTold) add(field.trip(device.deviceId, second + random.between(-0.5, 0.5)));
  if (isTold && random.chance(0.1)) add(field.trip(device.deviceId, second + random.between(0, 5)));
  for (const { customerId, meterId, onuId } of all) {
    if (!random.chance(share)) continue;
    if (meterId !== null && random.chance(meterRate)) {
      const awayS = random.chance(0.06) ? random.between(-50, 50) : random.exponential(1);
      const told = random.chance(0.02) ? { occurredAt: 0 } : {};
      const event = field.meterOut(meterId, second + awayS, told);
      add(event);
      if (random.chance(0.03)) add(event);
    }
    if (onuId !== null && random.chance(onuRate)) add(field.onuOut(onuId, second + random.between(1, 9)));
    if (random.chance(0.04)) add(field.call(customerId, second + random.between(0, 3600)));
    if (meterId !== null && random.chance(returnRate))
      add(field.meterBack(meterId, second + backAfterS + random.exponential(40)));
  }
  if (isTold && random.chance(0.9)) add(field.close(device.deviceId, second + backAfterS));
}

export { START };
