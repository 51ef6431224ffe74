import { topicNames } from '../../connections/topics.js';
import { Diagnoser } from '../../operators/diagnose/diagnose.js';
import { FAULT_COMMANDS, type FaultCommand, type FaultVerdict } from '../../operators/diagnose/fault-command.js';
import type { FaultRecord } from '../../operators/diagnose/fault-record.js';
import { treesOf } from '../../operators/diagnose/network-trees.js';
import { decodeLogRecord } from '../../operators/log/log-record.js';
import { parseKey, type Key } from '../../operators/model/event.js';
import type { LogPosition } from '../../operators/model/outcome.js';
import { checkFields, nullable, oneOf, optional, TEXT, UUID, wrongField } from '../../operators/model/record-shape.js';
import { parseTime } from '../../operators/model/time.js';
import type { Network } from '../../operators/network/network.js';
import { isFields, type Fields } from '../../operators/normalise/fields.js';
import type { OutRecord } from '../../streams/topology.js';
import { Placing, type OfflineOptions } from './placing.js';

/** The second level of a run without Kafka: records of the log in, faults out. Nothing is forgotten. */
export class Diagnosing {
  readonly #log = topicNames().events;
  readonly #diagnoser: Diagnoser;
  #offset = 0;

  constructor(network: Network) {
    this.#diagnoser = new Diagnoser(treesOf(network), { keepsAll: true });
  }

  /** Takes in a record that {@link Placing} gave; only those of the log matter. */
  take({ topic, key, value }: OutRecord): void {
    if (topic !== this.#log || value === null) return;
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    this.#diagnoser.apply(parseKey(key), decodeLogRecord(bytes), this.#next());
  }

  /** Takes in an operator's word on a fault. Returns the answer to it; null: it was answered before. */
  command(key: Key, command: FaultCommand): FaultVerdict | null {
    return this.#diagnoser.apply(key, [command], this.#next()).verdicts[0] ?? null;
  }

  /** Takes in an operator's word on the opening of a device at a time (epoch ms); false: there is no such device. */
  say(key: Key, device: string, t: number, wordId: string, isConfirmed: boolean): boolean {
    return this.#diagnoser.of(key).say(device, t, wordId, isConfirmed);
  }

  /** All faults as they are, by onset. */
  faults(): FaultRecord[] {
    return this.#diagnoser.faults(this.#next());
  }

  #next(): LogPosition {
    return { partition: 0, offset: this.#offset++ };
  }
}

/** What became of the lines that were read. */
export interface DiagnosisCounts {
  read: number;
  commands: number;
  unplaced: number;
  rejected: number;
}

/** A line that was not taken, and why. */
export interface RejectedLine {
  readonly reason: string;
  readonly detail: string;
  readonly raw: string;
}

const RAW_KEPT = 10_000;
const FAULT_WORDS = FAULT_COMMANDS.map((command) => `"${command}"`);

/** A command on a fault as a line: it names the fault, or a device of a feeder and when that opened. */
const FAULT_LINE = {
  command: oneOf(FAULT_COMMANDS),
  commandId: optional(TEXT),
  author: optional(TEXT),
  reason: optional(nullable(TEXT)),
  at: TEXT,
  feederId: TEXT,
  faultId: optional(UUID),
  device: optional(nullable(TEXT)),
};

/** Lines of canonical events, or of an exported log, in; faults out. */
export class DiagnosisRun {
  readonly counts: DiagnosisCounts = { read: 0, commands: 0, unplaced: 0, rejected: 0 };
  readonly rejected: RejectedLine[] = [];
  readonly #diagnosing: Diagnosing;
  readonly #placing: Placing;
  readonly #keys: ReadonlyMap<string, Key>;

  constructor(options: OfflineOptions) {
    const { unplaced, rejected } = topicNames();
    this.#diagnosing = new Diagnosing(options.network);
    this.#keys = new Map(
      options.network.feeders.map(({ feederId, substationId }) => [feederId, { substationId, feederId }]),
    );
    this.#placing = new Placing(options, (record) => {
      if (record.topic === unplaced) this.counts.unplaced++;
      else if (record.topic === rejected) this.#reject(record.content as RejectedLine);
      else this.#diagnosing.take(record);
    });
  }

  /** Takes in whole lines. */
  block(bytes: Buffer): void {
    if (!FAULT_WORDS.some((word) => bytes.includes(word))) this.#placing.block(bytes);
    else for (const line of bytes.toString().split('\n')) this.line(line);
  }

  /** Takes in one line: a canonical event, an entry of an exported log, or a command on a fault. */
  line(text: string): void {
    const fields = FAULT_WORDS.some((word) => text.includes(word)) ? faultFields(text) : null;
    if (fields === null) this.#placing.line(text);
    else this.#command(text, fields);
  }

  #command(text: string, fields: Fields): void {
    // What came before it is to be known.
    this.#placing.flush();
    this.counts.commands++;
    let refusal: string | null;
    try {
      refusal = this.#carryOut(fields);
    } catch (error) {
      refusal = (error as Error).message;
    }
    if (refusal !== null) this.#reject({ reason: 'wrongShape', detail: refusal, raw: text.slice(0, RAW_KEPT) });
  }

  /** Returns why it does not hold; null: it does. Throws if it is no command. */
  #carryOut(fields: Fields): string | null {
    const what = 'A command on a fault';
    checkFields(what, fields, FAULT_LINE);
    const { command, feederId, faultId, device = null, author = '', reason = null } = fields;
    const at = parseTime(fields.at);
    if (at === null) throw wrongField(what, 'at', fields.at, { ...TEXT, name: 'a time' });
    const key = this.#keys.get(feederId);
    if (!key) return `The network has no feeder ${feederId}.`;
    const commandId = fields.commandId ?? `line ${this.#placing.lines.read + this.counts.commands}`;
    if (faultId !== undefined)
      return this.#diagnosing.command(key, { command, commandId, at, author, reason, faultId, device })?.detail ?? null;
    const isSaid = device !== null && this.#diagnosing.say(key, device, at, commandId, command === 'confirmFault');
    return isSaid ? null : `The feeder ${feederId} has no device ${device ?? ''}.`;
  }

  #reject({ reason, detail, raw }: RejectedLine): void {
    this.counts.rejected++;
    this.rejected.push({ reason, detail, raw });
  }

  /** Ends the run: every fault with its members. */
  finish(): FaultRecord[] {
    this.#placing.flush();
    this.counts.read = this.#placing.lines.read;
    this.counts.commands += this.#placing.lines.commands;
    return this.#diagnosing.faults();
  }
}

/** The fields of a line that is a command on a fault; null: it is something else. */
function faultFields(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    const isOne = isFields(value) && (FAULT_COMMANDS as readonly unknown[]).includes(value.command);
    return isOne ? value : null;
  } catch {
    return null;
  }
}
