import type { SourceRecord, Table } from './topology.js';
import { StreamError } from './errors.js';

/**
 * What the streams runtime asks of a broker. Kafka is one; the simulation, which fails in every way that Kafka may, is
 * another: the same runtime runs on both.
 */
export interface Broker {
  /** Joins a group as a member that reads `topics` and writes in transactions; ends what its predecessor left open. */
  join(options: JoinOptions): Promise<{ member: GroupMember; transactions: Transactions }>;
  /** Opens a reader of stretches of partitions, outside any group. */
  reader(): Promise<LogReader>;
  /**
   * Fills a table from its topic, and keeps it so until it is told to stop.
   * @param onUnreadable told of each record that the table cannot take; it is left out
   */
  follow(table: Table, partitions: number, onUnreadable: OnUnreadable): Promise<{ stop(): Promise<void> }>;
}

export type OnUnreadable = (record: SourceRecord, error: Error) => void;

/** What a sentence is about, for whoever keeps that apart from it. */
export interface About {
  readonly stage?: string;
  readonly group?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly key?: string;
}

/** Says a sentence to those who run the process. */
export type Say = (level: 'info' | 'warn' | 'error', message: string, about?: About) => void;

export interface JoinOptions {
  readonly group: string;
  /** Tells members of the group apart; one that comes back under its name takes the place of the one before. */
  readonly slot: string;
  readonly topics: readonly string[];
  /** The same partition of all topics goes to the same member. */
  readonly together: boolean;
  readonly say: Say;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface TopicPartitionOffset extends TopicPartition {
  readonly offset: number;
}

/** How far a partition was taken in. */
export interface Position extends TopicPartition {
  /** The offset of what comes next. */
  readonly next: number;
  /** The offset behind the last record that the broker has, as the client last heard; null: it has not heard yet. */
  readonly end: number | null;
  /** The timestamp of the last record that was taken in, epoch ms; null: none was yet. */
  readonly takenMs: number | null;
}

/** What the group asks of a member: to take partitions or to give them up. It waits for the answer. */
export interface Rebalance {
  readonly assign: boolean;
  readonly partitions: readonly TopicPartition[];
}

/** A member of a consumer group. What a transaction has not committed does not exist for it. */
export interface GroupMember {
  /** The next thing that the group asks, if any: answered by {@link assign} or {@link unassign}. */
  nextRebalance(): Rebalance | undefined;
  /** Up to `count` records that are there, or what comes within a moment. */
  poll(count: number): Promise<SourceRecord[]>;
  /** Calls `listener` when a partition has nothing more for now behind an offset. */
  onEnd(listener: (end: TopicPartitionOffset) => void): void;
  /** The offset behind the last record of a partition, as was heard with the records read; null: nothing was heard yet. */
  knownEnd(partition: TopicPartition): number | null;
  /** The committed offsets of partitions; 0 where there is none. */
  committed(partitions: readonly TopicPartition[]): Promise<TopicPartitionOffset[]>;
  assign(from: readonly TopicPartitionOffset[]): void;
  unassign(partitions: readonly TopicPartition[]): void;
  /** Reads an assigned partition from another offset on. */
  seek(to: TopicPartitionOffset): Promise<void>;
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  /** Leaves the group and disconnects. */
  leave(): Promise<void>;
}

/** A record with the place it is written to. */
export interface PlacedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string | Uint8Array | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Writes records, and the offsets that they come from, all or none. Each call throws {@link BrokerError}. */
export interface Transactions {
  begin(): Promise<void>;
  /** Adds a record; resolves when there is room for the next. */
  send(record: PlacedRecord): Promise<void> | void;
  /** Adds the offsets of the member that they belong with; refused if the group has gone on without it. */
  sendOffsets(offsets: readonly TopicPartitionOffset[]): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
  close(): Promise<void>;
}

/** Reads stretches of partitions. */
export interface LogReader {
  /** The first offset still there and the one behind the last. */
  bounds(topic: string, partition: number): Promise<{ low: number; high: number }>;
  /**
   * Calls `each` with the committed records of a partition from one offset up to, not including, another.
   * @param from null: from the first that is there
   * @param until null: to the end as it is now
   * @throws RetentionGap if `from` is not there any more
   */
  read(
    topic: string,
    partition: number,
    from: number | null,
    until: number | null,
    each: (record: SourceRecord) => void | Promise<void>,
  ): Promise<void>;
  close(): Promise<void>;
}

/**
 * The stretch of a partition that {@link LogReader.read} reads, of what is there.
 * @throws RetentionGap if `from` is not there any more
 */
export async function stretchOf(
  reader: LogReader,
  topic: string,
  partition: number,
  from: number | null,
  until: number | null,
): Promise<{ start: number; end: number }> {
  const { low, high } = await reader.bounds(topic, partition);
  if (from !== null && from < low) throw new RetentionGap(topic, partition, low, from);
  return { start: from ?? low, end: Math.min(until ?? high, high) };
}

/** An error of a broker, with what it means for the transaction at hand, as librdkafka says it. */
export interface BrokerError extends Error {
  readonly code?: number;
  /** The same call may be made again. */
  readonly isRetriable?: boolean;
  /** The transaction must be given up; the next one may succeed. */
  readonly isTxnRequiresAbort?: boolean;
  /** The client cannot go on. */
  readonly isFatal?: boolean;
}

const ILLEGAL_GENERATION = 22;
/** Also: unknown member, fenced instance, stale epoch, assignment lost, fenced. */
const LEFT_BEHIND: ReadonlySet<number> = new Set([ILLEGAL_GENERATION, 25, 82, 113, -142, -144]);

/**
 * Whether a commit named a generation of the group that has just ended. The member is in the next one too: an unknown one
 * gets another error. It will hear of it in a moment, and what it has not given back is still its own.
 */
export function isOfLastGeneration({ code }: BrokerError): boolean {
  return code === ILLEGAL_GENERATION;
}

/** Whether the group has gone on without the member that got this error. */
export function isLeftBehind({ code }: BrokerError): boolean {
  return code !== undefined && LEFT_BEHIND.has(code);
}

/** The log was cut below what is needed: nothing can be restored from it. */
export class RetentionGap extends StreamError {
  override name = 'RetentionGap';

  /**
   * @param low the first offset that is there
   * @param needed the one from which on records are needed
   */
  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly low: number,
    readonly needed: number,
  ) {
    super(
      'OMS_RETENTION_GAP',
      `${topic}/${partition} begins at offset ${low}, but offset ${needed} is needed: its retention cut too early.`,
    );
  }
}
