import { userInfo } from 'node:os';
import { InvalidArgumentError, type Command } from 'commander';
import { readEnvironment, type Environment } from '../connections/environment.js';
import { parseKey } from '../operators/model/event.js';
import { SOURCES, type Source } from '../operators/model/source.js';
import { Registry } from '../operators/network/registry.js';
import { topicNames } from '../connections/topics.js';
import { loadNetwork } from '../pipeline/jobs/network/store.js';
import { GivingBack, placesOf, readUnplaced, type HandPlace } from '../pipeline/jobs/unplaced.js';
import { withDatabase, withProducer } from '../connections/services.js';
import { say, WrongUse } from './terminal/talk.js';
import { inTransaction } from '../connections/postgres/transaction.js';

/** `oms unplaced list|place`: events that nobody knew where to put, given back. */
export function addUnplaced(program: Command): void {
  const unplaced = program
    .command('unplaced')
    .description('events that the network has no place for: see them, and say where they belong')
    .addHelpText('after', '\nExample:\n  oms unplaced list');
  unplaced
    .command('list')
    .description('the events that nobody has placed since, each once')
    .option('--reason <reason>', 'unknownIds, outsideNetwork or nothingToGoBy')
    .option('--json', 'the events, as JSON, a line each')
    .addHelpText('after', '\nExample:\n  oms unplaced list --reason unknownIds')
    .action((options: { reason?: string; json?: boolean }) => list(options, readEnvironment()));
  unplaced
    .command('place')
    .description('say where an event belongs: it goes on in the stream as the event that it is')
    .argument('<source/id>', 'the event, such as kaifa/K-4', identityArgument)
    .option('--dp <id>', 'at this distribution point')
    .option('--asset <id>', 'it speaks for this meter, ONU, customer or device')
    .option('--feeder <substation/feeder>', 'on this feeder, nobody knows where', feederOption)
    .option('--again', 'although it was placed before')
    .addHelpText('after', '\nExample:\n  oms unplaced place kaifa/K-4 --asset M000004')
    .action((event: Identity, options: PlaceOptions) => placeByHand(event, options, readEnvironment()));
}

type Identity = readonly [source: Source, sourceEventId: string];

interface PlaceOptions {
  readonly dp?: string;
  readonly asset?: string;
  readonly feeder?: HandPlace;
  readonly again?: boolean;
}

function identityArgument(text: string): Identity {
  const slash = text.indexOf('/');
  const source = SOURCES.find((name) => name === text.slice(0, slash));
  if (!source || slash === text.length - 1)
    throw new InvalidArgumentError(`Expected SOURCE/ID with a source of ${SOURCES.join(', ')}.`);
  return [source, text.slice(slash + 1)];
}

function feederOption(text: string): HandPlace {
  try {
    return parseKey(text);
  } catch {
    throw new InvalidArgumentError('Expected SUBSTATION/FEEDER, such as S2/S2-F1.');
  }
}

async function list({ reason, json }: { reason?: string; json?: boolean }, environment: Environment): Promise<void> {
  let count = 0;
  await withDatabase(environment, async (client) => {
    for await (const one of readUnplaced(client, reason ?? null)) {
      count++;
      const { source, sourceEventId, receivedAt, detail } = one;
      console.log(
        json ? JSON.stringify(one) : `${source}/${sourceEventId} received ${receivedAt}: ${detail} (${one.reason})`,
      );
    }
  });
  say(count === 1 ? '1 event' : `${count} events`);
}

async function placeByHand([source, id]: Identity, options: PlaceOptions, environment: Environment): Promise<void> {
  const { dp, asset, feeder, again = false } = options;
  const given = [
    dp === undefined ? [] : { dpId: dp },
    asset === undefined ? [] : { assetId: asset },
    feeder ?? [],
  ].flat();
  const [at, ...more] = given;
  if (!at || more.length > 0) throw new WrongUse('Say where it belongs: one of --dp, --asset and --feeder.');
  const placements = await withDatabase(environment, (client) =>
    withProducer(environment, async (producer) => {
      const registry = Registry.of(await loadNetwork(client));
      return inTransaction(client, async () => {
        const giving = new GivingBack(client, producer, topicNames(environment.topicPrefix), userInfo().username);
        const found = await giving.placeByHand(source, id, at, registry, again);
        await giving.end();
        return found;
      });
    }),
  );
  if (placements.length === 0) {
    throw new WrongUse(`The network knows no ${Object.values(at).join('/')}: nothing was placed.`);
  }
  for (const { key, event } of placements) {
    say(`${source}/${id} goes on as one of ${key.substationId}/${key.feederId}, at ${event.lat}, ${event.lon}.`);
  }
}

/** What of the unplaced events has a place in the network that is in the database now. */
export interface Placeable {
  readonly unplaced: number;
  readonly placeable: number;
}

/** Counts the unplaced events that can be placed now. */
export async function countPlaceable(environment: Environment): Promise<Placeable> {
  return withDatabase(environment, async (client) => {
    const registry = Registry.of(await loadNetwork(client));
    let unplaced = 0;
    let placeable = 0;
    for await (const one of readUnplaced(client, null)) {
      unplaced++;
      if (placesOf(one, registry, null).length > 0) placeable++;
    }
    return { unplaced, placeable };
  });
}

/** Gives the unplaced events that can be placed now back to the stream. Returns how many. */
export async function placePlaceable(environment: Environment): Promise<number> {
  return withDatabase(environment, (client) =>
    withProducer(environment, async (producer) => {
      const registry = Registry.of(await loadNetwork(client));
      return inTransaction(client, async () => {
        const giving = new GivingBack(client, producer, topicNames(environment.topicPrefix), userInfo().username);
        let count = 0;
        for await (const one of readUnplaced(client, null)) {
          if (placesOf(one, registry, null).length === 0) continue;
          await giving.give(one, null);
          count++;
        }
        await giving.end();
        return count;
      });
    }),
  );
}
