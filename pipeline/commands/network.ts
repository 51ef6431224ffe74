import type { Command } from 'commander';
import pg from 'pg';
import { requireBrokers, requireDatabase } from '../../connections.js';
import { readEnvironment, type Environment } from '../../environment.js';
import type { Network } from '../../operators/network.js';
import { topicNames } from '../../topics.js';
import { connectToolProducer } from '../kafka-lines.js';
import { demoNetwork } from '../network/demo.js';
import { diffNetworks } from '../network/diff.js';
import { InvalidNetwork, networkErrorText } from '../network/network-error.js';
import { readNetwork } from '../network/read.js';
import { loadNetwork, publishNetwork, replaceNetwork } from '../network/store.js';
import { writeNetwork } from '../network/write.js';
import { deliverRules } from '../rule-delivery.js';
import { numberBetween, say } from './talk.js';

const ERRORS_SHOWN = 50;
const NO_NETWORK: Network = {
  substations: [],
  feeders: [],
  devices: [],
  sections: [],
  distributionPoints: [],
  customers: [],
};

/** `oms network import|demo`. */
export function addNetwork(program: Command): void {
  const network = program.command('network').description('the network: import it, or make one');
  network
    .command('import')
    .description('check a network, then replace the one in use: all of it or nothing')
    .argument('<path>', 'CSV folder (as data/ieee9500) or GeoJSON file')
    .option('--dry-run', 'only check it and show what would change')
    .option('--if-empty', 'do nothing if there is a network already')
    .option('--json', 'show what changed as JSON')
    .addHelpText('after', '\nExample:\n  oms network import data/ieee9500 --dry-run')
    .action(async (path: string, options: ImportOptions) => importNetwork(path, options, readEnvironment()));
  network
    .command('demo')
    .description('make a plausible network, and import it or write it as CSV')
    .option('--substations <n>', 'substations SS001 to SS999', numberBetween(1, 999), 20)
    .option('--seed <n>', 'same seed, same network', numberBetween(0, 2 ** 31), 1)
    .option('--out <dir>', 'write it there instead of importing it')
    .addHelpText('after', '\nExample:\n  oms network demo --substations 5 --out demo && oms network import demo')
    .action(async (options: { substations: number; seed: number; out?: string }) => {
      const demo = demoNetwork(options);
      if (options.out !== undefined) {
        await writeNetwork(demo, options.out);
        say(`${demo.feeders.length} feeders and ${demo.customers.length} customers written to ${options.out}.`);
      } else await replace(demo, readEnvironment());
    });
}

interface ImportOptions {
  readonly dryRun?: boolean;
  readonly ifEmpty?: boolean;
  readonly json?: boolean;
}

async function importNetwork(path: string, options: ImportOptions, environment: Environment): Promise<void> {
  let network: Network;
  try {
    network = await readNetwork(path);
  } catch (error) {
    if (!(error instanceof InvalidNetwork)) throw error;
    for (const one of error.errors.slice(0, ERRORS_SHOWN)) say(networkErrorText(one));
    if (error.errors.length > ERRORS_SHOWN) say(`... and ${error.errors.length - ERRORS_SHOWN} more`);
    throw new Error(`${path} has ${error.errors.length} errors: nothing was changed.`, { cause: error });
  }
  await replace(network, environment, options);
}

async function replace(network: Network, environment: Environment, options: ImportOptions = {}): Promise<void> {
  const brokers = options.dryRun ? null : requireBrokers(environment);
  const pool = new pg.Pool({ connectionString: requireDatabase(environment), max: 2 });
  try {
    const before = await loadNetwork(pool);
    if (options.ifEmpty && before.feeders.length > 0) {
      say(`There is a network already: ${before.feeders.length} feeders, ${before.customers.length} customers.`);
      return;
    }
    showChanges(before, network, options.json ?? false);
    if (brokers === null) return;
    await inTransaction(pool, (client) => replaceNetwork(client, network));
    const producer = await connectToolProducer(brokers);
    try {
      const topics = topicNames(environment.topicPrefix);
      // With nothing known before, all is published: the topic may be new where the database is not.
      const sent = await publishNetwork(producer, topics.network, options.ifEmpty ? NO_NETWORK : before, network);
      const known = new Set(before.feeders.map(({ feederId }) => feederId));
      const added = network.feeders.filter(({ feederId }) => !known.has(feederId));
      await deliverRules(brokers, producer, topics, environment.partitions, added);
      say(
        `Imported: ${network.feeders.length} feeders, ${network.customers.length} customers (${sent} elements published).`,
      );
    } finally {
      await producer.disconnect();
    }
  } finally {
    await pool.end();
  }
}

function showChanges(before: Network, after: Network, json: boolean): void {
  const diff = diffNetworks(before, after);
  if (json) {
    console.log(JSON.stringify(diff));
    return;
  }
  for (const [kind, { added, changed, removed }] of Object.entries(diff)) {
    if (added.length + changed.length + removed.length === 0) continue;
    say(`${kind}: ${added.length} added, ${changed.length} changed, ${removed.length} removed`);
  }
}

async function inTransaction(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
