import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { emptyHome } from '../../dev/empty-home.js';
import { freePort, freePortsInARow } from '../../dev/ports.js';
import { clearLeftover } from '../../dev/process-record.js';
import { retryUntil } from '../../dev/retry.js';
import { startServices } from '../../dev/services.js';
import { readEnvironment, type Environment } from '../../connections/environment.js';
import type { LateRecord } from '../../operators/model/outcome.js';
import { EMPTY_NETWORK, type Network } from '../../operators/network/network.js';
import { lags, thoseWithRecords } from '../../cli/lags.js';
import { connectToolProducer } from '../../streams/kafka/tool-producer.js';
import { migrate } from '../../sql/migrate.js';
import { seededRandom } from '../../simulator/random.js';
import { publishNetwork, replaceNetwork } from '../../pipeline/jobs/network/store.js';
import { readNetwork } from '../../pipeline/jobs/network/read.js';
import type { CanonicalEvent } from '../../simulator/storm/canonical-event.js';
import { simulateStorm } from '../../simulator/storm/storm.js';
import { PartitionReader } from '../../streams/kafka/partition-reader.js';
import type { SourceRecord } from '../../streams/topology.js';
import { withAdmin } from '../../streams/kafka/admin.js';
import { ensureTopics } from '../../connections/topic-admin.js';
import { topicNames } from '../../connections/topics.js';
import { compare, type Comparison } from './compare.js';
import { Member } from './fleet.js';
import { isGarbage, writeGarbage } from './garbage.js';
import { Injector } from './injector.js';

export interface FaultRunOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Events a second through the gateway. */
  readonly rate: number;
  /** Instead of faults at random: the database is away for so long, and the storm goes on. */
  readonly databaseAwayMinutes?: number | null;
  /** Instead of faults at random: the broker is killed so often, and everything must go on by itself each time. */
  readonly brokerKills?: number | null;
  readonly say: (line: string) => void;
}

export interface FaultRun extends Comparison {
  /** What was injected, by kind. */
  readonly injected: Readonly<Record<string, number>>;
}

