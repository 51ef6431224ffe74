import { crc32 } from 'node:zlib';
import { pack, unpack } from 'msgpackr';
import type { Static } from 'typebox';
import type { LogReader } from './broker.js';
import type { ChunkSchema, MarkSchema, ProgressSchema } from './snapshot-schema.js';
import type { NodeState } from './task.js';
import type { OutRecord, SourceRecord } from './topology.js';
import { StreamError } from './errors.js';

/**
 * Snapshots of a stage's state on a compacted topic: the state of a key in chunks, for each node that has one, and for each
 * partition the offset from which the log must be read again. They are written in the transaction that commits the offsets.
 */

const VERSION = 2;
const CHUNK_BYTES = 900_000;
/** Enough for one commit: snapshots must not hold up the stream. */
const BYTES_PER_COMMIT = 4_000_000;

type Mark = Readonly<Static<typeof MarkSchema>>;
type Chunk = Readonly<Static<typeof ChunkSchema>>;
type Progress = Readonly<Static<typeof ProgressSchema>>;

/** The log of which a state is a fold: its topic, and the bounds of the partition. */
export interface Log {
  readonly topic: string;
  readonly low: number;
  readonly high: number;
}

/** What of a record tells where it stands. */
type Processed = Pick<SourceRecord, 'offset' | 'timestampMs'>;

/** What could be read back. */
export interface Restored {
  /** The offset from which the stage goes on: the group's, or that of the last transaction if that lies behind it. */
  readonly until: number;
  /** By key: the log before this offset is in its state. */
  readonly through: ReadonlyMap<string, number>;
  /** Where to read the log from; null: from its beginning. */
  readonly restoreFrom: number | null;
  /** Offsets of records that were set aside: they did nothing to the state. */
  readonly rejected: ReadonlySet<number>;
  /** What is damaged or of another version, a sentence for each: that is rebuilt from the log. */
  readonly damaged: readonly string[];
}

/** The last record under an id. */
interface Kept {
  readonly offset: number;
  readonly value: Uint8Array;
}

/** Writes and reads the snapshots of one partition of a stage. */
export class Snapshots {
  /** Asked for every snapshot that is read. */
  readonly #nodes: string[];
  /** Keys that changed since their last snapshot, with the first offset that changed them. */
  readonly #changedAt = new Map<string, number>();
  readonly #writtenAt = new Map<string, number>();
  /** By node and key, how many chunks its last snapshot has. */
  readonly #chunksOf = new Map<string, number>();
  /** Notes of records that were set aside, for the next transaction. */
  #notes: OutRecord[] = [];
  /** Keys whose snapshot was damaged. */
  #rebuilt: string[] = [];
  #markedAt = 0;
  /** Where the record stands that was processed last, and when it came there; none yet: -1. */
  #last = -1;
  #lastMs = 0;

  constructor(
    private readonly topic: string,
    private readonly stage: string,
    private readonly partition: number,
    /** The states of its nodes: they change together, so they are kept and restored together. */
    private readonly states: readonly NodeState[],
    private readonly everyMs: number,
  ) {
    this.#nodes = states.map(({ node }) => node);
  }

  /** A record under `key` was processed. */
  changed(key: string, record: Processed): void {
    this.#processed(record);
    this.#changedFrom(key, record.offset);
  }

