/** What travels on the log: reports of the field, placed, and what people and policies decide. Times are epoch ms, UTC. */
import type { ReceiptFlag } from './receipt.js';
import type { RuleSet } from './rules.js';
import type { Source } from './source.js';
import { OperatorError } from './errors.js';

export const KINDS = ['outage', 'restoration'] as const;
export type Kind = (typeof KINDS)[number];

export const REACHES = ['point', 'feeder', 'substation'] as const;
export type Reach = (typeof REACHES)[number];

/** The place on a topic from which something came. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** One report after normalisation: what the field said, before the registry was asked. */
export interface ReportedEvent {
  readonly source: Source;
  readonly kind: Kind;
  /** The source's own word for it: `last_gasp`, `BreakerTrip`, `ONU_LastGaspAlert`, `3.26.0.47`. */
  readonly type: string;
  readonly sourceEventId: string;
  readonly assetId: string | null;
  /** Further assets that the event names, asked in order when the first is unknown (an ONU's meters). */
  readonly otherAssetIds: readonly string[];
  readonly occurredAt: number;
  readonly receivedAt: number;
  readonly lat: number | null;
  readonly lon: number | null;
  readonly substationId: string | null;
  readonly feederId: string | null;
  readonly dpId: string | null;
  /** Null: the registry decides. */
  readonly reach: Reach | null;
  /** Somebody said where it belongs, as nobody knew. */
  readonly placedByHand?: true;
  /** What it was told to be received at does not count. */
  readonly receiptFlag?: ReceiptFlag;
}

/** A report on the log of its key. */
export interface PlacedEvent {
  readonly source: Source;
  readonly kind: Kind;
  readonly type: string;
  readonly sourceEventId: string;
  readonly assetId: string | null;
  readonly occurredAt: number;
  readonly receivedAt: number;
  readonly lat: number;
  readonly lon: number;
  readonly dpId: string | null;
  readonly reach: Reach;
  /** The customer whose meter, ONU or premise reports; null for an asset that serves no known customer. */
  readonly customerId: string | null;
  /** All customers of the feeder by the registry at placing, for reach `feeder` and `substation`; else 0. */
  readonly feederCustomers: number;
  /** What placing noticed: see EVENT_FLAGS of flags.ts. */
  readonly flags: readonly string[];
}

export const COMMANDS = ['confirm', 'cancel', 'acknowledge', 'crew', 'etr', 'note', 'restore', 'close'] as const;

interface CommandBase {
  readonly commandId: string;
  /** When it was decided. */
  readonly at: number;
  readonly author: string;
  readonly reason: string | null;
}

/** What a person or a policy decides about one outage. */
export interface OutageCommand extends CommandBase {
  readonly command: (typeof COMMANDS)[number];
  readonly outageId: string;
  /** `crew`: which crew, and whether it comes (default) or leaves. */
  readonly crew?: string;
  readonly leaves?: boolean;
  /** `etr`: the estimated time of restoration; null withdraws it. */
  readonly etr?: number | null;
  /** `restore`, `close`: flag the outage (`unverified`: nobody has seen all of it back). */
  readonly flag?: string;
}

/** A rule set for one key from a time on. */
export interface RulesCommand extends CommandBase {
  readonly command: 'rules';
  readonly ruleSet: RuleSet;
  readonly validFrom: number;
}

/**
 * A correction: what reconciliation found is taken into an outage that the stream could not know better. All of it holds
 * at once, or it is rejected and nothing does.
 */
export interface AmendCommand extends CommandBase {
  readonly command: 'amend';
  /** The outage; one that is not there is opened, if that is the id of one of the outage events. */
  readonly outageId: string;
  /** Outage events that become members, and restorations that are told again for them. */
  readonly members: readonly PlacedEvent[];
  /** True: the outage consists of exactly these, and what it had besides leaves it. False: these are added. */
  readonly whole: boolean;
  /** Outages that merge into it. */
  readonly absorbs: readonly string[];
}

/** The meaning of the contract by which a key's log goes on: its number in `MEANINGS`. */
export interface MeaningCommand extends CommandBase {
  readonly command: 'meaning';
  readonly number: number;
}

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
