import { expect, it } from 'vitest';
import { topicNames } from '../connections/topics.js';
import type { OutageRecord } from '../operators/model/outage.js';
import { Answers } from './answers.js';
import type { Database } from './database.js';
import type { EventStream } from './event-stream.js';
import { Follower } from './follower.js';
import { OutageFeed } from './outage-feed.js';
import { outageRecord } from './web/src/api/outageRecord.fixture.js';

interface Asked {
  readonly partitions: unknown;
  readonly logs: unknown;
}

function feedWith(stored: readonly object[] = []): { feed: OutageFeed; asked: Asked[] } {
  const asked: Asked[] = [];
  const database = {
    query: (_: string, [partitions, logs]: unknown[]) => {
      asked.push({ partitions, logs });
      return Promise.resolve(stored.map((record) => ({ record })));
    },
  } as unknown as Database;
  return { feed: new OutageFeed(database), asked };
}

/** A client that notes what it hears. */
function client(): { stream: EventStream; heard: string[]; lastId: () => string } {
  const heard: string[] = [];
  let id = '';
  const take = (frame: string): void => {
    id = /^id: (.*)$/m.exec(frame)?.[1] ?? id;
    const data = JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? '{}') as { outageId?: string; revision?: number };
    if (data.outageId !== undefined) heard.push(`${data.outageId[0]}@${data.revision}`);
  };
  const stream = {
    closed: false,
    send: take,
    sendPaced: (frame: string) => Promise.resolve(take(frame)),
    onClose: () => undefined,
    end: () => undefined,
  } as unknown as EventStream;
  return { stream, heard, lastId: () => id };
}

const idOf = (letter: string): string => `${letter}0000000-0000-5000-8000-000000000000`;

const outage = (letter: string, revision: number, partition: number, log: number): OutageRecord =>
  outageRecord({
    outageId: idOf(letter),
    revision,
    substationId: 'S',
    feederId: 'F',
    log: { partition, offset: log },
  });

function hear(feed: OutageFeed, offset: number, record: OutageRecord): void {
  feed.hear({ partition: record.log.partition, offset, value: Buffer.from(JSON.stringify(record)) });
}

const STARTS = [
  { topic: 't', partition: 0, offset: 10 },
  { topic: 't', partition: 1, offset: 0 },
];

it('tells a new client only what comes', async () => {
  const { feed } = feedWith();
  feed.begin(STARTS);
  hear(feed, 10, outage('a', 1, 0, 5));
  const { stream, heard } = client();
  await feed.attach(stream, null);
  hear(feed, 11, outage('a', 2, 0, 6));
  expect(heard).toEqual(['a@2']);
});

it('tells a client that was away what it missed, once, then what comes', async () => {
  const { feed, asked } = feedWith();
  feed.begin(STARTS);
  const before = client();
  await feed.attach(before.stream, null);
  hear(feed, 10, outage('a', 1, 0, 5));
  const away = before.lastId();
  hear(feed, 11, outage('a', 2, 0, 6));
  hear(feed, 0, outage('b', 1, 1, 3));
  hear(feed, 12, outage('a', 3, 0, 7));
  const after = client();
  await feed.attach(after.stream, away);
  hear(feed, 13, outage('c', 1, 0, 8));
  expect(after.heard).toEqual(['b@1', 'a@3', 'c@1']);
  expect(asked).toEqual([]);
});

it('asks the database for what was missed before this gateway began', async () => {
  const { feed, asked } = feedWith([outage('d', 4, 0, 3)]);
  feed.begin(STARTS);
  hear(feed, 10, outage('a', 1, 0, 5));
  const { stream, heard } = client();
  await feed.attach(stream, '0.4.2,1.0.-1');
  expect(asked).toEqual([{ partitions: [0], logs: [2] }]);
  expect(heard).toEqual(['d@4', 'a@1']);
});

it('knows the key of an outage before the database does', () => {
  const { feed } = feedWith();
  feed.begin(STARTS);
  hear(feed, 10, outage('a', 1, 0, 5));
  expect(feed.keyOf(idOf('a'))).toEqual({ substationId: 'S', feederId: 'F' });
  expect(feed.keyOf(idOf('b'))).toBeNull();
});

it('hears what comes behind a record that is none, and its place counts that one too', async () => {
  const { feed } = feedWith();
  feed.begin(STARTS);
  hear(feed, 10, outage('a', 1, 0, 5));
  const { stream, heard, lastId } = client();
  await feed.attach(stream, null);
  for (const [n, value] of ['{"hello":', 'null', '[]', '{}', '', '\xff'].entries())
    expect(() => feed.hear({ partition: 0, offset: 11 + n, value: Buffer.from(value, 'latin1') })).toThrow(
      /^An outage record /,
    );
  feed.hear({ partition: 0, offset: 17, value: null });
  hear(feed, 18, outage('b', 1, 0, 6));
  expect([heard, lastId()]).toEqual([['b@1'], '0.19.6,1.0.-1']);
});

it('whoever follows topics goes on behind records that cannot be read, and says which they are', () => {
  const topics = topicNames();
  const answers = new Answers(topics);
  const waiter = answers.wait({ source: 'kaifa', assetId: null, sourceEventId: 'K-1' }, 1000)!;
  const told: string[] = [];
  const follower = new Follower({
    brokers: '',
    topics: [],
    onRecord: (record) => answers.hear(record),
    onUnreadable: (place, error) => told.push(`${place}: ${error.message}`),
    onFailure: () => undefined,
  });
  const take = (topic: string, offset: number, value: Buffer | null): void =>
    follower.take({ topic, partition: 1, offset, value });
  take(topics.evidence, 4, Buffer.from('{"hello":'));
  take(topics.late, 5, Buffer.from('{"reason":"behindWatermark","event":null}'));
  take(topics.rejected, 6, Buffer.from('[]'));
  take(topics.unplaced, 7, null);
  expect(told).toEqual([
    expect.stringMatching(/^oms\.evidence\/1\/4: The record is not JSON/),
    'oms.late/1/5: The record has event null instead of an event.',
    'oms.rejected/1/6: The record is a list instead of an object.',
  ]);
  expect(follower.complaints()).toEqual([
    '3 records were left out as unreadable (oms.evidence/1/4, oms.late/1/5, oms.rejected/1/6): "oms doctor" says what to do.',
  ]);
  waiter.leave();
});