  #processed({ offset, timestampMs }: Processed): void {
    this.#last = offset;
    this.#lastMs = timestampMs;
  }

  #changedFrom(key: string, offset: number): void {
    if (!this.#changedAt.has(key)) this.#changedAt.set(key, offset);
  }

  /** A record was set aside. It is noted, so that a state that is restored does not take it in either. */
  rejected(record: Processed): void {
    this.#processed(record);
    this.#notes.push(this.#record(this.#noteId(record.offset), '{}'));
  }

  /**
   * Snapshots that are due, as records for the transaction at hand, what was set aside in it, and how far it gets.
   * @param next the offset behind the last record that the transaction commits
   */
  due(nowMs: number, next: number): OutRecord[] {
    return [...this.#notes.splice(0), ...this.#snapshots(nowMs, next), ...this.#progress(next)];
  }

  #progress(next: number): OutRecord[] {
    if (this.#last < 0) return [];
    const progress: Progress = { next, last: this.#last, lastMs: this.#lastMs };
    return [this.#record(this.#progressId, JSON.stringify(progress))];
  }

  get #progressId(): string {
    return `${this.#id()}/progress`;
  }

  #snapshots(nowMs: number, next: number): OutRecord[] {
    if (nowMs - this.#markedAt < this.everyMs) return [];
    const records: OutRecord[] = [];
    let bytes = 0;
    let complete = true;
    for (const key of [...this.#changedAt.keys()]) {
      if (nowMs - (this.#writtenAt.get(key) ?? 0) < this.everyMs) continue;
      if (bytes >= BYTES_PER_COMMIT) {
        complete = false;
        break;
      }
      this.#changedAt.delete(key);
      this.#writtenAt.set(key, nowMs);
      for (const { node, store } of this.states) {
        const state = store.encode(key);
        bytes += state?.byteLength ?? 0;
        records.push(...this.#chunks(node, key, state, next));
      }
    }
    if (complete) this.#markedAt = nowMs;
    if (records.length > 0) records.push(this.#record(this.#id(), JSON.stringify(this.#mark(next))));
    return records;
  }

  #mark(next: number): Mark {
    return { version: VERSION, restoreFrom: this.#restoreFrom(next), nodes: this.#nodes };
  }

  #restoreFrom(next: number): number {
    let from = next;
    for (const offset of this.#changedAt.values()) if (offset < from) from = offset;
    return from;
  }

  #chunks(node: string, key: string, state: Uint8Array | null, through: number): OutRecord[] {
    const of = state ? Math.ceil(state.byteLength / CHUNK_BYTES) : 0;
    const records: OutRecord[] = [];
    const id = (n: number): string => this.#chunkId(node, key, n);
    for (let n = 0; state && n < of; n++) {
      const data = state.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES);
      const chunk: Chunk = { version: VERSION, through, of, crc: crc32(data), data };
      records.push(this.#record(id(n), pack(chunk)));
    }
    const known = `${node}/${key}`;
    for (let n = of; n < (this.#chunksOf.get(known) ?? 0); n++) records.push(this.#record(id(n), null));
    this.#chunksOf.set(known, of);
    return records;
  }

  #id(): string {
    return `${this.stage}/${this.partition}`;
  }

  #chunkId(node: string, key: string, n: number): string {
    return `${this.#id()}/${node}/${n}/${key}`;
  }

  #noteId(offset: number | string): string {
    return `${this.#id()}/rejected/${offset}`;
  }

  #record(key: string, value: string | Uint8Array | null): OutRecord {
    // The partition is that of the state, whatever the key: the runtime puts it there.
    return { topic: this.topic, key, partitionKey: '', value };
  }

  /**
   * Puts the last snapshots back into the store, as far as they can be read.
   * @param log the topic of which the state is a fold, its first offset that is still there, and the one behind its last
   * @param committed the group's offset: what claims to hold more than it, and than the last transaction, is not of this log
   */
  async restore(reader: LogReader, log: Log, committed: number): Promise<Restored> {
    const records = await this.#latest(reader);
    const until = await this.#reached(records, reader, log, committed);
    const rejected = this.#noted(records, log.low);
    const through = new Map<string, number>();
    const { keys, strangers } = this.#ids(records);
    // What another layout left behind would be read for ever.
    for (const id of strangers) this.#notes.push(this.#record(id, null));
    const mark = records.get(this.#id());
    if (!mark) return { until, through, restoreFrom: null, rejected, damaged: [] };
    let restoreFrom: number | null;
    try {
      restoreFrom = restoreFromOf(mark.value, this.#nodes, until);
    } catch (error) {
      return { until, through, restoreFrom: null, rejected, damaged: [this.#damage(mark.offset, error as Error)] };
    }
    const damaged: string[] = [];
    for (const [key, first] of keys) {
      try {
        through.set(key, this.#restoreKey(records, key, until));
      } catch (error) {
        damaged.push(this.#damage(first, error as Error));
        this.#rebuilt.push(key);
      }
    }
    return { until, through, restoreFrom: damaged.length > 0 ? null : restoreFrom, rejected, damaged };
  }

  /** How far the last transaction got on this log: the group's offset, unless what was written with it goes beyond. */
  async #reached(
    records: ReadonlyMap<string, Kept>,
    reader: LogReader,
    { topic, low, high }: Log,
    committed: number,
  ): Promise<number> {
    const kept = records.get(this.#progressId);
    const progress = kept ? progressIn(kept.value) : null;
    if (progress === null || progress.next <= committed || progress.next > high) return committed;
    // What retention has cut can no longer be held against it.
    if (progress.last < low) return progress.next;
    let isSame = false;
    await reader.read(topic, this.partition, progress.last, progress.last + 1, ({ offset, timestampMs }) => {
      isSame ||= offset === progress.last && timestampMs === progress.lastMs;
    });
    return isSame ? progress.next : committed;
  }

  /** The state was rebuilt from the log where snapshots were damaged: such a key gets a new one, even if nothing is left of it. */
  rebuilt(until: number): void {
    for (const key of this.#rebuilt.splice(0)) this.#changedFrom(key, until);
  }

  #damage(offset: number, { message }: Error): string {
    return `${this.topic}/${this.partition}/${offset}: ${message}`;
  }

  async #latest(reader: LogReader): Promise<Map<string, Kept>> {
    const records = new Map<string, Kept>();
    const decoder = new TextDecoder();
    await reader.read(this.topic, this.partition, null, null, ({ key, value, offset }) => {
      const id = key ? decoder.decode(key) : '';
      if (value) records.set(id, { offset, value });
      else records.delete(id);
    });
    return records;
  }

  /** The offsets that are noted; notes of what is no longer on the log go. */
  #noted(records: ReadonlyMap<string, Kept>, low: number): Set<number> {
    const prefix = this.#noteId('');
    const offsets = [...records.keys()]
      .filter((id) => id.startsWith(prefix))
      .map((id) => Number(id.slice(prefix.length)));
    this.#notes = offsets.filter((offset) => offset < low).map((offset) => this.#record(this.#noteId(offset), null));
    return new Set(offsets.filter((offset) => offset >= low));
  }

  /** By key, where the first chunk of its first node stands; and the ids under this partition's that are of no form known. */
  #ids(records: ReadonlyMap<string, Kept>): { keys: ReadonlyMap<string, number>; strangers: readonly string[] } {
    const keys = new Map<string, number>();
    const strangers: string[] = [];
    const prefix = `${this.#id()}/`;
    const notes = this.#noteId('');
    for (const [id, { offset }] of records) {
      if (!id.startsWith(prefix) || id.startsWith(notes) || id === this.#progressId) continue;
      const [, node, n, key] = CHUNK_ID.exec(id.slice(prefix.length)) ?? [];
      if (node === undefined || key === undefined || !this.#nodes.includes(node)) {
        strangers.push(id);
        continue;
      }
      const known = `${node}/${key}`;
      this.#chunksOf.set(known, Math.max(this.#chunksOf.get(known) ?? 0, Number(n) + 1));
      if (!keys.has(key) || n === '0') keys.set(key, offset);
    }
    return { keys, strangers };
  }

  /** Puts the state of a key back into all nodes, or into none. Returns the offset before which the log is in it. */
  #restoreKey(records: ReadonlyMap<string, Kept>, key: string, until: number): number {
    const parts = this.states.map((state) => ({ ...state, chunks: this.#chunksFrom(records, state.node, key) }));
    const throughs = new Set(parts.flatMap(({ chunks }) => chunks.map(({ through }) => through)));
    const [through] = throughs;
    if (through === undefined || throughs.size !== 1) throw unreadable(`${key} is of several snapshots`);
    if (through > until) throw unreadable(`${key} is of offset ${through}, beyond ${until}`);
    try {
      for (const { store, chunks } of parts)
        if (chunks.length > 0) store.restore(key, Buffer.concat(chunks.map(({ data }) => data)));
    } catch (error) {
      for (const { store } of parts) store.restore(key, null);
      throw error;
    }
    return through;
  }

  /** The chunks of what a node knows of a key; none: it knew nothing. */
  #chunksFrom(records: ReadonlyMap<string, Kept>, node: string, key: string): Chunk[] {
    const chunks: Chunk[] = [];
    for (let n = 0; n < (chunks[0]?.of ?? this.#chunksOf.get(`${node}/${key}`) ?? 0); n++) {
      const kept = records.get(this.#chunkId(node, key, n));
      if (!kept) throw unreadable(`chunk ${n} of ${key} is missing`);
      const chunk = chunkOf(kept.value, key, n);
      chunks.push(chunk);
    }
    return chunks;
  }
}

const CHUNK_ID = /^([^/]+)\/(\d{1,9})\/(.*)$/s;

const isOffset = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => value !== null && typeof value === 'object';

/** A part of the state of a key, whose bytes are as they were written. */
function chunkOf(value: Uint8Array, key: string, n: number): Chunk {
  const what = `chunk ${n} of ${key}`;
  const { version, through, of, crc, data } = unpackedFields(value, what);
  if (version !== VERSION) throw unreadable(`${key} is of version ${String(version)}, this program reads ${VERSION}`);
  if (!(data instanceof Uint8Array) || crc !== crc32(data) || !isOffset(of)) throw unreadable(`${what} is damaged`);
  if (!isOffset(through)) throw unreadable(`${key} is of offset ${String(through)}, which is none`);
  return { version, through, of, crc, data };
}

function unpackedFields(value: Uint8Array, what: string): Fields {
  try {
    const chunk: unknown = unpack(value);
    if (isFields(chunk)) return chunk;
  } catch {
    // Said below.
  }
  throw unreadable(`${what} is damaged`);
}

/** What a record says of how far a transaction got; null if it cannot be read. */
function progressIn(value: Uint8Array): Progress | null {
  try {
    const progress: unknown = JSON.parse(new TextDecoder().decode(value));
    if (!isFields(progress)) return null;
    const { next, last, lastMs } = progress;
    const isTime = typeof lastMs === 'number' && Number.isFinite(lastMs);
    return isOffset(next) && isOffset(last) && isTime ? { next, last, lastMs } : null;
  } catch {
    return null;
  }
}

/** From which offset a mark wants the log read. */
function restoreFromOf(value: Uint8Array, nodes: readonly string[], until: number): number {
  const mark: unknown = JSON.parse(new TextDecoder().decode(value));
  const fields: Fields = isFields(mark) ? mark : {};
  const { version, restoreFrom } = fields;
  if (version !== VERSION) throw unreadable(`snapshots of version ${String(version)}, this program reads ${VERSION}`);
  if (!isOffset(restoreFrom) || restoreFrom > until)
    throw unreadable(`snapshots up to offset ${String(restoreFrom)}, beyond ${until}`);
  if (JSON.stringify(fields.nodes) !== JSON.stringify(nodes))
    throw unreadable(`snapshots of the nodes ${String(fields.nodes)}, this program has ${nodes.join(',')}`);
  return restoreFrom;
}

function unreadable(why: string): StreamError {
  return new StreamError('OMS_SNAPSHOT_UNREADABLE', why);
}
