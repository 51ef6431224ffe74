import { randomUUID } from 'node:crypto';
import type { Producer } from 'kafkajs';
import { MeaningCommandSchema, RulesCommandSchema } from '../../operators/model/command-schema.js';
import type { Key, KeyCommand } from '../../operators/model/event.js';
import { jsonOf, OBJECT } from '../../operators/model/record-shape.js';
import { RuleSetSchema } from '../../operators/model/rule-set-schema.js';
import { GIVEN_RULE_SETS, type RuleSet } from '../../operators/model/rules.js';
import { readerOf } from '../../operators/model/schema-reader.js';
import type { TopicNames } from '../../connections/topics.js';
import { writeCommands } from '../../connections/log-writer.js';
import { readCompacted, type UnreadableRecord } from '../../connections/compacted-topic.js';
import type { LogReader } from '../../streams/broker.js';
import { unreadable } from '../../operators/model/errors.js';

/** What is on `oms.rules`: rule sets under `set/NAME`, rule sets and meanings that were activated under `activation/COMMAND`. */
export interface KnownRules {
  readonly sets: ReadonlyMap<string, RuleSet>;
  /** In the order in which they were given. */
  readonly activations: readonly KeyCommand[];
  /** Records of it that say neither. */
  readonly unreadable: readonly UnreadableRecord[];
}

/** Reads `oms.rules` whole; the given rule sets are always there. */
export async function readRules(reader: LogReader, topics: TopicNames, partitions: number): Promise<KnownRules> {
  const { records, unreadable } = await readCompacted(reader, topics.rules, partitions, readRule);
  const sets = new Map<string, RuleSet>(Object.entries(GIVEN_RULE_SETS));
  const activations: KeyCommand[] = [];
  for (const rule of records.values()) {
    if ('command' in rule) activations.push(rule);
    else sets.set(rule.name, rule);
  }
  return { sets, activations: activations.sort((a, b) => a.at - b.at), unreadable };
}

const readRuleSet = readerOf(RuleSetSchema);
const readRulesCommand = readerOf(RulesCommandSchema);
const readMeaningCommand = readerOf(MeaningCommandSchema);

/**
 * Reads a record of `oms.rules`.
 * @throws Error if it is neither a rule set nor an activation
 */
export function readRule(key: string, value: Uint8Array): RuleSet | KeyCommand {
  const content = jsonOf('A rule', value);
  if (key.startsWith('activation/')) {
    const isMeaning = OBJECT.is(content) && content.command === 'meaning';
    return isMeaning ? readMeaningCommand('An activation', content) : readRulesCommand('An activation', content);
  }
  const ruleSet = readRuleSet('A rule set', content);
  if (key !== `set/${ruleSet.name}`)
    throw unreadable(`The rule set ${ruleSet.name} stands under the key "${key.slice(0, 60)}".`);
  return ruleSet;
}

/** Keeps a rule set under its name. */
export async function publishRuleSet(producer: Producer, topics: TopicNames, ruleSet: RuleSet): Promise<void> {
  await producer.send({
    topic: topics.rules,
    messages: [{ key: `set/${ruleSet.name}`, value: JSON.stringify(ruleSet) }],
  });
}

/** What a command for keys says, without what every one gets when it is given. */
type Activation<C = KeyCommand> = C extends KeyCommand ? Omit<C, 'commandId' | 'reason'> : never;

/** Puts a rule set or a meaning in force: it is delivered to every key, and remembered for keys to come. */
export async function activate(
  producer: Producer,
  topics: TopicNames,
  keys: readonly Key[],
  activation: Activation,
): Promise<KeyCommand> {
  const command: KeyCommand = { ...activation, commandId: randomUUID(), reason: null };
  // Remembered first: a key that is imported in between gets it too, and twice is once.
  await producer.send({
    topic: topics.rules,
    messages: [{ key: `activation/${command.commandId}`, value: JSON.stringify(command) }],
  });
  await writeCommands(
    producer,
    topics,
    keys.map((key) => ({ key, commands: [command] })),
  );
  return command;
}

/** Delivers all that was activated so far to keys that are new. */
export async function deliverRules(
  reader: LogReader,
  producer: Producer,
  topics: TopicNames,
  partitions: number,
  keys: readonly Key[],
): Promise<void> {
  if (keys.length === 0) return;
  const { activations } = await readRules(reader, topics, partitions);
  await writeCommands(
    producer,
    topics,
    keys.map((key) => ({ key, commands: activations })),
  );
}
