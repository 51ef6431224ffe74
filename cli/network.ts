import { Option, type Command } from 'commander';
import { readEnvironment, type Environment } from '../connections/environment.js';
import { keyText } from '../operators/model/event.js';
import type { Network } from '../operators/network/network.js';
import { readNetworkElement } from '../operators/network/network-element.js';
import { placeOf } from '../streams/set-aside.js';
import { topicNames } from '../connections/topics.js';
import { demoNetwork } from '../simulator/network/demo.js';
import { AXIS_ORDERS, type AxisOrder } from '../pipeline/jobs/network/axis-order.js';
import { countRemoved, diffNetworks, removedLines, type NetworkDiff } from '../pipeline/jobs/network/diff.js';
import { doubtsOfPlace, extentOf, extentText } from '../pipeline/jobs/network/extent.js';
import { withFormerKeys } from '../pipeline/jobs/network/former-keys.js';
import { InvalidNetwork, networkErrorText } from '../pipeline/jobs/network/network-error.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import {
  loadNetwork,
  publishChanges,
  readPublished,
  replaceNetwork,
  type PublishedNetwork,
} from '../pipeline/jobs/network/store.js';
import { writeNetwork } from '../pipeline/jobs/network/write.js';
import { deliverRules } from '../pipeline/jobs/rule-delivery.js';
import { checkTopics } from '../connections/topic-admin.js';
import { withDatabase, withProducer, withReader, withTopics } from '../connections/services.js';
import { fileProblem } from '../connections/files.js';
import { requireConsent } from './terminal/consent.js';
import { agrees, say, wholeNumberBetween } from './terminal/talk.js';
import { inTransaction } from '../connections/postgres/transaction.js';
import { countPlaceable, placePlaceable } from './unplaced.js';
import { OmsError } from '../connections/errors.js';

const ERRORS_SHOWN = 50;

/** `oms network import|demo`. */
export function addNetwork(program: Command): void {
  const network = program.command('network').description('the network: import it, or make one');
  network.addHelpText('after', '\nExample:\n  oms network import data/ieee9500');
  network
    .command('import')
    .description('check a network, then replace the one in use: all of it or nothing')
    .argument('<path>', 'CSV folder (as data/ieee9500) or GeoJSON file')
    .option('--dry-run', 'only check it and show what would change')
    .option('--if-empty', 'do nothing if there is a network already')
    .option('--json', 'show what changed as JSON')
    .addOption(
      new Option('--axis-order <order>', 'how the coordinates of a GeoJSON file stand, whatever it says').choices([
        ...AXIS_ORDERS,
      ]),
    )
    .option('--yes', 'take away what is not in the import, without asking')
    .option('--place-unplaced', 'give unplaced events that have a place now back to the stream, without asking')
    .addHelpText('after', '\nExample:\n  oms network import data/ieee9500 --dry-run')
    .action(async (path: string, options: ImportOptions) => importNetwork(path, options, readEnvironment()));
  network
    .command('demo')
    .description('make a plausible network, and import it or write it as CSV')
    .option('--substations <n>', 'substations SS001 to SS999', wholeNumberBetween(1, 999), 20)
    .option('--seed <n>', 'same seed, same network', wholeNumberBetween(0, 2 ** 31), 1)
    .option('--out <dir>', 'write it there instead of importing it')
    .option('--yes', 'take away what is not in it, without asking')
    .addHelpText('after', '\nExample:\n  oms network demo --substations 5 --out demo && oms network import demo')
    .action(async (options: { substations: number; seed: number; out?: string; yes?: boolean }) => {
      const demo = demoNetwork(options);
      if (options.out !== undefined) {
        const { out } = options;
        await writeNetwork(demo, out).catch((error: Error) => {
          throw fileProblem(out, error);
        });
        say(`${demo.feeders.length} feeders and ${demo.customers.length} customers written to ${out}.`);
      } else await replace(demo, readEnvironment(), { yes: options.yes ?? false });
    });
}

interface ImportOptions {
  readonly dryRun?: boolean;
  readonly ifEmpty?: boolean;
  readonly json?: boolean;
  readonly axisOrder?: AxisOrder;
  readonly yes?: boolean;
  readonly placeUnplaced?: boolean;
}

async function importNetwork(path: string, options: ImportOptions, environment: Environment): Promise<void> {
  let network: Network;
  try {
    network = await readNetwork(path, options.axisOrder ?? null);
  } catch (error) {
    if (!(error instanceof InvalidNetwork)) throw error;
    for (const one of error.errors.slice(0, ERRORS_SHOWN)) say(networkErrorText(one));
    if (error.errors.length > ERRORS_SHOWN) say(`... and ${error.errors.length - ERRORS_SHOWN} more`);
    const count = error.errors.length === 1 ? '1 error' : `${error.errors.length} errors`;
    throw new OmsError('OMS_BAD_NETWORK', `${path} has ${count}: nothing was changed.`, { cause: error });
  }
  await replace(network, environment, options);
}

