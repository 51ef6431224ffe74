import { randomBytes } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { fileProblem } from '../../../connections/files.js';

/** An event on its way into event-time order. */
export interface OrderedEvent {
  /** The time that counts, epoch ms. */
  readonly t: number;
  /** Epoch ms. */
  readonly receivedAt: number;
  /** `source/sourceEventId`. */
  readonly identity: string;
  readonly placed: boolean;
  /** The canonical event. */
  readonly line: string;
}

/** How much is held in memory at once. */
export interface OrderLimits {
  /** Events that are sorted in memory before they go to disk. */
  readonly eventsPerRun: number;
  /** Characters of theirs, whichever comes first. */
  readonly charsPerRun: number;
  /** Sorted runs that are merged at once. */
  readonly runsPerMerge: number;
}

const LIMITS: OrderLimits = { eventsPerRun: 100_000, charsPerRun: 64_000_000, runsPerMerge: 64 };
const WRITE_CHARS = 1 << 20;
const READ_BYTES = 1 << 17;

/**
 * By the time that counts, then by when it was received, so that of two copies the first to come comes first; the rest
 * makes the order the same each time, which resuming depends on.
 */
function compare(a: OrderedEvent, b: OrderedEvent): number {
  return (
    a.t - b.t ||
    a.receivedAt - b.receivedAt ||
    (a.identity < b.identity ? -1 : a.identity > b.identity ? 1 : a.line < b.line ? -1 : a.line > b.line ? 1 : 0)
  );
}

/**
 * Puts any number of events into event-time order: sorted runs go to the folder for temporary files (TMPDIR) and are merged
 * as they are read, so that memory does not grow with the history.
 */
export class EventOrder {
  readonly #limits: OrderLimits;
  #pending: OrderedEvent[] = [];
  #chars = 0;
  /** Runs by how often their events were merged: those of one size are merged with each other. */
  readonly #runs: RunFile[][] = [[]];
  size = 0;

  constructor(limits: Partial<OrderLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Takes an event in; what it returns is to be awaited. Throws if the disk is full. */
  add(event: OrderedEvent): Promise<void> | undefined {
    this.#pending.push(event);
    this.#chars += event.line.length;
    this.size++;
    const { eventsPerRun, charsPerRun } = this.#limits;
    return this.#pending.length < eventsPerRun && this.#chars < charsPerRun ? undefined : this.#endRun();
  }

  async #endRun(): Promise<void> {
    const run = this.#pending.sort(compare);
    this.#pending = [];
    this.#chars = 0;
    this.#runs[0]!.push(await RunFile.write([run]));
    for (const [level, runs] of this.#runs.entries()) {
      if (runs.length < this.#limits.runsPerMerge) break;
      const merged = await RunFile.write(merge(runs.map((file) => file.blocks())));
      await Promise.all(runs.splice(0).map((file) => file.close()));
      (this.#runs[level + 1] ??= []).push(merged);
    }
  }

  /** All events in order, in blocks. May be called once, when all were taken in. */
  inOrder(): AsyncIterable<OrderedEvent[]> {
    const last = this.#pending.sort(compare);
    return merge([...this.#runs.flat().map((file) => file.blocks()), only(last)]);
  }

  /** Gives the disk space back. */
  async close(): Promise<void> {
    await Promise.all(this.#runs.flat().map((file) => file.close()));
  }
}

async function* only(block: OrderedEvent[]): AsyncGenerator<OrderedEvent[]> {
  yield block;
}

/** A sorted run on disk. Its name is taken away at once: however the program ends, the space is free again. */
class RunFile {
  private constructor(
    private readonly file: FileHandle,
    private readonly bytes: number,
  ) {}

  static async write(blocks: AsyncIterable<OrderedEvent[]> | Iterable<OrderedEvent[]>): Promise<RunFile> {
    const path = join(tmpdir(), `oms-backfill-${randomBytes(8).toString('hex')}`);
    const problem = (error: NodeJS.ErrnoException): Error => fileProblem(`${tmpdir()} (TMPDIR)`, error);
    const file = await open(path, 'wx+').catch((error: Error) => {
      throw problem(error);
    });
    await unlink(path);
    let bytes = 0;
    let text = '';
    const flush = async (): Promise<void> => {
      const data = Buffer.from(text);
      text = '';
      for (let done = 0; done < data.length;) done += (await file.write(data, done)).bytesWritten;
      bytes += data.length;
    };
    try {
      for await (const block of blocks) {
        for (const { t, receivedAt, identity, placed, line } of block) {
          text += `${t}\t${receivedAt}\t${placed ? 1 : 0}\t${identity}\t${line}\n`;
          if (text.length >= WRITE_CHARS) await flush();
        }
      }
      await flush();
    } catch (error) {
      await file.close();
      throw problem(error as Error);
    }
    return new RunFile(file, bytes);
  }

  async *blocks(): AsyncGenerator<OrderedEvent[]> {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let position = 0; position < this.bytes;) {
      const { bytesRead } = await this.file.read(buffer, 0, READ_BYTES, position);
      position += bytesRead;
      const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n');
      rest = lines.pop()!;
      yield lines.map(parseLine);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** Neither an identity nor JSON holds a tab or the end of a line. */
function parseLine(text: string): OrderedEvent {
  const first = text.indexOf('\t');
  const second = text.indexOf('\t', first + 1);
  const third = text.indexOf('\t', second + 1);
  const fourth = text.indexOf('\t', third + 1);
  return {
    t: Number(text.slice(0, first)),
    receivedAt: Number(text.slice(first + 1, second)),
    placed: text[second + 1] === '1',
    identity: text.slice(third + 1, fourth),
    line: text.slice(fourth + 1),
  };
}

interface Run {
  readonly blocks: AsyncIterator<OrderedEvent[]>;
  block: readonly OrderedEvent[];
  next: number;
}

const MERGED_PER_BLOCK = 1000;

/** Merges sorted runs: a heap of those that have more, the one with the least event on top. */
async function* merge(sources: readonly AsyncIterable<OrderedEvent[]>[]): AsyncGenerator<OrderedEvent[]> {
  const heap: Run[] = [];
  for (const source of sources) {
    const run: Run = { blocks: source[Symbol.asyncIterator](), block: [], next: 0 };
    if (await refill(run)) heap.push(run);
  }
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sink(heap, i);
  let merged: OrderedEvent[] = [];
  while (heap.length > 0) {
    const run = heap[0]!;
    merged.push(run.block[run.next++]!);
    if (run.next === run.block.length && !(await refill(run))) {
      const last = heap.pop()!;
      if (heap.length > 0) heap[0] = last;
    }
    sink(heap, 0);
    if (merged.length === MERGED_PER_BLOCK) {
      yield merged;
      merged = [];
    }
  }
  if (merged.length > 0) yield merged;
}

/** Reads the next block that holds something. Returns false at the end. */
async function refill(run: Run): Promise<boolean> {
  for (;;) {
    const { done, value } = await run.blocks.next();
    if (done) return false;
    if (value.length === 0) continue;
    run.block = value;
    run.next = 0;
    return true;
  }
}

function sink(heap: Run[], from: number): void {
  for (let i = from; ;) {
    let least = i;
    for (const child of [2 * i + 1, 2 * i + 2]) {
      if (child < heap.length && before(heap[child]!, heap[least]!)) least = child;
    }
    if (least === i) return;
    [heap[i], heap[least]] = [heap[least]!, heap[i]!];
    i = least;
  }
}

function before(a: Run, b: Run): boolean {
  return compare(a.block[a.next]!, b.block[b.next]!) < 0;
}
