import { decodeLogRecord } from '../../operators/log/log-record.js';
import { Registry } from '../../operators/network/registry.js';
import { TestDriver } from '../../streams/driver.js';
import type { SourceRecord } from '../../streams/topology.js';
import { buildTopology } from '../../pipeline/topology.js';
import type { TopicNames } from '../../connections/topics.js';
import { UTC } from '../../operators/model/time-zone.js';

/** A record as it is compared: its key and value in one text. */
export function textOf(record: SourceRecord): string {
  const decoder = new TextDecoder();
  return `${decoder.decode(record.key!)} ${decoder.decode(record.value!)}`;
}

/**
 * What the correlate stage writes for a log, by topic and in the order of partitions: what Kafka must hold.
 * A log record that cannot be read is one that the stream set aside.
 */
export function replayedLog(
  log: readonly SourceRecord[],
  topics: TopicNames,
  partitions: number,
): Map<string, string[]> {
  const topology = buildTopology({ topics, zone: UTC, registry: new Registry() });
  const written = new Map<string, string[][]>();
  const driver = new TestDriver(topology, {
    partitions,
    onRecord: ({ topic, key, value }, partition) => {
      const lists = written.get(topic) ?? Array.from({ length: partitions }, (): string[] => []);
      written.set(topic, lists);
      lists[partition]!.push(`${key} ${String(value)}`);
    },
  });
  for (const { partition, offset, key, value } of log) {
    const record = { topic: topics.events, key: new TextDecoder().decode(key!), value, at: { partition, offset } };
    if (isReadable(value)) driver.pipe(record);
    driver.commit();
  }
  return new Map([...written].map(([topic, lists]) => [topic, lists.flat()]));
}

/** Whether a value is one of a log record. */
export function isReadable(value: Uint8Array | null): boolean {
  try {
    decodeLogRecord(value);
    return true;
  } catch {
    return false;
  }
}
