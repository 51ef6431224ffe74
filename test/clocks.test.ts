import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigResourceTypes } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../dev/ports.js';
import { retryUntil } from '../dev/retry.js';
import { startKafka } from '../dev/kafka.js';
import type { Broker } from '../dev/service.js';
import { wrongClock } from '../dev/wrong-clock.js';
import { isCommand, type PlacedEvent } from '../operators/model/event.js';
import { decodeLogRecord } from '../operators/log/log-record.js';
import type { OutageRecord } from '../operators/model/outage.js';
import { demoNetwork } from '../simulator/network/demo.js';
import { withAdmin } from '../streams/kafka/admin.js';
import { checkAppendTime, ensureTopics, senderStampedTopics } from '../connections/topic-admin.js';
import { folder, start, type Running } from './kit/commands-program.js';
import { Reconciliation } from './kit/reconciliation.js';
import { TestSystem } from './kit/system.js';

/** Whose clock says when a report was received: the broker's, whatever senders and our own computers say. */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** More than the hour by which a broker lets a record's own time be ahead. */
const WRONG = [
  ['two hours ahead', 7200],
  ['two hours behind', -7200],
] as const;

const network = demoNetwork({ substations: 1 });

/** The n-th meter of a feeder; those of small n are neighbours. */
function meterOf(feeder: number, n: number): string {
  const { feederId } = network.feeders[feeder]!;
  const { dpId } = network.distributionPoints.find((point) => point.feederId === feederId)!;
  return network.customers.filter((customer) => customer.dpId === dpId && customer.meterId !== null)[n]!.meterId!;
}

const iso = (t: number): string => new Date(t).toISOString();

/** A meter's last gasp, as its head-end would send it: `receipt` is what is said of its receipt. */
interface Gasp {
  readonly id: string;
  readonly meter: string;
  readonly occurredAt: number;
  readonly receipt?: { readonly in: 'header' | 'envelope' | 'canonical event'; readonly at: number };
}

/** Sends last gasps so that they are taken in their order. */
async function send({ producer, topics }: TestSystem, gasps: readonly Gasp[]): Promise<void> {
  const messages = gasps.map(({ id, meter, occurredAt, receipt }) => {
    const at = iso(receipt?.at ?? 0);
    const event = { event_id: id, message_type: 'last_gasp', assets: { mrid: meter }, timestamp: iso(occurredAt) };
    const canonical = { source: 'kaifa', kind: 'outage', type: 'last_gasp', sourceEventId: id, assetId: meter, occurredAt: iso(occurredAt), receivedAt: at }; // prettier-ignore
    const body = { header: event, envelope: { event, processed_at: at }, 'canonical event': canonical };
    return {
      key: 'one partition',
      value: JSON.stringify(body[receipt?.in ?? 'header']),
      headers: receipt?.in === 'header' ? { ce_time: at } : {},
    };
  });
  await producer.send({ topic: topics.kaifa, messages, acks: -1 });
}

/** Reports of three feeders, each with its own idea of when it was received; the last is `last`. */
function mixture(now: number): Gasp[] {
  const gasps = [0, 1, 2].flatMap((feeder): Gasp[] => [
    { id: `${feeder}-none`, meter: meterOf(feeder, 0), occurredAt: now - MINUTE_MS },
    { id: `${feeder}-right`, meter: meterOf(feeder, 1), occurredAt: now - 2 * MINUTE_MS, receipt: { in: 'header', at: now } },
    { id: `${feeder}-ahead`, meter: meterOf(feeder, 2), occurredAt: now, receipt: { in: 'envelope', at: now + DAY_MS } },
    { id: `${feeder}-clock`, meter: meterOf(feeder, 0), occurredAt: 0, receipt: { in: 'canonical event', at: now } },
    { id: `${feeder}-before`, meter: meterOf(feeder, 1), occurredAt: now - 180 * MINUTE_MS, receipt: { in: 'envelope', at: now - 180 * MINUTE_MS } },
  ]); // prettier-ignore
  return [...gasps, { id: 'last', meter: meterOf(0, 0), occurredAt: now }];
}

/** Leaves of a system what stands on its source topics, and its network. */
async function forgetWhatCameOfIt({ environment, topics }: TestSystem): Promise<void> {
  const { snapshots, events, evidence, late, unplaced, rejected } = topics;
  const old: string[] = [snapshots, events, topics.outages, evidence, late, unplaced, rejected];
  await withAdmin(environment.kafkaBrokers!, async (admin) => {
    const groups = ['place', 'correlate'].map((stage) => `${environment.topicPrefix}oms-${stage}`);
    // A group keeps a member that ended for a while, as it may come back.
    await retryUntil(
      async () => {
        const { groups: there } = await admin.listGroups();
        for (const group of groups.filter((name) => there.some(({ groupId }) => groupId === name)))
          await admin.deleteGroups([group]);
      },
      30_000,
      200,
    );
    await admin.deleteTopics({ topics: old });
    const gone = async () => expect((await admin.listTopics()).filter((topic) => old.includes(topic))).toEqual([]);
    await retryUntil(gone, 30_000);
    await retryUntil(() => ensureTopics(admin, topics, environment.partitions), 30_000);
  });
}

