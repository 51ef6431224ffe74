import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Copies } from './copies.js';
import { EventOrder, type OrderedEvent } from './event-order.js';

const SMALL = { eventsPerRun: 10, runsPerMerge: 3 };

function events(count: number): OrderedEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const t = (i * 7919) % 101;
    const identity = `kaifa/زين-${(i * 31) % count}`;
    return { t, receivedAt: t + (i % 3), identity, placed: i % 2 === 0, line: `{"id":"${identity}","a":"b\\tc"}` };
  });
}

async function ordered(given: readonly OrderedEvent[], limits: object): Promise<OrderedEvent[]> {
  const order = new EventOrder(limits);
  for (const event of given) await order.add(event);
  const out: OrderedEvent[] = [];
  for await (const block of order.inOrder()) out.push(...block);
  await order.close();
  return out;
}

describe('event-time order', () => {
  it.each([0, 1, 9, 10, 11, 95, 1000])('of %i events is the same in memory and over runs on disk', async (count) => {
    const given = events(count);
    const inMemory = await ordered(given, {});
    expect(await ordered(given, SMALL)).toEqual(inMemory);
    expect(await ordered([...given].reverse(), { ...SMALL, charsPerRun: 300 })).toEqual(inMemory);
    expect(inMemory).toHaveLength(count);
    for (const [i, event] of inMemory.entries()) {
      const before = inMemory[i - 1];
      if (before) expect(before.t - event.t || before.receivedAt - event.receivedAt).toBeLessThanOrEqual(0);
    }
  });

  it('leaves no file behind, even when nobody closes it', async () => {
    const order = new EventOrder(SMALL);
    for (const event of events(25)) await order.add(event);
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('oms-backfill-'))).toEqual([]);
    await order.close();
  });
});

it('says in one sentence that there is no place to sort', async () => {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = '/no/where';
  try {
    await expect(ordered(events(25), SMALL)).rejects.toThrow('/no/where (TMPDIR): there is no such file or folder.');
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
});

describe('copies', () => {
  const line = (kind: string, id: string, received: number): string =>
    JSON.stringify({
      source: 'kaifa',
      kind,
      sourceEventId: id,
      occurredAt: 'then',
      receivedAt: `${received}`,
      reach: null,
    });

  it('are told by what they say of one time, whenever they were received', () => {
    const copies = new Copies();
    const heard = [
      [1, line('outage', 'a', 1)],
      [1, line('outage', 'b', 1)],
      [1, line('outage', 'a', 2)],
      [2, line('outage', 'a', 2)],
    ] as const;
    expect(heard.map(([t, said]) => copies.isCopy({ t, line: said }))).toEqual([false, false, true, false]);
  });

  it('are none where something says the other in between: a trip, a reclosing and a lock-out of one second', () => {
    const copies = new Copies();
    const told = [line('outage', 'x', 1), line('restoration', 'y', 2), line('outage', 'x', 3), line('outage', 'x', 4)];
    expect(told.map((said) => copies.isCopy({ t: 1, line: said }))).toEqual([false, false, false, true]);
  });
});
