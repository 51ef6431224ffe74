import { expect, it } from 'vitest';
import { topicNames } from '../connections/topics.js';
import { Answers } from './answers.js';

const topics = topicNames();
const record = (topic: string, value: object) => ({ topic, value: Buffer.from(JSON.stringify(value)) });
const evidence = (fields: object) =>
  record(topics.evidence, {
    outageId: null,
    members: [],
    restorations: [],
    duplicates: [],
    withoutEffect: [],
    timeline: [],
    ...fields,
  });
const event = { source: 'kaifa', sourceEventId: 'K-1' } as const;
const oneMore = { source: 'kaifa', assetId: 'M', sourceEventId: 'one more' } as const;

it.each([
  ['joined an outage', evidence({ outageId: 'o', members: [event] }), { status: 'correlated', outageId: 'o' }],
  ['brought one back', evidence({ outageId: 'o', restorations: [event] }), { status: 'restored', outageId: 'o' }],
  ['concerned none', evidence({ withoutEffect: [event] }), { status: 'no_outage' }],
  ['was a copy', evidence({ duplicates: [event] }), { status: 'duplicate' }],
  [
    'came late',
    record(topics.late, { reason: 'behindWatermark', event }),
    { status: 'late', reason: 'behindWatermark' },
  ],
  [
    'had no place',
    record(topics.unplaced, { reason: 'unknownIds', detail: 'd', event }),
    { status: 'unplaced', reason: 'unknownIds', detail: 'd' },
  ],
])('tells who waits that the event %s', async (_, heard, answer) => {
  const answers = new Answers(topics);
  const waiter = answers.wait({ ...event, assetId: null }, 1000)!;
  const other = answers.wait({ ...event, source: 'onu', assetId: null }, 20)!;
  answers.hear(heard);
  expect(await waiter.answer).toEqual(answer);
  expect(await other.answer).toBeNull();
});

it('knows what was rejected by where it stands', async () => {
  const answers = new Answers(topics);
  const waiter = answers.wait({ ...event, assetId: null }, 1000)!;
  waiter.publishedAt({ topic: topics.kaifa, partition: 2, offset: 7 });
  const reason = { reason: 'operatorFailed', detail: 'd' };
  answers.hear(
    record(topics.rejected, { ...reason, position: { topic: topics.kaifa, partition: 2, offset: 7, index: 0 } }),
  );
  expect(await waiter.answer).toEqual({ status: 'rejected', ...reason });
});

it('lets no more wait than it can bear', () => {
  const answers = new Answers(topics);
  const waiters = Array.from({ length: 10_000 }, (_, i) =>
    answers.wait({ source: 'kaifa', assetId: 'M', sourceEventId: `K-${i}` }, 60_000),
  );
  expect(waiters).not.toContain(null);
  expect(answers.wait(oneMore, 60_000)).toBeNull();
  waiters[0]!.leave();
  expect(answers.wait(oneMore, 10)).not.toBeNull();
  for (const waiter of waiters) waiter?.leave();
});

it('tells nobody of an event that another box numbered alike', async () => {
  const answers = new Answers(topics);
  const waiter = answers.wait({ ...event, assetId: 'M1' }, 20)!;
  answers.hear(evidence({ outageId: 'o', members: [{ ...event, assetId: 'M2' }] }));
  expect(await waiter.answer).toBeNull();
});
