import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { readEnvironment, type Environment } from '../connections/environment.js';
import type { Key } from '../operators/model/event.js';
import { formatTime } from '../operators/model/time.js';
import { topicNames } from '../connections/topics.js';
import { unreadableText } from '../connections/compacted-topic.js';
import { activate, publishRuleSet, readRules, type KnownRules } from '../pipeline/jobs/rule-delivery.js';
import { checkTopics } from '../connections/topic-admin.js';
import { ruleSetOf } from './correlate.js';
import { withDatabase, withProducer, withReader, withTopics } from '../connections/services.js';
import { say, timeOption, WrongUse } from './terminal/talk.js';

/** `oms rules` and `oms storm-mode`. */
export function addRules(program: Command): void {
  const rules = program.command('rules').description('rule sets: window, radius, weights and thresholds');
  rules.addHelpText('after', '\nExample:\n  oms rules set mountains.json && oms rules activate mountains');
  rules
    .command('list')
    .description('the rule sets, and which was activated from when')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  oms rules list')
    .action(async (options: { json?: boolean }) => listRules(readEnvironment(), options.json ?? false));
  rules
    .command('set')
    .description('keep a rule set; what the file leaves out is as in standard')
    .argument('<file>', 'JSON file')
    .addHelpText('after', '\nExample:\n  oms rules set mountains.json')
    .action(async (file: string) => {
      const ruleSet = await ruleSetOf(file);
      const environment = readEnvironment();
      await withProducer(environment, (producer) =>
        publishRuleSet(producer, topicNames(environment.topicPrefix), ruleSet),
      );
      say(`Rule set ${ruleSet.name} is kept; "oms rules activate ${ruleSet.name}" puts it in force.`);
    });
  rules
    .command('activate')
    .description('let a rule set hold on every feeder')
    .argument('<name>', 'name of the rule set')
    .option('--from <time>', 'time from which it holds; now by default', timeOption)
    .addHelpText('after', '\nExample:\n  oms rules activate storm --from 2026-10-04T18:00:00Z')
    .action(async (name: string, options: { from?: number }) =>
      activateRules(readEnvironment(), name, options.from ?? Date.now()),
    );

  const storm = program.command('storm-mode').description('storm mode: the rule set storm instead of standard');
  storm
    .command('on')
    .description('let the rule set storm hold on every feeder from now on')
    .addHelpText('after', '\nExample:\n  oms storm-mode on')
    .action(() => activateRules(readEnvironment(), 'storm', Date.now()));
  storm
    .command('off')
    .description('let the rule set standard hold on every feeder from now on')
    .addHelpText('after', '\nExample:\n  oms storm-mode off')
    .action(() => activateRules(readEnvironment(), 'standard', Date.now()));
  storm
    .command('status')
    .description('which rule set holds now on how many feeders')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  oms storm-mode status')
    .action(async (options: { json?: boolean }) => status(readEnvironment(), options.json ?? false));
  storm.addHelpText('after', '\nExample:\n  oms storm-mode on && oms storm-mode status');
}

/** What is on `oms.rules`; what there cannot be read is said. */
export async function knownRules(environment: Environment): Promise<KnownRules> {
  const topics = topicNames(environment.topicPrefix);
  await withTopics(environment, (admin) => checkTopics(admin, topics, environment.partitions));
  const rules = await withReader(environment, (reader) => readRules(reader, topics, environment.partitions));
  for (const record of rules.unreadable) say(unreadableText(record));
  return rules;
}

async function listRules(environment: Environment, json: boolean): Promise<void> {
  const { sets, activations: all } = await knownRules(environment);
  const activations = all.filter((one) => one.command === 'rules');
  if (json) {
    console.log(JSON.stringify({ sets: [...sets.values()], activations }));
    return;
  }
  for (const { name, windowMs, radiusM, confirmThreshold } of sets.values()) {
    console.log(`${name}: ${windowMs / 60_000} min, ${radiusM} m, confirmed from ${confirmThreshold}`);
  }
  for (const { ruleSet, validFrom, author } of activations)
    console.log(`${formatTime(validFrom)} ${ruleSet.name} (${author})`);
}

async function activateRules(environment: Environment, name: string, validFrom: number): Promise<void> {
  const { sets } = await knownRules(environment);
  const ruleSet = sets.get(name);
  if (!ruleSet) throw new WrongUse(`No rule set "${name}": there are ${[...sets.keys()].join(', ')}.`);
  const keys = await keysOf(environment);
  const author = userInfo().username;
  await withProducer(environment, (producer) =>
    activate(producer, topicNames(environment.topicPrefix), keys, {
      command: 'rules',
      ruleSet,
      validFrom,
      author,
      at: Date.now(),
    }),
  );
  say(`${name} holds from ${formatTime(validFrom)} on ${keys.length} feeders.`);
}

function query<T extends object>(environment: Environment, sql: string): Promise<T[]> {
  return withDatabase(environment, async (client) => (await client.query<T>(sql)).rows);
}

/** The keys of the network, in order. */
export function keysOf(environment: Environment): Promise<Key[]> {
  return query<Key>(
    environment,
    'select substation_id as "substationId", feeder_id as "feederId" from network.feeders order by 1, 2',
  );
}

async function status(environment: Environment, json: boolean): Promise<void> {
  const rows = await query<{ name: string; feeders: number }>(
    environment,
    `select coalesce(last.name, 'standard') as name, count(*)::integer as feeders
     from network.feeders f
     left join lateral (
       select c.body -> 'ruleSet' ->> 'name' as name
       from oms.commands c
       where c.command = 'rules' and c.substation_id = f.substation_id and c.feeder_id = f.feeder_id
         and (c.body ->> 'validFrom')::timestamptz <= now()
       order by (c.body ->> 'validFrom')::timestamptz desc, c.log_offset desc, c.log_index desc
       limit 1
     ) last on true
     group by 1 order by 2 desc`,
  );
  if (json) console.log(JSON.stringify(rows));
  else for (const { name, feeders } of rows) console.log(`${name}: ${feeders} feeders`);
}
