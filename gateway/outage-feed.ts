import type { Kafka } from 'kafkajs';
import type { Key } from '../operators/model/event.js';
import type { OutageRecord } from '../operators/model/outage.js';
import { readOutageRecord } from '../operators/model/outage-reading.js';
import type { Database } from './database.js';
import { Audience, eventFrame, type EventStream } from './event-stream.js';
import type { FollowedRecord, StartOffset } from './follower.js';
import { formatPosition, parsePosition, type Heard, type StreamPosition } from './stream-position.js';

/** An outage as it was last heard of. */
interface Recent {
  /** Counts what this gateway heard. */
  readonly seq: number;
  readonly heardAt: number;
  readonly partition: number;
  readonly offset: number;
  readonly key: Key;
  readonly frame: string;
}

/** What was heard within this time is replayed from memory; what is older, the sink has stored by then. */
const KEPT_MS = 10 * 60_000;
const KEPT_OUTAGES = 20_000;
/** Records read again at the start, at least: enough to know the log position of a partition that is quiet. */
const READ_BACK = 100;

/**
 * The live outages, from one reader to all clients. A client that was away hears what it missed: from memory, or, if it
 * was away for longer, from the database. Records are complete, so only the last one of an outage is replayed.
 */
export class OutageFeed {
  readonly audience = new Audience();
  readonly #recent = new Map<string, Recent>();
  /** By partition, the offset from which on nothing is missing in memory. */
  readonly #completeFrom = new Map<number, number>();
  readonly #position = new Map<number, Heard>();
  #seq = 0;

  constructor(private readonly database: Database) {}

  /** Notes where the reader begins. */
  begin(starts: readonly StartOffset[]): void {
    for (const { partition, offset } of starts) {
      this.#completeFrom.set(partition, offset);
      this.#position.set(partition, { next: offset, log: -1 });
    }
  }

  /**
   * Takes in a record of the outages' topic.
   * @throws Error if it is no outage record; what comes behind it is heard as if it had never been
   */
  hear({ partition, offset, value }: Pick<FollowedRecord, 'partition' | 'offset' | 'value'>): void {
    const log = this.#position.get(partition)?.log ?? -1;
    this.#position.set(partition, { next: offset + 1, log });
    if (value === null) return;
    const record = readOutageRecord(value);
    this.#position.set(partition, { next: offset + 1, log: record.log.offset });
    const { outageId, substationId, feederId } = record;
    const frame = eventFrame('outage', JSON.stringify(record), formatPosition(this.#position));
    this.#recent.delete(outageId);
    this.#recent.set(outageId, {
      seq: ++this.#seq,
      heardAt: Date.now(),
      partition,
      offset,
      key: { substationId, feederId },
      frame,
    });
    this.#forgetOld();
    this.audience.broadcast(frame);
  }

  /** The key of an outage that was heard of lately: the database may not have it yet. */
  keyOf(outageId: string): Key | null {
    return this.#recent.get(outageId)?.key ?? null;
  }

  /**
   * Makes a client hear what it missed and then all that comes.
   * @param lastEventId id of the last event it heard; null: it is new and hears from now on
   */
  async attach(stream: EventStream, lastEventId: string | null): Promise<void> {
    const from = lastEventId === null ? null : parsePosition(lastEventId);
    const hello = { resumed: from !== null, at: new Date().toISOString() };
    // Who resumes has not heard up to here yet: its place is that of the events that follow.
    const id = from === null && this.#position.size > 0 ? formatPosition(this.#position) : undefined;
    stream.send(eventFrame('hello', JSON.stringify(hello), id));
    if (from) {
      await this.#replayStored(stream, from);
      await this.#replayRecent(stream, from);
    }
    this.audience.add(stream);
  }

  async #replayStored(stream: EventStream, from: StreamPosition): Promise<void> {
    const missing = [...from].filter(
      ([partition, { next }]) => next < (this.#completeFrom.get(partition) ?? Number.MAX_SAFE_INTEGER),
    );
    if (missing.length === 0) return;
    const rows = await this.database.query<{ record: OutageRecord }>(
      `select o.record
       from unnest($1::int[], $2::bigint[]) as missed(partition, log)
       join oms.outages o on o.log_partition = missed.partition and o.log_offset >= missed.log
       order by o.log_offset`,
      [missing.map(([partition]) => partition), missing.map(([, { log }]) => log)],
    );
    for (const { record } of rows) await stream.sendPaced(eventFrame('outage', JSON.stringify(record)));
  }

  /** Ends, without waiting, when nothing is left: so nothing is heard between the last of it and the live events. */
  async #replayRecent(stream: EventStream, from: StreamPosition): Promise<void> {
    let seq = 0;
    for (;;) {
      const missed = [...this.#recent.values()].filter(
        (recent) => recent.seq > seq && recent.offset >= (from.get(recent.partition)?.next ?? 0),
      );
      if (missed.length === 0 || stream.closed) return;
      for (const { frame } of missed) await stream.sendPaced(frame);
      seq = missed.at(-1)!.seq;
    }
  }

  #forgetOld(): void {
    const oldest = Date.now() - KEPT_MS;
    for (const [outageId, { heardAt, partition, offset }] of this.#recent) {
      if (heardAt >= oldest && this.#recent.size <= KEPT_OUTAGES) return;
      this.#recent.delete(outageId);
      this.#completeFrom.set(partition, Math.max(this.#completeFrom.get(partition) ?? 0, offset + 1));
    }
  }
}

/** Where a feed begins to read: some minutes back, and some records back where it was quiet. */
export async function feedStart(kafka: Kafka, topic: string): Promise<StartOffset[]> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const since = new Map(
      (await admin.fetchTopicOffsetsByTimestamp(topic, Date.now() - KEPT_MS)).map((found) => [
        found.partition,
        Number(found.offset),
      ]),
    );
    return (await admin.fetchTopicOffsets(topic)).map(({ partition, high, low }) => ({
      topic,
      partition,
      offset: Math.max(Number(low), Math.min(since.get(partition) ?? Number(high), Number(high) - READ_BACK)),
    }));
  } finally {
    await admin.disconnect();
  }
}