/** The events on the log, partition by partition. */
async function onLog(system: TestSystem): Promise<PlacedEvent[]> {
  const entries = (await system.read(system.topics.events)).flatMap(({ value }) => decodeLogRecord(value));
  return entries.filter((entry): entry is PlacedEvent => !isCommand(entry));
}

/** The last record of every outage, by id; without the place on the log, which is that of a transaction. */
async function outages(system: TestSystem): Promise<unknown[]> {
  const last = new Map<string, object>();
  for (const { value } of await system.read(system.topics.outages)) {
    const { log: _, revision: __, ...record } = JSON.parse(new TextDecoder().decode(value!)) as OutageRecord;
    last.set(record.outageId, record);
  }
  return [...last].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
}

/** Waits until the last of several reports has become a member of an outage, or is known not to. */
async function untilTaken(system: TestSystem, lastId: string): Promise<void> {
  const says = async (topic: string) =>
    (await system.read(topic)).some(({ value }) => new TextDecoder().decode(value!).includes(`"${lastId}"`));
  await retryUntil(
    async () => {
      if (!(await says(system.topics.evidence)) && !(await says(system.topics.late)))
        throw new Error(`${lastId} has no outcome yet`);
    },
    60_000,
    200,
  );
}

describe('a report that claims to be received in two days', () => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await TestSystem.start(network);
    await system.run('place', 'correlate', 'sink');
  });
  afterAll(() => system.stop());

  it('makes no other report late, whoever claims it, and both engines agree', async () => {
    const now = Date.now();
    const ahead = now + 2 * DAY_MS;
    const tellers = ['header', 'envelope', 'canonical event'] as const;
    const gasps = tellers.flatMap((where, feeder): Gasp[] => [
      { id: `ahead-${feeder}`, meter: meterOf(feeder, 0), occurredAt: ahead, receipt: { in: where, at: ahead } },
      { id: `next-${feeder}`, meter: meterOf(feeder, 1), occurredAt: now - MINUTE_MS },
    ]);
    await send(system, gasps);
    await system.settled(gasps.length);
    expect(await system.outcomes()).toMatchObject({ correlated: gasps.length, late: 0 });
    const { rows } = await system.pool.query(
      `select source_event_id as id, flags, abs(extract(epoch from received_at - to_timestamp($1 / 1000.0))) < 60 as now
       from oms.events where source_event_id like 'ahead-%' order by 1`,
      [now],
    );
    const flagged = { flags: ['receiptAhead'], now: true };
    expect(rows).toEqual(tellers.map((_, feeder) => ({ id: `ahead-${feeder}`, ...flagged })));
    const reconciliation = await Reconciliation.of(system, iso(now - DAY_MS), iso(now + 3 * DAY_MS));
    expect(await reconciliation.run('log')).toEqual([]);
    reconciliation.end();
  });
});

describe('topics', () => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await TestSystem.start(network);
  });
  afterAll(() => system.stop());

  const settingsOf = (topic: string) =>
    withAdmin(system.environment.kafkaBrokers!, async (admin) => {
      const topics = [{ type: ConfigResourceTypes.TOPIC, name: topic }];
      const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: topics });
      return new Map(resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]));
    });

  const alter = (topic: string, configEntries: { name: string; value: string }[]) =>
    withAdmin(system.environment.kafkaBrokers!, (admin) => {
      const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }];
      return admin.alterConfigs({ validateOnly: false, resources });
    });

  it('carry the time of append, also those that were there before, which keep their other settings', async () => {
    const { topics, environment } = system;
    const admin = <T>(work: Parameters<typeof withAdmin<T>>[1]) => withAdmin(environment.kafkaBrokers!, work);
    for (const topic of Object.values(topics))
      expect((await settingsOf(topic)).get('message.timestamp.type')).toBe('LogAppendTime');
    await alter(topics.kaifa, [
      { name: 'retention.ms', value: '1234567890' },
      { name: 'max.message.bytes', value: '7654321' },
    ]);
    expect(await admin((kafka) => senderStampedTopics(kafka, Object.values(topics)))).toEqual([topics.kaifa]);
    await expect(admin((kafka) => checkAppendTime(kafka, Object.values(topics)))).rejects.toThrow(
      /^\S*kaifa-outage-topic carry no time of append: .* "oms topics --create" mends it\.$/,
    );
    await admin((kafka) => ensureTopics(kafka, topics, environment.partitions));
    await admin((kafka) => checkAppendTime(kafka, Object.values(topics)));
    const settings = await settingsOf(topics.kaifa);
    expect(['retention.ms', 'max.message.bytes'].map((name) => settings.get(name))).toEqual(['1234567890', '7654321']);
  });

  it('that carry the times of their senders are held against our own clock, which place says', async () => {
    const { topics } = system;
    await alter(topics.kaifa, [{ name: 'retention.ms', value: '1234567890' }]);
    const said = await system.runSaying('place', 'correlate');
    expect(said).toEqual([expect.stringMatching(/kaifa-outage-topic carry no time of append.*"oms topics --create"/)]);
    const now = Date.now();
    const ahead = now + 2 * DAY_MS;
    await send(system, [
      { id: 'ahead', meter: meterOf(0, 0), occurredAt: ahead, receipt: { in: 'header', at: ahead } },
      { id: 'next', meter: meterOf(0, 1), occurredAt: now },
    ]);
    await untilTaken(system, 'next');
    expect(await system.read(topics.late)).toEqual([]);
    const [first] = await onLog(system);
    expect(first).toMatchObject({ sourceEventId: 'ahead', flags: ['receiptAhead'] });
    expect(Math.abs(first!.receivedAt - now)).toBeLessThan(MINUTE_MS);
  });
});

