import type { Producer } from 'node-rdkafka';
import type { Network } from '../operators/network/network.js';
import { promised } from '../streams/kafka/client.js';
import { partitionOf } from '../streams/partitioner.js';

/** A storm of meters only, as a head-end system reports it: every feeder goes out and comes back, again and again. */
export interface MeterStorm {
  readonly feeders: number;
  readonly metersPerFeeder: number;
  readonly events: number;
}

/** Yesterday: what is older than its topic keeps is gone before it is read. */
const START = Date.now() - 24 * 3_600_000;
/** A feeder is out once an hour: its meters gasp within two minutes, and are back half an hour later. */
const CYCLE_MS = 3_600_000;
const BURST_MS = 120_000;
const BACK_AFTER_MS = 1_800_000;
const METERS_PER_POINT = 10;
const SUBSTATIONS = 10;

const feederId = (feeder: number): string => `S${feeder % SUBSTATIONS}-F${feeder}`;
const meterId = (feeder: number, meter: number): string => `M${feeder}-${meter}`;

/** The network that the storm hits: feeders side by side, meters in a grid 40 m apart. */
export function stormNetwork({ feeders, metersPerFeeder }: MeterStorm): Network {
  const network = {
    substations: Array.from({ length: SUBSTATIONS }, (_, n) => ({
      substationId: `S${n}`,
      name: `S${n}`,
      lat: 31 + n / 10,
      lon: 35,
      voltageKv: 33,
    })),
    feeders: [] as Network['feeders'][number][],
    devices: [],
    sections: [],
    distributionPoints: [] as Network['distributionPoints'][number][],
    customers: [] as Network['customers'][number][],
  };
  for (let feeder = 0; feeder < feeders; feeder++) {
    const lat = 31 + (feeder % SUBSTATIONS) / 10;
    const lon = 35 + Math.floor(feeder / SUBSTATIONS) / 20;
    const id = feederId(feeder);
    network.feeders.push({ feederId: id, substationId: `S${feeder % SUBSTATIONS}`, name: id, lat, lon });
    for (let meter = 0; meter < metersPerFeeder; meter++) {
      const dpId = `T${feeder}-${Math.floor(meter / METERS_PER_POINT)}`;
      const place = { lat: lat + (meter % 45) * 0.0004, lon: lon + Math.floor(meter / 45) * 0.0005 };
      if (meter % METERS_PER_POINT === 0)
        network.distributionPoints.push({ dpId, feederId: id, deviceId: id, ...place, kva: 100, phases: 'ABC' });
      network.customers.push({
        customerId: `C${feeder}-${meter}`,
        dpId,
        ...place,
        meterId: meterId(feeder, meter),
        onuId: null,
        priority: null,
      });
    }
  }
  return network;
}

/** An event as the head-end system posts it, and when. */
export interface Posted {
  readonly meter: string;
  readonly atMs: number;
  readonly json: string;
}

/** The storm's events in the order of their time. */
export function* stormEvents({ feeders, metersPerFeeder, events }: MeterStorm): Generator<Posted> {
  const perBurst = metersPerFeeder;
  const stepMs = CYCLE_MS / feeders;
  /** Bursts that are going on: gasps of a feeder, or the same meters' return. */
  const bursts: { feeder: number; cycle: number; from: number; done: number; back: boolean }[] = [];
  const due: typeof bursts = [];
  let made = 0;
  let nextFeeder = 0;
  for (let now = START; made < events; now += 1000) {
    while (START + nextFeeder * stepMs <= now) {
      const from = START + nextFeeder * stepMs;
      const burst = { feeder: nextFeeder % feeders, cycle: Math.floor(nextFeeder / feeders), from, done: 0 };
      bursts.push({ ...burst, back: false });
      due.push({ ...burst, from: from + BACK_AFTER_MS, back: true });
      nextFeeder++;
    }
    while (due[0] && due[0].from <= now) bursts.push(due.shift()!);
    for (let i = bursts.length - 1; i >= 0; i--) {
      const burst = bursts[i]!;
      const upTo = Math.min(perBurst, Math.ceil(((now + 1000 - burst.from) / BURST_MS) * perBurst));
      for (; burst.done < upTo && made < events; burst.done++, made++) {
        // A prime step: the meters of a feeder do not report in the order of the street.
        const meter = (burst.done * 7919) % metersPerFeeder;
        yield posted(burst.feeder, meter, burst.cycle, now + (burst.done % 1000), burst.back);
      }
      if (burst.done >= perBurst) bursts.splice(i, 1);
    }
  }
}

function posted(feeder: number, meter: number, cycle: number, atMs: number, back: boolean): Posted {
  const id = meterId(feeder, meter);
  return {
    meter: id,
    atMs,
    json: JSON.stringify({
      event_id: `K-${feeder}-${meter}-${cycle}-${back ? 1 : 0}`,
      timestamp: new Date(atMs).toISOString(),
      message_type: back ? '3.26.0.216' : '3.26.0.85',
      assets: { mrid: id },
      usage_point: { mrid: `UP${id}` },
      severity: 'high',
      issuer: 'kaifa-hes',
    }),
  };
}

const POSTS_PER_FLUSH = 100_000;

/** Writes the storm to a topic, `perPost` events in a record, keyed by meter. */
export async function preload(
  producer: Producer,
  topic: string,
  partitions: number,
  storm: MeterStorm,
  perPost: number,
): Promise<void> {
  let posts = 0;
  const send = async (events: readonly Posted[]): Promise<void> => {
    const { meter, atMs } = events.at(-1)!;
    const value = perPost === 1 ? events[0]!.json : `[${events.map(({ json }) => json).join(',')}]`;
    const receivedAtMs = atMs + 2000;
    // As a gateway says it: the topic's own time is when the storm was written, a day later.
    const headers = [{ ce_time: new Date(receivedAtMs).toISOString() }];
    const partition = partitionOf(meter, partitions);
    producer.produce(topic, partition, Buffer.from(value), meter, receivedAtMs, undefined, headers);
    if (++posts % Math.ceil(POSTS_PER_FLUSH / perPost) === 0)
      await promised<void>((done) => producer.flush(60_000, (error) => done(error, undefined)));
  };
  const batch: Posted[] = [];
  for (const event of stormEvents(storm)) {
    batch.push(event);
    if (batch.length === perPost) await send(batch.splice(0));
  }
  if (batch.length > 0) await send(batch);
  await promised<void>((done) => producer.flush(60_000, (error) => done(error, undefined)));
}