const PARTITIONS = 4;
/** For the health of every process that there is at once. */
const PORTS = 200;
/** How much longer the storm lasts than the database is away. */
const AROUND_MINUTES = 1;
const LINES_PER_POST = 20;
/** A storm of so many faults an hour has at least so many reports: it is made as long as it must last. */
const FAULTS_PER_HOUR = 200;
const FEWEST_EVENTS_PER_HOUR = 5800;
const HOUR_MS = 3_600_000;
/** The last reports of a storm come after its end. */
const AFTERMATH_HOURS = 24;
const SETTLE_MS = 180_000;
/** So soon after a broker is back all must have read what was there then. */
const GOES_ON_MS = 60_000;
/** What a kill of the broker may take, all in all: the storm lasts for as long. */
const KILL_MINUTES = 1.5;
const AHEAD_MS = 2 * 86_400_000;
/** Run from the checkout, compiled or not. */
const CHECKOUT = resolve('.');
/** Starts the whole system, lets a storm and faults loose on it, lets it settle, and compares. */
export async function runFaults(options: FaultRunOptions): Promise<FaultRun> {
  const { seed, rate, say, databaseAwayMinutes = null, brokerKills = null } = options;
  const minutes =
    brokerKills !== null
      ? brokerKills * KILL_MINUTES
      : databaseAwayMinutes === null
        ? options.minutes
        : databaseAwayMinutes + AROUND_MINUTES;
  const home = join(CHECKOUT, '.oms', 'faults');
  for (const name of ['kafka', 'postgres']) await clearLeftover(home, name, say);
  await emptyHome(home, say);
  mkdirSync(home, { recursive: true });
  const services = await startServices({
    home,
    kafkaPort: await freePort(),
    postgresPort: await freePort(),
    given: { kafkaBrokers: null, databaseUrl: null },
    kafkaLibs: join(CHECKOUT, '.oms', 'kafka', 'libs'),
    say: () => undefined,
  });
  const members: Member[] = [];
  const producer = await connectToolProducer(services.kafkaBrokers);
  try {
    const gatewayPort = await freePort();
    const env = {
      ...process.env,
      KAFKA_BROKERS: services.kafkaBrokers,
      DATABASE_URL: services.databaseUrl,
      OMS_PARTITIONS: String(PARTITIONS),
      OMS_PORTS: String(gatewayPort),
      OMS_LOG_LEVEL: 'error',
      OMS_SNAPSHOT_MS: '1000',
      OMS_POLICIES: 'none',
      UV_THREADPOOL_SIZE: '16',
    };
    const network = await prepare(services.kafkaBrokers, services.databaseUrl);
    const logFile = join(home, 'members.log');
    const firstPort = await freePortsInARow(PORTS);
    const stage = (name: string, stages: string): Member => {
      const port = firstPort + members.length;
      const args = ['pipeline', '--stages', stages, '--slot', name];
      return new Member(name, args, { ...env, OMS_STAGES_PORT: String(port) }, logFile, port);
    };
    for (const n of [1, 2, 3]) {
      members.push(stage(`place-${n}`, 'place'));
      members.push(stage(`correlate-${n}`, 'correlate,policies'));
    }
    for (const n of [1, 2]) members.push(stage(`sink-${n}`, 'sink'));
    // A process that runs others: when it is killed they must end, and when one of them ends all do.
    const group = ['pipeline', '--stages', 'place,correlate', '--processes', '2', '--slot', 'group'];
    members.push(new Member('group', group, env, logFile));
    members.push(new Member('gateway', ['gateway'], env, logFile, gatewayPort));
    const url = `http://127.0.0.1:${gatewayPort}`;
    await retryUntil(async () => {
      if (!(await fetch(`${url}/ready`)).ok) throw new Error('the gateway is not ready');
    }, 120_000);
    let extra = 0;
    let ahead = 0;
    const enlist = async (): Promise<Member> => {
      const kind = extra % 2 === 0 ? 'correlate' : 'place';
      const member = stage(`${kind}-extra-${++extra}`, kind);
      members.push(member);
      return member;
    };
    const acknowledged = new Set<string>();
    const garbageRandom = seededRandom(seed, 2);
    const clockAhead = async (): Promise<void> => {
      const event = reportFromAhead(network, ++ahead);
      if (await post(url, [event], false)) acknowledged.add(`${event.source}/${event.sourceEventId}`);
    };
    const injector = new Injector(
      [...members],
      services,
      seededRandom(seed),
      enlist,
      () => writeGarbage(producer, topicNames(), garbageRandom),
      clockAhead,
      say,
    );
    const endAt = Date.now() + minutes * 60_000;
    const stuck: string[] = [];
    const calm = new AbortController();
    const harm = async (): Promise<void> => {
      if (brokerKills !== null)
        stuck.push(...(await injector.brokerKills(brokerKills, () => goesOn(readEnvironment(env)))));
      else if (databaseAwayMinutes !== null) await injector.databaseAway(databaseAwayMinutes * 60_000);
      else await injector.run(endAt);
      calm.abort();
    };
    await Promise.all([harm(), storm(url, network, seed, rate, endAt, calm.signal, acknowledged)]);
    say(`${acknowledged.size} events acknowledged; settling.`);
    const { compared, differences } = await settled(services.kafkaBrokers, services.databaseUrl, acknowledged, say);
    const hung = members.flatMap((member) => member.hung);
    return { injected: injector.done, compared, differences: [...differences, ...stuck, ...hung] };
  } finally {
    await Promise.all(members.map((member) => member.retire()));
    await producer.disconnect();
    await services.stop();
  }
}

/**
 * Resolves when every stage has read all that was on its topics when this was called.
 * @throws Error naming those that have not within a minute
 */
async function goesOn(environment: Environment): Promise<void> {
  const goals = await retryUntil(() => lags(environment), GOES_ON_MS, 500);
  await retryUntil(
    async () => {
      const now = await lags(environment);
      const behind = goals.flatMap(({ stage, topic, partition, end }) => {
        const found = now.find((one) => one.stage === stage && one.topic === topic && one.partition === partition)!;
        return found.at < end ? [{ ...found, end }] : [];
      });
      const [one] = await thoseWithRecords(environment, behind);
      if (one)
        throw new Error(
          `${one.stage} stands at offset ${one.at} of ${one.topic}/${one.partition}, which went on to ${one.end}`,
        );
    },
    GOES_ON_MS,
    1000,
  );
}

async function prepare(brokers: string, databaseUrl: string): Promise<Network> {
  const network = await readNetwork(join(CHECKOUT, 'data', 'ieee9500'));
  await migrate(databaseUrl);
  await withAdmin(brokers, (admin) => ensureTopics(admin, topicNames(), PARTITIONS));
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  const client = await pool.connect();
  await replaceNetwork(client, network);
  client.release();
  await pool.end();
  const producer = await connectToolProducer(brokers);
  await publishNetwork(producer, topicNames().network, EMPTY_NETWORK, network);
  await producer.disconnect();
  return network;
}

