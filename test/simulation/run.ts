import { Registry } from '../../operators/network/registry.js';
import { readNetwork } from '../../pipeline/jobs/network/read.js';
import { seededRandom } from '../../simulator/random.js';
import { simulateStorm } from '../../simulator/storm/storm.js';
import { TestDriver } from '../../streams/driver.js';
import { partitionOf } from '../../streams/partitioner.js';
import { StageRuntime, type RuntimeOptions } from '../../streams/runtime.js';
import type { Topology } from '../../streams/topology.js';
import { decodeLogRecord } from '../../operators/log/log-record.js';
import { isCommand } from '../../operators/model/event.js';
import { buildTopology } from '../../pipeline/topology.js';
import { sourceTopics, topicNames } from '../../connections/topics.js';
import { isReadable, replayedLog, textOf } from '../kit/replayed-log.js';
import { SimulatedBroker, type Missing } from './simulated-broker.js';
import { CALM, SimulatedProcess, World, type Chances } from './world.js';
import { UTC } from '../../operators/model/time-zone.js';

const PARTITIONS = 3;
const EVENTS = 60;
const EVENTS_PER_RECORD = 2;
/** Few, so that they have come before the end. */
const POISONED = 2;
const FAULTS_MS = 60_000;
const STORMY: Chances = {
  crash: 0.02,
  freeze: 0.01,
  retriable: 0.05,
  lostAnswer: 0.05,
  abort: 0.03,
  generation: 0.05,
  unknownOffsets: 0.2,
};

const topics = topicNames();
const topicOf = sourceTopics(topics);
const network = await readNetwork(new URL('../../data/ieee9500', import.meta.url).pathname);
const registry = Registry.of(network);
const { events } = simulateStorm(network, { seed: 1, faults: 12, hours: 2, startMs: Date.UTC(2026, 9, 4) });

/** What one run of the simulation found. */
export interface SimulatedRun {
  /** What was done to the system, by kind. */
  readonly done: Readonly<Record<string, number>>;
  readonly differences: readonly string[];
}

/**
 * Lets the stages place and correlate, two processes of each, take a small storm in while they and their broker fail in
 * every way; then lets it settle and compares with what the log means. The same seed gives the same run.
 * @throws Error if it does not settle
 */
export async function simulate(seed: number, missing: Missing = {}): Promise<SimulatedRun> {
  const world = new World(seed);
  const broker = new SimulatedBroker(world, PARTITIONS, missing);
  const topology = buildTopology({ topics, zone: UTC, registry });
  const live = new Map<string, Running>();
  for (const stage of ['place', 'correlate'] as const) {
    for (const slot of ['a', 'b']) void keepRunning(world, broker, topology, stage, slot, live);
  }
  const sent = feed(world, broker);
  const untilMs = world.nowMs + FAULTS_MS;
  world.chances = STORMY;
  void harm(world, live, untilMs);
  await world.run(() => world.nowMs >= untilMs);
  world.chances = CALM;
  await world.run(() => sent.done && broker.isQuiet());
  return { done: world.done, differences: differences(broker, topology) };
}

interface Running {
  readonly process: SimulatedProcess;
  runtime: StageRuntime | null;
}

/** Keeps a stage running under a slot, as a supervisor would. */
async function keepRunning(
  world: World,
  broker: SimulatedBroker,
  topology: Topology,
  stage: string,
  slot: string,
  live: Map<string, Running>,
): Promise<void> {
  for (;;) {
    const process = new SimulatedProcess(`${stage}-${slot}`);
    const running: Running = { process, runtime: null };
    live.set(process.name, running);
    const options: RuntimeOptions = {
      broker: broker.for(process),
      partitions: PARTITIONS,
      application: 'oms',
      slot,
      commitMs: 100,
      snapshotMs: 1000,
      acceptGap: false,
      advice: { setAside: 'see there.', unreadable: 'see here.' },
      say: () => undefined,
      now: () => world.nowMs,
    };
    const died = new Promise<void>((resolve) => (process.onDeath = resolve));
    const ended = StageRuntime.start(topology.stage(stage), options)
      .then((runtime) => {
        running.runtime = runtime;
        return runtime.finished;
      })
      .catch(() => world.note('process ended by itself'));
    await Promise.race([died, ended]);
    process.alive = false;
    await world.wait(world.random.between(100, 8000));
  }
}

