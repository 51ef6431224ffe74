import type { Pool } from 'pg';
import type { EvidenceRecord, LateRecord, LogPosition } from '../../operators/model/outcome.js';
import { isCommand } from '../../operators/model/event.js';
import { decodeLogRecord } from '../../operators/log/log-record.js';
import type { OutageRecord } from '../../operators/model/outage.js';
import type { SourceRecord } from '../../streams/topology.js';
import { sourceTopics, type TopicNames } from '../../connections/topics.js';
import { replayedLog, textOf } from '../kit/replayed-log.js';
import { isGarbage } from './garbage.js';

/** What was compared, and where it differs. */
export interface Comparison {
  /** Records compared, by what they are. */
  readonly compared: Record<string, number>;
  readonly differences: readonly string[];
}

const SHOWN = 5;

/**
 * Compares a run with faults with what its log means: every record of the product topics, byte for byte; every row in
 * the database; every acknowledged event on the log or kept aside.
 */
export async function compare(
  readAll: (topic: string) => Promise<SourceRecord[]>,
  topics: TopicNames,
  partitions: number,
  pool: Pool,
  acknowledged: ReadonlySet<string>,
): Promise<Comparison> {
  const compared: Record<string, number> = {};
  const differences: string[] = [];
  const same = (what: string, expected: readonly string[], found: readonly string[]): void => {
    compared[what] = expected.length;
    differences.push(...differencesOf(what, expected, found));
  };

  // What nobody can read is nobody's record, but that it was set aside.
  const read = async (topic: string): Promise<SourceRecord[]> =>
    (await readAll(topic)).filter((record) => !isGarbage(record));
  const log = await read(topics.events);
  const expected = replayedLog(log, topics, partitions);
  const found = new Map<string, string[]>();
  for (const topic of [topics.evidence, topics.late]) {
    found.set(topic, (await read(topic)).map(textOf));
    same(topic, expected.get(topic) ?? [], found.get(topic)!);
  }
  // Compaction may have taken earlier revisions of an outage: the last one must be there.
  const lastOf = (texts: readonly string[]): string[] =>
    [...new Map(texts.map((text) => [text.slice(0, 36), text])).values()].sort();
  const outages = lastOf((await read(topics.outages)).map(textOf));
  same('last record of each outage', lastOf(expected.get(topics.outages) ?? []), outages);

  const rows = async (sql: string): Promise<string[]> =>
    (await pool.query<{ text: string }>(sql)).rows.map(({ text }) => text);
  const values = <T>(texts: readonly string[]): T[] =>
    texts.map((text) => JSON.parse(text.slice(text.indexOf(' {') + 1)) as T);
  const evidence = values<EvidenceRecord>(expected.get(topics.evidence) ?? []);
  const restatements = evidence.flatMap(({ restated, log: at }) => (restated ? [{ ...restated, at }] : []));
  const hasLeft = (outageId: string | null, at: LogPosition, index: number): boolean =>
    restatements.some(
      ({ outageIds, at: { partition, offset }, logIndex }) =>
        outageIds.includes(outageId ?? '') &&
        partition === at.partition &&
        (at.offset < offset || (at.offset === offset && index < logIndex)),
    );
  const place = ({ partition, offset }: { partition: number; offset: number }, index: number): string =>
    `${partition}/${offset}/${index}`;
  same(
    'members in the database',
    evidence
      .flatMap(({ outageId, members, log: at }) =>
        members
          .filter((m) => !hasLeft(outageId, at, m.logIndex))
          .map((m) => `${outageId} ${m.source}/${m.sourceEventId} ${place(at, m.logIndex)}/${m.nth ?? 0}`),
      )
      .sort(),
    (
      await rows(
        `select outage_id || ' ' || source || '/' || source_event_id || ' ' || log_partition || '/' || log_offset || '/' || log_index || '/' || nth as text from oms.members`,
      )
    ).sort(),
  );
  same(
    'timeline entries in the database',
    evidence
      .flatMap(({ outageId, timeline, log: at }) =>
        timeline.map((entry) => `${outageId} ${entry.what} ${place(at, entry.logIndex)}`),
      )
      .sort(),
    (
      await rows(
        `select outage_id || ' ' || what || ' ' || log_partition || '/' || log_offset || '/' || log_index as text from oms.timeline`,
      )
    ).sort(),
  );
  same(
    'late events in the database',
    values<LateRecord>(expected.get(topics.late) ?? [])
      .map(({ log: at, logIndex }) => place(at, logIndex))
      .sort(),
    (await rows(`select log_partition || '/' || log_offset || '/' || log_index as text from oms.late`)).sort(),
  );
  same(
    'outages in the database',
    values<OutageRecord>(outages)
      .map(({ outageId, revision, status }) => `${outageId} ${revision} ${status}`)
      .sort(),
    (await rows(`select outage_id || ' ' || revision || ' ' || status as text from oms.outages`)).sort(),
  );
  const entries = log.flatMap(({ partition, offset, value }) =>
    decodeLogRecord(value).map((entry, index) => ({ entry, at: place({ partition, offset }, index) })),
  );
  same(
    'raw events in the database',
    entries
      .flatMap(({ entry, at }) => (isCommand(entry) ? [] : [`${entry.source}/${entry.sourceEventId} ${at}`]))
      .sort(),
    (
      await rows(
        `select source || '/' || source_event_id || ' ' || log_partition || '/' || log_offset || '/' || log_index as text from oms.events`,
      )
    ).sort(),
  );

  const rejected = (await read(topics.rejected)).map(({ value }) => JSON.parse(textOfBytes(value)) as Rejected);
  for (const topic of [...Object.values(sourceTopics(topics)), topics.events, topics.outages]) {
    const garbage = (await readAll(topic)).filter((record) => isGarbage(record));
    same(
      `garbage of ${topic}, set aside once`,
      garbage.map(({ partition, offset }) => `${partition}/${offset}`).sort(),
      rejected
        .filter(({ position }) => position.topic === topic && position.index === 0 && garbageAt(garbage, position))
        .map(({ position }) => `${position.partition}/${position.offset}`)
        .sort(),
    );
  }
  const kept = new Set(
    entries.flatMap(({ entry }) => (isCommand(entry) ? [] : [`${entry.source}/${entry.sourceEventId}`])),
  );
  for (const record of await read(topics.unplaced)) kept.add(new TextDecoder().decode(record.key!));
  compared['acknowledged events'] = acknowledged.size;
  for (const id of acknowledged) if (!kept.has(id)) differences.push(`acknowledged and lost: ${id}`);
  return { compared, differences };
}

