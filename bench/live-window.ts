/** A process by itself with a million live events in one partition: prints, as JSON, what it holds and what snapshots take. */
import { Correlator } from '../operators/correlate/correlate.js';
import { keyText } from '../operators/model/event.js';
import { denseStorm } from './correlate.js';

/** What was measured. */
export interface Window {
  readonly residentMb: number;
  readonly encodeMs: number;
  readonly snapshotMb: number;
  readonly restoreMs: number;
}

const BYTES_PER_MB = 1e6;

const correlator = new Correlator();
const keys = new Set<string>();
let offset = 0;
let resident = 0;
for (const batches of denseStorm({ feeders: 200, metersPerFeeder: 50_000, eventsPerFeeder: 5000 })) {
  for (const { key, entries } of batches) {
    correlator.apply(key, entries, { partition: 0, offset: offset++ });
    keys.add(keyText(key));
  }
  resident = Math.max(resident, process.memoryUsage.rss());
}
const startedAt = performance.now();
const snapshots = [...keys].map((key) => [key, correlator.encode(key)!] as const);
const encodedAt = performance.now();
const restored = new Correlator();
for (const [key, bytes] of snapshots) restored.restore(key, bytes);
const window: Window = {
  residentMb: Math.round(resident / BYTES_PER_MB),
  encodeMs: Math.round(encodedAt - startedAt),
  snapshotMb: Math.round(snapshots.reduce((sum, [, bytes]) => sum + bytes.byteLength, 0) / BYTES_PER_MB),
  restoreMs: Math.round(performance.now() - encodedAt),
};
console.log(JSON.stringify(window));
