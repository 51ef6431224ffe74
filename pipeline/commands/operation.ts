import type { Command } from 'commander';
import pg from 'pg';
import { requireBrokers, requireDatabase } from '../../connections.js';
import { readEnvironment, VARIABLES, type Environment } from '../../environment.js';
import { topicNames } from '../../topics.js';
import { migrate } from '../migrate.js';
import { STAGES } from '../pipeline.js';
import { checkTopics, ensureTopics, withAdmin } from '../topic-admin.js';
import { numberBetween, say } from './talk.js';

/** `oms migrate`, `oms topics`, `oms lag`, `oms doctor`. */
export function addOperation(program: Command): void {
  program
    .command('migrate')
    .description('bring the database schema to the latest version, or to another')
    .option('--to <n>', 'version', numberBetween(0, 9999))
    .addHelpText('after', '\nExample:\n  oms migrate')
    .action(async ({ to }: { to?: number }) => {
      const applied = await migrate(
        requireDatabase(readEnvironment()),
        to === undefined ? 'max' : String(to).padStart(3, '0'),
      );
      say(applied.length === 0 ? 'The schema is up to date.' : `Applied: ${applied.join(', ')}.`);
    });
  program
    .command('topics')
    .description('check the topics, or create those that are missing')
    .option('--create', 'create them')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  oms topics --create')
    .action(async (options: { create?: boolean; json?: boolean }) => topics(readEnvironment(), options));
  program
    .command('lag')
    .description('how far each stage is behind, by partition')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  oms lag')
    .action(async (options: { json?: boolean }) => lag(readEnvironment(), options.json ?? false));
  program
    .command('doctor')
    .description('check environment, Kafka, topics, database and gateway, and say what to do')
    .option('--json', 'as JSON')
    .addHelpText('after', `\nVariables:\n${variablesText()}\n\nExample:\n  oms doctor`)
    .action(async (options: { json?: boolean }) => doctor(options.json ?? false));
}

function variablesText(): string {
  return Object.values(VARIABLES)
    .map(
      ({ name, fallback, means }) => `  ${name.padEnd(30)} ${means} (default: ${fallback === '' ? 'none' : fallback})`,
    )
    .join('\n');
}

async function topics(environment: Environment, options: { create?: boolean; json?: boolean }): Promise<void> {
  const names = topicNames(environment.topicPrefix);
  await withAdmin(requireBrokers(environment), async (admin) => {
    if (options.create) {
      const created = await ensureTopics(admin, names, environment.partitions);
      say(created.length === 0 ? 'All topics are there.' : `Created: ${created.join(', ')}.`);
    } else await checkTopics(admin, names, environment.partitions);
    const { topics: found } = await admin.fetchTopicMetadata({ topics: Object.values(names) });
    if (options.json)
      console.log(JSON.stringify(found.map(({ name, partitions }) => ({ name, partitions: partitions.length }))));
    else for (const { name, partitions } of found) console.log(`${name}: ${partitions.length} partitions`);
  });
}

interface Lag {
  readonly stage: string;
  readonly topic: string;
  readonly partition: number;
  readonly behind: number;
}

async function lags(environment: Environment): Promise<Lag[]> {
  const { topicPrefix } = environment;
  const names = topicNames(topicPrefix);
  const sourcesOf: Record<string, readonly string[]> = {
    place: [names.scada, names.kaifa, names.onu, names.callCenter],
    correlate: [names.events],
    policies: [names.outages],
    sink: [names.events, names.outages, names.evidence, names.unplaced, names.late, names.rejected],
  };
  return withAdmin(requireBrokers(environment), async (admin) => {
    const rows: Lag[] = [];
    const inDatabase = await sinkOffsets(environment);
    for (const stage of STAGES) {
      for (const topic of sourcesOf[stage]!) {
        const ends = await admin.fetchTopicOffsets(topic);
        const [group] =
          stage === 'sink' ? [] : await admin.fetchOffsets({ groupId: `${topicPrefix}oms-${stage}`, topics: [topic] });
        for (const { partition, high, low } of ends) {
          const at = group
            ? Number(group.partitions.find((one) => one.partition === partition)?.offset ?? -1)
            : (inDatabase.get(`${topic}/${partition}`) ?? -1);
          rows.push({ stage, topic, partition, behind: Number(high) - Math.max(at, Number(low)) });
        }
      }
    }
    return rows;
  });
}

/** The sink's offsets stand in the database. */
async function sinkOffsets(environment: Environment): Promise<Map<string, number>> {
  const client = new pg.Client({ connectionString: requireDatabase(environment) });
  await client.connect();
  try {
    const { rows } = await client.query<{ place: string; next: string }>(
      "select topic || '/' || partition as place, next_offset as next from oms.sink_offsets",
    );
    return new Map(rows.map(({ place, next }) => [place, Number(next)]));
  } finally {
    await client.end();
  }
}

async function lag(environment: Environment, json: boolean): Promise<void> {
  const rows = await lags(environment);
  if (json) console.log(JSON.stringify(rows));
  // A transaction ends with a mark that takes an offset and is no record: 1 behind is nothing.
  else
    for (const { stage, topic, partition, behind } of rows)
      console.log(`${stage.padEnd(10)} ${topic}/${partition}: ${behind} behind`);
}

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

async function doctor(json: boolean): Promise<void> {
  const findings: Finding[] = [];
  const check = async (what: string, work: () => Promise<string>): Promise<void> => {
    try {
      findings.push({ what, ok: true, detail: await work() });
    } catch (error) {
      findings.push({ what, ok: false, detail: (error as Error).message || String(error) });
    }
  };
  let environment: Environment | null = null;
  await check('environment', async () => {
    environment = readEnvironment();
    return 'all variables are right';
  });
  if (environment) await checkSystem(environment, check);
  if (json) console.log(JSON.stringify(findings));
  else for (const { what, ok, detail } of findings) console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}: ${detail}`);
  if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
}

async function checkSystem(
  environment: Environment,
  check: (what: string, work: () => Promise<string>) => Promise<void>,
): Promise<void> {
  await check('Kafka', async () => {
    const { brokers } = await withAdmin(requireBrokers(environment), (admin) => admin.describeCluster());
    return `${brokers.length} broker(s)`;
  });
  await check('topics', async () => {
    const names = topicNames(environment.topicPrefix);
    await withAdmin(requireBrokers(environment), (admin) => checkTopics(admin, names, environment.partitions));
    return `${Object.keys(names).length} topics of ${environment.partitions} partitions`;
  });
  await check('database', async () => {
    const client = new pg.Client({ connectionString: requireDatabase(environment) });
    await client.connect();
    try {
      const { rows } = await client.query<{ feeders: number }>(
        'select count(*)::integer as feeders from network.feeders',
      );
      if (rows[0]!.feeders === 0) throw new Error('the network is empty: import one with "oms network import DIR"');
      return `schema is there, ${rows[0]!.feeders} feeders`;
    } finally {
      await client.end();
    }
  });
  await check('lag', async () => {
    const rows = await lags(environment);
    const worst = rows.reduce((a, b) => (b.behind > a.behind ? b : a));
    return `${worst.stage} is ${worst.behind} behind on ${worst.topic}/${worst.partition} at most`;
  });
  await check('gateway', async () => {
    const response = await fetch(`http://127.0.0.1:${environment.ports[0]}/ready`);
    if (!response.ok) throw new Error(`not ready: ${(await response.text()).slice(0, 200)}`);
    return 'ready';
  });
}