interface Rejected {
  readonly position: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
    /** Of a line, where random bytes happen to make several. */
    readonly index: number;
  };
}

const textOfBytes = (value: Uint8Array | null): string => (value === null ? '' : new TextDecoder().decode(value));

function garbageAt(garbage: readonly SourceRecord[], at: Rejected['position']): boolean {
  return garbage.some(({ partition, offset }) => partition === at.partition && offset === at.offset);
}

/** Where two lists differ, as multisets where their order does, in some lines. */
function differencesOf(what: string, expected: readonly string[], found: readonly string[]): string[] {
  const count = new Map<string, number>();
  for (const text of expected) count.set(text, (count.get(text) ?? 0) + 1);
  for (const text of found) count.set(text, (count.get(text) ?? 0) - 1);
  const off = [...count].filter(([, n]) => n !== 0);
  const lines = off
    .slice(0, SHOWN)
    .map(([text, n]) => `${what}: ${n > 0 ? 'missing' : 'too many'} (${Math.abs(n)}) ${text.slice(0, 200)}`);
  if (off.length > SHOWN) lines.push(`${what}: and ${off.length - SHOWN} more`);
  if (off.length === 0 && expected.some((text, i) => text !== found[i]))
    lines.push(`${what}: the same records in another order`);
  return lines;
}
