import { writeFileSync } from 'node:fs';
import { Correlator } from '../operators/correlate/correlate.js';
import type { Key, LogEntry, PlacedEvent } from '../operators/model/event.js';
import type { OutageRecord } from '../operators/model/outage.js';
import { seededRandom } from '../simulator/random.js';
import { plot } from './plot.js';

/** 20 M events through the window of one partition: memory must be flat once the window is full. */
const EVENTS = 20_000_000;
const FEEDERS = 50;
const METERS_PER_FEEDER = 2000;
const ENTRIES_PER_RECORD = 50;
/** 12 days of the log's own time: the window of 6.5 h holds about 450 k events. */
const SPAN_MS = 12 * 86_400_000;
const START = Date.UTC(2026, 9, 4);
const SAMPLES = 100;
const RESTORED_AFTER_MS = 20 * 60_000;
const CLOSED_AFTER_MS = 24 * 3_600_000;
/** A feeder is out for a while, then quiet: outages end, as they do. */
const ACTIVE_MS = 40 * 60_000;
const CYCLE_MS = 120 * 60_000;

interface Sample {
  readonly events: number;
  readonly heapMb: number;
  readonly rssMb: number;
}

/** Last gasps and power-ups of one feeder, a record at a time, over the whole span. */
class FeederLog {
  readonly #random;
  #n = 0;

  constructor(private readonly feeder: number) {
    this.#random = seededRandom(feeder + 1);
  }

  record(from: number, stepMs: number): PlacedEvent[] {
    const events: PlacedEvent[] = [];
    for (let i = 0; i < ENTRIES_PER_RECORD / 2; i++) {
      const meter = Math.floor(this.#random.next() * METERS_PER_FEEDER);
      const t = from + Math.floor(i * stepMs);
      events.push(this.#event('outage', meter, t), this.#event('restoration', meter, t + RESTORED_AFTER_MS));
    }
    return events;
  }

  #event(kind: PlacedEvent['kind'], meter: number, occurredAt: number): PlacedEvent {
    const id = `${this.feeder}-${this.#n++}`;
    return {
      source: 'kaifa',
      kind,
      type: '',
      sourceEventId: id,
      assetId: `M${this.feeder}-${meter}`,
      occurredAt,
      receivedAt: occurredAt + 5000,
      lat: 31 + this.feeder / 100 + (meter % 45) * 0.0004,
      lon: 35.93 + Math.floor(meter / 45) * 0.0005,
      dpId: null,
      reach: 'point',
      customerId: `C${this.feeder}-${meter}`,
      feederCustomers: 0,
      flags: [],
    };
  }
}

/** Closes what was restored for 24 h, as the policy does. */
class Closer {
  readonly #restored = new Map<string, OutageRecord>();

  hear(record: OutageRecord): void {
    if (record.status === 'restored') this.#restored.set(record.outageId, record);
    else this.#restored.delete(record.outageId);
  }

  due(feederId: string, now: number): LogEntry[] {
    const due: LogEntry[] = [];
    for (const [outageId, record] of this.#restored) {
      if (record.feederId !== feederId || Date.parse(record.restoredAt!) > now - CLOSED_AFTER_MS) continue;
      this.#restored.delete(outageId);
      due.push({ command: 'close', commandId: outageId, outageId, at: now, author: 'policy/auto-close', reason: null });
    }
    return due;
  }
}

/** Runs the soak; writes its samples and a plot, and prints a line for each tenth of the way. */
export function soak(): void {
  const correlator = new Correlator();
  const closer = new Closer();
  const logs = Array.from({ length: FEEDERS }, (_, feeder) => new FeederLog(feeder));
  const cycles = SPAN_MS / CYCLE_MS;
  const recordsPerCycle = Math.round(EVENTS / ENTRIES_PER_RECORD / FEEDERS / cycles);
  const stepMs = ACTIVE_MS / recordsPerCycle / (ENTRIES_PER_RECORD / 2);
  const samples: Sample[] = [];
  let events = 0;
  let offset = 0;
  const startedAt = Date.now();
  for (let cycle = 0; cycle < cycles; cycle++) {
    for (let n = 0; n < recordsPerCycle; n++) {
      const from = START + cycle * CYCLE_MS + Math.floor((n / recordsPerCycle) * ACTIVE_MS);
      for (const [feeder, log] of logs.entries()) {
        const key: Key = { substationId: 'S', feederId: `F${feeder}` };
        const entries = [...closer.due(key.feederId, from), ...log.record(from, stepMs)];
        const outcome = correlator.apply(key, entries, { partition: 0, offset: offset++ });
        for (const outage of outcome.outages) closer.hear(outage);
        events += ENTRIES_PER_RECORD;
      }
    }
    if (samples.length <= (cycle / cycles) * SAMPLES) {
      globalThis.gc?.();
      const { heapUsed, rss } = process.memoryUsage();
      samples.push({ events, heapMb: Math.round(heapUsed / 1e6), rssMb: Math.round(rss / 1e6) });
      if (samples.length % 10 === 0) console.log(JSON.stringify(samples.at(-1)));
    }
  }
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  writeFileSync('bench/results/soak.json', `${JSON.stringify({ events, seconds, samples }, null, 1)}\n`);
  const points = samples.map(({ events: after, heapMb }): [number, number] => [after, heapMb]);
  const labels = { title: 'Heap after collection, correlate operator, one partition', xLabel: 'events', yLabel: 'MB' };
  writeFileSync('docs/soak.svg', plot({ ...labels, curves: [{ name: 'heap', points }] }));
  console.log(`${events} events in ${seconds} s`);
}
