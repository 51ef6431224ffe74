import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { FIRST_MEANING, MEANINGS, requireMeaning } from '../operators/correlate/meaning.js';
import { formatTime } from '../operators/model/time.js';
import { readEnvironment, type Environment } from '../connections/environment.js';
import { withProducer } from '../connections/services.js';
import { topicNames } from '../connections/topics.js';
import { activate } from '../pipeline/jobs/rule-delivery.js';
import { keysOf, knownRules } from './rules.js';
import { say, wholeNumberBetween, WrongUse } from './terminal/talk.js';

/** `oms meaning`. */
export function addMeaning(program: Command): void {
  const meaning = program.command('meaning').description('by which meaning of the contract the log goes on');
  meaning.addHelpText('after', '\nExample:\n  oms meaning list');
  meaning
    .command('list')
    .description('the meanings that this program knows, and which was activated when')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  oms meaning list')
    .action(async (options: { json?: boolean }) => list(readEnvironment(), options.json ?? false));
  meaning
    .command('activate')
    .description('let every feeder go on by a meaning; what its log says before stays as it was')
    .argument('<number>', 'its number', wholeNumberBetween(1, 999))
    .addHelpText('after', '\nExample:\n  oms meaning activate 1')
    .action(async (number: number) => activateMeaning(readEnvironment(), number));
}

async function list(environment: Environment, json: boolean): Promise<void> {
  const { activations: all } = await knownRules(environment);
  const activations = all.filter((one) => one.command === 'meaning');
  if (json) {
    console.log(JSON.stringify({ meanings: MEANINGS, activations }));
    return;
  }
  for (const { number, since, what } of MEANINGS) console.log(`${number} (${since}): ${what}`);
  for (const { at, number, author } of activations) console.log(`${formatTime(at)} ${number} (${author})`);
  if (activations.length === 0) console.log(`In force: ${FIRST_MEANING}, as no other was activated.`);
}

async function activateMeaning(environment: Environment, number: number): Promise<void> {
  try {
    requireMeaning(number, 'The log that is asked for');
  } catch (error) {
    throw new WrongUse((error as Error).message);
  }
  const keys = await keysOf(environment);
  await withProducer(environment, (producer) =>
    activate(producer, topicNames(environment.topicPrefix), keys, {
      command: 'meaning',
      number,
      author: userInfo().username,
      at: Date.now(),
    }),
  );
  say(`${keys.length} feeders go on by meaning ${number}.`);
}
