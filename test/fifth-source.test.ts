/** A source is added by a row of the table and nothing else: here a drone's images, which no product has. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { topicNames, sourceTopics } from '../connections/topics.js';
import { encodeLogRecord } from '../operators/log/log-record.js';
import { isCommand, type ReportedEvent } from '../operators/model/event.js';
import { SOURCES } from '../operators/model/source.js';
import { Registry } from '../operators/network/registry.js';
import { normalise } from '../operators/normalise/normalise.js';
import { place, type Placement } from '../operators/place/place.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { Batch } from '../pipeline/sink/batch.js';
import { TestDatabase } from './kit/database.js';
import { DRONE } from './kit/drone.js';
import { compare, randomLogs, SEED } from './kit/parity.js';
import { UTC } from '../operators/model/time-zone.js';

vi.mock('../operators/model/source-table.js', async (importOriginal) =>
  (await import('./kit/drone.js')).withDrone(await importOriginal()),
);

const topics = topicNames();
const network = await readNetwork(new URL('../data/contract-cases/network', import.meta.url).pathname);
const [customer] = network.customers;
const image = {
  source: DRONE,
  kind: 'outage',
  type: 'line_down',
  sourceEventId: 'IMG-1',
  assetId: customer!.meterId,
  reach: 'feeder',
  occurredAt: '2026-10-04T10:00:00.000Z',
};
const NOON = Date.UTC(2026, 9, 4, 12);

/** An image as the stream reads and places it. */
function placedImage(): Placement {
  const reading = { receivedAt: NOON, zone: UTC, append: null };
  const [report] = normalise(DRONE, Buffer.from(JSON.stringify(image)), reading);
  const { event } = report as { event: ReportedEvent };
  return (place(event, Registry.of(network)) as Placement[])[0]!;
}

describe('a fifth source', () => {
  it('keeps both engines the same on random storms that it reports of too', async () => {
    const logs = randomLogs(40, SEED);
    const images = logs.flatMap(({ entries }) => entries.filter((one) => !isCommand(one) && one.source === DRONE));
    expect(images.length).toBeGreaterThan(100);
    const outages = await compare(logs);
    expect(outages.some(({ reporters }) => reporters[DRONE] > 0)).toBe(true);
    expect(outages.every(({ confidence }) => confidence >= 0 && confidence <= 1)).toBe(true);
  });
});

describe('in the database, a fifth source', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await TestDatabase.start(network);
  });
  afterAll(() => database.stop());

  it('is looked up as the stream looks it up, and speaks for a point', async () => {
    const { key, event } = placedImage();
    expect(event).toMatchObject({ customerId: customer!.customerId, reach: 'point', flags: ['reachIgnored'] });
    const [row] = await database.rows('select * from reconcile.place($1, null, null, $2, null, $3, null, null)', [
      DRONE,
      image.assetId,
      image.reach,
    ]);
    expect(row).toEqual({
      substation_id: key.substationId,
      feeder_id: key.feederId,
      lat: event.lat,
      lon: event.lon,
      customer_id: event.customerId,
      reach: event.reach,
      feeder_customers: 0,
      flags: event.flags,
    });
  });

  it('is known to the SQL function, which names it among the others', async () => {
    const call = (source: string) =>
      database.rows<{ id: string | null }>(
        "select oms_correlate_events('outage', $1, 'IMG-1', $2, null, null, p_asset_id => $3) as id",
        [source, image.occurredAt, image.assetId],
      );
    expect((await call(DRONE))[0]!.id).not.toBeNull();
    await expect(call('phone')).rejects.toThrow('expected scada, kaifa, onu, call_center or drone');
    const [outage] = await database.rows("select confidence, reporters from reconcile.outages_of('direct')");
    expect(outage).toEqual({ confidence: 0.7, reporters: { scada: 0, kaifa: 0, onu: 0, call_center: 0, drone: 1 } });
  });

  it('has a topic, and its events are stored by day, moved and dropped like all others', async () => {
    expect(Object.keys(sourceTopics(topics))).toEqual(SOURCES);
    expect(topics[DRONE]).toBe('drone-image-topic');
    const { key, event } = placedImage();
    const batch = new Batch(topics);
    batch.add({
      topic: topics.events,
      partition: 0,
      offset: 7,
      timestampMs: NOON,
      key: Buffer.from(`${key.substationId}/${key.feederId}`),
      value: Buffer.from(encodeLogRecord([event])),
      headers: {},
    });
    batch.end();
    for (const day of batch.days) await database.rows('select oms.ensure_day($1)', [day]);
    const client = await database.pool.connect();
    try {
      await batch.write(client);
    } finally {
      client.release();
    }
    expect(await database.rows('select tableoid::regclass::text as at from drone.events')).toEqual([
      { at: 'drone.events_20261004' },
    ]);
    await database.rows('select oms.move_log_back()');
    expect(await database.rows('select source, log_offset::integer as at from oms.events')).toEqual([
      { source: 'drone', at: -1 },
    ]);
    await database.rows("select oms.drop_days_before('2026-10-05')");
    expect(await database.rows('select source from oms.events')).toEqual([]);
  });
});