/** Sends the storm, a record at a time. */
function feed(world: World, broker: SimulatedBroker): { done: boolean } {
  const sent = { done: false };
  const headers = { 'content-type': 'application/x-ndjson', ce_time: new Date(world.nowMs).toISOString() };
  const send = async (): Promise<void> => {
    for (let i = 0; i < EVENTS; i += EVENTS_PER_RECORD) {
      await world.wait(world.random.exponential(800));
      const some = events.slice(i, i + EVENTS_PER_RECORD);
      const partition = partitionOf(String(i), PARTITIONS);
      const value = some.map((event) => JSON.stringify(event)).join('\n');
      broker.log.append(
        { topic: topicOf[some[0]!.source], partition, key: 'lines', value, headers },
        world.nowMs,
        null,
      );
    }
    sent.done = true;
  };
  void send();
  void poison(world, broker);
  return sent;
}

/** Puts records on the log that no stage can read. */
async function poison(world: World, broker: SimulatedBroker): Promise<void> {
  for (let n = 0; n < POISONED; n++) {
    await world.wait(world.random.exponential(10_000));
    const partition = world.random.integer(0, PARTITIONS - 1);
    broker.log.append({ topic: topics.events, partition, key: 'S1/S1-F1', value: `poison ${n}` }, world.nowMs, null);
  }
}

/** Kills, freezes and stops processes until the given time. */
async function harm(world: World, live: ReadonlyMap<string, Running>, untilMs: number): Promise<void> {
  const random = seededRandom(world.seed, 1);
  while (world.nowMs < untilMs) {
    await world.wait(random.exponential(2500));
    const { process, runtime } = random.pick([...live.values()]);
    if (!process.alive) continue;
    const dice = random.next();
    if (dice < 0.4) {
      world.note('killed');
      world.kill(process);
    } else if (dice < 0.7) {
      world.note('frozen');
      world.freeze(process);
    } else if (runtime) {
      world.note('stopped in order');
      runtime.stop().catch(() => undefined);
    }
  }
}

/** Where what was committed differs from what was sent, and from what the log means. */
function differences(broker: SimulatedBroker, topology: Topology): string[] {
  const found: string[] = [];
  const same = (what: string, expected: readonly string[], actual: readonly string[]): void => {
    const at = expected.findIndex((text, i) => text !== actual[i]);
    if (at < 0 && actual.length === expected.length) return;
    const where = at < 0 ? expected.length : at;
    found.push(
      `${what}: ${actual.length} instead of ${expected.length}; at ${where} ${actual[where]} instead of ${expected[where]}`,
    );
  };
  const log = broker.log.committed(topics.events);
  same('events on the log', placedAlone(broker, topology), identitiesOf(log.map(({ value }) => value)));
  const poisoned = log.filter(({ value }) => !isReadable(value)).map(({ value }) => new TextDecoder().decode(value!));
  const rejected = broker.log.committed(topics.rejected).map(({ value }) => rawOf(value!));
  same('records set aside', poisoned.sort(), rejected.sort());
  const meant = replayedLog(log, topics, PARTITIONS);
  for (const topic of [topics.evidence, topics.outages, topics.late]) {
    same(topic, meant.get(topic) ?? [], broker.log.committed(topic).map(textOf));
  }
  return found;
}

function rawOf(value: Uint8Array): string {
  return (JSON.parse(new TextDecoder().decode(value)) as { raw: string }).raw;
}

/** The identities that the place stage puts on the log when nothing fails. */
function placedAlone(broker: SimulatedBroker, topology: Topology): string[] {
  const values: Uint8Array[] = [];
  const driver = new TestDriver(topology, {
    partitions: PARTITIONS,
    onRecord: ({ topic, value }) => void (topic === topics.events && values.push(Buffer.from(value as Uint8Array))),
  });
  for (const topic of Object.values(topicOf)) {
    for (const { partition, offset, value, headers } of broker.log.committed(topic)) {
      driver.pipe({ topic, key: null, value, headers, at: { partition, offset } });
      driver.commit();
    }
  }
  return identitiesOf(values);
}

function identitiesOf(values: readonly (Uint8Array | null)[]): string[] {
  return values
    .flatMap((value) => (isReadable(value) ? decodeLogRecord(value) : []))
    .flatMap((entry) => (isCommand(entry) ? [] : [`${entry.source}/${entry.sourceEventId}`]))
    .sort();
}
