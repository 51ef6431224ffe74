import { crc32 } from 'node:zlib';
import { pack, unpack } from 'msgpackr';
import type { LogReader } from './broker.js';
import type { OutRecord, SourceRecord, StateStore } from './topology.js';

/**
 * Snapshots of a stage's state on a compacted topic: the state of a key in chunks, and for each partition the offset
 * from which the log must be read again. They are written in the transaction that commits the offsets.
 */

const VERSION = 1;
const CHUNK_BYTES = 900_000;
/** Enough for one commit: snapshots must not hold up the stream. */
const BYTES_PER_COMMIT = 4_000_000;

interface Chunk {
  readonly version: number;
  /** The state holds the log before this offset. */
  readonly through: number;
  readonly of: number;
  readonly crc: number;
  readonly data: Uint8Array;
}

/**
 * How far a transaction got, written with it: Kafka's own note of that, the group's offset, can be away when a broker has just
 * come back, or for good.
 */
interface Progress {
  /** The offset behind the last record that was processed. */
  readonly next: number;
  /** Where that record stands, and when it came there (epoch ms): by these the log is known again. */
  readonly last: number;
  readonly lastMs: number;
}

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
  /** Keys that changed since their last snapshot, with the first offset that changed them. */
  readonly #changedAt = new Map<string, number>();
  readonly #writtenAt = new Map<string, number>();
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
    private readonly store: StateStore,
    private readonly everyMs: number,
  ) {}

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
      const state = this.store.encode(key);
      this.#changedAt.delete(key);
      this.#writtenAt.set(key, nowMs);
      bytes += state?.byteLength ?? 0;
      records.push(...this.#chunks(key, state, next));
    }
    if (complete) this.#markedAt = nowMs;
    if (records.length > 0)
      records.push(
        this.#record(this.#id(), JSON.stringify({ version: VERSION, restoreFrom: this.#restoreFrom(next) })),
      );
    return records;
  }

  #restoreFrom(next: number): number {
    let from = next;
    for (const offset of this.#changedAt.values()) if (offset < from) from = offset;
    return from;
  }

  #chunks(key: string, state: Uint8Array | null, through: number): OutRecord[] {
    const of = state ? Math.ceil(state.byteLength / CHUNK_BYTES) : 0;
    const records: OutRecord[] = [];
    for (let n = 0; state && n < of; n++) {
      const data = state.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES);
      const chunk: Chunk = { version: VERSION, through, of, crc: crc32(data), data };
      records.push(this.#record(this.#id(key, n), pack(chunk)));
    }
    for (let n = of; n < (this.#chunksOf.get(key) ?? 0); n++) records.push(this.#record(this.#id(key, n), null));
    this.#chunksOf.set(key, of);
    return records;
  }

  #id(key?: string, n?: number): string {
    const partition = `${this.stage}/${this.partition}`;
    return key === undefined ? partition : `${partition}/${n}/${key}`;
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
    const mark = records.get(this.#id());
    if (!mark) return { until, through, restoreFrom: null, rejected, damaged: [] };
    let restoreFrom: number | null;
    try {
      restoreFrom = restoreFromOf(mark.value, until);
    } catch (error) {
      return { until, through, restoreFrom: null, rejected, damaged: [this.#damage(mark.offset, error as Error)] };
    }
    const damaged: string[] = [];
    for (const [key, { offset, chunks }] of this.#keys(records)) {
      this.#chunksOf.set(key, chunks);
      try {
        through.set(key, this.#restoreKey(records, key, until));
      } catch (error) {
        damaged.push(this.#damage(offset, error as Error));
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

  /** By key: where its first chunk stands, and the number behind its last one. */
  #keys(records: ReadonlyMap<string, Kept>): Map<string, { offset: number; chunks: number }> {
    const keys = new Map<string, { offset: number; chunks: number }>();
    const prefix = `${this.#id()}/`;
    for (const [id, { offset }] of records) {
      const match = id.startsWith(prefix) && CHUNK_ID.exec(id.slice(prefix.length));
      if (!match) continue;
      const [, n, key] = match as unknown as [string, string, string];
      const known = keys.get(key);
      keys.set(key, {
        offset: known && n !== '0' ? known.offset : offset,
        chunks: Math.max(known?.chunks ?? 0, Number(n) + 1),
      });
    }
    return keys;
  }

  #restoreKey(records: ReadonlyMap<string, Kept>, key: string, until: number): number {
    const chunks = this.#chunksFrom(records, key);
    const { through } = chunks[0]!;
    if (!isOffset(through) || through > until) throw new Error(`${key} is of offset ${through}, beyond ${until}`);
    this.store.restore(key, Buffer.concat(chunks.map(({ data }) => data)));
    return through;
  }

  #chunksFrom(records: ReadonlyMap<string, Kept>, key: string): Chunk[] {
    const chunks: Chunk[] = [];
    for (let n = 0; n < (chunks[0]?.of ?? 1); n++) {
      const kept = records.get(this.#id(key, n));
      if (!kept) throw new Error(`chunk ${n} of ${key} is missing`);
      const chunk = chunkOf(kept.value, `chunk ${n} of ${key}`);
      if (chunk.version !== VERSION)
        throw new Error(`${key} is of version ${String(chunk.version)}, this program reads ${VERSION}`);
      if (!(chunk.data instanceof Uint8Array) || chunk.crc !== crc32(chunk.data))
        throw new Error(`chunk ${n} of ${key} is damaged`);
      if (n > 0 && chunk.through !== chunks[0]!.through) throw new Error(`chunk ${n} of ${key} is of another snapshot`);
      chunks.push(chunk);
    }
    return chunks;
  }
}

const CHUNK_ID = /^(\d{1,9})\/(.*)$/s;

const isOffset = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function chunkOf(value: Uint8Array, what: string): Chunk {
  try {
    const chunk = unpack(value) as Chunk | null;
    if (chunk !== null && typeof chunk === 'object') return chunk;
  } catch {
    // Said below.
  }
  throw new Error(`${what} is damaged`);
}

/** What a record says of how far a transaction got; null if it cannot be read. */
function progressIn(value: Uint8Array): Progress | null {
  try {
    const progress = JSON.parse(new TextDecoder().decode(value)) as Progress | null;
    return progress && isOffset(progress.next) && isOffset(progress.last) && Number.isFinite(progress.lastMs)
      ? progress
      : null;
  } catch {
    return null;
  }
}

/** From which offset a mark wants the log read. */
function restoreFromOf(mark: Uint8Array, until: number): number {
  const { version, restoreFrom } = (JSON.parse(new TextDecoder().decode(mark)) ?? {}) as Record<string, unknown>;
  if (version !== VERSION) throw new Error(`snapshots of version ${String(version)}, this program reads ${VERSION}`);
  if (!isOffset(restoreFrom) || restoreFrom > until)
    throw new Error(`snapshots up to offset ${String(restoreFrom)}, beyond ${until}`);
  return restoreFrom;
}
