import { crc32 } from 'node:zlib';
import { pack, unpack } from 'msgpackr';
import type { LogReader } from './broker.js';
import type { OutRecord, StateStore } from './topology.js';

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

/** What could be read back. */
interface Restored {
  /** By key: the log before this offset is in its state. */
  readonly through: ReadonlyMap<string, number>;
  /** Where to read the log from; null: from its beginning. */
  readonly restoreFrom: number | null;
}

/** Snapshots are there, but damaged or of another version: the state must be rebuilt from the log. */
export class UnreadableSnapshot extends Error {
  override name = 'UnreadableSnapshot';
}

/** Writes and reads the snapshots of one partition of a stage. */
export class Snapshots {
  /** Keys that changed since their last snapshot, with the first offset that changed them. */
  readonly #changedAt = new Map<string, number>();
  readonly #writtenAt = new Map<string, number>();
  readonly #chunksOf = new Map<string, number>();
  #markedAt = 0;

  constructor(
    private readonly topic: string,
    private readonly stage: string,
    private readonly partition: number,
    private readonly store: StateStore,
    private readonly everyMs: number,
  ) {}

  /** A record under `key` at `offset` was processed. */
  changed(key: string, offset: number): void {
    if (!this.#changedAt.has(key)) this.#changedAt.set(key, offset);
  }

  /**
   * Snapshots that are due, as records for the transaction at hand.
   * @param next the offset behind the last record that the transaction commits
   */
  due(nowMs: number, next: number): OutRecord[] {
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

  #record(key: string, value: string | Uint8Array | null): OutRecord {
    // The partition is that of the state, whatever the key: the runtime puts it there.
    return { topic: this.topic, key, partitionKey: '', value };
  }

  /**
   * Puts the last snapshots back into the store.
   * @throws UnreadableSnapshot if one is damaged or of another version
   */
  async restore(reader: LogReader): Promise<Restored> {
    const records = await this.#latest(reader);
    const mark = records.get(this.#id());
    if (!mark) return { through: new Map(), restoreFrom: null };
    try {
      return this.#unpack(records, mark);
    } catch (error) {
      throw new UnreadableSnapshot((error as Error).message);
    }
  }

  #unpack(records: ReadonlyMap<string, Uint8Array>, mark: Uint8Array): Restored {
    const { version, restoreFrom } = JSON.parse(new TextDecoder().decode(mark)) as {
      version: number;
      restoreFrom: number;
    };
    if (version !== VERSION) throw new Error(`snapshots of version ${version}, this program reads ${VERSION}`);
    const through = new Map<string, number>();
    const prefix = `${this.#id()}/0/`;
    for (const id of records.keys()) {
      if (!id.startsWith(prefix)) continue;
      const key = id.slice(prefix.length);
      const chunks = this.#chunksFrom(records, key);
      this.store.restore(key, Buffer.concat(chunks.map(({ data }) => data)));
      this.#chunksOf.set(key, chunks.length);
      through.set(key, chunks[0]!.through);
    }
    return { through, restoreFrom };
  }

  async #latest(reader: LogReader): Promise<Map<string, Uint8Array>> {
    const records = new Map<string, Uint8Array>();
    const decoder = new TextDecoder();
    await reader.read(this.topic, this.partition, null, null, ({ key, value }) => {
      const id = key ? decoder.decode(key) : '';
      if (value) records.set(id, value);
      else records.delete(id);
    });
    return records;
  }

  #chunksFrom(records: ReadonlyMap<string, Uint8Array>, key: string): Chunk[] {
    const chunks: Chunk[] = [];
    for (let n = 0; n < (chunks[0]?.of ?? 1); n++) {
      const value = records.get(this.#id(key, n));
      if (!value) throw new Error(`chunk ${n} of ${key} is missing`);
      const chunk = unpack(value) as Chunk;
      if (chunk.version !== VERSION)
        throw new Error(`${key} is of version ${chunk.version}, this program reads ${VERSION}`);
      if (chunk.crc !== crc32(chunk.data)) throw new Error(`chunk ${n} of ${key} is damaged`);
      if (n > 0 && chunk.through !== chunks[0]!.through) throw new Error(`chunk ${n} of ${key} is of another snapshot`);
      chunks.push(chunk);
    }
    return chunks;
  }
}
