import { expect, it } from 'vitest';
import type { Database } from './database.js';
import type { EventStream } from './event-stream.js';
import { OutageFeed } from './outage-feed.js';

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
    if (data.outageId !== undefined) heard.push(`${data.outageId}@${data.revision}`);
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

const outage = (outageId: string, revision: number, partition: number, log: number) => ({
  outageId,
  revision,
  substationId: 'S',
  feederId: 'F',
  log: { partition, offset: log },
});

function hear(feed: OutageFeed, offset: number, record: ReturnType<typeof outage>): void {
  feed.hear({ partition: record.log.partition, offset, value: Buffer.from(JSON.stringify(record)) });
}

const STARTS = [
  { topic: 't', partition: 0, offset: 10 },
  { topic: 't', partition: 1, offset: 0 },
];

it('tells a new client only what comes', async () => {
  const { feed } = feedWith();
  feed.begin(STARTS);
  hear(feed, 10, outage('A', 1, 0, 5));
  const { stream, heard } = client();
  await feed.attach(stream, null);
  hear(feed, 11, outage('A', 2, 0, 6));
  expect(heard).toEqual(['A@2']);
});

it('tells a client that was away what it missed, once, then what comes', async () => {
  const { feed, asked } = feedWith();
  feed.begin(STARTS);
  const before = client();
  await feed.attach(before.stream, null);
  hear(feed, 10, outage('A', 1, 0, 5));
  const away = before.lastId();
  hear(feed, 11, outage('A', 2, 0, 6));
  hear(feed, 0, outage('B', 1, 1, 3));
  hear(feed, 12, outage('A', 3, 0, 7));
  const after = client();
  await feed.attach(after.stream, away);
  hear(feed, 13, outage('C', 1, 0, 8));
  expect(after.heard).toEqual(['B@1', 'A@3', 'C@1']);
  expect(asked).toEqual([]);
});

it('asks the database for what was missed before this gateway began', async () => {
  const { feed, asked } = feedWith([outage('OLD', 4, 0, 3)]);
  feed.begin(STARTS);
  hear(feed, 10, outage('A', 1, 0, 5));
  const { stream, heard } = client();
  await feed.attach(stream, '0.4.2,1.0.-1');
  expect(asked).toEqual([{ partitions: [0], logs: [2] }]);
  expect(heard).toEqual(['OLD@4', 'A@1']);
});

it('knows the key of an outage before the database does', () => {
  const { feed } = feedWith();
  feed.begin(STARTS);
  hear(feed, 10, outage('A', 1, 0, 5));
  expect(feed.keyOf('A')).toEqual({ substationId: 'S', feederId: 'F' });
  expect(feed.keyOf('B')).toBeNull();
});
