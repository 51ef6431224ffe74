/** What travels on the log: reports of the field, placed, and what people and policies decide. Times are epoch ms, UTC. */
import type { Static } from 'typebox';
import type {
  AmendCommandSchema,
  MeaningCommandSchema,
  OutageCommandSchema,
  RulesCommandSchema,
} from './command-schema.js';
import type { PlacedEventSchema, ReportedEventSchema } from './event-schema.js';
import type { Immutable } from './immutable.js';
import { OperatorError } from './errors.js';

export { COMMANDS, KINDS, REACHES, type Kind, type Reach } from './words.js';

/** One report after normalisation: what the field said, before the registry was asked. */
export type ReportedEvent = Immutable<Static<typeof ReportedEventSchema>>;

/** A report on the log of its key. */
export type PlacedEvent = Immutable<Static<typeof PlacedEventSchema>>;

/** What a person or a policy decides about one outage. */
export type OutageCommand = Immutable<Static<typeof OutageCommandSchema>>;

/** A correction of an outage by what reconciliation found. */
export type AmendCommand = Immutable<Static<typeof AmendCommandSchema>>;

/** A rule set for one key from a time on. */
export type RulesCommand = Immutable<Static<typeof RulesCommandSchema>>;

/** The meaning of the contract by which a key's log goes on: its number in `MEANINGS`. */
export type MeaningCommand = Immutable<Static<typeof MeaningCommandSchema>>;

/** What is decided for a key, and names no outage. */
export type KeyCommand = RulesCommand | MeaningCommand;
export const KEY_COMMANDS = ['rules', 'meaning'] as const satisfies readonly KeyCommand['command'][];

/** Whether a command of that name is decided for a key. */
export function isForKey(command: string): boolean {
  return (KEY_COMMANDS as readonly string[]).includes(command);
}

export type Command = OutageCommand | AmendCommand | KeyCommand;
export type LogEntry = PlacedEvent | Command;

/** The key of the log: events of different keys never join. */
export interface Key {
  readonly substationId: string;
  readonly feederId: string;
}

/** Tells a command from an event. */
export function isCommand(entry: LogEntry): entry is Command {
  return 'command' in entry;
}

/** The key as it stands on Kafka records: `substationId/feederId`. */
export function keyText(key: Key): string {
  return `${key.substationId}/${key.feederId}`;
}

/** Reads {@link keyText} back; ids hold no slash (the import refuses them). Throws on any other text. */
export function parseKey(text: string): Key {
  const slash = text.indexOf('/');
  if (slash <= 0 || slash !== text.lastIndexOf('/') || slash === text.length - 1) {
    throw new OperatorError('OMS_BAD_KEY', `"${text}" is not a key: expected SUBSTATION/FEEDER.`);
  }
  return { substationId: text.slice(0, slash), feederId: text.slice(slash + 1) };
}
