import { Worker } from 'node:worker_threads';
import type { OutRecord } from '../../streams/topology.js';
import { topicNames } from '../../connections/topics.js';
import type { Lines, OfflineOptions } from './placing.js';
import { OmsError } from '../../connections/errors.js';

/** What the thread is to do. */
export interface PlacingTask extends Omit<OfflineOptions, 'network'> {
  /** NDJSON: canonical events, or an exported log. */
  readonly file: string;
  /** Folder or GeoJSON file of the network. */
  readonly networkDir: string;
}

/** A record that is not of the log. */
export interface Aside {
  readonly topic: string;
  readonly key: string;
  readonly content: object;
}

/** What the thread has made of some lines. */
export interface PlacedBatch {
  /** Keys of records of the log, their values one behind the other, and where each ends. */
  readonly keys: readonly string[];
  readonly bytes: Uint8Array;
  readonly ends: Int32Array;
  readonly aside: readonly Aside[];
  /** Bytes of the file so far. */
  readonly fileBytes: number;
  /** With the last one: what was taken in. */
  readonly lines: Lines | null;
}

/** Of the thread: most of what it makes is garbage at once, and costs nothing if there is room until then. */
const YOUNG_MB = 64;

/**
 * Places the events of a file in a thread of its own: the first half of a run without Kafka, while this one goes on with
 * the second.
 * @param onRecord called with each record of the log in its order, and with those of what could not be placed
 * @param onProgress called with the bytes of the file read so far
 * @returns what was taken in, once all of it was passed on
 * @throws Error what the thread says: a file that cannot be read, a network that is not valid
 */
export function placeInThread(
  task: PlacingTask,
  onRecord: (record: OutRecord) => void,
  onProgress: (fileBytes: number) => void,
): Promise<Lines> {
  const worker = new Worker(new URL('./placing-worker.js', import.meta.url), {
    workerData: task,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  return new Promise<Lines>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', () =>
      reject(new OmsError('OMS_THREAD_ENDED', 'The thread that places events ended before it was done.')),
    );
    worker.on('message', (batch: PlacedBatch) => {
      try {
        for (const record of recordsOf(batch)) onRecord(record);
      } catch (error) {
        reject(error as Error);
        return;
      }
      onProgress(batch.fileBytes);
      if (batch.lines) resolve(batch.lines);
      else worker.postMessage('taken');
    });
  }).finally(() => worker.terminate());
}

const LOG = topicNames().events;

function* recordsOf({ keys, bytes, ends, aside }: PlacedBatch): Generator<OutRecord> {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    yield { topic: LOG, key, partitionKey: key, value: bytes.subarray(i === 0 ? 0 : ends[i - 1], ends[i]) };
  }
  for (const { topic, key, content } of aside) yield { topic, key, partitionKey: key, value: null, content };
}
