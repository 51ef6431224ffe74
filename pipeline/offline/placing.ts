import { keyText, parseKey, type LogEntry, type RulesCommand } from '../../operators/model/event.js';
import { OperatorError } from '../../operators/model/errors.js';
import { readEntry } from '../../operators/log/log-entry-shape.js';
import { encodeLogRecord } from '../../operators/log/log-record.js';
import type { Network } from '../../operators/network/network.js';
import { isFields, type Fields } from '../../operators/normalise/fields.js';
import { MAX_VALUE_BYTES } from '../../operators/normalise/normalise.js';
import { Registry } from '../../operators/network/registry.js';
import type { RejectedRecord } from '../../operators/model/set-aside.js';
import { formatTime, parseTime } from '../../operators/model/time.js';
import { UTC, type TimeZone } from '../../operators/model/time-zone.js';
import { topicNames } from '../../connections/topics.js';
import { TestDriver } from '../../streams/driver.js';
import { jsonRecord, type OutRecord } from '../../streams/topology.js';
import { buildTopology } from '../topology.js';

/** What a run without Kafka needs to know. */
export interface OfflineOptions {
  readonly network: Network;
  /** Rule sets that hold from the start, on every key. */
  readonly rules?: readonly RulesCommand[];
  /** Of times that come without one; UTC where it is not said. */
  readonly zone?: TimeZone;
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

/** What an entry of an exported log has in it, and hardly any other line; without the first quote, which is everywhere. */
const LOG_WORDS = ['command"', 'placed"'];
const NEWLINE = 0x0a;
const BRACE = 0x7b;
/** Enough of what was refused for people to see what it was. */
const RAW_KEPT = 10_000;

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
  readonly #takenInAt: number;
  #pending = 0;

  /** @param onRecord called with each record that comes of it */
  constructor(
    { network, rules = [], zone = UTC, linesPerCommit = 1, takenInAt }: OfflineOptions,
    private readonly onRecord: (record: OutRecord) => void,
  ) {
    this.#registry = Registry.of(network);
    this.#linesPerCommit = linesPerCommit;
    this.#takenInAt = takenInAt;
    const topology = buildTopology({ topics: this.#topics, zone, registry: this.#registry });
    this.#driver = new TestDriver(topology, { stages: ['place'], onRecord });
    this.#driver.advance(takenInAt);
    for (const command of rules) this.#toEveryKey(command);
  }

  /** Takes in whole lines, each as {@link line} would. */
  block(bytes: Buffer): void {
    const events = plainEventsIn(bytes);
    if (events === null) for (const line of bytes.toString().split('\n')) this.line(line);
    else this.#events(bytes, events);
  }

  /** Takes in one line: a canonical event, or an entry of an exported log (a placed event or a command). */
  line(text: string): void {
    if (text.trim() === '') return;
    // Most lines are plain events, which the topology parses: only what may be an entry of a log is parsed here.
    const fields = LOG_WORDS.some((word) => text.includes(word)) ? parse(text) : null;
    if (fields && ('command' in fields || fields.placed === true)) this.#entry(text, fields, 'command' in fields);
    else this.#events(text, 1);
  }

  #events(value: string | Uint8Array, count: number): void {
    this.lines.read += count;
    // A canonical event names its own source: on one topic the order of the lines is the order of arrival.
    this.#driver.pipe({ topic: this.#topics.kaifa, key: null, value });
    this.#taken(count);
  }

  /** So many lines more were taken in: they are passed on now and then. */
  #taken(count: number): void {
    this.#pending += count;
    if (this.#pending >= this.#linesPerCommit) this.flush();
  }

  /** Passes on all that was taken in. */
  flush(): void {
    this.#pending = 0;
    this.#driver.commit();
  }

  /** Takes in an entry of an exported log; one that is none is kept with the others that cannot be taken. */
  #entry(text: string, fields: Fields, isCommand: boolean): void {
    if (isCommand) this.lines.commands++;
    else this.lines.read++;
    let read: { readonly key: string | null; readonly entry: LogEntry };
    try {
      const { substationId, feederId } = fields;
      // A command that names no feeder holds on all.
      const key = isCommand && typeof feederId !== 'string' ? null : keyOf(substationId, feederId);
      read = { key, entry: readEntry(isCommand ? commandIn(fields) : eventIn(fields)) };
    } catch (error) {
      this.#reject(text, (error as Error).message);
      return;
    }
    if (read.key === null) this.#toEveryKey(read.entry);
    else this.#toLog(read.key, read.entry);
    if (!isCommand) this.#taken(1);
  }

  #reject(text: string, detail: string): void {
    this.flush();
    const offset = this.lines.read + this.lines.commands - 1;
    const rejected: RejectedRecord = {
      reason: 'wrongShape',
      detail,
      raw: text.slice(0, RAW_KEPT),
      source: null,
      receivedAt: formatTime(this.#takenInAt),
      position: { topic: this.#topics.events, partition: 0, offset, index: 0 },
    };
    this.onRecord(jsonRecord(this.#topics.rejected, `${offset}`, `${offset}`, rejected));
  }

  #toEveryKey(command: LogEntry): void {
    for (const key of this.#registry.keys()) this.#toLog(keyText(key), command);
  }

  /** Puts an entry on the log, behind all that was read before it. */
  #toLog(key: string, entry: LogEntry): void {
    this.flush();
    this.onRecord({ topic: this.#topics.events, key, partitionKey: key, value: encodeLogRecord([entry]) });
  }
}

/** How many lines there are, if each is an object that is no entry of a log: only these mean the same in one record. Else null. */
function plainEventsIn(block: Buffer): number | null {
  if (block.length > MAX_VALUE_BYTES || LOG_WORDS.some((word) => block.includes(word))) return null;
  let events = 0;
  for (let start = 0; start < block.length; start = block.indexOf(NEWLINE, start) + 1 || block.length) {
    if (block[start] !== BRACE) return null;
    events++;
  }
  return events;
}

/** A placed event of an exported log, with its times as numbers; whatever else it is, as it is. */
function withTimes(event: unknown): unknown {
  if (!isFields(event)) return event;
  const { occurredAt, receivedAt } = event;
  return { ...event, occurredAt: parseTime(occurredAt), receivedAt: parseTime(receivedAt) };
}

function eventIn({ placed: _, substationId: __, feederId: ___, ...event }: Fields): unknown {
  return withTimes(event);
}

/** A command of an exported log, with its times as numbers. */
function commandIn({ substationId: _, feederId: __, at, validFrom, etr, members, ...rest }: Fields): unknown {
  return {
    ...rest,
    at: parseTime(at),
    ...(validFrom === undefined ? {} : { validFrom: parseTime(validFrom) }),
    ...(etr === undefined ? {} : { etr: parseTime(etr) ?? etr }),
    ...(Array.isArray(members) ? { members: members.map(withTimes) } : {}),
  };
}

function keyOf(substationId: unknown, feederId: unknown): string {
  const key = `${String(substationId)}/${String(feederId)}`;
  if (typeof substationId !== 'string' || typeof feederId !== 'string')
    throw new OperatorError('OMS_BAD_KEY', `"${key}" is not a key: expected SUBSTATION/FEEDER.`);
  parseKey(key);
  return key;
}

function parse(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}
