import type { Producer } from 'kafkajs';
import { pack } from 'msgpackr';
import type { Random } from '../../simulator/random.js';
import type { SourceRecord } from '../../streams/topology.js';
import type { TopicNames } from '../../connections/topics.js';

/** By this header garbage is known among what a topic holds. */
const MARK = 'garbage';

/** What nobody should write to a topic, and somebody will. */
const KINDS: readonly ((random: Random) => Buffer)[] = [
  () => Buffer.alloc(0),
  () => Buffer.from('{"hello":'),
  // A list of nothing is no garbage: there is nothing in it to be set aside.
  () => Buffer.from('[7]'),
  () => Buffer.from('null'),
  () => Buffer.from('{"v":1,"entries":"none"}'),
  () => Buffer.from('{"outageId":7,"log":{"offset":"far"},"beat":-1,"members":{},"event":null}'),
  () => Buffer.from(pack({ v: 2, count: 3, source: 'kaifa', receivedAt: new Uint8Array(5) })),
  () => Buffer.from(pack({ v: 99, count: NaN })),
  (random) => Buffer.from(Array.from({ length: 60 }, () => Math.floor(random.next() * 256))),
];

export const isGarbage = ({ headers }: SourceRecord): boolean => headers[MARK] !== undefined;

/** Writes a piece of garbage to every topic. A broker that is away gets less of it. */
export async function writeGarbage(producer: Producer, topics: TopicNames, random: Random): Promise<void> {
  const topicMessages = Object.values(topics).map((topic) => {
    const value = KINDS[Math.floor(random.next() * KINDS.length)]!(random);
    return { topic, messages: [{ key: `garbage/${random.next()}`, value, headers: { [MARK]: '1' } }] };
  });
  await producer.sendBatch({ acks: -1, topicMessages }).catch(() => undefined);
}
