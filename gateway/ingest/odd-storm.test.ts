import { afterAll, afterEach, expect, it } from 'vitest';
import { demoNetwork } from '../../simulator/network/demo.js';
import { oddStorm, type FieldRequest } from '../../simulator/storm/quirks.js';
import { simulateStorm } from '../../simulator/storm/storm.js';
import { MemoryGateway } from '../memory-gateway.fixture.js';

/** What field systems send in their odd forms is taken as it is, and what means nothing is refused, as the stream will. */

const gateway = new MemoryGateway();
const network = demoNetwork({ substations: 1 });
const { events } = simulateStorm(network, { seed: 5, faults: 25, hours: 2, startMs: Date.UTC(2026, 9, 4, 18) });
const requests = [...oddStorm(events, 3)].map(({ request }) => request);

afterEach(() => gateway.forget());
afterAll(() => gateway.app.close());

/** Requests that are not answered as they should be. */
async function wronglyAnswered(some: readonly FieldRequest[], should: (status: number) => boolean): Promise<unknown[]> {
  const wrong: unknown[] = [];
  for (const { path, contentType, headers, body, quirks } of some) {
    const answer = await gateway.post(path, Buffer.from(body), { ...headers, 'content-type': contentType });
    if (!should(answer.statusCode))
      wrong.push({ path, quirks, answer: answer.body, body: Buffer.from(body).toString() });
  }
  return wrong;
}

it('whatever its form, an event is taken', async () => {
  const meant = requests.filter(({ refusedFor }) => refusedFor === null);
  expect((await wronglyAnswered(meant, (status) => status === 200 || status === 202)).slice(0, 3)).toEqual([]);
  expect(gateway.publisher.records).toHaveLength(meant.length);
});

it('what means nothing is refused, but for codes, which a head-end would send again for ever', async () => {
  const strays = requests.filter(({ refusedFor }) => refusedFor !== null);
  const ofCodes = strays.filter(({ path, refusedFor }) => path === '/kaifa' && refusedFor === 'unknownCode');
  const others = strays.filter((stray) => !ofCodes.includes(stray));
  expect([ofCodes.length, others.length].every((count) => count > 0)).toBe(true);
  expect((await wronglyAnswered(others, (status) => status === 400)).slice(0, 3)).toEqual([]);
  expect((await wronglyAnswered(ofCodes, (status) => status === 200 || status === 202)).slice(0, 3)).toEqual([]);
});
