import { randomUUID } from 'node:crypto';
import type { Producer } from 'kafkajs';
import { keyText, type Key, type RulesCommand } from '../operators/event.js';
import { encodeCommands } from '../operators/log-record.js';
import { GIVEN_RULE_SETS, type RuleSet } from '../operators/rules.js';
import type { TopicNames } from '../topics.js';
import { PartitionReader } from './streams/partition-reader.js';

/** What is on `oms.rules`: rule sets under `set/NAME`, what was activated under `activation/COMMAND`. */
export interface KnownRules {
  readonly sets: ReadonlyMap<string, RuleSet>;
  /** In the order in which they were given. */
  readonly activations: readonly RulesCommand[];
}

/** Reads `oms.rules` whole; the given rule sets are always there. */
export async function readRules(brokers: string, topics: TopicNames, partitions: number): Promise<KnownRules> {
  const sets = new Map<string, RuleSet>(Object.entries(GIVEN_RULE_SETS));
  const activations: RulesCommand[] = [];
  const reader = await PartitionReader.connect(brokers);
  try {
    for (let partition = 0; partition < partitions; partition++) {
      await reader.read(topics.rules, partition, null, null, ({ key, value }) => {
        if (!key || !value) return;
        const [kind, name = ''] = new TextDecoder().decode(key).split('/');
        const content: unknown = JSON.parse(new TextDecoder().decode(value));
        if (kind === 'set') sets.set(name, content as RuleSet);
        else activations.push(content as RulesCommand);
      });
    }
  } finally {
    await reader.close();
  }
  return { sets, activations: activations.sort((a, b) => a.at - b.at) };
}

/** Keeps a rule set under its name. */
export async function publishRuleSet(producer: Producer, topics: TopicNames, ruleSet: RuleSet): Promise<void> {
  await producer.send({
    topic: topics.rules,
    messages: [{ key: `set/${ruleSet.name}`, value: JSON.stringify(ruleSet) }],
  });
}

/** Lets a rule set hold from a time on: it is delivered to every key, and remembered for keys to come. */
export async function activateRules(
  producer: Producer,
  topics: TopicNames,
  keys: readonly Key[],
  { ruleSet, validFrom, author, at }: Pick<RulesCommand, 'ruleSet' | 'validFrom' | 'author' | 'at'>,
): Promise<RulesCommand> {
  const command: RulesCommand = {
    command: 'rules',
    commandId: randomUUID(),
    at,
    author,
    reason: null,
    ruleSet,
    validFrom,
  };
  // Remembered first: a key that is imported in between gets it too, and twice is once.
  await producer.send({
    topic: topics.rules,
    messages: [{ key: `activation/${command.commandId}`, value: JSON.stringify(command) }],
  });
  await deliver(producer, topics, keys, [command]);
  return command;
}

/** Delivers all that was activated so far to keys that are new. */
export async function deliverRules(
  brokers: string,
  producer: Producer,
  topics: TopicNames,
  partitions: number,
  keys: readonly Key[],
): Promise<void> {
  if (keys.length === 0) return;
  const { activations } = await readRules(brokers, topics, partitions);
  if (activations.length > 0) await deliver(producer, topics, keys, activations);
}

/** A batch stays well below the largest that the topic takes. */
const KEYS_PER_SEND = 1000;

async function deliver(
  producer: Producer,
  topics: TopicNames,
  keys: readonly Key[],
  commands: readonly RulesCommand[],
): Promise<void> {
  const value = encodeCommands(commands);
  for (let i = 0; i < keys.length; i += KEYS_PER_SEND) {
    const messages = keys.slice(i, i + KEYS_PER_SEND).map((key) => ({ key: keyText(key), value }));
    await producer.send({ topic: topics.events, messages, acks: -1 });
  }
}
