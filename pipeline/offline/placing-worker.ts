/** The thread of {@link placeInThread}: reads a file and passes on what {@link Placing} makes of it. */
import { createReadStream } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { BLOCK_BYTES, lineBlocks } from './line-blocks.js';
import { readNetwork } from '../jobs/network/read.js';
import type { OutRecord } from '../../streams/topology.js';
import { topicNames } from '../../connections/topics.js';
import { Placing } from './placing.js';
import type { Aside, PlacedBatch, PlacingTask } from './placing-thread.js';

const BATCH_BYTES = 500_000;
/** Batches that may be on their way. */
const AHEAD = 4;

const port = parentPort!;
const log = topicNames().events;
const encoder = new TextEncoder();
let keys: string[] = [];
let values: Uint8Array[] = [];
let valueBytes = 0;
let aside: Aside[] = [];
let fileBytes = 0;
let ahead = 0;
let onTaken = (): void => undefined;
port.on('message', () => {
  ahead--;
  onTaken();
});

function keep({ topic, key, value, content }: OutRecord): void {
  if (topic !== log) {
    aside.push({ topic, key, content: content! });
    return;
  }
  const bytes = typeof value === 'string' ? encoder.encode(value) : value!;
  keys.push(key);
  values.push(bytes);
  valueBytes += bytes.byteLength;
}

/** Sends what was kept: the values one behind the other, so that they change hands instead of being copied. */
async function send(lines: PlacedBatch['lines']): Promise<void> {
  const bytes = new Uint8Array(valueBytes);
  const ends = new Int32Array(values.length);
  let end = 0;
  values.forEach((value, i) => {
    bytes.set(value, end);
    ends[i] = end += value.byteLength;
  });
  port.postMessage({ keys, bytes, ends, aside, fileBytes, lines } satisfies PlacedBatch, [bytes.buffer, ends.buffer]);
  keys = [];
  values = [];
  valueBytes = 0;
  aside = [];
  ahead++;
  while (ahead > AHEAD) await new Promise<void>((resolve) => (onTaken = resolve));
}

const { file, networkDir, ...options } = workerData as PlacingTask;
const placing = new Placing({ ...options, network: await readNetwork(networkDir) }, keep);
for await (const block of lineBlocks(createReadStream(file, { highWaterMark: BLOCK_BYTES }))) {
  placing.block(block);
  fileBytes += block.length;
  if (valueBytes > BATCH_BYTES) await send(null);
}
placing.flush();
await send(placing.lines);
port.close();
