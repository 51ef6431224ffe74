import { keyText, type Command, type LogEntry, type PlacedEvent, type RulesCommand } from '../../operators/event.js';
import { encodeLogRecord } from '../../operators/log-record.js';
import type { Network } from '../../operators/network.js';
import { isFields, type Fields } from '../../operators/normalise/fields.js';
import { Registry } from '../../operators/registry.js';
import { parseTime } from '../../operators/time.js';
import { topicNames } from '../../topics.js';
import { TestDriver } from '../streams/driver.js';
import type { OutRecord } from '../streams/topology.js';
import { buildTopology } from '../topology.js';

/** What a run without Kafka needs to know. */
export interface OfflineOptions {
  readonly network: Network;
  /** Rule sets that hold from the start, on every key. */
  readonly rules?: readonly RulesCommand[];
  /** Offset of times without a zone, minutes east of UTC. */
  readonly naiveOffsetMin?: number;
  /** Lines taken in one transaction: more are faster, and the outages the same. */
  readonly linesPerCommit?: number;
  /** The time (epoch ms) at which events without `receivedAt` were taken in. */
  readonly takenInAt: number;
}

/** Lines taken in: events, and commands of an exported log. */
export interface Lines {
  read: number;
  commands: number;
}

/**
 * Lines are put on the topic many in one record, as a producer in a hurry does; the record stays below what is read of one
 * (1 MiB), whatever the characters.
 */
const CHARACTERS_PER_RECORD = 250_000;

/**
 * The first half of a run without Kafka: lines of canonical events, or of an exported log, in; records of the log out, in
 * its order, and those of what could not be placed.
 */
export class Placing {
  readonly lines: Lines = { read: 0, commands: 0 };
  readonly #topics = topicNames();
  readonly #registry: Registry;
  readonly #driver: TestDriver;
  readonly #linesPerCommit: number;
  #pending = 0;
  /** Lines for the next record. */
  #waiting: string[] = [];
  #characters = 0;

  /** @param onRecord called with each record that comes of it */
  constructor(
    { network, rules = [], naiveOffsetMin = 0, linesPerCommit = 1, takenInAt }: OfflineOptions,
    private readonly onRecord: (record: OutRecord) => void,
  ) {
    this.#registry = Registry.of(network);
    this.#linesPerCommit = linesPerCommit;
    const topology = buildTopology({ topics: this.#topics, naiveOffsetMin, registry: this.#registry });
    this.#driver = new TestDriver(topology, { stages: ['place'], onRecord });
    this.#driver.advance(takenInAt);
    for (const command of rules) this.#toEveryKey(command);
  }

  /** Takes in one line: a canonical event, or an entry of an exported log (a placed event or a command). */
  line(text: string): void {
    if (text.trim() === '') return;
    // Most lines are plain events, which the topology parses: only what may be an entry of a log is parsed here.
    const fields = text.includes('"command"') || text.includes('"placed"') ? parse(text) : null;
    if (fields && 'command' in fields) this.#command(fields);
    else if (fields?.placed === true) this.#placed(fields);
    else this.#event(text);
  }

  #event(text: string): void {
    this.lines.read++;
    // Only a line that is an object by itself means the same among others.
    const alone = text.charAt(0) !== '{' || text.includes('\n');
    if (alone || this.#characters + text.length > CHARACTERS_PER_RECORD) this.#pipeLines();
    this.#waiting.push(text);
    this.#characters += text.length;
    if (alone) this.#pipeLines();
    this.#commitNowAndThen();
  }

  #pipeLines(): void {
    if (this.#waiting.length === 0) return;
    // A canonical event names its own source: on one topic the order of the lines is the order of arrival.
    this.#driver.pipe({ topic: this.#topics.kaifa, key: null, value: this.#waiting.join('\n') });
    this.#waiting = [];
    this.#characters = 0;
  }

  #commitNowAndThen(): void {
    if (++this.#pending >= this.#linesPerCommit) this.flush();
  }

  /** Passes on all that was taken in. */
  flush(): void {
    this.#pending = 0;
    this.#pipeLines();
    this.#driver.commit();
  }

  #placed(fields: Fields): void {
    this.lines.read++;
    const { placed: _, substationId, feederId, ...event } = fields;
    this.#toLog(`${String(substationId)}/${String(feederId)}`, placedEvent(event));
    this.#commitNowAndThen();
  }

  #command(fields: Fields): void {
    this.lines.commands++;
    const { substationId, feederId, at, validFrom, etr, members, ...rest } = fields;
    const command = {
      ...rest,
      at: parseTime(at),
      ...(validFrom === undefined ? {} : { validFrom: parseTime(validFrom) }),
      ...(etr === undefined ? {} : { etr: parseTime(etr) }),
      ...(Array.isArray(members) ? { members: (members as Fields[]).map(placedEvent) } : {}),
    } as Command;
    if (typeof feederId === 'string') this.#toLog(`${String(substationId)}/${feederId}`, command);
    else this.#toEveryKey(command);
  }

  #toEveryKey(command: Command): void {
    for (const key of this.#registry.keys()) this.#toLog(keyText(key), command);
  }

  /** Puts an entry on the log, behind all that was read before it. */
  #toLog(key: string, entry: LogEntry): void {
    this.flush();
    this.onRecord({ topic: this.#topics.events, key, partitionKey: key, value: encodeLogRecord([entry]) });
  }
}

/** A placed event of an exported log, with its times as numbers. */
function placedEvent({ occurredAt, receivedAt, ...rest }: Fields): PlacedEvent {
  return { ...rest, occurredAt: parseTime(occurredAt), receivedAt: parseTime(receivedAt) } as PlacedEvent;
}

function parse(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}
