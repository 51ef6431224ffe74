import { channel } from 'node:diagnostics_channel';
import type { TopicPartition } from './broker.js';

/** What the library tells of its work, to whoever listens: figures and traces are made of it, and nothing if nobody does. */
interface Events {
  /** A stage asked for records and was answered, if only that there are none. */
  readonly poll: { readonly stage: string; readonly records: number };
  /** It processed what may be processed of them. */
  readonly process: { readonly stage: string; readonly records: number; readonly durationMs: number };
  /** What it processed and wrote is committed. */
  readonly commit: {
    readonly stage: string;
    /** Records that were processed. */
    readonly records: number;
    /** Records that were written, by topic. */
    readonly written: ReadonlyMap<string, number>;
    readonly durationMs: number;
    /** How long ago the first of those processed came on its topic; null: none was processed. */
    readonly delayMs: number | null;
  };
  /** What it did since the last commit is void, and is done again. */
  readonly abort: { readonly stage: string; readonly message: string };
  /** It has the state of a partition again, as it was at the offset from which it goes on. */
  readonly restore: TopicPartition & { readonly stage: string; readonly next: number; readonly durationMs: number };
  /** The group has given it partitions, or taken them. */
  readonly rebalance: {
    readonly stage: string;
    readonly assign: boolean;
    readonly partitions: readonly TopicPartition[];
  };
  /** A record is set aside, for good: a node failed on it, a table cannot read it, or where it was to be written refuses it. */
  readonly setAside: TopicPartition & {
    readonly stage: string;
    readonly offset: number;
    readonly why: 'failed' | 'unreadable' | 'refused';
    readonly message: string;
  };
}

export type EventName = keyof Events;
export type EventOf<N extends EventName> = Events[N];

/** A typed channel of node:diagnostics_channel, by the name `streams:NAME`. */
class Told<N extends EventName> {
  readonly #channel;

  constructor(name: N) {
    this.#channel = channel(`streams:${name}`);
  }

  /** Whether anybody listens: if not, the event need not be made. */
  get isHeard(): boolean {
    return this.#channel.hasSubscribers;
  }

  /** Calls those who listen, at once. What one of them throws is nobody's here: it ends the process. */
  tell(event: EventOf<N>): void {
    this.#channel.publish(event);
  }

  /** Listens from now on. Returns what ends that. */
  hear(listener: (event: EventOf<N>) => void): () => void {
    const each = (event: unknown): void => listener(event as EventOf<N>);
    this.#channel.subscribe(each);
    return () => void this.#channel.unsubscribe(each);
  }
}

/** The channels, by what is told on them. */
export const events: { readonly [N in EventName]: Told<N> } = {
  poll: new Told('poll'),
  process: new Told('process'),
  commit: new Told('commit'),
  abort: new Told('abort'),
  restore: new Told('restore'),
  rebalance: new Told('rebalance'),
  setAside: new Told('setAside'),
};

/** How many records go to each topic. */
export function countByTopic(records: readonly { readonly topic: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { topic } of records) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  return counts;
}