async function replace(network: Network, environment: Environment, options: ImportOptions): Promise<void> {
  if (options.dryRun) {
    const before = await withDatabase(environment, loadNetwork);
    const diff = diffNetworks(before, network);
    sayWhere(before, network);
    for (const line of removedLines(diff)) say(line);
    for (const line of changesOf(diff, options.json ?? false)) console.log(line);
    return;
  }
  // Asked first: a Kafka that is away leaves the database as it is.
  const published = await publishedOn(environment);
  const before = await withDatabase(environment, loadNetwork);
  let stored = before;
  if (options.ifEmpty && before.feeders.length > 0) say('There is a network already; it stays.');
  else {
    await agreeToChanges(before, network, options);
    stored = withFormerKeys(before, network, Date.now());
    await withDatabase(environment, (client) => inTransaction(client, () => replaceNetwork(client, stored)));
  }
  const sent = await publish(environment, published, stored).catch((error: Error) => {
    const message = `The database has the network, the stages not all of it: import it again. ${error.message}`;
    throw new OmsError('OMS_NETWORK_HALF_PUBLISHED', message, { cause: error });
  });
  const { feeders, customers } = stored;
  say(`In use: ${feeders.length} feeders, ${customers.length} customers (${sent} elements published).`);
  await offerUnplaced(environment, options.placeUnplaced ?? false);
}

/**
 * Shows what changes, and asks where that takes something away.
 * @throws WrongUse where there is no terminal to ask on; OmsError when the answer is not yes
 */
async function agreeToChanges(before: Network, after: Network, { json, yes }: ImportOptions): Promise<void> {
  const diff = diffNetworks(before, after);
  sayWhere(before, after);
  for (const line of removedLines(diff)) say(line);
  for (const line of changesOf(diff, json ?? false)) (json ? console.log : say)(line);
  const removed = countRemoved(diff);
  if (removed === 0) return;
  const what = removed === 1 ? 'the element that is' : `the ${removed} elements that are`;
  await requireConsent(`Take away ${what} not in the import?`, yes ?? false);
}

/** Says where a network lies, and what looks wrong with that. */
function sayWhere(before: Network, after: Network): void {
  const extent = extentOf(after);
  if (extent) say(extentText(extent));
  for (const doubt of doubtsOfPlace(before, after)) say(`Warning: ${doubt}`);
}

/** What could not be placed may have a place now: it is not lost, and not placed unasked. */
async function offerUnplaced(environment: Environment, agreed: boolean): Promise<void> {
  const { unplaced, placeable } = await countPlaceable(environment);
  if (placeable === 0) return;
  say(`${placeable} of ${unplaced} unplaced events have a place now.`);
  if (agreed || (await agrees('Give them back to the stream?'))) {
    say(`${await placePlaceable(environment)} events go on in the stream.`);
  } else say('They stay; import the network again with --place-unplaced to give them back to the stream.');
}

function changesOf(diff: NetworkDiff, json: boolean): string[] {
  if (json) return [JSON.stringify(diff)];
  const lines = Object.entries(diff).flatMap(([kind, { added, changed, removed }]) =>
    added.length + changed.length + removed.length === 0
      ? []
      : [`${kind}: ${added.length} added, ${changed.length} changed, ${removed.length} removed`],
  );
  return lines.length === 0 ? ['Nothing differs.'] : lines;
}

/** What the stages know: the topic, not the database, since an import may have come to an end between the two. */
async function publishedOn(environment: Environment): Promise<PublishedNetwork> {
  const topics = topicNames(environment.topicPrefix);
  await withTopics(environment, (admin) => checkTopics(admin, topics, environment.partitions));
  const published = await withReader(environment, (reader) =>
    readPublished(reader, topics.network, environment.partitions),
  );
  for (const { why, ...record } of published.unreadable)
    say(`${placeOf(record)} cannot be read, and is taken away or replaced: ${why}`);
  return published;
}

async function publish(environment: Environment, published: PublishedNetwork, network: Network): Promise<number> {
  const topics = topicNames(environment.topicPrefix);
  const known = new Set([...published.records].flatMap(keyOfFeeder));
  const added = network.feeders.filter((feeder) => !known.has(keyText(feeder)));
  return withProducer(environment, async (producer) => {
    // The rule sets first: no event can come under a key before the stages know its feeder.
    await withReader(environment, (reader) => deliverRules(reader, producer, topics, environment.partitions, added));
    return publishChanges(producer, topics.network, published, network);
  });
}

/** The key of the log that an element opens, if it is a feeder. */
function keyOfFeeder([id, value]: readonly [string, string]): string[] {
  if (!id.startsWith('feeder/')) return [];
  const { kind, element } = readNetworkElement(id, Buffer.from(value));
  return kind === 'feeder' ? [keyText(element)] : [];
}
