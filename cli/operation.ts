import type { Command } from 'commander';
import type { Admin } from 'kafkajs';
import { readEnvironment, VARIABLES, type Environment } from '../connections/environment.js';
import { installationOf, topicNames } from '../connections/topics.js';
import { ANY_TEXT, listOf, nullable, objectOf, optional, TEXT } from '../operators/model/record-shape.js';
import { lossesOf, migrate } from '../sql/migrate.js';
import { checkAppendTime, checkTopics, ensureTopics } from '../connections/topic-admin.js';
import { checkGroups, judgeLag, judgeStages, watchStages } from './doctor-stages.js';
import { lags } from './lags.js';
import { replicationAmong, replicationOf, weaknesses, type ReplicatedTopic } from '../connections/topic-replication.js';
import { requireConsent } from './terminal/consent.js';
import { acceptOtherLog, findOtherLog } from './other-log.js';
import { checkRecords, takeAway } from './records.js';
import { inDatabaseWords, withDatabase, withTopics } from '../connections/services.js';
import { say, wholeNumberBetween } from './terminal/talk.js';
import { codeOf, OmsError, sentenceOf, type ErrorCode } from '../connections/errors.js';

/** `oms migrate`, `oms topics`, `oms lag`, `oms doctor`. */
export function addOperation(program: Command): void {
  program
    .command('migrate')
    .description('bring the database schema to the latest version, or to another')
    .option('--to <n>', 'version; a lower one loses data, and is asked for', wholeNumberBetween(0, 999))
    .option('--yes', 'lose it without being asked')
    .addHelpText('after', '\nExample:\n  oms migrate')
    .action(async ({ to, yes = false }: { to?: number; yes?: boolean }) => {
      const environment = readEnvironment();
      if (to !== undefined) await agreeToLosses(environment, to, yes);
      const version = to === undefined ? 'max' : String(to).padStart(3, '0');
      const applied = await inDatabaseWords(environment, (url) => migrate(url, version));
      say(applied.length === 0 ? 'The schema is up to date.' : `Applied: ${applied.join(', ')}.`);
    });
  program
    .command('topics')
    .description('check the topics, or create those that are missing')
    .option('--create', 'create them')
    .option('--begin-anew', 'let the sink begin at their beginning, after Kafka lost its data: rows of before stay')
    .option('--yes', 'begin anew without being asked')
    .option('--tombstone <topic/partition/offset>', 'take away a record that "oms doctor" says cannot be read')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  oms topics --create\n  oms topics --tombstone oms.rules/0/5')
    .action(async ({ beginAnew, yes, tombstone, ...options }: TopicsOptions) => {
      if (tombstone !== undefined) {
        await takeAway(tombstone, readEnvironment());
        say(`${tombstone} is taken away.`);
        return;
      }
      await topics(readEnvironment(), options);
      if (beginAnew) await acceptOtherLog(readEnvironment(), yes ?? false);
    });
  program
    .command('lag')
    .description('how far each stage is behind, by partition')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  oms lag')
    .action(async (options: { json?: boolean }) => lag(readEnvironment(), options.json ?? false));
  program
    .command('doctor')
    .description('check environment, Kafka, topics, database, stages and gateway, and say what to do')
    .option('--json', 'as JSON')
    .addHelpText('after', `\nVariables:\n${variablesText()}\n\nExample:\n  oms doctor`)
    .action(async (options: { json?: boolean }) => doctor(options.json ?? false));
}