/** A report of a meter of the network, both its clock and that of the collector which took it in two days ahead. */
function reportFromAhead(network: Network, n: number): CanonicalEvent {
  const ahead = new Date(Date.now() + AHEAD_MS).toISOString();
  const customer = network.customers[n % network.customers.length]!;
  return {
    ...{ source: 'kaifa', kind: 'outage', type: 'last_gasp', sourceEventId: `ahead-${n}`, assetId: customer.meterId },
    ...{ occurredAt: ahead, receivedAt: ahead },
  } as CanonicalEvent;
}

/**
 * Sends a storm of the last hours, faster than it was, at a steady rate until `endAt`, or until it is told that it is
 * enough; what is not acknowledged is sent again.
 * @param acknowledged where what was acknowledged is noted
 */
async function storm(
  url: string,
  network: Network,
  seed: number,
  rate: number,
  endAt: number,
  enough: AbortSignal,
  acknowledged: Set<string>,
): Promise<void> {
  const random = seededRandom(seed, 1);
  const startMs = Date.now();
  const needed = (rate * (endAt - startMs)) / 1000;
  const hours = Math.ceil(needed / FEWEST_EVENTS_PER_HOUR);
  // Over before it is sent: of a storm yet to come no time would be believed.
  const began = startMs - (hours + AFTERMATH_HOURS) * HOUR_MS;
  const { events } = simulateStorm(network, { seed, faults: FAULTS_PER_HOUR * hours, hours, startMs: began });
  let sent = 0;
  while (Date.now() < endAt && sent < events.length && !enough.aborted) {
    const lines = events.slice(sent, sent + LINES_PER_POST);
    // A sender that does not know whether it was heard sends again: some send again for no reason at all.
    const doubled = random.next() < 0.1 ? [...lines, ...lines] : lines;
    if (await post(url, doubled, random.next() < 0.1)) {
      for (const { source, sourceEventId } of lines) acknowledged.add(`${source}/${sourceEventId}`);
      sent += lines.length;
    }
    const dueAt = startMs + (sent / rate) * 1000;
    await delay(Math.max(0, dueAt - Date.now()));
  }
}

async function post(url: string, events: readonly CanonicalEvent[], malformed: boolean): Promise<boolean> {
  const body = [...events.map((event) => JSON.stringify(event)), ...(malformed ? ['{"half of a l'] : [])].join('\n');
  try {
    const response = await fetch(`${url}/api/oms/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body,
      signal: AbortSignal.timeout(20_000),
    });
    await response.arrayBuffer();
    if (response.status === 202) return true;
  } catch {
    // The gateway was killed, or frozen: sent again below.
  }
  await delay(200);
  return false;
}

/** What comes in order of its receipt leaves nobody's memory: whoever is late by a watermark is so by a clock ahead. */
async function lateByClocks(read: (topic: string) => Promise<SourceRecord[]>): Promise<string[]> {
  const late = (await read(topicNames().late)).filter((record) => !isGarbage(record));
  return late
    .map(({ value }) => JSON.parse(new TextDecoder().decode(value!)) as LateRecord)
    .filter(({ reason }) => reason === 'behindWatermark')
    .map(({ event }) => `${event.source}/${event.sourceEventId} is late by a watermark that went ahead`);
}

/** Compares until there is no difference, or until it has had time enough to settle: then what differs, differs. */
async function settled(
  brokers: string,
  databaseUrl: string,
  acknowledged: ReadonlySet<string>,
  say: (line: string) => void,
): Promise<Comparison> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const reader = await PartitionReader.connect(brokers);
  const read = async (topic: string): Promise<SourceRecord[]> => {
    const records: SourceRecord[] = [];
    for (let partition = 0; partition < PARTITIONS; partition++) {
      await reader.read(topic, partition, null, null, (record) => void records.push(record));
    }
    return records;
  };
  try {
    const endAt = Date.now() + SETTLE_MS;
    for (;;) {
      try {
        const { compared, differences } = await compare(read, topicNames(), PARTITIONS, pool, acknowledged);
        const comparison = { compared, differences: [...differences, ...(await lateByClocks(read))] };
        if (comparison.differences.length === 0 || Date.now() > endAt) return comparison;
        say(`not settled yet: ${comparison.differences[0]}`);
      } catch (error) {
        // A broker that has just come back does not lead its partitions yet.
        if (Date.now() > endAt) throw error;
        say(`cannot be compared yet: ${(error as Error).message}`);
      }
      await delay(3000);
    }
  } finally {
    await reader.close();
    await pool.end();
  }
}