describe('stages whose own clock is wrong', () => {
  let system: TestSystem;
  let running: Running | null = null;
  let right: { log: PlacedEvent[]; outages: unknown[] };
  beforeAll(async () => {
    system = await TestSystem.start(network);
    await send(system, mixture(Date.now()));
    right = await taken({});
  });
  afterAll(async () => {
    await stop();
    await system.stop();
  });

  async function stop(): Promise<void> {
    running?.process.kill('SIGTERM');
    await running?.ended;
    running = null;
  }

  /** What processes with an environment make of the same source topics, read from their beginning. */
  async function taken(env: NodeJS.ProcessEnv): Promise<typeof right> {
    await forgetWhatCameOfIt(system);
    running = start(['pipeline', '--stages', 'place,correlate'], { ...system.env, ...env });
    try {
      await untilTaken(system, 'last');
    } catch (error) {
      throw new Error(`${(error as Error).message}; the stages said: ${running.said()}`, { cause: error });
    } finally {
      await stop();
    }
    return { log: await onLog(system), outages: await outages(system) };
  }

  it('as those whose clock is right give outages, and a flag to what cannot be', () => {
    expect(right.outages.length).toBeGreaterThan(3);
    expect(right.log.filter(({ flags }) => flags.includes('receiptAhead'))).toHaveLength(3);
  });

  it.each(WRONG)('by %s place and correlate as if it were right', async (_, offsetS) => {
    expect(await taken(await wrongClock(offsetS, folder))).toEqual(right);
  });
});

describe.each(WRONG)('a broker whose clock is %s', (_, offsetS) => {
  const home = mkdtempSync(join(tmpdir(), 'oms-clocks-'));
  let system: TestSystem;
  let services: { brokers: string; broker: Broker };
  beforeAll(async () => {
    const options = { home, kafkaPort: await freePort(), postgresPort: 0, given: { kafkaBrokers: null, databaseUrl: null }, kafkaLibs: resolve('.oms/kafka/libs'), say: () => undefined }; // prettier-ignore
    // What it starts has the environment of this process.
    const clock = await wrongClock(offsetS, home);
    Object.assign(process.env, clock);
    try {
      services = await startKafka(options, false);
    } finally {
      for (const name of Object.keys(clock)) delete process.env[name];
    }
    system = await TestSystem.start(network, { KAFKA_BROKERS: services.brokers });
    await system.run('place', 'correlate');
  });
  afterAll(async () => {
    await system.stop();
    await services.broker.stop();
    rmSync(home, { recursive: true });
  });

  it('stamps records as wrongly, and what is reported now becomes the outages that it is', async () => {
    const now = Date.now();
    const gasps = [0, 1, 2].flatMap((feeder) =>
      [0, 1].map((n): Gasp => {
        const receipt = { in: n === 0 ? 'header' : 'canonical event', at: now } as const;
        return { id: `${feeder}-${n}`, meter: meterOf(feeder, n), occurredAt: now - MINUTE_MS, receipt };
      }),
    );
    await send(system, gasps);
    await untilTaken(system, gasps.at(-1)!.id);
    const [record] = await system.read(system.topics.kaifa);
    expect(Math.abs(record!.timestampMs - now)).toBeGreaterThan(100 * MINUTE_MS);
    expect(await system.read(system.topics.late)).toEqual([]);
    const events = (await outages(system)).map((outage) => (outage as OutageRecord).events);
    expect(events).toEqual([2, 2, 2]);
  });
});