interface TopicsOptions {
  readonly tombstone?: string;
  readonly create?: boolean;
  readonly beginAnew?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What has been dropped does not come back with a later migration: the sink does not read again what it has read. */
async function agreeToLosses(environment: Environment, to: number, yes: boolean): Promise<void> {
  const losses = await inDatabaseWords(environment, (url) => lossesOf(url, to));
  if (losses.length === 0) return;
  say(`Going down to version ${to} loses, and no later migration brings it back:`);
  for (const loss of losses) say(`  ${loss}`);
  await requireConsent('Go down?', yes);
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
  await withTopics(environment, async (admin) => {
    if (options.create) {
      const created = await ensureTopics(admin, names, environment.partitions, environment);
      say(created.length === 0 ? 'All topics are there.' : `Created: ${created.join(', ')}.`);
    } else await checkTopics(admin, names, environment.partitions);
    const found = await replicationOf(admin, Object.values(names));
    if (options.json) console.log(JSON.stringify(found));
    else
      for (const { name, partitions, replicas, minInSync } of found)
        console.log(`${name}: ${partitions} partitions, replication ${replicas}, in sync ${minInSync}`);
    const weak = await weakTopics(admin, environment, found);
    for (const sentence of weak) say(sentence);
    // Those that create them go on: the topics are there and work.
    if (weak.length > 0 && !options.create) process.exitCode = 1;
  });
}

/** What is weaker than the environment and the number of brokers say, a sentence each. */
async function weakTopics(
  admin: Admin,
  environment: Environment,
  topics: readonly ReplicatedTopic[],
): Promise<string[]> {
  const { brokers } = await admin.describeCluster();
  return weaknesses(topics, replicationAmong(brokers.length, environment));
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
  /** Of what is wrong: where docs/errors.md says more. */
  readonly code?: ErrorCode;
}

type Check = (what: string, work: () => Promise<string>) => Promise<boolean>;

async function doctor(json: boolean): Promise<void> {
  const findings: Finding[] = [];
  const check: Check = async (what, work) => {
    try {
      findings.push({ what, ok: true, detail: await work() });
      return true;
    } catch (error) {
      findings.push({ what, ok: false, detail: sentenceOf(error), code: codeOf(error) });
      return false;
    }
  };
  let environment: Environment | null = null;
  await check('environment', async () => {
    environment = readEnvironment();
    return 'all variables are right';
  });
  if (environment) await checkSystem(environment, check);
  if (json) console.log(JSON.stringify(findings));
  else
    for (const { what, detail, code } of findings)
      console.log(code ? `FAIL ${what}: ${detail} (${code})` : `ok   ${what}: ${detail}`);
  if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
}

const PATIENCE_MS = 5000;

async function checkSystem(environment: Environment, check: Check): Promise<void> {
  const { partitions, ports, topicPrefix } = environment;
  const kafka = await check('Kafka', async () => {
    const { brokers } = await withTopics(environment, (admin) => admin.describeCluster());
    return brokers.length === 1 ? '1 broker' : `${brokers.length} brokers`;
  });
  // What stands on Kafka or the database is not asked for where these are away: one cause, one finding.
  const topics =
    kafka &&
    (await check('topics', async () => {
      const names = topicNames(topicPrefix);
      await withTopics(environment, (admin) => checkTopics(admin, names, partitions));
      return `${Object.keys(names).length} topics of ${partitions} partitions`;
    }));
  if (topics) await check('replication', () => checkReplication(environment));
  if (topics)
    await check('append time', async () => {
      const names = Object.values(topicNames(topicPrefix));
      await withTopics(environment, (admin) => checkAppendTime(admin, names));
      return 'every record carries the time at which Kafka took it';
    });
  if (topics) await check('records', () => checkRecords(environment));
  const database = await check('database', async () => {
    const feeders = await withDatabase(environment, async (client) => {
      const { rows } = await client.query<{ feeders: number }>(
        'select count(*)::integer as feeders from network.feeders',
      );
      return rows[0]!.feeders;
    });
    if (feeders === 0)
      throw new OmsError('OMS_NO_NETWORK', 'There is no network: import one with "oms network import DIR".');
    return `schema is there, ${feeders} feeders`;
  });
  if (topics && database) {
    await check('log', async () => {
      const other = await findOtherLog(environment);
      if (other !== null) throw other;
      return 'the topics are those that the database has read';
    });
    const watched = watchStages(environment);
    // What goes wrong in it is met by those who wait for it.
    watched.catch(() => undefined);
    await check('groups', () => checkGroups(environment));
    await check('lag', async () => judgeLag(environment, await watched));
    await check('stages', async () => judgeStages(await watched));
  }
  if (ports.length > 0) await check('gateway', () => askGateway(environment, kafka));
}

async function checkReplication(environment: Environment): Promise<string> {
  return withTopics(environment, async (admin) => {
    const topics = await replicationOf(admin, Object.values(topicNames(environment.topicPrefix)));
    const weak = await weakTopics(admin, environment, topics);
    if (weak.length > 0) throw new OmsError('OMS_WEAK_REPLICATION', weak.join(' '));
    const least = (of: 'replicas' | 'minInSync'): number => Math.min(...topics.map((topic) => topic[of]));
    return `replication ${least('replicas')}, in sync ${least('minInSync')}`;
  });
}

/** What of a gateway's answer is looked at. */
const READINESS = objectOf({ missing: listOf(ANY_TEXT), installation: optional(nullable(TEXT)) }, 'how ready it is');

async function askGateway(environment: Environment, isKafkaThere: boolean): Promise<string> {
  const { host, ports } = environment;
  const port = ports[0]!;
  const reached =
    host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? (host === '::' ? '[::1]' : `[${host}]`) : host;
  const url = `http://${reached}:${port}/ready`;
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => {
    throw new OmsError(
      'OMS_GATEWAY_AWAY',
      `Nothing answers at ${url}: run "oms gateway", or set OMS_PORTS to where it listens.`,
    );
  });
  const answer: unknown = await response.json().catch(() => null);
  if (!READINESS.is(answer))
    throw new OmsError(
      'OMS_OTHER_GATEWAY',
      `What answers at ${url} is no gateway: set OMS_PORTS to where the gateway listens.`,
    );
  const { missing, installation } = answer;
  if (isKafkaThere && installation) {
    const ours = await installationOfKafka(environment);
    if (installation !== ours)
      throw new OmsError(
        'OMS_OTHER_GATEWAY',
        `What answers at ${url} is the gateway of another installation (${installation}, not ${ours}): set OMS_PORTS to where yours listens.`,
      );
  }
  if (!response.ok) throw new OmsError('OMS_GATEWAY_NOT_READY', `It is not ready: ${missing.join(' ')}`);
  return `ready on port ${port}`;
}

function installationOfKafka(environment: Environment): Promise<string> {
  return withTopics(environment, async (admin) =>
    installationOf((await admin.describeCluster()).clusterId, topicNames(environment.topicPrefix)),
  );
}
